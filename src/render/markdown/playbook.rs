//! How to get from the schema as it is to a better one: classified by table, then every step with its SQL.

use super::escape::{code, fence, html_code, table, text};
use super::indexes::folded;
use super::page::{Page, codes, number, sentence};
use super::tables::item;
use crate::checks::Needs;
use crate::model::TableRef;
use crate::parallel;
use crate::remedy::{Duration, Phase, Safety, Step};

/// The notes in a table's section.
pub(super) fn notes(page: &Page<'_, '_>, of: TableRef<'_>) -> String {
    let report = page.report;
    let details = report.details(of.id);
    let mut planned = String::new();
    for at in &details.steps {
        let step = &report.playbook.steps[*at];
        push!(planned, "  - {}: {} ({})\n", step.safety.title(), text(&step.title), text(step.method));
    }
    let mut open = String::new();
    for at in &details.impossible {
        let (change, reason) = &report.playbook.impossible[*at];
        push!(open, "  - By hand: {}. {}\n", text(&change.title()), sentence(reason));
    }
    for finding in report.findings(of.id) {
        let volatile = report.outcome(finding.rule).is_some_and(|outcome| outcome.rule.needs != Needs::Catalog);
        let serves = |at: &usize| report.playbook.steps[*at].rules.contains(&finding.rule);
        let mended = finding.advice.is_none() && details.steps.iter().any(serves);
        if mended || finding.printed_under.is_some() || (volatile && !page.options.statistics) {
            continue;
        }
        push!(open, "  - {}: {}", code(finding.rule), text(&finding.message));
        if let Some(advice) = &finding.advice {
            push!(open, ". {}", sentence(advice));
        }
        open.push('\n');
    }
    let mut out = String::from("**Migration Notes:**\n\n");
    if planned.is_empty() && open.is_empty() {
        out.push_str("- Nothing to do.\n");
    }
    if !planned.is_empty() {
        push!(out, "- {} of the playbook, in order:\n{planned}", number(details.steps.len(), "step", "steps"));
    }
    if !open.is_empty() {
        push!(out, "- For a person to decide:\n{open}");
    }
    out.push('\n');
    out
}

/// The steps of one table, for a page of its own.
pub(super) fn of_table(page: &Page<'_, '_>, of: TableRef<'_>) -> String {
    let steps = || page.report.details(of.id).steps.iter().map(|at| &page.report.playbook.steps[*at]);
    let mut out = String::new();
    for (phase, title, _) in PHASES {
        let mut of_phase = steps().filter(|step| step.phase == phase).peekable();
        if of_phase.peek().is_some() {
            push!(out, "#### {title}\n\n");
            out.extend(of_phase.map(step));
        }
    }
    out
}

pub(super) fn section(page: &Page<'_, '_>) -> String {
    let playbook = &page.report.playbook;
    let mut out = String::new();
    if playbook.steps.is_empty() {
        out.push_str("No evidence of anything that DDL could mend.\n\n");
    } else {
        let [safe, caution, breaking] = page.report.summary.steps;
        push!(
            out,
            "{} in the order in which they can run: {safe} safe, {caution} with caution, {breaking} breaking.\n\n",
            number(playbook.steps.len(), "step", "steps"),
        );
        if page.is_split() {
            out.push_str("The SQL of a step stands in the page of its table.\n\n");
        }
        out.push_str(&if page.is_split() { counts(page) } else { classification(page) });
        if !playbook.preamble.is_empty() {
            out.push_str("Every session that runs steps starts with:\n\n");
            out.push_str(&fence("sql", &statements(&playbook.preamble)));
            out.push('\n');
        }
        for (phase, title, meaning) in PHASES {
            let steps: Vec<&Step> = playbook.steps.iter().filter(|step| step.phase == phase).collect();
            if steps.is_empty() {
                continue;
            }
            push!(out, "### {title}\n\n{meaning}\n\n");
            let groups: Vec<(usize, &[&Step])> = steps.chunk_by(|a, b| a.table == b.table).enumerate().collect();
            let tables = page.report.tables.len();
            out.extend(parallel::map(&groups, tables, |(place, group)| of_group(page, *place, group)));
            if page.is_split() {
                out.push('\n');
            }
        }
    }
    if !playbook.impossible.is_empty() {
        let rows: Vec<Vec<String>> = playbook
            .impossible
            .iter()
            .map(|(change, reason)| vec![page.link_to(change.table()), text(&change.title()), sentence(reason)])
            .collect();
        out.push_str("### By Hand\n\nWhat no statement does by itself here:\n\n");
        out.push_str(&folded(
            &number(rows.len(), "change", "changes"),
            rows.len(),
            &table(&["Table", "Change", "Why"], &rows),
        ));
    }
    out
}

/// The steps of one table in one phase. With a page for each table, its steps stand there: all of them in one page would
/// be too long to be shown.
fn of_group(page: &Page<'_, '_>, place: usize, group: &[&Step]) -> String {
    let of = &group[0].table;
    let count = number(group.len(), "step", "steps");
    if page.is_split() && page.report.tables.find(of).is_some() {
        return format!("{}. {}: {count}\n", place + 1, page.link_to(of));
    }
    let space = if page.is_split() { "\n" } else { "" };
    let mut out = format!("{space}<details><summary>{}: {count}</summary>\n\n", html_code(&page.names.of(of)));
    for step in group {
        out.push_str(&self::step(step));
    }
    out.push_str("</details>\n\n");
    out
}

const PHASES: [(Phase, &str, &str); 4] = [
    (Phase::Expand, "Expand", "Adds things; running code keeps working."),
    (Phase::Backfill, "Backfill", "Fills existing rows."),
    (Phase::Validate, "Validate", "Checks existing rows and makes constraints count."),
    (Phase::Contract, "Contract", "Removes or renames things; needs code that no longer uses them."),
];

/// The table of the template: what happens to each table, and how safe it is.
fn classification(page: &Page<'_, '_>) -> String {
    let mut rows = Vec::new();
    for of in page.report.tables.iter() {
        for at in &page.report.details(of.id).steps {
            let step = &page.report.playbook.steps[*at];
            rows.push(vec![
                page.link(of.id),
                text(&step.title),
                step.safety.title().to_owned(),
                text(step.method),
                format!("{}; blocks {}", text(step.lock), text(step.blocks)),
            ]);
        }
    }
    let block = table(&["Table", "Operation", "Safety", "Method", "Notes"], &rows);
    folded(&number(rows.len(), "operation", "operations"), rows.len(), &block)
}

/// The same in one row a table, for a folder, whose pages have the operations.
fn counts(page: &Page<'_, '_>) -> String {
    let mut rows = Vec::new();
    for of in page.report.tables.iter() {
        let steps = &page.report.details(of.id).steps;
        let count = |safety: Safety| {
            let with = steps.iter().filter(|at| page.report.playbook.steps[**at].safety == safety);
            with.count().to_string()
        };
        if !steps.is_empty() {
            let counts = [Safety::Safe, Safety::Caution, Safety::Breaking].map(count);
            rows.push([vec![page.link(of.id), steps.len().to_string()], counts.to_vec()].concat());
        }
    }
    let block = table(&["Table", "Operations", "Safe", "Caution", "Breaking"], &rows);
    folded(&number(rows.len(), "table", "tables"), rows.len(), &block)
}

fn step(step: &Step) -> String {
    let duration = match step.duration {
        Duration::Metadata => "catalog only",
        Duration::Scan => "reads every row once",
        Duration::Rewrite => "writes the table anew",
    };
    let mut out = format!(
        "**{}** — {}\n\n{} · lock {} · blocks {} · {duration} · {} · for {}\n\n",
        step.safety.title(),
        text(&step.title),
        text(step.method),
        text(step.lock),
        text(step.blocks),
        if step.transaction { "one transaction" } else { "outside a transaction" },
        codes(&step.rules),
    );
    for note in &step.notes {
        out.push_str(&item(note));
    }
    if !step.notes.is_empty() {
        out.push('\n');
    }
    let mut sql = String::new();
    if let Some(check) = &step.pre_check {
        push!(sql, "-- Before: must find nothing.\n{check};\n\n");
    }
    sql.push_str(&statements(&step.statements));
    if let Some(verify) = &step.verify {
        push!(sql, "\n-- After: shows that it worked.\n{verify};\n");
    }
    if step.undo.is_empty() {
        if step.safety == Safety::Breaking {
            sql.push_str("\n-- Nothing undoes this.\n");
        }
    } else {
        sql.push_str("\n-- Undo:\n");
        for line in statements(&step.undo).lines() {
            push!(sql, "-- {line}\n");
        }
    }
    out.push_str(&fence("sql", &sql));
    out.push('\n');
    out
}

fn statements(statements: &[String]) -> String {
    statements.iter().map(|statement| format!("{statement};\n")).collect()
}

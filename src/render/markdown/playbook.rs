//! How to get from the schema as it is to a better one: classified by table, then every step with its SQL.

use super::escape::{code, fence, prose, push_cell, push_codes, push_fence, push_html_code, push_text, table, text};
use super::indexes::{fold_around, folded};
use super::page::{Page, number, sentence};
use super::portions::{self, Take};
use super::tables::item;
use crate::checks::{Change, Finding, Needs};
use crate::model::TableRef;
use crate::remedy::{Duration, Phase, Safety, Step};
use foldhash::HashMap;

/// The notes in a table's section.
pub(super) fn notes(page: &Page<'_, '_>, of: TableRef<'_>, out: &mut String) {
    let report = page.report;
    let details = report.details(of.id);
    let steps: Vec<&Step> = details.steps.iter().map(|at| &report.playbook.steps[*at]).collect();
    let mut open = Vec::new();
    let by_hand: Vec<&(Change, String)> =
        details.impossible.iter().map(|at| &report.playbook.impossible[*at]).collect();
    // What holds for several changes is said once.
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for (change, reason) in &by_hand {
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, titles)) => titles.push(text(&change.title())),
            None => reasons.push((reason, vec![text(&change.title())])),
        }
    }
    for (reason, titles) in reasons {
        open.extend(titles.iter().enumerate().map(|(at, title)| match at {
            0 => ["By hand: ", title, ". ", &sentence(reason)].concat(),
            _ => format!("By hand for the same reason: {title}"),
        }));
    }
    // A name in another style is said by the new name.
    let is_said = |finding: &Finding| {
        finding.rule == "name-snake-case"
            && finding.changes.iter().any(|change| by_hand.iter().any(|(known, _)| known == change))
    };
    for finding in report.findings(of.id) {
        let volatile = report.outcome(finding.rule).is_some_and(|outcome| outcome.rule.needs != Needs::Catalog);
        let mended = finding.advice.is_none() && steps.iter().any(|step| step.rules.contains(&finding.rule));
        if mended || is_said(finding) || finding.printed_under.is_some() || (volatile && !page.options.statistics) {
            continue;
        }
        let is_planned = !finding.changes.is_empty()
            && steps.iter().any(|step| step.rules.contains(&finding.rule))
            && !finding.changes.iter().any(|change| by_hand.iter().any(|(known, _)| known == change));
        // Some messages start with what they are about.
        let subject = finding.object.name.as_deref().filter(|name| !finding.message.starts_with(name));
        let subject = subject.map(|name| [" on ", &code(name)].concat()).unwrap_or_default();
        let advice = finding.advice.as_deref().map(|advice| [". ", &sentence(advice)].concat()).unwrap_or_default();
        let planned = if is_planned { " (planned above)" } else { "" };
        let (rule, message) = (code(finding.rule), prose(&finding.message));
        open.push([&rule, &subject, planned, ": ", &message, &advice].concat());
    }
    out.push_str("**Migration Notes:**\n\n");
    if steps.is_empty() && open.is_empty() {
        out.push_str("- Nothing to do.\n");
    }
    if !steps.is_empty() {
        let count = number(steps.len(), "step", "steps");
        push_listed(out, &format!("{count} of the playbook, in order"), &in_short(&steps));
    }
    if !open.is_empty() {
        let count = if open.len() > NOTES { format!("{} notes for", open.len()) } else { "For".to_owned() };
        push_listed(out, &format!("{count} a person to decide"), &open);
    }
    out.push('\n');
}

/// Most notes that are listed openly.
const NOTES: usize = 10;

/// Writes notes below a bullet, folded when there are many.
fn push_listed(out: &mut String, title: &str, notes: &[String]) {
    let (before, after) = match notes.len() {
        ..=NOTES => (format!("- {title}:\n"), ""),
        _ => (format!("- <details><summary>{title}</summary>\n\n"), "\n  </details>\n"),
    };
    out.push_str(&before);
    for note in notes {
        out.extend(["  - ", note, "\n"]);
    }
    out.push_str(after);
}

/// A line a step. What is done to the indexes of partition after partition is counted instead.
fn in_short(steps: &[&Step]) -> Vec<String> {
    let line = |step: &&Step| format!("{}: {} ({})", step.safety.title(), text(&step.title), text(step.method));
    let is_of_partition = |step: &Step| step.method == ATTACH || step.title.contains(" to partition ");
    let mut lines = Vec::new();
    for run in steps.chunk_by(|a, b| is_of_partition(a) == is_of_partition(b)) {
        let attached = run.iter().filter(|step| step.method == ATTACH).count();
        if attached < 2 || !is_of_partition(run[0]) {
            lines.extend(run.iter().map(line));
            continue;
        }
        let mut methods: Vec<&str> = Vec::new();
        for step in run {
            if !methods.contains(&step.method) {
                methods.push(step.method);
            }
        }
        let safety = run.iter().map(|step| step.safety).max().unwrap_or(Safety::Safe);
        let built = match run.len() - attached {
            0 => String::new(),
            built => format!("{built} built and "),
        };
        lines.push(format!(
            "{}: indexes of partitions one by one, {built}{attached} attached ({} steps: {})",
            safety.title(),
            run.len(),
            text(&methods.join(", "))
        ));
    }
    lines
}

/// The method by which an index of a partition becomes a part of the whole table's.
const ATTACH: &str = "ATTACH PARTITION";

/// The steps of one table, for a page of its own.
pub(super) fn of_table(page: &Page<'_, '_>, of: TableRef<'_>) -> String {
    let steps = || page.report.details(of.id).steps.iter().map(|at| &page.report.playbook.steps[*at]);
    let mut out = String::new();
    for (phase, title, _) in PHASES {
        let of_phase: Vec<&Step> = steps().filter(|step| step.phase == phase).collect();
        if !of_phase.is_empty() {
            let recurring = Recurring::of(&of_phase);
            push!(out, "#### {title}\n\n{}", recurring.listed());
            for one in of_phase {
                step(one, &recurring, &mut out);
            }
        }
    }
    out
}

/// What the steps are worth. It takes as long as judging the schema did, which a document of many tables leaves to the script.
fn total(page: &Page<'_, '_>) -> String {
    let report = page.report;
    if page.is_split() || report.tables.len() > super::SPLIT_ABOVE {
        return String::new();
    }
    match report.score.total.zip(report.total_after(&report.playbook)) {
        Some((before, after)) => format!(" With all of them the total goes from {before:.1} to {after:.1}."),
        None => String::new(),
    }
}

/// What is said about so many steps is said once.
const RECURS: usize = 3;

/// What is said about several steps of a phase: notes, and why there is no undo.
struct Recurring<'s>(Vec<Said<'s>>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Said<'s> {
    Note(&'s str),
    NoUndo(&'s str),
}

impl<'s> Recurring<'s> {
    fn of(steps: &[&'s Step]) -> Self {
        let mut counts = HashMap::<Said<'_>, usize>::default();
        let mut order = Vec::new();
        for said in steps.iter().flat_map(|step| said(step)) {
            let count = counts.entry(said).or_default();
            *count += 1;
            if *count == RECURS {
                order.push(said);
            }
        }
        Self(order)
    }

    /// The list above the steps.
    fn listed(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut out = String::from("Notes that several steps share; a step refers to them by number:\n\n");
        for (said, at) in self.0.iter().zip(1..) {
            match said {
                Said::Note(note) => push!(out, "{at}. {}\n", sentence(note)),
                Said::NoUndo(why) => push!(out, "{at}. {}\n", sentence(&format!("No undo: {why}"))),
            }
        }
        out.push('\n');
        out
    }

    fn number(&self, said: Said<'_>) -> Option<usize> {
        self.0.iter().position(|other| *other == said).map(|at| at + 1)
    }
}

fn said(step: &Step) -> impl Iterator<Item = Said<'_>> {
    let no_undo = step.undo.is_empty().then(|| Said::NoUndo(step.why_not_undone()));
    step.notes.iter().map(|note| Said::Note(note)).chain(no_undo)
}

/// What breaking means where nothing goes away.
fn waiting(phase: Phase, steps: &[&Step]) -> &'static str {
    let stops = phase != Phase::Contract && steps.iter().any(|step| step.safety == Safety::Breaking);
    if stops { " A step that is *breaking* here stops what it blocks for as long as it runs." } else { "" }
}

/// Hands out the playbook: what happens to which table, then every step.
pub(super) fn write<E>(page: &Page<'_, '_>, take: &mut Take<'_, E>) -> Result<(), E> {
    let playbook = &page.report.playbook;
    if playbook.steps.is_empty() {
        take("No evidence of anything that DDL could mend.\n\n")?;
    } else {
        let [safe, caution, breaking] = page.report.summary.steps;
        take(&format!(
            "{}: {safe} safe, {caution} with caution, {breaking} breaking.{} Steps run in the order \
             of the phases below.\n\n",
            number(playbook.steps.len(), "step", "steps"),
            total(page),
        ))?;
        if page.is_split() {
            take("The SQL of a step stands in the page of its table.\n\n")?;
            take(&counts(page))?;
        } else {
            classification(page, take)?;
        }
        if !playbook.preamble.is_empty() {
            take("Every session that runs steps starts with:\n\n")?;
            take(&fence("sql", &statements(&playbook.preamble)))?;
            take("\n")?;
        }
        for (phase, title, meaning) in PHASES {
            let steps: Vec<&Step> = playbook.steps.iter().filter(|step| step.phase == phase).collect();
            if steps.is_empty() {
                continue;
            }
            take(&format!("### {title}\n\n{meaning}{}\n\n", waiting(phase, &steps)))?;
            let groups: Vec<(usize, &[&Step])> = (1..).zip(steps.chunk_by(|a, b| a.table == b.table)).collect();
            if page.is_split() {
                take(&of_tables(page, &groups))?;
                continue;
            }
            let recurring = Recurring::of(&steps);
            take(&recurring.listed())?;
            portions::write(&groups, BATCH, page.report.tables.len(), take, |batch, out| {
                for (_, group) in batch {
                    of_group(page, group, &recurring, out);
                }
            })?;
        }
    }
    if !playbook.impossible.is_empty() {
        let recurring = recurring_reasons(page);
        let why = |reason: &str| match recurring.iter().position(|known| *known == reason) {
            Some(at) => format!("Reason {}", at + 1),
            None => sentence(reason),
        };
        let rows: Vec<Vec<String>> = playbook
            .impossible
            .iter()
            .map(|(change, reason)| vec![page.link_to(change.table()), text(&change.title()), why(reason)])
            .collect();
        take("### By Hand\n\nWhat the steps leave to a person:\n\n")?;
        if !recurring.is_empty() {
            let list: String =
                recurring.iter().zip(1..).map(|(reason, at)| format!("{at}. {}\n", sentence(reason))).collect();
            take(&format!("Reasons that several changes share:\n\n{list}\n"))?;
        }
        take(&folded(
            &number(rows.len(), "change", "changes"),
            rows.len(),
            &table(&["Table", "Change", "Why"], &rows),
        ))?;
    }
    Ok(())
}

/// Reasons that keep so many changes from being planned that they are said once, in the order of the changes.
fn recurring_reasons<'p>(page: &'p Page<'_, '_>) -> Vec<&'p str> {
    let mut counts = HashMap::<&str, usize>::default();
    let mut found = Vec::new();
    for (_, reason) in &page.report.playbook.impossible {
        let count = counts.entry(reason).or_default();
        *count += 1;
        if *count == RECURS {
            found.push(reason.as_str());
        }
    }
    found
}

/// Tables whose steps are written one after the other.
const BATCH: usize = 50;

/// The tables of one phase in order, which have the steps in their pages: all of them in one page would be too long to be
/// shown. The steps of what has no page come after them.
fn of_tables(page: &Page<'_, '_>, groups: &[(usize, &[&Step])]) -> String {
    let (mut list, mut others) = (String::new(), String::new());
    for (at, group) in groups {
        let of = &group[0].table;
        let here = page.report.tables.find(of).is_none();
        let below = if here { ", below" } else { "" };
        push!(list, "{at}. {}: {}{below}\n", page.link_to(of), number(group.len(), "step", "steps"));
        if here {
            of_group(page, group, &Recurring::of(group), &mut others);
        }
    }
    folded(&number(groups.len(), "table", "tables"), groups.len(), &list) + &others
}

/// The steps of one table in one phase.
fn of_group(page: &Page<'_, '_>, group: &[&Step], recurring: &Recurring<'_>, out: &mut String) {
    let (of, count) = (&group[0].table, number(group.len(), "step", "steps"));
    out.push_str("<details><summary>");
    push_html_code(out, &page.names.of(of));
    push!(out, ": {count}</summary>\n\n");
    for step in group {
        self::step(step, recurring, out);
    }
    out.push_str("</details>\n\n");
}

const PHASES: [(Phase, &str, &str); 4] = [
    (Phase::Expand, "Expand", "Adds things that running code need not know."),
    (Phase::Backfill, "Backfill", "Fills existing rows."),
    (Phase::Validate, "Validate", "Checks existing rows and makes constraints count."),
    (Phase::Contract, "Contract", "Removes or renames things; needs code that no longer uses them."),
];

/// The table of the template: what happens to each table, and how safe it is.
fn classification<E>(page: &Page<'_, '_>, take: &mut Take<'_, E>) -> Result<(), E> {
    let tables: Vec<TableRef<'_>> = page.report.tables.iter().collect();
    let steps = |of: &TableRef<'_>| page.report.details(of.id).steps.as_slice();
    // Materialized views and whatever else is no table.
    let is_of_no_table = |step: &&Step| page.report.tables.find(&step.table).is_none();
    let others: Vec<&Step> = page.report.playbook.steps.iter().filter(is_of_no_table).collect();
    let rows = others.len() + tables.iter().map(|of| steps(of).len()).sum::<usize>();
    let (before, after) = fold_around(&number(rows, "operation", "operations"), rows);
    take(&before)?;
    take(&table(&["Table", "Operation", "Safety", "Method", "Notes"], &[]))?;
    portions::write(&tables, BATCH, tables.len(), take, |batch, out| {
        for of in batch {
            let link = page.link(of.id);
            for at in steps(of) {
                push_operation(out, link, &page.report.playbook.steps[*at]);
            }
        }
    })?;
    let mut rest = String::new();
    for step in others {
        push_operation(&mut rest, &code(&page.names.of(&step.table)), step);
    }
    take(&rest)?;
    take(after)
}

/// A row of the table of operations.
fn push_operation(out: &mut String, of: &str, step: &Step) {
    out.push('|');
    push_cell(out, |out| out.push_str(of));
    push_cell(out, |out| push_text(out, &step.title));
    push_cell(out, |out| out.push_str(step.safety.title()));
    push_cell(out, |out| push_text(out, step.method));
    push_cell(out, |out| {
        push_text(out, step.lock);
        out.push_str("; blocks ");
        push_text(out, step.blocks);
    });
    out.push('\n');
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
            rows.push([vec![page.link(of.id).to_owned(), steps.len().to_string()], counts.to_vec()].concat());
        }
    }
    let block = table(&["Table", "Operations", "Safe", "Caution", "Breaking"], &rows);
    folded(&number(rows.len(), "table", "tables"), rows.len(), &block)
}

fn step(step: &Step, recurring: &Recurring<'_>, out: &mut String) {
    let duration = match step.duration {
        Duration::Metadata => "catalog only",
        Duration::Scan => "reads every row once",
        Duration::Rewrite => "writes the table anew",
    };
    let (mut notes, mut no_undo) = (Vec::new(), None);
    for said in said(step) {
        match (said, recurring.number(said)) {
            (Said::Note(_), Some(number)) => notes.push(number.to_string()),
            (Said::NoUndo(_), number) => no_undo = number,
            _ => {}
        }
    }
    let common = match notes.len() {
        0 => String::new(),
        1 => format!(" · note {}", notes[0]),
        _ => format!(" · notes {}", notes.join(", ")),
    };
    let common = common + &no_undo.map(|number| format!(" · no undo ({number})")).unwrap_or_default();
    push!(out, "**{}** — ", step.safety.title());
    push_text(out, &step.title);
    out.push_str("\n\n");
    push_text(out, step.method);
    out.push_str(" · lock ");
    push_text(out, step.lock);
    out.push_str(" · blocks ");
    push_text(out, step.blocks);
    let transaction = if step.transaction { "one transaction" } else { "outside a transaction" };
    push!(out, " · {duration} · {transaction} · for ");
    push_codes(out, &step.rules);
    push!(out, "{common}\n\n");
    let own: String =
        step.notes.iter().filter(|note| recurring.number(Said::Note(note)).is_none()).map(|note| item(note)).collect();
    if !own.is_empty() {
        push!(out, "{own}\n");
    }
    let mut sql = String::new();
    if let Some(check) = &step.pre_check {
        push!(sql, "-- Before: must find nothing.\n{check};\n\n");
    }
    push_statements(&mut sql, &step.statements);
    if let Some(verify) = &step.verify {
        push!(sql, "\n-- After: shows that it worked.\n{verify};\n");
    }
    if no_undo.is_some() {
        // Said above.
    } else if step.undo.is_empty() {
        push!(sql, "\n-- No undo: {}.\n", step.why_not_undone());
    } else {
        sql.push_str("\n-- Undo:\n");
        for line in statements(&step.undo).lines() {
            sql.extend(["-- ", line, "\n"]);
        }
    }
    push_fence(out, "sql", &sql);
    out.push('\n');
}

fn statements(statements: &[String]) -> String {
    let mut out = String::new();
    push_statements(&mut out, statements);
    out
}

fn push_statements(out: &mut String, statements: &[String]) {
    for statement in statements {
        out.extend([statement, ";\n"]);
    }
}

//! What this database is, in a few sentences made of facts.

use super::context;
use super::escape::{code, paragraph, text};
use super::page::{Page, number};
use super::statistics;
use crate::checks::Dimension;
use crate::model::{EngineName, TableRef, UnseenKind};
use crate::score::Confidence;
use crate::survey::TableClass;

/// `lists_gaps` when no other section of the document says what could not be seen.
pub(super) fn section(page: &Page<'_, '_>, lists_gaps: bool) -> String {
    let report = page.report;
    let summary = &report.summary;
    let engine = &report.model.engine;
    let mut lines = Vec::new();
    let product = match &engine.variant {
        Some(variant) => format!("{} {} ({})", engine.name.title(), text(page.version()), text(variant)),
        None => format!("{} {}", engine.name.title(), text(page.version())),
    };
    let schemas = if summary.schemas > 1 {
        format!(" in {}", number(summary.schemas, "schema", "schemas"))
    } else {
        String::new()
    };
    let scope = context::scope(page);
    let part = if scope.is_some() { "part of a " } else { "" };
    lines.push(format!(
        "A {part}**{product}** database with **{}**{schemas}: {}, {}, {} and {}.{}",
        seen(page, summary.tables, &[UnseenKind::Tables], "table", "tables"),
        seen(page, summary.columns, &[UnseenKind::Tables, UnseenKind::Columns], "column", "columns"),
        seen(page, summary.foreign_keys, &[UnseenKind::Tables, UnseenKind::ForeignKeys], "foreign key", "foreign keys"),
        seen(page, summary.indexes, &[UnseenKind::Tables, UnseenKind::Indexes], "index", "indexes"),
        seen(
            page,
            summary.check_constraints,
            &[UnseenKind::Tables, UnseenKind::Constraints],
            "check constraint",
            "check constraints"
        ),
        others(page),
    ));
    lines.extend(scope);
    lines.extend(report.model.comment.as_deref().map(paragraph));
    if let Some(classes) = classes(page) {
        lines.push(classes);
    }
    lines.push(patterns(page));
    lines.extend(statistics::summary(page));
    lines.push(score(page));
    if report.fixes().is_empty() {
        if report.score.total.is_some() {
            lines.push("No finding costs points.".to_owned());
        }
    } else {
        let mut fixes = "The most worthwhile fixes, each on top of those before it:\n".to_owned();
        for (place, fix) in report.fixes().iter().take(3).enumerate() {
            push!(
                fixes,
                "\n{}. {}: {} ({}, {:.1} → {}{:.1})",
                place + 1,
                code(fix.rule),
                text(fix.what),
                number(fix.findings as usize, "finding", "findings"),
                fix.before,
                if fix.judged { "" } else { "about " },
                fix.after,
            );
        }
        lines.push(fixes);
    }
    if !report.model.unseen.is_empty() {
        let count = number(report.model.unseen.len(), "gap", "gaps");
        let unknown = "What was not seen counts as unknown, never as healthy.";
        lines.push(if lists_gaps {
            format!("Not everything could be seen: {count}. {unknown}\n\n{}", context::gaps(page).trim_end())
        } else {
            format!(
                "Not everything could be seen: {count}, listed under [Technical Context](#technical-context). {unknown}"
            )
        });
    }
    lines.join("\n\n")
}

/// How many findings there are.
fn findings(page: &Page<'_, '_>) -> String {
    let summary = &page.report.summary;
    let suppressed = match summary.suppressed {
        0 => String::new(),
        count => format!(" {} by the configuration.", number(count, "more is suppressed", "more are suppressed")),
    };
    // The same numbers as `audit` prints, when it looks at the same things.
    let basis = if page.options.statistics { "" } else { " Judged without statistics, as `audit --no-stats` does." };
    if summary.findings + summary.worth_knowing == 0 {
        return format!("No findings.{suppressed}{basis}");
    }
    let twice = match summary.counted_twice {
        0 => String::new(),
        twice => format!(" ({twice} of them under two rules)"),
    };
    format!(
        "{}: {} points{twice}, {} worth knowing.{suppressed}{basis}",
        number(summary.findings + summary.worth_knowing, "finding", "findings"),
        number(summary.findings, "costs", "cost"),
        number(summary.worth_knowing, "is", "are"),
    )
}

/// How many there are: at least so many where some of these kinds could not be seen, and unknown where that is none.
fn seen(page: &Page<'_, '_>, count: usize, kinds: &[UnseenKind], singular: &str, plural: &str) -> String {
    match (count, is_hidden(page, kinds)) {
        (count, false) => number(count, singular, plural),
        (0, true) => format!("an unknown number of {plural}"),
        (count, true) => format!("at least {}", number(count, singular, plural)),
    }
}

/// Whether objects of these kinds could not be seen. Of a single one that is named, only a part is unseen.
fn is_hidden(page: &Page<'_, '_>, kinds: &[UnseenKind]) -> bool {
    page.report.model.unseen.iter().any(|unseen| unseen.object.is_none() && kinds.contains(&unseen.what))
}

fn others(page: &Page<'_, '_>) -> String {
    let summary = &page.report.summary;
    let external = match page.report.model.engine.name {
        EngineName::Sqlite => ("virtual table", "virtual tables"),
        _ => ("foreign table", "foreign tables"),
    };
    let counts = [
        (summary.partitioned, None, "partitioned table", "partitioned tables"),
        (summary.external, None, external.0, external.1),
        (summary.views, None, "view", "views"),
        (summary.materialized_views, None, "materialized view", "materialized views"),
        (summary.enums, Some(UnseenKind::Types), "enumerated type", "enumerated types"),
        (summary.domains, Some(UnseenKind::Types), "domain", "domains"),
        (summary.functions, Some(UnseenKind::Functions), "function", "functions"),
        (summary.triggers, Some(UnseenKind::Triggers), "trigger", "triggers"),
        (summary.policies, Some(UnseenKind::Policies), "row security policy", "row security policies"),
    ];
    let present: Vec<String> = counts
        .into_iter()
        .filter(|(count, kind, _, _)| *count > 0 || kind.is_some_and(|kind| is_hidden(page, &[kind])))
        .map(|(count, kind, singular, plural)| seen(page, count, kind.as_slice(), singular, plural))
        .collect();
    if present.is_empty() { String::new() } else { format!(" Also {}.", present.join(", ")) }
}

fn classes(page: &Page<'_, '_>) -> Option<String> {
    let report = page.report;
    let is_part =
        |table: TableRef<'_>| report.survey.class(table.id) == TableClass::Clone && table.table.is_inheriting();
    let count = |class| {
        let of_class = |table: &TableRef<'_>| report.survey.class(table.id) == class && !is_part(*table);
        report.tables.base().filter(of_class).count()
    };
    let named = [
        (TableClass::Entity, "entity", "entities"),
        (TableClass::Junction, "junction", "junctions"),
        (TableClass::Lookup, "lookup", "lookups"),
        (TableClass::Log, "log", "logs"),
        (TableClass::Clone, "copy or archive", "copies or archives"),
        (TableClass::ThirdParty, "table of a library", "tables of libraries"),
    ];
    let parts = report.tables.base().filter(|table| is_part(*table)).count();
    let words: Vec<String> = named
        .into_iter()
        .map(|(class, singular, plural)| (count(class), singular, plural))
        .chain([(parts, "part of a table by inheritance", "parts of tables by inheritance")])
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, singular, plural)| number(count, singular, plural))
        .collect();
    (words.len() > 1).then(|| format!("By purpose: {}.", words.join(", ")))
}

fn patterns(page: &Page<'_, '_>) -> String {
    let survey = &page.report.survey;
    let tenancy = match &survey.tenancy {
        Some(tenancy) => format!(
            "Tenants are kept apart by the column {} in {}.",
            code(&tenancy.column),
            number(tenancy.tables.len(), "table", "tables")
        ),
        None if survey.possible_tenancy.as_ref().is_some_and(|possible| !possible.clear) => {
            "No clear evidence of multi-tenancy.".to_owned()
        }
        None if let Some(possible) = &survey.possible_tenancy => format!(
            "Tenants are kept apart in some tables only, by the column {} in {}.",
            code(&possible.column),
            number(possible.tables.len(), "table", "tables")
        ),
        None => "No evidence of multi-tenancy.".to_owned(),
    };
    let deletion = if survey.soft_deletes.is_empty() {
        "No evidence of soft deletion.".to_owned()
    } else {
        format!(
            "{} deleted rows, marked as such; no evidence of that in the others.",
            number(survey.soft_deletes.len(), "table keeps", "tables keep"),
        )
    };
    let relations = page.report.details.iter().flat_map(|details| &details.relations);
    let undeclared = relations.filter(|at| !page.report.survey.relations[**at].is_declared()).count();
    let relations = match undeclared {
        0 => String::new(),
        1 => " 1 relation is not declared as a foreign key.".to_owned(),
        count => format!(" {count} relations are not declared as foreign keys."),
    };
    format!("{tenancy} {deletion}{relations}")
}

fn score(page: &Page<'_, '_>) -> String {
    let score = &page.report.score;
    let confidence = match score.confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    };
    match (score.total, score.grade) {
        (Some(total), Some(grade)) => {
            let weakest = score
                .dimensions
                .iter()
                .filter_map(|dimension| dimension.score.map(|score| (score, dimension.dimension)))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let weakest = weakest
                .map(|(score, dimension): (f64, Dimension)| format!(" Weakest: {} ({score:.1}).", dimension.title()))
                .unwrap_or_default();
            format!(
                "Quality score: **{total:.1} of 100 (grade {grade})** with {confidence} confidence. {}{weakest}",
                findings(page),
            )
        }
        _ => "There is not enough evidence for a quality score.".to_owned(),
    }
}

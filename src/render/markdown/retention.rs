//! Personal data, its erasure, and what limits how long rows are kept.

use super::escape::{code, table, text};
use super::indexes::folded;
use super::page::{Page, codes, number};
use crate::model::Action;
use crate::survey::{ErasureStep, PersonalDataClass};

pub(super) fn section(page: &Page<'_, '_>) -> String {
    let mut out = String::from("**Personal data.** ");
    out.push_str(&personal_data(page));
    out.push_str("**Erasure.** ");
    out.push_str(&erasure(page));
    out.push_str("**Retention.** ");
    out.push_str(&retention(page));
    out
}

fn personal_data(page: &Page<'_, '_>) -> String {
    let found = &page.report.survey.personal_data;
    if found.is_empty() {
        return "No evidence in the names of columns.\n\n".to_owned();
    }
    let mut rows = Vec::new();
    for group in found.chunk_by(|a, b| a.table == b.table) {
        for (class, title) in CLASSES {
            let columns: Vec<&str> =
                group.iter().filter(|data| data.class == class).map(|data| data.column.as_str()).collect();
            if !columns.is_empty() {
                rows.push((class, vec![title.to_owned(), page.link_to(&group[0].table), codes(&columns)]));
            }
        }
    }
    rows.sort_by_key(|row| row.0);
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, cells)| cells).collect();
    let tables = found.chunk_by(|a, b| a.table == b.table).count();
    format!(
        "Personal by name and type, for a person to confirm: {} in {}.\n\n{}",
        number(found.len(), "column", "columns"),
        number(tables, "table", "tables"),
        folded("personal data", rows.len(), &table(&["Class", "Table", "Columns"], &rows))
    )
}

const CLASSES: [(PersonalDataClass, &str); 7] = [
    (PersonalDataClass::Contact, "Contact"),
    (PersonalDataClass::Identity, "Identity"),
    (PersonalDataClass::Location, "Location"),
    (PersonalDataClass::Financial, "Financial"),
    (PersonalDataClass::Credential, "Credential"),
    (PersonalDataClass::Network, "Network and device"),
    (PersonalDataClass::Sensitive, "Sensitive"),
];

fn erasure(page: &Page<'_, '_>) -> String {
    let subjects = &page.report.survey.data_subjects;
    if subjects.is_empty() {
        return "No evidence of tables of persons.\n\n".to_owned();
    }
    let mut out = String::from("To erase one person, delete in this order, children before parents.\n\n");
    for subject in subjects {
        push!(out, "Person: {}\n\n", page.link_to(&subject.table));
        for (number, step) in subject.erasure.iter().enumerate() {
            push!(out, "{}. {}\n", number + 1, erasure_step(page, step));
        }
        out.push('\n');
        for cycle in &subject.cycles {
            let tables: Vec<String> = cycle.iter().map(|name| page.link_to(name)).collect();
            push!(
                out,
                "These tables refer to each other in a circle, so none of them comes first: {}.\n\n",
                tables.join(", ")
            );
        }
    }
    out
}

fn erasure_step(page: &Page<'_, '_>, step: &ErasureStep) -> String {
    let mut out = page.link_to(&step.table);
    if let (Some(column), Some(towards)) = (&step.column, &step.towards) {
        push!(out, " by {} → {}", code(column), page.link_to(towards));
    }
    let by_itself = match step.on_delete {
        Some(Action::Cascade) => ": the database deletes these rows by itself",
        Some(Action::SetNull | Action::SetDefault) => ": the database only cuts the link",
        Some(Action::NoAction | Action::Restrict) => ": the database refuses to delete the parent before these rows",
        None if step.inferred => ": no foreign key, so nothing happens by itself",
        None => "",
    };
    out.push_str(by_itself);
    out
}

fn retention(page: &Page<'_, '_>) -> String {
    let found = &page.report.survey.retention;
    if found.is_empty() {
        return "No evidence of expiry columns, time partitions, scheduled clean-up, archives or legal hold: \
                nothing in the catalog limits how long rows are kept.\n"
            .to_owned();
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|entry| {
            vec![
                entry.table.as_ref().map(|name| page.link_to(name)).unwrap_or_default(),
                text(entry.kind),
                code(&entry.evidence),
            ]
        })
        .collect();
    let kinds: Vec<&str> = found.iter().map(|entry| entry.kind).collect();
    let missing: Vec<&str> = [
        ("expiry column", "expiry columns"),
        ("time partitions", "time partitions"),
        ("event", "scheduled events"),
        ("pg_cron job", "scheduled jobs"),
        ("trigger", "triggers that delete what is old"),
        ("archive table", "archive tables"),
        ("audit table", "audit tables"),
        ("legal hold column", "legal hold"),
    ]
    .into_iter()
    .filter(|(kind, _)| !kinds.contains(kind))
    .map(|(_, title)| title)
    .collect();
    let missing = if missing.is_empty() { String::new() } else { format!("No evidence of: {}.\n", missing.join(", ")) };
    format!(
        "What the catalog shows:\n\n{}{missing}",
        folded("retention", rows.len(), &table(&["Table", "Kind", "Evidence"], &rows))
    )
}

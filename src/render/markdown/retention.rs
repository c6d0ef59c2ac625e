//! Personal data, its erasure, and what limits how long rows are kept.

use super::context;
use super::escape::{code, table, text};
use super::indexes::folded;
use super::page::{Page, codes, fold, number};
use crate::model::{Action, EngineName, QualifiedName, UnseenKind};
use crate::survey::{
    DataSubject, Erasing, ErasureCycle, ErasureStep, ErasureWay, OutsideKey, PersonalDataClass, WayEvidence,
};
use std::collections::BTreeMap;

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
    let mut rows: Vec<(PersonalDataClass, Vec<String>)> = found
        .iter()
        .map(|data| {
            let cells = vec![
                title(data.class).to_owned(),
                page.link_to(&data.table),
                code(&data.column),
                format!("{:.2}", data.confidence),
                // The evidence quotes words of the schema's author.
                text(&data.why),
            ];
            (data.class, cells)
        })
        .collect();
    rows.sort_by_key(|row| row.0);
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, cells)| cells).collect();
    let tables = found.chunk_by(|a, b| a.table == b.table).count();
    format!(
        "Personal by name, type and comment, for a person to confirm: {} in {}. Confidence goes from 0 to 1.\n\n{}",
        number(found.len(), "column", "columns"),
        number(tables, "table", "tables"),
        folded("personal data", rows.len(), &table(&["Class", "Table", "Column", "Confidence", "Evidence"], &rows))
    )
}

fn title(class: PersonalDataClass) -> &'static str {
    match class {
        PersonalDataClass::Contact => "Contact",
        PersonalDataClass::Identity => "Identity",
        PersonalDataClass::Location => "Location",
        PersonalDataClass::Financial => "Financial",
        PersonalDataClass::Credential => "Credential",
        PersonalDataClass::Network => "Network and device",
        PersonalDataClass::Sensitive => "Sensitive",
        PersonalDataClass::Special => "Special category",
    }
}

fn erasure(page: &Page<'_, '_>) -> String {
    let subjects = &page.report.survey.data_subjects;
    if subjects.is_empty() {
        return format!("No evidence of tables of persons.\n\n{}", not_erased(page));
    }
    let mut out = String::from("To erase one person, delete in this order, children before parents.\n\n");
    let mut ways =
        subjects.iter().flat_map(|subject| subject.staying.iter().chain(&subject.erasure)).flat_map(|it| &it.ways);
    let is_declared =
        ways.any(|way| way.evidence == WayEvidence::Declared) || subjects.iter().any(|it| !it.outside.is_empty());
    if page.report.model.engine.name == EngineName::Sqlite && is_declared {
        out.push_str(
            "What the database is said to do or to refuse, it does on connections with `PRAGMA foreign_keys = ON` only. On others, \
             delete these rows and cut these links yourself.\n\n",
        );
    }
    if page.report.model.unseen.iter().any(|unseen| unseen.what == UnseenKind::Outside) {
        out.push_str("What is out of scope was not read whole, so more of it may refer to these rows.\n\n");
    }
    for subject in subjects {
        push!(out, "Person: {}\n\n", page.link_to(&subject.table));
        if !subject.holds.is_empty() {
            push!(
                out,
                "Before the first step, look in {} whether the person or a row is under legal hold. What is, must not be deleted \
                 before the hold ends.\n\n",
                links(page, &subject.holds)
            );
        }
        if !subject.outside.is_empty() {
            out.push_str(
                "Tables out of scope refer to rows that go. Their rows are not followed here, so see to them before the first step:\n\n",
            );
            for key in &subject.outside {
                push!(out, "- {}\n", outside(page, key));
            }
            out.push('\n');
        }
        if !subject.staying.is_empty() {
            out.push_str("Rows that stay:\n\n");
            out.push_str(&staying(page, subject));
        }
        if !subject.outside.is_empty() || !subject.staying.is_empty() {
            out.push_str("Rows that go:\n\n");
        }
        // Neighbours of which the same is said refer to the same tables, and so not to each other.
        let mut steps: Vec<(Vec<String>, String)> = Vec::new();
        for step in &subject.erasure {
            let (link, what) = (page.link_to(&step.table), erasure_step(page, step));
            match steps.last_mut().filter(|(_, last)| *last == what) {
                Some((links, _)) => links.push(link),
                None => steps.push((vec![link], what)),
            }
        }
        let count = steps.len();
        let steps: String = steps
            .iter()
            .zip(1..)
            .map(|((links, what), place)| format!("{place}. {}{what}\n", links.join(", ")))
            .collect();
        let summary = format!("{} to erase a row of {}", number(count, "step", "steps"), page.names.of(&subject.table));
        out.push_str(&folded(&summary, count, &steps));
        for cycle in &subject.cycles {
            out.push_str(&circle(page, cycle));
        }
        if !subject.same.is_empty() {
            push!(
                out,
                "Rows of {} may be the same person: look for the same name or e-mail address there.\n\n",
                links(page, &subject.same)
            );
        }
        if !subject.left.is_empty() {
            push!(
                out,
                "Rows of {} hold personal data, and rows that go refer to them: delete those to which nothing else does.\n\n",
                links(page, &subject.left)
            );
        }
    }
    out.push_str(&not_erased(page));
    out
}

/// A foreign key of a table out of scope. Which of its columns can be NULL is not known.
fn outside(page: &Page<'_, '_>, key: &OutsideKey) -> String {
    let happens = match key.on_delete {
        _ if !key.enforced => "a foreign key that is not enforced, so nothing happens by itself",
        None => "whether the database refuses to delete the parent before these rows or acts by itself was not read",
        Some(Action::NoAction | Action::Restrict) => "the database refuses to delete the parent before these rows",
        Some(Action::Cascade) => "the database deletes these rows by itself",
        Some(Action::SetNull | Action::SetDefault) => {
            "the database only cuts the link, or refuses where the columns must not be NULL"
        }
    };
    let name = code(&format!("{}.{}", key.table.schema, key.table.name));
    format!("{name} by {} → {}: {happens}", codes(&key.columns), page.link_to(&key.towards))
}

/// Personal data that stays whichever order is followed.
fn not_erased(page: &Page<'_, '_>) -> String {
    let columns: Vec<String> = page
        .report
        .survey
        .not_erased()
        .map(|data| format!("{}.{}", page.link_to(&data.table), code(&data.column)))
        .collect();
    match fold("Personal data that no order above deletes", &columns) {
        none if none.is_empty() => none,
        said => format!("{}\n\n", said.trim_end()),
    }
}

/// Most tables of which the same is said one by one.
const ONE_BY_ONE: usize = 4;

/// Rows that stay, by what happens to them.
fn staying(page: &Page<'_, '_>, subject: &DataSubject) -> String {
    let mut groups: BTreeMap<String, Vec<(&ErasureStep, Vec<&ErasureWay>)>> = BTreeMap::new();
    for step in &subject.staying {
        for way in &step.ways {
            let group = groups.entry(happens(step, way)).or_default();
            match group.last_mut().filter(|(last, _)| last.table == step.table) {
                Some((_, ways)) => ways.push(way),
                None => group.push((step, vec![way])),
            }
        }
    }
    let (mut bullets, mut blocks) = (String::new(), String::new());
    for (happens, group) in groups {
        if group.len() <= ONE_BY_ONE {
            for (step, ways) in group {
                let ways: Vec<String> = ways.into_iter().map(|way| by(page, step, way)).collect();
                push!(bullets, "- {} {}: {happens}\n", page.link_to(&step.table), ways.join("; "));
            }
            continue;
        }
        let rows: Vec<Vec<String>> = group
            .iter()
            .map(|(step, ways)| {
                let columns = |way: &&ErasureWay| match &way.towards {
                    Some(towards) if *towards != subject.table => {
                        format!("{} → {}", codes(&way.columns), page.link_to(towards))
                    }
                    _ => codes(&way.columns),
                };
                vec![page.link_to(&step.table), ways.iter().map(columns).collect::<Vec<_>>().join("; ")]
            })
            .collect();
        let summary = number(rows.len(), "table", "tables");
        let block = table(&["Table", "Columns"], &rows);
        push!(blocks, "In {summary}, {happens}:\n\n{}", folded(&summary, rows.len(), &block));
    }
    let parted = if bullets.is_empty() { "" } else { "\n" };
    format!("{bullets}{parted}{blocks}")
}

fn links(page: &Page<'_, '_>, names: &[QualifiedName]) -> String {
    let links: Vec<String> = names.iter().map(|name| page.link_to(name)).collect();
    links.join(", ")
}

fn circle(page: &Page<'_, '_>, cycle: &ErasureCycle) -> String {
    let mut out = format!(
        "These tables refer to each other in a circle, so note the keys of the rows that go before the first step: {}.",
        links(page, &cycle.tables)
    );
    if !cycle.nulled.is_empty() {
        let columns: Vec<String> = cycle
            .nulled
            .iter()
            .map(|(table, columns)| format!("{} of {}", codes(columns), page.link_to(table)))
            .collect();
        push!(out, " Set to NULL before: {}.", columns.join(", "));
    }
    if cycle.closed {
        out.push_str(" None of them comes first: its foreign keys have to be deferred or dropped meanwhile.");
    }
    out.push_str("\n\n");
    out
}

fn erasure_step(page: &Page<'_, '_>, step: &ErasureStep) -> String {
    let mut out = String::new();
    // What holds for several ways is said once.
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for way in &step.ways {
        let happens = happens(step, way);
        match said.iter_mut().find(|(known, _)| *known == happens) {
            Some((_, ways)) => ways.push(by(page, step, way)),
            None => said.push((happens, vec![by(page, step, way)])),
        }
    }
    let said: Vec<String> = said.into_iter().map(|(happens, ways)| format!("{}: {happens}", ways.join("; "))).collect();
    if !said.is_empty() {
        push!(out, " {}", said.join("; "));
    }
    if !step.others.is_empty() {
        push!(out, ". Each row is about another person too: {}", links(page, &step.others));
    }
    for duty in &step.duties {
        push!(out, ". {}", kept(duty));
    }
    out
}

/// What may keep rows that an erasure reaches.
fn kept(duty: &str) -> &'static str {
    match duty {
        "legal hold table" => {
            "A legal hold table: its rows say what must stay, and go with the person when no hold lasts"
        }
        "legal hold column" => "Rows under legal hold must stay",
        "audit table" => "An audit table: ask first whether a duty to keep records covers these rows",
        "accounting record" => {
            "An accounting record by its name: ask first whether a duty to keep records covers these rows"
        }
        "history table" => "A history: ask first whether a duty to keep records covers these rows",
        _ => "An archive: ask first whether a duty to keep records covers these rows",
    }
}

/// The columns of a way and where they lead.
fn by(page: &Page<'_, '_>, step: &ErasureStep, way: &ErasureWay) -> String {
    let columns = codes(&way.columns);
    match &way.towards {
        None => format!("by {columns}"),
        Some(towards) if *towards == step.table => format!("by {columns} → the same table"),
        Some(towards) => format!("by {columns} → {}", page.link_to(towards)),
    }
}

/// What happens to rows along a way.
fn happens(step: &ErasureStep, way: &ErasureWay) -> String {
    let Some(towards) = &way.towards else {
        return "may name a row of any of these tables, which no foreign key says".to_owned();
    };
    let itself = *towards == step.table;
    let happens = match (way.erasing, way.on_delete) {
        (Erasing::Cut, _) if way.evidence == WayEvidence::NotEnforced => {
            "a foreign key that is not enforced would only cut the link: cut it yourself before"
        }
        (Erasing::Cut, _) => "the database only cuts the link",
        (Erasing::Repoint, _) => "not this person's rows: re-point them before, do not delete",
        (Erasing::Delete, None) if way.on_partitions.is_some() => {
            "foreign keys of single partitions act, not all in the same way"
        }
        (Erasing::Delete, Some(Action::Cascade)) => "the database deletes these rows by itself",
        (Erasing::Delete, Some(_)) if itself => "the database refuses to delete a row before those that refer to it",
        (Erasing::Delete, Some(_)) => "the database refuses to delete the parent before these rows",
        (Erasing::Delete, None) if way.evidence == WayEvidence::Copy => {
            "a copy by its name, without a foreign key, so nothing happens by itself"
        }
        (Erasing::Delete, None) if way.evidence == WayEvidence::SharedKey => {
            "the same value, going by the name that both columns have; no foreign key, so nothing happens by itself"
        }
        (Erasing::Delete, None) if way.evidence == WayEvidence::NotEnforced => {
            "a foreign key that is not enforced, so nothing happens by itself"
        }
        (Erasing::Delete, None) => "no foreign key, so nothing happens by itself",
    };
    let mut out = happens.to_owned();
    if let Some(keys) = way.on_partitions.filter(|keys| way.erasing == Erasing::Delete && !keys.is_everywhere()) {
        push!(out, ", on {} of {} partitions; on the others nothing happens by itself", keys.having, keys.of);
    }
    out
}

fn retention(page: &Page<'_, '_>) -> String {
    let found = &page.report.survey.retention;
    let unseen: Vec<&str> = [UnseenKind::Events, UnseenKind::Triggers, UnseenKind::Functions, UnseenKind::Retention]
        .into_iter()
        .filter(|kind| page.report.model.unseen.iter().any(|unseen| unseen.what == *kind))
        .map(UnseenKind::title)
        .collect();
    let unseen = match unseen.as_slice() {
        [] => String::new(),
        kinds => format!("Not everything could be seen, so there may be more: {}.\n", kinds.join(", ")),
    };
    if found.is_empty() {
        let missing = "No evidence of expiry columns, time partitions, scheduled clean-up, archives or legal hold";
        let read = if context::scope(page).is_none() { "the catalog" } else { "what was read" };
        return match unseen.as_str() {
            "" => format!("{missing}: nothing in {read} limits how long rows are kept.\n"),
            unseen => format!("{missing}. {unseen}"),
        };
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
        ("event", "scheduled events that delete"),
        ("pg_cron job", "scheduled jobs that delete"),
        ("trigger", "triggers that delete what is old"),
        ("archive table", "archive tables"),
        ("copy", "copies"),
        ("audit table", "audit tables"),
        ("legal hold", "legal hold"),
    ]
    .into_iter()
    .filter(|(kind, _)| !kinds.iter().any(|found| found.starts_with(kind)))
    .map(|(_, title)| title)
    .collect();
    let missing = if missing.is_empty() { String::new() } else { format!("No evidence of: {}.\n", missing.join(", ")) };
    let scheduler = page.report.model.engine.settings.get("event_scheduler").filter(|state| *state != "ON");
    let asleep = match scheduler.filter(|_| kinds.contains(&"event")) {
        Some(state) => format!("Events did not run when this was read: `event_scheduler` was {}.\n", code(state)),
        None => String::new(),
    };
    format!(
        "What the catalog shows:\n\n{}{asleep}{missing}{unseen}",
        folded("retention", rows.len(), &table(&["Table", "Kind", "Evidence"], &rows))
    )
}

//! Views, types, sequences and code, briefly.

use super::escape::{code, fence, html_code, paragraph, table, text};
use super::indexes::{self, folded};
use super::page::{Page, codes, number};
use super::tables::{shown_label, trigger_code, trigger_line};
use super::words;
use crate::model::{Column, FunctionKind, QualifiedName, Schema, View};
use std::collections::HashMap;

/// A page of a folder that holds some of the section.
pub(super) struct Part {
    /// File name.
    pub(super) file: &'static str,
    /// Heading of the page, and the link to it.
    pub(super) title: &'static str,
    /// What it says.
    pub(super) text: String,
}

/// File and title of the page with the types.
pub(super) const TYPES: (&str, &str) = ("enums.md", "Enums and other types");

pub(super) fn section(page: &Page<'_, '_>) -> String {
    parts(page).into_iter().map(|part| part.text).collect()
}

/// The section in parts, without those that are empty.
pub(super) fn parts(page: &Page<'_, '_>) -> Vec<Part> {
    let types = [enums(page), domains(page), composites(page), sequences(page)].concat();
    let code = [functions(page), events(page)].concat();
    let all = [
        ("views.md", "Views", views(page)),
        (TYPES.0, TYPES.1, types),
        ("code.md", "Functions and events", code),
        ("rights.md", "Rights", rights(page)),
    ];
    let present = all.into_iter().filter(|(_, _, text)| !text.is_empty());
    present.map(|(file, title, text)| Part { file, title, text }).collect()
}

fn schemas<'p>(page: &'p Page<'_, '_>) -> impl Iterator<Item = &'p Schema> {
    page.report.model.schemas.iter()
}

fn views(page: &Page<'_, '_>) -> String {
    let mut out = String::new();
    for schema in schemas(page) {
        for view in &schema.views {
            out.push_str(&self::view(page, schema, view));
        }
    }
    if out.is_empty() { out } else { format!("### Views\n\n{out}") }
}

fn view(page: &Page<'_, '_>, schema: &Schema, view: &View) -> String {
    let name = page.names.join(&schema.name, &view.name);
    let mut out = format!("#### {}\n\n", code(&name));
    if let Some(comment) = page.report.view_comment(&schema.name, view) {
        push!(out, "{}\n\n", paragraph(comment));
    }
    let mut facts = vec![if view.materialized { "Materialized view" } else { "View" }.to_owned()];
    facts.push(number(view.columns.len(), "column", "columns"));
    if !view.reads.is_empty() {
        let reads: Vec<String> = view.reads.iter().map(|name| page.link_to(name)).collect();
        facts.push(format!("reads {}", reads.join(", ")));
    }
    if view.security_invoker {
        facts.push("runs with the caller's rights".to_owned());
    }
    if !view.populated {
        facts.push("holds no data yet".to_owned());
    }
    facts.extend(view.check_option.as_deref().map(|option| format!("check option {}", text(option))));
    push!(out, "*{}*\n\n", facts.join(" · "));
    if let Some(broken) = &view.broken {
        push!(out, "**Does not work**: {}\n\n", text(broken));
    }
    let data_type = |column: &Column| match column.data_type.as_str() {
        "" => String::new(),
        data_type => code(data_type),
    };
    let comments: Vec<Option<&str>> =
        view.columns.iter().map(|column| page.report.view_column_comment(&schema.name, view, column)).collect();
    if comments.iter().any(Option::is_some) {
        let columns = view.columns.iter().zip(&comments);
        let rows: Vec<Vec<String>> = columns
            .map(|(column, said)| vec![code(&column.name), data_type(column), said.map(text).unwrap_or_default()])
            .collect();
        push!(out, "{}\n", table(&["Column", "Type", "Comment"], &rows));
    } else if !view.columns.is_empty() {
        let named = |column: &Column| format!("{} {}", code(&column.name), data_type(column)).trim_end().to_owned();
        push!(out, "Columns: {}\n\n", view.columns.iter().map(named).collect::<Vec<_>>().join(", "));
    }
    for index in &view.indexes {
        push!(out, "- Index {} {}\n", code(&index.name), indexes::key(index));
    }
    for trigger in &view.triggers {
        push!(out, "- Trigger {}\n", trigger_line(trigger));
    }
    if !view.indexes.is_empty() || !view.triggers.is_empty() {
        out.push('\n');
    }
    out.push_str(&trigger_code(&view.triggers));
    if let Some(definition) = &view.definition {
        push!(
            out,
            "<details><summary>Query of {}</summary>\n\n{}\n</details>\n\n",
            html_code(&name),
            fence("sql", page.report.model.query_in_statements(definition).trim())
        );
    }
    out
}

/// Who may do what beside the owners, by schema.
fn rights(page: &Page<'_, '_>) -> String {
    let mut out = String::new();
    let of_schemas = schemas(page).map(|schema| (schema.name.as_str(), schema.grants.as_slice()));
    for (schema, grants) in of_schemas.chain([("", page.report.model.default_grants.as_slice())]) {
        if grants.is_empty() {
            continue;
        }
        let rows: Vec<Vec<String>> = grants
            .iter()
            .map(|grant| {
                let object = grant.name.as_deref().map(|name| format!(" {}", code(name))).unwrap_or_default();
                let owner = grant.owner.as_deref().map(|owner| format!(" of {}", code(owner))).unwrap_or_default();
                vec![
                    format!("{}{object}{owner}", text(&grant.kind)),
                    if grant.to == "PUBLIC" { "PUBLIC".to_owned() } else { code(&grant.to) },
                    text(&grant.privileges.join(", ")),
                ]
            })
            .collect();
        let title = if schema.is_empty() { "any schema".to_owned() } else { format!("the schema {}", code(schema)) };
        let summary = number(rows.len(), "right", "rights");
        let table = table(&["On", "Role", "Privileges"], &rows);
        push!(out, "In {title}, beside those of owners:\n\n{}", folded(&summary, rows.len(), &table));
    }
    if out.is_empty() { out } else { format!("### Rights\n\n{out}") }
}

fn enums(page: &Page<'_, '_>) -> String {
    let mut rows = Vec::new();
    let comments = |schema: &str, name: &str| {
        let schema = schemas(page).find(|entry| entry.name == schema)?;
        schema.enums.iter().find(|entry| entry.name == name)?.comment.as_deref().map(text)
    };
    for entry in &page.report.concerns.enums.types {
        let users: Vec<String> = entry.users.iter().map(|(table, column)| page.column(*table, column)).collect();
        rows.push(vec![
            code(&page.names.of(&entry.name)),
            codes(&entry.labels.iter().map(|label| shown_label(label)).collect::<Vec<_>>()),
            users.join(", "),
            comments(&entry.name.schema, &entry.name.name).unwrap_or_default(),
        ]);
    }
    block("Enumerated types", &["Type", "Values in order", "Used by", "Comment"], &rows)
}

fn domains(page: &Page<'_, '_>) -> String {
    let mut users = HashMap::<&QualifiedName, Vec<String>>::new();
    if schemas(page).any(|schema| !schema.domains.is_empty()) {
        for table in page.report.tables.iter() {
            for column in &table.table.columns {
                if let Some(of) = &column.user_type {
                    users.entry(of).or_default().push(page.column(table.id, &column.name));
                }
            }
        }
    }
    let mut rows = Vec::new();
    for schema in schemas(page) {
        for domain in &schema.domains {
            let mut rules = Vec::new();
            if domain.not_null {
                rules.push("NOT NULL".to_owned());
            }
            rules.extend(domain.checks.iter().map(|check| {
                let said = words::condition(page.report.model.engine.name, None, &check.expression);
                let said = said.map(|said| format!("{said}: ")).unwrap_or_default();
                format!("{said}CHECK {}", code(&check.expression))
            }));
            rows.push(vec![
                code(&page.names.join(&schema.name, &domain.name)),
                code(&domain.base_type),
                domain.default.as_deref().map(code).unwrap_or_default(),
                rules.join("; "),
                users
                    .get(&QualifiedName::new(&schema.name, &domain.name))
                    .map(|users| users.join(", "))
                    .unwrap_or_default(),
                domain.comment.as_deref().map(text).unwrap_or_default(),
            ]);
        }
    }
    block("Domains", &["Domain", "Type", "Default", "Rules", "Used by", "Comment"], &rows)
}

fn composites(page: &Page<'_, '_>) -> String {
    let mut rows = Vec::new();
    for schema in schemas(page) {
        for composite in &schema.composite_types {
            let fields: Vec<String> = composite
                .fields
                .iter()
                .map(|field| {
                    let collation = field.collation.as_ref().map(|name| format!(" COLLATE {}", code(name)));
                    format!("{} {}{}", code(&field.name), code(&field.data_type), collation.unwrap_or_default())
                })
                .collect();
            rows.push(vec![
                code(&page.names.join(&schema.name, &composite.name)),
                fields.join(", "),
                composite.comment.as_deref().map(text).unwrap_or_default(),
            ]);
        }
        for range in &schema.range_types {
            rows.push(vec![
                code(&page.names.join(&schema.name, &range.name)),
                format!("range of {}", code(&range.subtype)),
                range.comment.as_deref().map(text).unwrap_or_default(),
            ]);
        }
    }
    block("Composite and range types", &["Type", "Fields", "Comment"], &rows)
}

fn sequences(page: &Page<'_, '_>) -> String {
    let mut rows = Vec::new();
    let mut owned = 0;
    for schema in schemas(page) {
        for sequence in &schema.sequences {
            if sequence.owned_by.is_some() {
                owned += 1;
                continue;
            }
            rows.push(vec![
                code(&page.names.join(&schema.name, &sequence.name)),
                code(&sequence.data_type),
                sequence.start.to_string(),
                sequence.increment.to_string(),
                format!("{} to {}", sequence.minimum, sequence.maximum),
                if sequence.cycle { "yes" } else { "no" }.to_owned(),
                sequence.comment.as_deref().map(text).unwrap_or_default(),
            ]);
        }
    }
    let of_columns = match owned {
        0 => String::new(),
        1 => "1 sequence belongs to a column and is described there.\n\n".to_owned(),
        _ => format!("{owned} sequences belong to columns and are described there.\n\n"),
    };
    let header = ["Sequence", "Type", "Start", "Step", "Range", "Cycles", "Comment"];
    match (rows.is_empty(), owned) {
        (true, 0) => String::new(),
        (true, _) => format!("### Sequences\n\n{of_columns}"),
        (false, _) => format!("{}{of_columns}", block("Sequences", &header, &rows)),
    }
}

fn functions(page: &Page<'_, '_>) -> String {
    let mut rows = Vec::new();
    for schema in schemas(page) {
        for function in &schema.functions {
            let kind = match function.kind {
                FunctionKind::Function => "function",
                FunctionKind::Procedure => "procedure",
                FunctionKind::Aggregate => "aggregate",
                FunctionKind::Window => "window function",
                FunctionKind::Package => "package",
                FunctionKind::PackageBody => "package body",
            };
            let mut facts = vec![kind.to_owned(), text(&function.language)];
            facts.extend(function.volatility.as_deref().map(text));
            facts.extend(function.data_access.as_deref().map(text));
            if function.security_definer {
                facts.push("runs with its owner's rights".to_owned());
            }
            let arguments = if function.arguments.is_empty() { String::new() } else { code(&function.arguments) };
            rows.push(vec![
                code(&page.names.join(&schema.name, &function.name)),
                arguments,
                function.result.as_deref().map(code).unwrap_or_default(),
                facts.join(", "),
                function.comment.as_deref().map(text).unwrap_or_default(),
            ]);
        }
    }
    let mut out = block("Functions and procedures", &["Name", "Arguments", "Result", "Facts", "Comment"], &rows);
    for schema in schemas(page) {
        for function in &schema.functions {
            let Some(body) = function.body.as_deref().filter(|body| !body.trim().is_empty()) else { continue };
            let called = format!("{}({})", page.names.join(&schema.name, &function.name), function.arguments);
            let language = if matches!(function.language.as_str(), "sql" | "plpgsql") { "sql" } else { "" };
            push!(
                out,
                "<details><summary>Body of {}</summary>\n\n{}\n</details>\n\n",
                html_code(&called),
                fence(language, body.trim_matches(['\n', '\r']))
            );
        }
    }
    out
}

fn events(page: &Page<'_, '_>) -> String {
    let mut rows = Vec::new();
    for schema in schemas(page) {
        for event in &schema.events {
            let state = match (event.enabled, event.disabled_on_replica) {
                (true, _) => "enabled",
                (false, false) => "disabled",
                (false, true) => "disabled on the replica",
            };
            rows.push(vec![
                code(&page.names.join(&schema.name, &event.name)),
                event.schedule.as_deref().map(code).unwrap_or_default(),
                event.time_zone.as_deref().map(code).unwrap_or_default(),
                state.to_owned(),
                if event.preserved { "stays" } else { "is dropped" }.to_owned(),
                event.comment.as_deref().map(text).unwrap_or_default(),
            ]);
        }
    }
    block("Scheduled events", &["Event", "Schedule", "Time zone", "State", "When over", "Comment"], &rows)
}

fn block(title: &str, header: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    // The comment comes last, and a column of nothing tells nothing.
    let uncommented = rows.iter().all(|row| row.last().is_none_or(String::is_empty));
    let width = header.len() - usize::from(uncommented && header.last() == Some(&"Comment"));
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row[..width].to_vec()).collect();
    let block = table(&header[..width], &rows);
    format!("### {title}\n\n{}", folded(&number(rows.len(), "entry", "entries"), rows.len(), &block))
}

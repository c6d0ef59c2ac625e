//! The document as a folder: an index, and pages that are small enough for the hosts to show whole.

use super::page::{Base, Page, number};
use super::{DocumentOptions, Sections, assemble, diagrams, escape, objects, playbook, tables};
use crate::model::Schema;
use crate::render::names::Names;
use crate::report::Report;
use crate::survey::TableClass;
use std::collections::HashMap;

/// Tables above which one file is too long for GitHub and GitLab to show.
pub const SPLIT_ABOVE: usize = 150;

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFile {
    /// Path below the folder, with slashes: `README.md`, `tables/orders.md`. Lower case apart from the index, and
    /// without anything that Windows refuses.
    pub path: String,
    /// Content.
    pub content: String,
}

/// The document as files, the index first. Links between them are relative.
pub fn render_pages(report: &Report<'_>, options: &DocumentOptions) -> Vec<DocumentFile> {
    let names = Names::new(report.tables);
    let page = Page::new(report, &names, options, Base::Root);
    let mut files = vec![DocumentFile { path: "README.md".to_owned(), content: index(report, &page) }];
    if report.tables.len() > diagrams::ONE_DIAGRAM {
        files.push(file("diagrams.md", "Diagrams", &diagrams::groups(&page), ""));
    }
    if names.several_schemas() {
        let in_schemas = Page::new(report, &names, options, Base::Folder);
        for schema in report.model.schemas.iter().filter(|schema| !schema.tables.is_empty()) {
            let title = format!("Schema {}", escape::code(&schema.name));
            files.push(file(&schema_path(schema), &title, &schema_list(&in_schemas, schema), "../"));
        }
    }
    let objects = objects::section(&page);
    if !objects.is_empty() {
        files.push(file("objects.md", "Views, Types and Code", &objects, ""));
    }
    files.push(file("playbook.md", "Migration Playbook", &playbook::section(&page), ""));
    let beside = Page::new(report, &names, options, Base::Tables);
    let mut entities = HashMap::new();
    for table in report.tables.iter() {
        let mut content = String::from("[Data model](../README.md)\n\n");
        content.push_str(tables::definition(&beside, table, &mut entities).trim_end());
        finish(&mut content);
        files.push(DocumentFile { path: format!("tables/{}.md", beside.slug(table.id)), content });
    }
    files
}

fn index(report: &Report<'_>, page: &Page<'_, '_>) -> String {
    let mut lists = String::new();
    if page.names.several_schemas() {
        for schema in report.model.schemas.iter().filter(|schema| !schema.tables.is_empty()) {
            push!(
                lists,
                "- [{}]({}): {}\n",
                escape::code(&schema.name),
                schema_path(schema),
                number(schema.tables.len(), "table", "tables")
            );
        }
    } else {
        for schema in &report.model.schemas {
            lists.push_str(&schema_list(page, schema));
        }
    }
    if lists.is_empty() {
        lists.push_str("No evidence of tables.\n");
    }
    let counts = [
        (report.summary.views + report.summary.materialized_views, "view", "views"),
        (report.summary.enums, "enumerated type", "enumerated types"),
        (report.summary.domains, "domain", "domains"),
        (report.summary.sequences, "sequence", "sequences"),
        (report.summary.functions, "function", "functions"),
    ];
    let present: Vec<String> = counts
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, singular, plural)| number(count, singular, plural))
        .collect();
    let objects = if objects::section(page).is_empty() {
        String::new()
    } else {
        format!("[{}](objects.md)", if present.is_empty() { "All of them".to_owned() } else { present.join(", ") })
    };
    let [safe, caution, breaking] = report.summary.steps;
    let sections = Sections {
        diagrams: diagrams::index(page),
        table_definitions: lists.trim_end().to_owned(),
        other_objects: objects,
        migration_playbook: format!(
            "[{}](playbook.md): {safe} safe, {caution} with caution, {breaking} breaking.",
            number(report.playbook.steps.len(), "step", "steps")
        ),
        ..Sections::without_tables(page)
    };
    assemble(&sections)
}

fn schema_path(schema: &Schema) -> String {
    format!("schemas/{}.md", escape::slug(&[&schema.name]))
}

/// The tables of a schema with what they are for.
fn schema_list(page: &Page<'_, '_>, schema: &Schema) -> String {
    let rows: Vec<Vec<String>> = page
        .report
        .tables
        .iter()
        .filter(|table| table.schema.name == schema.name)
        .map(|table| {
            let class = match page.report.survey.class(table.id) {
                TableClass::Entity => "entity",
                TableClass::Junction => "junction",
                TableClass::Lookup => "lookup",
                TableClass::Log => "log",
                TableClass::Clone => "copy or archive",
                TableClass::ThirdParty => "library",
            };
            vec![
                page.link(table.id),
                class.to_owned(),
                table.table.columns.len().to_string(),
                page.report.details(table.id).findings.len().to_string(),
                table.table.comment.as_deref().map(escape::text).unwrap_or_default(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    if let Some(comment) = &schema.comment {
        push!(out, "{}\n\n", escape::paragraph(comment));
    }
    out.push_str(&escape::table(&["Table", "Purpose", "Columns", "Findings", "Comment"], &rows));
    out
}

fn file(path: &str, title: &str, body: &str, up: &str) -> DocumentFile {
    let mut content = format!("[Data model]({up}README.md)\n\n# {title}\n\n{}", body.trim_end());
    finish(&mut content);
    DocumentFile { path: path.to_owned(), content }
}

/// The last line, by which the next run knows that it may replace or remove the file.
fn finish(content: &mut String) {
    content.push_str("\n\n<!-- Generated by brownfield. -->\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Table, Tables};
    use crate::render::fixture;
    use crate::settings::Settings;
    use std::collections::HashSet;

    #[test]
    fn links_lead_somewhere() {
        let mut model = fixture::shop();
        for name in ["con", "Orders", "or ders", "ordérs"] {
            model.schemas[0].tables.push(Table::new(name));
        }
        for number in 0..30 {
            model.schemas[0].tables.push(Table::new(format!("filler_{number}")));
        }
        let mut other = crate::model::Schema::new("other");
        other.tables.push(Table::new("orders"));
        model.schemas.push(other);
        model.sort();
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let report = fixture::report(&model, &tables, &settings, |_| {});
        let files = render_pages(&report, &DocumentOptions::default());
        let paths: HashSet<String> = files.iter().map(|file| file.path.to_lowercase()).collect();
        assert_eq!(paths.len(), files.len(), "paths differ in more than case");
        assert!(!paths.contains("tables/con.md"));
        for file in &files {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for target in file.content.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let Some(target) = target.split('#').next().filter(|target| !target.is_empty()) else {
                    continue;
                };
                let resolved = match target.strip_prefix("../") {
                    Some(above) => above.to_owned(),
                    None if folder.is_empty() => target.to_owned(),
                    None => format!("{folder}/{target}"),
                };
                assert!(paths.contains(&resolved.to_lowercase()), "{target} in {}", file.path);
            }
        }
    }
}

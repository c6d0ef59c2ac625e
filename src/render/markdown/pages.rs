//! The document as a folder: an index, and pages that are small enough for the hosts to show whole.

use super::page::{Base, Page, number};
use super::{DocumentOptions, Sections, assemble, diagrams, escape, objects, playbook, portions, tables};
use crate::model::Schema;
use crate::render::marks;
use crate::render::names::Names;
use crate::report::Report;
use crate::survey::TableClass;

/// Tables above which one file is too long for GitHub and GitLab to show.
pub const SPLIT_ABOVE: usize = 150;

/// Bytes above which GitHub cuts a Markdown file off.
pub const SPLIT_ABOVE_BYTES: usize = 500 * 1024;

/// Folders of pages, apart from those that stand in the folder itself.
pub const PAGE_FOLDERS: [&str; 4] = ["tables/", "schemas/", "lists/", ""];

/// Where the files of a document stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// File name of the index.
    pub index: String,
    /// Folder of all other pages, beside the index, with a final slash; empty when it is the index's own.
    pub folder: String,
}

impl Default for Placement {
    fn default() -> Self {
        Self { index: "README.md".to_owned(), folder: String::new() }
    }
}

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFile {
    /// Path from the index's folder, with slashes: `README.md`, `tables/orders.md`. Lower case apart from what the
    /// placement says, and without anything that Windows refuses.
    pub path: String,
    /// Content.
    pub content: String,
}

/// The document as files, the index first. Links between them are relative.
pub fn render_pages(report: &Report<'_>, options: &DocumentOptions, placement: &Placement) -> Vec<DocumentFile> {
    let names = Names::new(report.tables);
    let Placement { index, folder } = placement;
    let page = Page::new(report, &names, options, Base::Root(folder));
    let mut files = vec![DocumentFile { path: index.clone(), content: self::index(report, &page, folder) }];
    let up = if folder.is_empty() { "" } else { "../" };
    let beside_index = Page::new(report, &names, options, Base::Root(""));
    let mut add = |path: &str, title: &str, body: &str, up: &str| {
        let mut content = format!("[Data model]({up}{index})\n\n");
        if !title.is_empty() {
            push!(content, "# {title}\n\n");
        }
        content.push_str(body);
        let path = format!("{folder}{path}");
        files.push(DocumentFile { content: marks::sealed(index, &path, &content), path });
    };
    if report.tables.len() > diagrams::ONE_DIAGRAM {
        add("diagrams.md", "Diagrams", &diagrams::groups(&beside_index), up);
    }
    if names.several_schemas() {
        let in_schemas = Page::new(report, &names, options, Base::Folder);
        for schema in report.model.schemas.iter().filter(|schema| !schema.tables.is_empty()) {
            let title = format!("Schema {}", escape::code(&schema.name));
            add(&schema_path(schema), &title, &schema_list(&in_schemas, schema), &format!("../{up}"));
        }
    }
    for part in objects::parts(&beside_index) {
        let text = part.text.strip_prefix(&format!("### {}\n\n", part.title)).unwrap_or(&part.text);
        add(part.file, part.title, text, up);
    }
    add("playbook.md", "Migration Playbook", &portions::whole(|take| playbook::write(&beside_index, take)), up);
    let beside = Page::new(report, &names, options, Base::Tables);
    for (table, definition) in report.tables.iter().zip(tables::definitions(&beside)) {
        let path = format!("tables/{}.md", beside.slug(table.id));
        add(&path, "", &definition, &format!("../{up}"));
    }
    files
}

fn index(report: &Report<'_>, page: &Page<'_, '_>, folder: &str) -> String {
    let mut lists = String::new();
    if page.names.several_schemas() {
        for schema in report.model.schemas.iter().filter(|schema| !schema.tables.is_empty()) {
            push!(
                lists,
                "- [{}]({folder}{}): {}\n",
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
    let summary = &report.summary;
    let objects: Vec<String> = objects::parts(page)
        .into_iter()
        .map(|part| {
            let counts: &[(usize, &str, &str)] = match part.file {
                "views.md" => &[(summary.views + summary.materialized_views, "view", "views")],
                "enums.md" => &[
                    (summary.enums, "enumerated type", "enumerated types"),
                    (summary.domains, "domain", "domains"),
                    (summary.sequences, "sequence", "sequences"),
                ],
                _ => &[(summary.functions, "function", "functions")],
            };
            let present = counts.iter().filter(|(count, _, _)| *count > 0);
            let present: Vec<String> =
                present.map(|(count, singular, plural)| number(*count, singular, plural)).collect();
            let counted = if present.is_empty() { String::new() } else { format!(": {}", present.join(", ")) };
            format!("- [{}]({folder}{}){counted}\n", part.title, part.file)
        })
        .collect();
    let [safe, caution, breaking] = report.summary.steps;
    let sections = Sections {
        diagrams: diagrams::index(page, folder),
        table_definitions: lists.trim_end().to_owned(),
        other_objects: objects.concat().trim_end().to_owned(),
        migration_playbook: format!(
            "[{}]({folder}playbook.md): {safe} safe, {caution} with caution, {breaking} breaking.",
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
                page.report.table_comment(table).map(escape::text).unwrap_or_default(),
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
        let beside = Placement { index: "spec.md".to_owned(), folder: "spec/".to_owned() };
        for placement in [Placement::default(), beside] {
            assert_links(&render_pages(&report, &DocumentOptions::default(), &placement), &placement.folder);
        }
    }

    fn assert_links(files: &[DocumentFile], pages: &str) {
        let paths: HashSet<String> = files.iter().map(|file| file.path.to_lowercase()).collect();
        assert_eq!(paths.len(), files.len(), "paths differ in more than case");
        assert!(!paths.contains(&format!("{pages}tables/con.md")));
        for file in files {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for target in file.content.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let Some(target) = target.split('#').next().filter(|target| !target.is_empty()) else {
                    continue;
                };
                let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
                for part in target.split('/') {
                    if part == ".." {
                        assert!(parts.pop().is_some(), "{target} in {}", file.path);
                    } else {
                        parts.push(part);
                    }
                }
                let resolved = parts.join("/");
                assert!(paths.contains(&resolved.to_lowercase()), "{target} in {}", file.path);
            }
        }
    }
}

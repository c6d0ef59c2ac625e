//! The document as a folder: an index, and pages that are small enough for the hosts to show whole.

use super::indexes::virtual_index;
use super::page::{Layout, PAGES, Page, number};
use super::paging::{self, Lists};
use super::{DocumentOptions, Sections, assemble, diagrams, escape, objects, playbook, portions, tables};
use crate::model::{Schema, TableKind};
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
    let page = Page::new(report, &names, options, Layout::Pages);
    let mut pages = Pages { placement, files: Vec::new(), lists: Lists::default() };
    let schema_lists: Vec<(&Schema, String)> =
        report.model.schemas.iter().map(|schema| (schema, schema_list(&page, schema))).collect();
    let listed = schema_lists.iter().map(|(_, list)| list.len()).sum::<usize>();
    let has_schema_pages = names.several_schemas() || listed > LONGEST_IN_INDEX;
    let index = index(&page, if has_schema_pages { &[] } else { &schema_lists });
    let index = pages.lists.taken_from(&index, None).replace(PAGES, &placement.folder);
    pages.files.push(DocumentFile { path: placement.index.clone(), content: index });
    if report.tables.len() > diagrams::ONE_DIAGRAM {
        pages.add("diagrams", "Diagrams", diagrams::groups(&page));
    }
    if has_schema_pages {
        for (schema, list) in schema_lists.iter().filter(|(schema, _)| !schema.tables.is_empty()) {
            let lines: Vec<String> = list.lines().map(str::to_owned).collect();
            let rows = lines.iter().position(|line| line.starts_with("|--")).map_or(0, |at| at + 1);
            let head: String = lines[..rows].iter().map(|line| format!("{line}\n")).collect();
            let title = format!("Schema {}", escape::code(&schema.name));
            pages.add_parts(&schema_path(schema), &title, &paging::parts(&head, &lines[rows..]));
        }
    }
    for part in objects::parts(&page) {
        let heading = format!("### {}\n\n", part.title);
        let text = part.text.strip_prefix(&heading).map(str::to_owned).unwrap_or(part.text);
        pages.add(part.file.trim_end_matches(".md"), part.title, text);
    }
    let playbook = portions::whole(|take| playbook::write(&page, take));
    let playbook = pages.lists.taken_from(&format!("# Migration Playbook\n\n{playbook}"), None);
    pages.add("playbook", "", playbook);
    for (table, definition) in report.tables.iter().zip(tables::definitions(&page)) {
        pages.add(&format!("tables/{}", page.slug(table.id)), "", definition);
    }
    for list in std::mem::take(&mut pages.lists.all) {
        let parts = paging::parts(&list.head, &list.lines);
        pages.add_parts(&format!("lists/{}", list.name), &list.title, &parts);
    }
    pages.files
}

/// Bytes of the lists of tables above which the index leaves them to pages of their own.
const LONGEST_IN_INDEX: usize = 96 * 1024;

/// The files as they come about.
struct Pages<'p> {
    placement: &'p Placement,
    files: Vec<DocumentFile>,
    lists: Lists,
}

impl Pages<'_> {
    /// Adds a page, in parts when it is too long.
    fn add(&mut self, path: &str, title: &str, mut text: String) {
        if text.len() > paging::LONGEST_PAGE {
            let place = if title.is_empty() { path.trim_start_matches("tables/") } else { title };
            text = self.lists.taken_from(&text, Some(place));
        }
        self.add_parts(path, title, &paging::cut(text));
    }

    fn add_parts(&mut self, path: &str, title: &str, parts: &[String]) {
        let Placement { index, folder } = self.placement;
        let (in_folder, name) = path.split_once('/').map_or((false, path), |(_, name)| (true, name));
        let to_pages = if in_folder { "../" } else { "" };
        let to_index = if folder.is_empty() { "" } else { "../" };
        let file = |name: &str, part: usize| match part {
            0 => format!("{name}.md"),
            // No other page has a full stop in its name.
            _ => format!("{name}.{}.md", part + 1),
        };
        for (part, body) in parts.iter().enumerate() {
            let mut content = format!("[Data model]({to_pages}{to_index}{index})\n\n");
            if !title.is_empty() {
                push!(content, "# {title}\n\n");
            }
            if parts.len() > 1 {
                let links = (0..parts.len()).map(|other| {
                    let number = other + 1;
                    if other == part { format!("**{number}**") } else { format!("[{number}]({})", file(name, other)) }
                });
                push!(content, "Part {}\n\n", links.collect::<Vec<_>>().join(" · "));
            }
            content.push_str(body);
            if path.starts_with("tables/") {
                content = content.replace(&format!("{PAGES}tables/"), "");
            }
            let path = format!("{folder}{}", file(path, part));
            let content = marks::sealed(index, &path, &content.replace(PAGES, to_pages));
            self.files.push(DocumentFile { path, content });
        }
    }
}

/// The index, with lists of tables, or without when each schema has a page.
fn index(page: &Page<'_, '_>, schema_lists: &[(&Schema, String)]) -> String {
    let report = page.report;
    let mut lists: String = schema_lists.iter().map(|(_, list)| list.as_str()).collect();
    if schema_lists.is_empty() {
        for schema in report.model.schemas.iter().filter(|schema| !schema.tables.is_empty()) {
            push!(
                lists,
                "- [{}]({PAGES}{}.md): {}\n",
                escape::code(&schema.name),
                schema_path(schema),
                number(schema.tables.len(), "table", "tables")
            );
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
                "rights.md" => &[],
                _ => &[(summary.functions, "function", "functions")],
            };
            let present = counts.iter().filter(|(count, _, _)| *count > 0);
            let present: Vec<String> =
                present.map(|(count, singular, plural)| number(*count, singular, plural)).collect();
            let counted = if present.is_empty() { String::new() } else { format!(": {}", present.join(", ")) };
            format!("- [{}]({PAGES}{}){counted}\n", part.title, part.file)
        })
        .collect();
    let [safe, caution, breaking] = report.summary.steps;
    let sections = Sections {
        executive_summary: super::trimmed(super::summary::section(page, false)),
        diagrams: diagrams::index(page),
        table_definitions: lists.trim_end().to_owned(),
        other_objects: objects.concat().trim_end().to_owned(),
        migration_playbook: format!(
            "[{}]({PAGES}playbook.md): {safe} safe, {caution} with caution, {breaking} breaking.",
            number(report.playbook.steps.len(), "step", "steps")
        ),
        ..Sections::without_tables(page)
    };
    assemble(&sections)
}

fn schema_path(schema: &Schema) -> String {
    format!("schemas/{}", escape::slug(&[&schema.name]))
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
                _ if table.table.kind == TableKind::Virtual => {
                    virtual_index(table.table).unwrap_or("shown by a module")
                }
                TableClass::Entity => "entity",
                TableClass::Clone if table.table.is_inheriting() => "part of a table by inheritance",
                TableClass::Junction => "junction",
                TableClass::Lookup => "lookup",
                TableClass::Log => "log",
                TableClass::Clone => "copy or archive",
                TableClass::ThirdParty => "library",
            };
            vec![
                page.link(table.id).to_owned(),
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

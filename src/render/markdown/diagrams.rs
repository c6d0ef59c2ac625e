//! The entity-relationship diagrams: one when the schema is small, else an overview and one for each group.

use super::escape::{fence, paragraph, push_fence, push_html_code, table, text};
use super::indexes::folded;
use super::page::{PAGES, Page, number};
use crate::model::TableId;
use crate::render::mermaid::{self, Overview};

/// Most tables in one diagram.
pub(super) const ONE_DIAGRAM: usize = 25;

/// Most tables whose keys still make a picture, where a template has room for one diagram only.
const ONE_DIAGRAM_OF_KEYS: usize = 60;

/// The body of one diagram without its first line, for templates that write `erDiagram` themselves, and the whole section.
pub(super) fn section(page: &Page<'_, '_>) -> (String, String) {
    let report = page.report;
    let tables = report.tables.len();
    if tables == 0 {
        return (String::new(), "No evidence of tables.".to_owned());
    }
    let all: Vec<TableId> = report.tables.iter().map(|table| table.id).collect();
    if tables <= ONE_DIAGRAM {
        let drawing = page.artist.whole(&all);
        let note = drawing
            .detail
            .note()
            .map(|note| format!("The diagram shows {note} only: with all columns so many tables cannot be read. "));
        let mut section = format!("{}\n{}{LEGEND}", fence("mermaid", &drawing.text), note.unwrap_or_default());
        if !report.settings.groups.is_empty() {
            push!(section, "\n{}", groups(page));
        }
        return (body(&drawing.text), section);
    }
    let (overview, text) = overview(page);
    let keys = (tables <= ONE_DIAGRAM_OF_KEYS).then(|| page.artist.keys(&all)).filter(|keys| keys.left_out == 0);
    (body(keys.as_ref().map_or(&overview, |keys| &keys.text)), format!("{text}\n{}", groups(page)))
}

/// The section in the index of a folder, which leaves the groups to a page of their own.
pub(super) fn index(page: &Page<'_, '_>) -> String {
    if page.report.tables.len() <= ONE_DIAGRAM {
        return section(page).1.trim_end().to_owned();
    }
    let (_, text) = overview(page);
    format!("{}\n\n[Diagrams of each group]({PAGES}diagrams.md)", text.trim_end())
}

/// The groups as boxes, bare and with words around.
fn overview(page: &Page<'_, '_>) -> (String, String) {
    let report = page.report;
    let Overview { text: overview, left_out, pairs, without_line } = mermaid::overview(report, &report.groups);
    let mut out = format!(
        "{} tables are too many for one picture: each of {} has a diagram of its own, and so has each table with its \
         neighbours.",
        report.tables.len(),
        number(report.groups.len(), "group", "groups"),
    );
    if !overview.contains(" : ") {
        push!(out, " No foreign key leads from one group to another.\n\n{LEGEND}");
        return (overview, out);
    }
    out.push_str(" The overview shows the groups and the foreign keys between them.\n\n");
    if left_out > 0 {
        push!(out, "{} with the fewest tables are left out of it.\n\n", number(left_out, "group", "groups"));
    }
    if without_line > 0 {
        push!(
            out,
            "Of {} pairs of groups with foreign keys it shows the {} with the most; the table below has all.\n\n",
            pairs.len(),
            pairs.len() - without_line
        );
    }
    push!(out, "{}\n{LEGEND}", fence("mermaid", &overview));
    if without_line > 0 {
        let name = |group: usize| text(&report.groups[group].name);
        let rows: Vec<Vec<String>> =
            pairs.iter().map(|(parent, child, keys)| vec![name(*child), name(*parent), keys.to_string()]).collect();
        let block = table(&["From", "To", "Foreign keys"], &rows);
        push!(out, "\n{}", folded(&number(rows.len(), "pair of groups", "pairs of groups"), rows.len(), &block));
    }
    (overview, out)
}

/// One folded diagram for each group.
pub(super) fn groups(page: &Page<'_, '_>) -> String {
    let mut out = String::new();
    for group in &page.report.groups {
        let drawing = page.artist.whole(&group.tables);
        push!(
            out,
            "<details><summary>{} ({}{})</summary>\n\n{}{}\n</details>\n\n",
            text(&group.name),
            number(group.tables.len(), "table", "tables"),
            drawing.detail.note().map(|note| format!(", {note} only")).unwrap_or_default(),
            group.description.as_deref().map(|said| format!("{}\n\n", paragraph(said))).unwrap_or_default(),
            fence("mermaid", &drawing.text)
        );
    }
    out
}

/// The neighbourhood of one table, when the whole schema is not drawn in one diagram.
pub(super) fn neighbourhood(page: &Page<'_, '_>, table: TableId, out: &mut String) {
    if page.report.tables.len() <= ONE_DIAGRAM {
        return;
    }
    let Some((diagram, left_out)) = page.artist.neighbourhood(table) else { return };
    out.push_str("<details><summary>Neighbours of ");
    push_html_code(out, page.names.table(table));
    out.push_str(" (key columns only");
    if left_out > 0 {
        push!(out, ", {left_out} more not shown");
    }
    out.push_str(")</summary>\n\n");
    push_fence(out, "mermaid", &diagram);
    out.push_str("\n</details>\n\n");
}

const LEGEND: &str =
    "Solid lines are declared foreign keys; dashed lines are relations inferred from names, types and keys.\n";

fn body(diagram: &str) -> String {
    diagram.strip_prefix("erDiagram\n").unwrap_or(diagram).trim_end().to_owned()
}

//! What every section of the document needs: names, links and ways to list things.

use super::DocumentOptions;
use super::escape::{code, prose, push_code, push_codes, slug};
use crate::model::{EngineName, QualifiedName, TableId, TableRef};
use crate::render::mermaid::Artist;
use crate::render::names::Names;
use crate::report::{Report, Tally};
use std::borrow::Borrow;
use std::collections::HashSet;

/// Most names that are listed in a sentence; more are folded.
const INLINE: usize = 12;

/// The report with what turns names into links.
#[derive(Debug)]
pub(super) struct Page<'r, 'a> {
    pub(super) report: &'r Report<'a>,
    pub(super) options: &'r DocumentOptions,
    pub(super) names: &'r Names,
    pub(super) artist: Artist<'r, 'a>,
    layout: Layout,
    slugs: Vec<String>,
    links: Vec<String>,
}

/// How the document is laid out, which decides how it links to tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Everything is in one file.
    Single,
    /// An index and pages.
    Pages,
}

/// Stands for the way to the folder of pages in links, until it is known on which page they are. No text from the database
/// has control characters.
pub(super) const PAGES: char = '\u{2}';

impl<'r, 'a> Page<'r, 'a> {
    pub(super) fn new(report: &'r Report<'a>, names: &'r Names, options: &'r DocumentOptions, layout: Layout) -> Self {
        let mut taken = HashSet::new();
        let slugs: Vec<String> = report
            .tables
            .iter()
            .map(|table| {
                let name = if names.several_schemas() {
                    slug(&[&table.schema.name, &table.table.name])
                } else {
                    slug(&[&table.table.name])
                };
                let mut unique = name.clone();
                let mut number = 2;
                while !taken.insert(unique.clone()) {
                    unique = format!("{name}-{number}");
                    number += 1;
                }
                unique
            })
            .collect();
        let link = |(table, slug): (TableRef<'_>, &String)| {
            let name = code(names.table(table.id));
            match layout {
                Layout::Single => format!("[{name}](#t-{slug})"),
                Layout::Pages => format!("[{name}]({PAGES}tables/{slug}.md)"),
            }
        };
        let links = report.tables.iter().zip(&slugs).map(link).collect();
        Self { report, options, names, artist: Artist::new(report, names), layout, slugs, links }
    }

    /// Whether each table has a page of its own.
    pub(super) fn is_split(&self) -> bool {
        self.layout == Layout::Pages
    }

    /// The product's version: as far as it decides what the schema can be, and in full with what differs between two
    /// copies of a schema.
    pub(super) fn version(&self) -> &'r str {
        let engine = &self.report.model.engine;
        let parts = match engine.name {
            _ if self.options.statistics => usize::MAX,
            EngineName::PostgreSql | EngineName::Sqlite => 1,
            EngineName::MySql | EngineName::MariaDb => 2,
        };
        let end = engine.version.match_indices('.').map(|(at, _)| at).nth(parts - 1);
        end.map_or(&engine.version, |end| &engine.version[..end])
    }

    /// A table as part of anchors and paths.
    pub(super) fn slug(&self, table: TableId) -> &str {
        &self.slugs[table.0]
    }

    /// A table as a link.
    pub(super) fn link(&self, table: TableId) -> &str {
        &self.links[table.0]
    }

    /// A table as a link, or only its name when it is not in the document.
    pub(super) fn link_to(&self, name: &QualifiedName) -> String {
        let mut out = String::new();
        self.push_link_to(&mut out, name);
        out
    }

    /// Writes a table as a link, or only its name when it is not in the document.
    pub(super) fn push_link_to(&self, out: &mut String, name: &QualifiedName) {
        match self.report.tables.find(name) {
            Some(table) => out.push_str(self.link(table.id)),
            None => push_code(out, &self.names.of(name)),
        }
    }

    /// A column of a table: ``[`orders`](#t-orders).`total` ``.
    pub(super) fn column(&self, table: TableId, column: &str) -> String {
        format!("{}.{}", self.link(table), code(column))
    }

    /// Tables as links in one sentence, or folded when there are many.
    pub(super) fn tables(&self, summary: &str, tables: &[TableId]) -> String {
        fold(summary, &tables.iter().map(|table| self.link(*table)).collect::<Vec<_>>())
    }

    /// Columns as links in one sentence, or folded when there are many.
    pub(super) fn columns(&self, summary: &str, columns: &[(TableId, String)]) -> String {
        fold(summary, &columns.iter().map(|(table, column)| self.column(*table, column)).collect::<Vec<_>>())
    }
}

/// Parts with something between them, written one after the other.
pub(super) struct Joined<'o> {
    out: &'o mut String,
    between: &'static str,
    begun: bool,
}

impl<'o> Joined<'o> {
    pub(super) fn new(out: &'o mut String, between: &'static str) -> Self {
        Self { out, between, begun: false }
    }

    /// Where the next part is to be written.
    pub(super) fn next(&mut self) -> &mut String {
        if std::mem::replace(&mut self.begun, true) {
            self.out.push_str(self.between);
        }
        self.out
    }
}

/// `summary: a, b, c.` as a bullet, or a bullet with the count and the items folded below it. Empty when there is none.
pub(super) fn fold<S: Borrow<str>>(summary: &str, items: &[S]) -> String {
    match items.len() {
        0 => String::new(),
        1..=INLINE => format!("- {summary} ({}): {}\n", items.len(), items.join(", ")),
        count => format!(
            "- {summary} ({count}):\n\n  <details><summary>{count} names</summary>\n\n  {}\n\n  </details>\n\n",
            items.join(",\n  ")
        ),
    }
}

/// Columns in code type, comma-separated.
pub(super) fn codes<S: AsRef<str>>(names: &[S]) -> String {
    let mut out = String::new();
    push_codes(&mut out, names);
    out
}

/// A tally as `` `created_at` (12), `created` (2)``.
pub(super) fn counted(tally: &Tally) -> String {
    tally.iter().map(|(name, count)| format!("{} ({count})", code(name))).collect::<Vec<_>>().join(", ")
}

/// A number with its noun.
pub(super) fn number(count: usize, singular: &str, plural: &str) -> String {
    format!("{count} {}", if count == 1 { singular } else { plural })
}

/// A share as `7 of 9 (78 %)`.
pub(super) fn share(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "0 of 0".to_owned();
    }
    // Half up, but all is only what is all.
    let percent = (u64::from(part) * 200 + u64::from(whole)) / (u64::from(whole) * 2);
    let percent = if part < whole { percent.min(99) } else { percent };
    format!("{part} of {whole} ({percent} %)")
}

/// Text as a sentence: with a capital and a final stop. A name at its start stays as it is.
pub(super) fn sentence(raw: &str) -> String {
    let raw = raw.trim();
    let mut characters = raw.chars();
    let Some(first) = characters.next() else { return String::new() };
    let word = raw.split_whitespace().next().unwrap_or_default().trim_end_matches(['.', ',', ':', ';']);
    let is_name = word.contains(|character: char| matches!(character, '_' | '.') || character.is_ascii_digit())
        || word.chars().skip(1).any(char::is_uppercase);
    let capital: String = if is_name { raw.to_owned() } else { first.to_uppercase().chain(characters).collect() };
    let stop = if capital.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", prose(&capital))
}

#[cfg(test)]
mod tests {
    use super::{sentence, share};

    #[test]
    fn names_keep_their_case_in_sentences() {
        for (raw, wanted) in [
            ("code that says the old name would fail", "Code that says the old name would fail."),
            (
                "payment_p2007.customer_id comes from a parent table",
                "payment_p2007.customer_id comes from a parent table.",
            ),
            ("orderItem is gone", "orderItem is gone."),
            (" done! ", "Done!"),
        ] {
            assert_eq!(sentence(raw).replace("&#95;", "_").replace("\\_", "_"), wanted);
        }
    }

    #[test]
    fn shares_are_rounded_half_up() {
        let wanted =
            ["8 of 9 (89 %)", "1 of 8 (13 %)", "1 of 3 (33 %)", "199 of 200 (99 %)", "7 of 7 (100 %)", "0 of 0"];
        assert_eq!([share(8, 9), share(1, 8), share(1, 3), share(199, 200), share(7, 7), share(0, 0)], wanted);
    }
}

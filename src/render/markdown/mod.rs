//! The specification document.
//!
//! Sections are written by functions, one file a section; the template only puts them in their places. Everything that
//! comes from the database passes through [`escape`], so that no name can break a table or bring markup along.

mod concerns;
mod context;
mod diagrams;
mod escape;
mod foreign_keys;
mod indexes;
mod objects;
mod page;
mod pages;
mod paging;
mod playbook;
mod portions;
#[cfg(test)]
mod reading;
mod retention;
mod scorecard;
mod statistics;
mod summary;
mod tables;
mod template;
mod words;

pub use pages::{DocumentFile, PAGE_FOLDERS, Placement, SPLIT_ABOVE, SPLIT_ABOVE_BYTES, render_pages};
pub use template::{Surroundings, TemplateError, render_template};

use crate::parallel;
use crate::render::names::Names;
use crate::report::Report;
use minijinja::{Environment, UndefinedBehavior};
use page::{Layout, Page};
use portions::Take;
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;

/// The built-in template.
pub const TEMPLATE: &str = include_str!("document.md.jinja");

/// A template that walks through the report, to start from.
pub const FINDINGS_TEMPLATE: &str = include_str!("findings.md.jinja");

/// Choices about the document.
#[derive(Clone, Debug, Default)]
pub struct DocumentOptions {
    /// Title; `Data Model` when `None`, so that equal schemas give equal documents whatever the database is called.
    pub title: Option<String>,
    /// Date to print; none is printed when `None`.
    pub date: Option<String>,
    /// Write row counts, sizes and usage in a section of their own. Without it nothing in the document differs between
    /// two copies of a schema.
    pub statistics: bool,
    /// How the source was read; told with the statistics.
    pub reading: Option<Reading>,
}

/// Where statistics come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A database, in so much time.
    Database(Duration),
    /// A snapshot file, written some time ago.
    File,
}

/// The sections, each a piece of Markdown, by their names in templates.
#[derive(Debug, Serialize)]
struct Sections {
    title: String,
    date: String,
    executive_summary: String,
    er_diagram: String,
    diagrams: String,
    table_definitions: String,
    other_objects: String,
    timestamps_pattern: String,
    soft_delete_pattern: String,
    tenancy_pattern: String,
    enum_strategy: String,
    pk_strategy: String,
    naming_conventions: String,
    index_strategy: String,
    migration_playbook: String,
    retention_compliance: String,
    ri_score: String,
    ri_notes: String,
    cc_score: String,
    cc_notes: String,
    ic_score: String,
    ic_notes: String,
    nc_score: String,
    nc_notes: String,
    or_score: String,
    or_notes: String,
    overall_score: String,
    overall_notes: String,
    scorecard_details: String,
    technical_context: String,
    statistics: String,
    metadata: String,
}

/// Stands around the names of sections that are written apart. No text from the database has control characters.
const MARK: char = '\u{1}';

/// The document as one file.
pub fn render(report: &Report<'_>, options: &DocumentOptions) -> String {
    portions::whole(|take| write(report, options, take))
}

/// Hands out the document as one file, piece by piece: with thousands of tables it is too long to be copied around. Stops
/// at the first piece that `take` does not take.
pub fn write<E>(
    report: &Report<'_>,
    options: &DocumentOptions,
    mut take: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let names = Names::new(report.tables);
    let page = Page::new(report, &names, options, Layout::Single);
    let mut sections = sections_around(&page, false);
    sections.migration_playbook = format!("{MARK}playbook{MARK}");
    sections.table_definitions = format!("{MARK}tables{MARK}");
    let apart = Apart::from(&mut sections);
    for part in assemble(&sections).split(MARK) {
        match part {
            "playbook" => portions::trimmed(&mut take, |take| playbook::write(&page, take))?,
            "tables" => portions::trimmed(&mut take, |take| tables::write(&page, take))?,
            "diagrams" => take(&apart.diagrams)?,
            "objects" => take(&apart.other_objects)?,
            "indexes" => take(&apart.index_strategy)?,
            "retention" => take(&apart.retention_compliance)?,
            other => take(other)?,
        }
    }
    Ok(())
}

/// Sections that can be long, taken out of those that go into the template.
struct Apart {
    diagrams: String,
    other_objects: String,
    index_strategy: String,
    retention_compliance: String,
}

impl Apart {
    fn from(sections: &mut Sections) -> Self {
        let take = |section: &mut String, name: &str| {
            // The template asks of some whether they are empty.
            let mark = if section.is_empty() { String::new() } else { format!("{MARK}{name}{MARK}") };
            std::mem::replace(section, mark)
        };
        Self {
            diagrams: take(&mut sections.diagrams, "diagrams"),
            other_objects: take(&mut sections.other_objects, "objects"),
            index_strategy: take(&mut sections.index_strategy, "indexes"),
            retention_compliance: take(&mut sections.retention_compliance, "retention"),
        }
    }
}

/// Puts the sections into the built-in template.
fn assemble(sections: &Sections) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    match environment.render_str(TEMPLATE, minijinja::value::Serde(sections)) {
        Ok(mut document) => {
            document.push('\n');
            document
        }
        // The template and the sections are both part of the program, and a test renders them.
        Err(error) => unreachable!("the built-in template does not render: {error:#}"),
    }
}

fn title(options: &DocumentOptions) -> String {
    escape::text(options.title.as_deref().unwrap_or("Data Model"))
}

/// Every section, for a template that has the one about what could not be seen, or lacks it.
fn sections(report: &Report<'_>, options: &DocumentOptions, has_context: bool) -> Sections {
    let names = Names::new(report.tables);
    let page = Page::new(report, &names, options, Layout::Single);
    let section = |write: &dyn Fn(&mut Take<'_, Infallible>) -> Result<(), Infallible>| {
        portions::whole(|take| portions::trimmed(take, |take| write(take)))
    };
    Sections {
        table_definitions: section(&|take| tables::write(&page, take)),
        migration_playbook: section(&|take| playbook::write(&page, take)),
        ..sections_around(&page, !has_context)
    }
}

/// Every section but the two that are long: the definitions of the tables and the playbook.
/// `lists_gaps` as in [`summary::section`].
fn sections_around(page: &Page<'_, '_>, lists_gaps: bool) -> Sections {
    let (drawn, others) = parallel::join(
        page.report.tables.len(),
        || (diagrams::section(page), trimmed(objects::section(page)), trimmed(summary::section(page, lists_gaps))),
        || Sections::without_tables(page),
    );
    let ((er_diagram, diagrams), other_objects, executive_summary) = drawn;
    Sections { er_diagram, diagrams: trimmed(diagrams), other_objects, executive_summary, ..others }
}

impl Sections {
    /// The sections about what holds across tables.
    fn without_tables(page: &Page<'_, '_>) -> Self {
        let [ri, cc, ic, nc, or] = scorecard::dimensions(page);
        let (overall_score, overall_notes) = scorecard::overall(page);
        let options = page.options;
        Self {
            title: title(options),
            date: escape::text(options.date.as_deref().unwrap_or_default()),
            executive_summary: String::new(),
            er_diagram: String::new(),
            diagrams: String::new(),
            table_definitions: String::new(),
            other_objects: String::new(),
            timestamps_pattern: trimmed(concerns::timestamps(page)),
            soft_delete_pattern: trimmed(concerns::soft_deletes(page)),
            tenancy_pattern: trimmed(concerns::tenancy(page)),
            enum_strategy: trimmed(concerns::enums(page)),
            pk_strategy: trimmed(concerns::primary_keys(page)),
            naming_conventions: trimmed(concerns::naming(page)),
            index_strategy: trimmed(indexes::section(page)),
            migration_playbook: String::new(),
            retention_compliance: trimmed(retention::section(page)),
            ri_score: ri.0,
            ri_notes: ri.1,
            cc_score: cc.0,
            cc_notes: cc.1,
            ic_score: ic.0,
            ic_notes: ic.1,
            nc_score: nc.0,
            nc_notes: nc.1,
            or_score: or.0,
            or_notes: or.1,
            overall_score,
            overall_notes,
            scorecard_details: trimmed(scorecard::details(page)),
            technical_context: trimmed(context::technical(page)),
            statistics: if options.statistics { trimmed(statistics::section(page)) } else { String::new() },
            metadata: trimmed(context::metadata(page)),
        }
    }
}

/// Without the blank lines at its end: the template separates sections.
fn trimmed(mut section: String) -> String {
    section.truncate(section.trim_end().len());
    section
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tables;
    use crate::render::fixture;
    use crate::settings::Settings;
    use comrak::nodes::NodeValue;
    use comrak::{Arena, parse_document};
    use proptest::prelude::*;

    /// Headings of tables, rows and diagrams in a document.
    fn shape(document: &str) -> (usize, usize, usize) {
        let arena = Arena::new();
        let (mut headings, mut diagrams) = (0, 0);
        for node in parse_document(&arena, document, &reading::gfm()).descendants() {
            match &node.data.borrow().value {
                NodeValue::Heading(heading) if heading.level == 3 => headings += 1,
                NodeValue::CodeBlock(block) if block.info == "mermaid" => diagrams += 1,
                _ => {}
            }
        }
        (headings, diagrams, reading::rows(document).len())
    }

    /// What a reader sees in a cell that holds this text.
    fn cell(raw: &str) -> String {
        let seen = escape::visible(raw);
        if seen.is_empty() { "—".to_owned() } else { seen }
    }

    /// Every column of the model has its row, whole.
    fn assert_columns(model: &crate::model::Model, document: &str) -> Result<(), TestCaseError> {
        let rows = reading::rows(document);
        for column in model.schemas.iter().flat_map(|schema| &schema.tables).flat_map(|table| &table.columns) {
            let default = column.default.as_ref().map(|default| default.expression.as_str()).unwrap_or_default();
            let cut = default.chars().count() > 120;
            let found = rows.iter().any(|row| {
                row.len() == 6
                    && row[0] == escape::visible(&column.name)
                    && row[1]
                        == if column.data_type.is_empty() {
                            "—".to_owned()
                        } else {
                            escape::visible(&column.data_type)
                        }
                    && row[2] == if column.nullable { "YES" } else { "NO" }
                    && (cut || row[3] == escape::visible(default))
                    && row[5] == cell(column.comment.as_deref().unwrap_or_default())
            });
            prop_assert!(found, "{:?} has no row in {:#?}", column, rows);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(crate::render::fixture::cases(200))]

        #[test]
        fn nothing_from_the_database_becomes_markup(names in prop::collection::vec(fixture::hostile(), 12..30)) {
            let settings = Settings::default();
            let (plain, hostile) = (["a".to_owned(), "b".to_owned()], names);
            let documents = |names: &[String]| {
                let model = fixture::hostile_model(names);
                let tables = Tables::new(&model);
                let report = fixture::report(&model, &tables, &settings, |_| {});
                let whole = render(&report, &DocumentOptions::default());
                let pages = render_pages(&report, &DocumentOptions::default(), &Placement::default());
                (whole, pages, model.clone())
            };
            let (plain, plain_pages, _) = documents(&plain);
            let (document, pages, model) = documents(&hostile);
            let (wanted, seen) = (shape(&plain), shape(&document));
            prop_assert_eq!((seen.0, seen.1), (wanted.0, 1), "{}", &document);
            // Whether a column counts as a moment depends on its type, and moves a row or two.
            prop_assert!(seen.2.abs_diff(wanted.2) <= 6, "{document}");
            assert_columns(&model, &document)?;
            prop_assert_eq!(pages.len(), plain_pages.len());
            let of_tables: Vec<&str> =
                pages.iter().filter(|page| page.path.starts_with("tables/")).map(|page| page.content.as_str()).collect();
            assert_columns(&model, &of_tables.concat())?;
            for text in pages.iter().map(|page| &page.content).chain([&document]) {
                let foreign = reading::foreign_tags(text);
                prop_assert!(foreign.is_empty(), "{foreign:?} in {text}");
            }
        }
    }

    #[test]
    fn the_shop() {
        let model = fixture::shop();
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let mut report = fixture::report(&model, &tables, &settings, fixture::surveyed);
        report = fixture::assembled(&model, &tables, &settings, report.survey, report.score, fixture::playbook());
        insta::assert_snapshot!(render(&report, &DocumentOptions::default()));
    }

    /// The anchor of a heading on GitHub, and on GitLab, which also folds hyphens.
    fn heading_anchors(heading: &str) -> [String; 2] {
        let kept = heading.trim().to_lowercase();
        let kept = kept.chars().filter(|kept| kept.is_alphanumeric() || " -_".contains(*kept));
        let github: String = kept.map(|kept| if kept == ' ' { '-' } else { kept }).collect();
        let mut gitlab = github.clone();
        while gitlab.contains("--") {
            gitlab = gitlab.replace("--", "-");
        }
        [github, gitlab]
    }

    #[test]
    fn anchors_are_unique_and_links_resolve() {
        let mut model = fixture::empty();
        for schema in ["public", "Public", "sales"] {
            let mut schema = crate::model::Schema::new(schema);
            let names = [
                "orders",
                "Orders",
                "ORDERS",
                "order items",
                "order-items",
                "order_items",
                "Ünï",
                "表",
                "a.b",
                "👍",
                " ",
            ];
            for (place, name) in names.iter().enumerate() {
                let mut table = crate::model::Table::new(*name);
                table.columns =
                    vec![fixture::column("id", "bigint", false), fixture::column("parent", "bigint", false)];
                let parent = names[(place + 1) % names.len()];
                table.foreign_keys.push(fixture::foreign_key("key", "parent", &schema.name, parent));
                schema.tables.push(table);
            }
            model.schemas.push(schema);
        }
        model.unseen.push(crate::model::Unseen {
            what: crate::model::UnseenKind::Functions,
            schema: None,
            object: None,
            reason: "no privilege".to_owned(),
            remedy: String::new(),
        });
        model.sort();
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let report = fixture::report(&model, &tables, &settings, |_| {});
        let document = render(&report, &DocumentOptions::default());
        let between = |start: &'static str, end: char| {
            document.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
        };
        let anchors: Vec<String> = between("<a name=\"", '"').map(str::to_lowercase).collect();
        let unique: std::collections::HashSet<&String> = anchors.iter().collect();
        assert_eq!((anchors.len(), unique.len()), (tables.len(), tables.len()), "{anchors:?}");
        let headings: Vec<[String; 2]> = document
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| heading_anchors(line.trim_start_matches('#')))
            .collect();
        let links: Vec<&str> = between("](#", ')').collect();
        assert!(links.len() > tables.len() && links.contains(&"technical-context"), "{links:?}");
        for link in links {
            let heads = headings.iter().filter(|both| both.iter().all(|anchor| anchor == link)).count();
            assert!(anchors.iter().any(|anchor| anchor == link) || heads == 1, "{link} leads nowhere");
        }
        let files = render_pages(&report, &DocumentOptions::default(), &Placement::default());
        let paths: std::collections::HashSet<String> = files.iter().map(|file| file.path.to_lowercase()).collect();
        assert_eq!(paths.len(), files.len(), "paths that differ by case only");
    }

    #[test]
    fn an_empty_database_has_every_section() {
        let model = fixture::empty();
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let report = fixture::report(&model, &tables, &settings, |_| {});
        let document = render(&report, &DocumentOptions::default());
        for line in TEMPLATE.lines().filter(|line| line.starts_with('#') && !line.contains("{{")) {
            let optional = line == "## Views, Types and Code" || line == "## Statistics";
            assert_eq!(document.contains(line), !optional, "{line}");
        }
    }
}

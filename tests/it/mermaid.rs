//! Every diagram passes the real parsers of Mermaid, which have to find in it all that was written.
//!
//! The parsers are npm packages of pinned versions, fetched once into the cache of the servers when a test asks for them.

use crate::support::database::{Database, Place};
use crate::support::{TestResult, chain, read, root, schemas, servers};
use brownfield::model::{
    Action, Column, Deferral, Engine, EngineName, ForeignKey, MatchType, Model, PrimaryKey, QualifiedName, Schema,
    Table, TableId, Tables,
};
use brownfield::render::markdown::{self, DocumentOptions, Placement, Surroundings};
use brownfield::render::mermaid;
use brownfield::report::Report;
use brownfield::settings::Settings;
use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use libtest_mimic::Trial;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};

/// Models of hostile names, each small enough for one diagram, and each large enough for groups.
const SMALL: u64 = 120;
const LARGE: u64 = 12;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for engine in [EngineName::Sqlite, EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb] {
        // What is drawn depends on the schema, not on the server's version: the newest does for all.
        if let Some(place) = Place::of(engine).into_iter().max_by_key(|place| place.version()) {
            trials.push(Trial::test(format!("mermaid::samples::{}", place.name()), move || samples(place)));
        }
    }
    trials.push(Trial::test("mermaid::hostile_names", hostile_names));
}

fn samples(place: Place) -> TestResult {
    let mut diagrams = Diagrams::new()?;
    for sample in schemas::samples(place) {
        let database = Database::new(place)?;
        sample.load(&database)?;
        let model = read(&database.url()).map_err(|error| chain(&error))?;
        diagrams.of(&sample.name, &model)?;
    }
    diagrams.parse()
}

fn hostile_names() -> TestResult {
    let mut diagrams = Diagrams::new()?;
    for seed in 0..SMALL {
        diagrams.of(&format!("small-{seed}"), &hostile_model(seed, 6))?;
    }
    for seed in 0..LARGE {
        diagrams.of(&format!("large-{seed}"), &hostile_model(SMALL + seed, 40))?;
    }
    diagrams.parse()
}

/// What has to be found in a diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Content {
    entities: usize,
    attributes: usize,
    relations: usize,
}

impl Content {
    /// Counts the lines that the renderer writes: a diagram has no others.
    fn written(diagram: &str) -> Self {
        let lines = || diagram.lines().filter(|line| !matches!(line.trim(), "" | "erDiagram" | "}"));
        let attributes = lines().filter(|line| line.starts_with("        ")).count();
        let relations = lines().filter(|line| line.contains(" : \"")).count();
        let comments = lines().filter(|line| line.trim_start().starts_with("%%")).count();
        Self { entities: lines().count() - attributes - relations - comments, attributes, relations }
    }
}

/// Diagrams in a folder, each with what has to be found in it.
struct Diagrams {
    folder: tempfile::TempDir,
    count: usize,
}

impl Diagrams {
    fn new() -> Result<Self, std::io::Error> {
        Ok(Self { folder: tempfile::tempdir()?, count: 0 })
    }

    /// Takes every diagram of every layout of the document, and the one of the whole schema.
    fn of(&mut self, name: &str, model: &Model) -> TestResult {
        let tables = Tables::new(model);
        let settings = Settings::default();
        let report = Report::new(model, &tables, &settings);
        let all: HashSet<TableId> = tables.iter().map(|table| table.id).collect();
        let whole = mermaid::render(&report);
        if !whole.contains("%% Left out") {
            let columns = tables.iter().map(|table| table.table.columns.len()).sum();
            let due = due(&report, &all);
            let written = Content::written(&whole);
            let attributes = if columns <= 250 { columns } else { written.attributes };
            differs(name, "the whole", written, Content { attributes, ..due })?;
        }
        self.add(&format!("{name}-whole"), &whole)?;
        let document = markdown::render(&report, &DocumentOptions::default());
        let single = blocks(&document);
        if single.len() > 1 {
            // The overview comes first when it shows anything, then the groups, then each table with its neighbours.
            let overviews = usize::from(document.contains("The overview shows"));
            for (group, diagram) in report.groups.iter().zip(single.iter().skip(overviews)) {
                let written = Content::written(diagram);
                let members = group.tables.iter().copied().collect();
                differs(
                    name,
                    &group.name,
                    written,
                    Content { attributes: written.attributes, ..due(&report, &members) },
                )?;
            }
        }
        for (number, diagram) in single.iter().enumerate() {
            self.add(&format!("{name}-{number}"), diagram)?;
        }
        let template = "```mermaid\nerDiagram\n{{er_diagram}}\n```\n";
        let nothing = Surroundings { file: Arc::new(|_| Err(String::new())), variable: Arc::new(|_| None) };
        let through = markdown::render_template(&report, &DocumentOptions::default(), "one.md", template, &nothing)?;
        for diagram in blocks(&through).iter().filter(|diagram| !single.contains(diagram)) {
            self.add(&format!("{name}-template"), diagram)?;
        }
        for page in markdown::render_pages(&report, &DocumentOptions::default(), &Placement::default()) {
            for diagram in blocks(&page.content).iter().filter(|diagram| !single.contains(diagram)) {
                self.add(&format!("{name}-page"), diagram)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, diagram: &str) -> TestResult {
        let path = self.folder.path().join(format!("{name}-{}.mmd", self.count));
        let Content { entities, attributes, relations } = Content::written(diagram);
        let content = serde_json::json!({ "entities": entities, "attributes": attributes, "relations": relations });
        std::fs::write(path.with_extension("json"), content.to_string())?;
        std::fs::write(path, diagram)?;
        self.count += 1;
        Ok(())
    }

    /// Hands them to the parsers of all versions.
    fn parse(self) -> TestResult {
        let mut command = Command::new("node");
        command.arg(root().join("tests/mermaid/parse.mjs")).arg(packages()?).arg(self.folder.path());
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cannot run node to parse diagrams with Mermaid: {error}\n{HINT}"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let said: Vec<&str> = said.lines().take(20).collect();
        let folder = self.folder.keep();
        Err(format!(
            "Mermaid understood something else than was written in {}:\n{}\n{}",
            folder.display(),
            said.join("\n"),
            String::from_utf8_lossy(&output.stderr)
        )
        .into())
    }
}

/// What the model holds of these tables: every one, and every relation among them that is shown.
fn due(report: &Report<'_>, members: &HashSet<TableId>) -> Content {
    let inside = |name: &QualifiedName| report.tables.find(name).is_some_and(|table| members.contains(&table.id));
    let mut relations = 0;
    for table in report.tables.iter().filter(|table| members.contains(&table.id)) {
        relations += table.table.foreign_keys.iter().filter(|key| inside(&key.referenced_table)).count();
        let inferred = &report.details(table.id).relations;
        relations += inferred.iter().filter(|at| inside(&report.survey.relations[**at].referenced_table)).count();
    }
    Content { entities: members.len(), attributes: 0, relations }
}

fn differs(name: &str, part: &str, written: Content, due: Content) -> TestResult {
    if written == due {
        return Ok(());
    }
    Err(format!("{name}: the diagram of {part} has {written:?} instead of {due:?}").into())
}

fn blocks(document: &str) -> Vec<String> {
    let arena = Arena::new();
    let root = parse_document(&arena, document, &Options::default());
    let blocks = root.descendants().filter_map(|node| match &node.data.borrow().value {
        NodeValue::CodeBlock(block) if block.info == "mermaid" => Some(block.literal.clone()),
        _ => None,
    });
    blocks.collect()
}

const HINT: &str = "hint: install Node 20 or newer with npm, whose registry has to be reachable once";

/// The folder with the parsers' packages, fetched when they are not there or others are pinned.
fn packages() -> Result<PathBuf, String> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    FOLDER.get_or_init(|| fetch(&servers::cache()?)).clone()
}

fn fetch(cache: &Path) -> Result<PathBuf, String> {
    let failed = |what: &str, error: std::io::Error| format!("cannot {what} in {}: {error}", cache.display());
    let lock = std::fs::File::create(cache.join(".mermaid.lock")).map_err(|error| failed("make a lock", error))?;
    // Another run may be fetching them.
    lock.lock().map_err(|error| failed("wait for the lock", error))?;
    let pinned = root().join("tests/mermaid");
    let folder = cache.join("mermaid");
    let read = |path: PathBuf| std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()));
    let list = read(pinned.join("package-lock.json"))?;
    if read(folder.join(".complete")).is_ok_and(|complete| complete == list) {
        return Ok(folder.join("node_modules"));
    }
    let prepare = || {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(pinned.join("package.json"), folder.join("package.json"))?;
        std::fs::write(folder.join("package-lock.json"), &list)
    };
    prepare().map_err(|error| failed("prepare a folder for Mermaid", error))?;
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run npm to fetch Mermaid's parsers: {error}\n{HINT}"))?;
    if !output.status.success() {
        return Err(format!(
            "npm could not fetch Mermaid's parsers:\n{}\n{HINT}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    std::fs::write(folder.join(".complete"), &list).map_err(|error| failed("write", error))?;
    Ok(folder.join("node_modules"))
}

/// Pieces of names that mean something to Mermaid, Markdown, HTML, JavaScript or a lexer.
#[rustfmt::skip]
const ATOMS: &[&str] = &[
    "a", "Orders", "user_id", "order line", "1", "2d", "é", "ß", "Ünïcödé", "表", "名前", "😀", "👩‍👩‍👧", "ﬂ", "ﬂ°°35¶ß",
    "\"", "\"\"", "'", "`", "```", "|", "||", "\\", "\\\"", "/", "%", "%%", "%%{", "}%%", "%%{init: {}}%%", "#", "#35;",
    "#quot;", "&amp;", "&", ";", ":", ":::", ".", ",", "..", "...", "--", "-", "->", "(", ")", "[", "]", "{", "}", "{}",
    "<", ">", "<b>", "</b>", "<br>", "<script>alert(1)</script>", "<img src=x onerror=1>", "<!--", "-->",
    "~", "~x~", "*", "**x**", "_", "__", "__x__", "$", "$$x$$", "@", "?", "!", "=", "^", "+",
    " ", "  ", "\t", "\n", "\r\n", "\n\n", "\u{0b}", "\u{0c}", "\u{08}", "\u{1}", "\u{7f}", "\u{85}", "\u{a0}", "\u{ad}",
    "\u{200b}", "\u{200d}", "\u{200e}", "\u{200f}", "\u{202e}", "\u{2066}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{fffd}",
    "PK", "fk", "UK", "pk-", "one", "one or more", "zero or one", "many", "only one", "to", "optionally to", "u", "o", "o{",
    "}o", "|o", "o|", "}|", "|{", "direction", "direction LR", "DIRECTION  TB", "title", "title x", "accTitle: x",
    "accDescr { x }", "style", "class", "classDef", "subgraph", "end", "erDiagram", "graph TD", "flowchart LR", "---",
    "constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "fa:fa-user", "null", "undefined", "NaN",
];

/// A chain of numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("it is below a usize")
    }

    /// One to four pieces, so that keywords stand alone as often as next to something.
    fn name(&mut self) -> String {
        (0..=self.below(4)).map(|_| ATOMS[self.below(ATOMS.len())]).collect()
    }

    /// A name that is not in use. Names of nothing but invisible characters stay different.
    fn unused(&mut self, taken: &mut HashSet<String>) -> String {
        loop {
            let name = self.name();
            if taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// Tables with hostile names, hostile columns of hostile types, and foreign keys here and there.
fn hostile_model(seed: u64, count: usize) -> Model {
    let mut chance = Chance(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut model = Model::new(Engine {
        name: EngineName::PostgreSql,
        version: "17.4".to_owned(),
        variant: None,
        encoding: None,
        collation: None,
        settings: BTreeMap::new(),
    });
    let mut schema = Schema::new(chance.name());
    let mut names = HashSet::new();
    for _ in 0..count {
        let mut table = Table::new(chance.unused(&mut names));
        let mut columns = HashSet::new();
        for place in 0..=chance.below(6) {
            let name = chance.unused(&mut columns);
            table.columns.push(Column {
                nullable: place > 0 && chance.below(2) == 0,
                comment: Some(chance.name()),
                ..Column::new(name, chance.name())
            });
        }
        table.primary_key = Some(PrimaryKey {
            name: Some(chance.name()),
            columns: vec![table.columns[0].name.clone()],
            without_overlaps: false,
            deferral: Deferral::NotDeferrable,
            comment: None,
        });
        if let Some(parent) = schema.tables.len().checked_sub(1 + chance.below(5)) {
            let (parent, child) = (&schema.tables[parent], table.columns.len() - 1);
            let key = foreign_key(chance.name(), &table.columns[child].name, &schema.name, parent);
            table.foreign_keys.push(key);
        }
        schema.tables.push(table);
    }
    model.schemas.push(schema);
    model.sort();
    model
}

fn foreign_key(name: String, column: &str, schema: &str, parent: &Table) -> ForeignKey {
    ForeignKey {
        name: Some(name),
        columns: vec![column.to_owned()],
        referenced_table: QualifiedName::new(schema, &parent.name),
        referenced_columns: vec![parent.columns[0].name.clone()],
        on_delete: Action::Cascade,
        on_update: Action::NoAction,
        on_delete_columns: Vec::new(),
        on_delete_explicit: None,
        match_type: MatchType::Simple,
        deferral: Deferral::NotDeferrable,
        validated: true,
        enforced: true,
        disabled_triggers_on: Vec::new(),
        period: false,
        comment: None,
    }
}

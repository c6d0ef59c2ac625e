//! Every diagram passes the real parsers of its language, which have to find in it all that the model holds: Mermaid's of
//! several versions, DBML's, and Graphviz.
//!
//! The parsers are npm packages of pinned versions, fetched once into the cache of the servers when a test asks for them.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, root, schemas, servers};
use brownfield::model::{
    Action, Column, Deferral, Engine, EngineName, ForeignKey, MatchType, Model, PrimaryKey, QualifiedName, Schema,
    Table, TableId, TableRef, Tables,
};
use brownfield::render::markdown::{self, DocumentOptions, Placement, Surroundings};
use brownfield::render::{dbml, dot, mermaid};
use brownfield::report::Report;
use brownfield::settings::Settings;
use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use libtest_mimic::Trial;
use serde_json::{Value, json};
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
            trials.push(trial(format!("diagrams::samples::{}", place.name()), move || samples(place)));
        }
    }
    trials.push(trial("diagrams::hostile_names", hostile_names));
    trials.push(trial("diagrams::what_dbml_has_no_word_for", odd_schema));
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

/// Foreign keys of the same columns, in another order too, and to what is not there, a column without a name, backticks in a default, and a key of which a part is
/// unique.
fn odd_schema() -> TestResult {
    let database = Database::new(Place::Sqlite)?;
    database.run(
        "CREATE TABLE parent (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
         CREATE TABLE child (id INTEGER PRIMARY KEY, a INTEGER NOT NULL UNIQUE, b INTEGER NOT NULL, \"\" TEXT,
             quoted TEXT NOT NULL DEFAULT 'it''s | `x`', said TEXT DEFAULT ('`' || 'y'),
             CONSTRAINT one FOREIGN KEY (a, b) REFERENCES parent (a, b),
             CONSTRAINT two FOREIGN KEY (a, b) REFERENCES parent (a, b),
             CONSTRAINT three FOREIGN KEY (b, a) REFERENCES parent (b, a),
             CONSTRAINT four FOREIGN KEY (quoted) REFERENCES missing (q));",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let tables = Tables::new(&model);
    let settings = Settings::default();
    let report = Report::new(&model, &tables, &settings);
    let (text, diagram) = (dbml::render(&report), mermaid::render(&report));
    for (part, of) in [
        ("// the same columns again: Ref two: child.(a, b)", &text),
        ("// the same columns again: Ref three: child.(b, a)", &text),
        ("// the referenced table is not in this document: Ref four: child.quoted", &text),
        ("default: 'it\\'s | `x`'", &text),
        ("note: 'DEFAULT ", &text),
        ("parent ||--o| child", &diagram),
    ] {
        if !of.contains(part) {
            return Err(format!("no {part} in {of}").into());
        }
    }
    let mut diagrams = Diagrams::new()?;
    diagrams.add("odd.dbml", &text, &Due { report: &report }.dbml())?;
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

/// Diagrams in a folder, each with what has to be found in it.
struct Diagrams {
    folder: tempfile::TempDir,
    count: usize,
}

impl Diagrams {
    fn new() -> Result<Self, std::io::Error> {
        Ok(Self { folder: tempfile::tempdir()?, count: 0 })
    }

    /// Takes every diagram of every layout of the document, and the ones of the whole schema.
    fn of(&mut self, name: &str, model: &Model) -> TestResult {
        let tables = Tables::new(model);
        let settings = Settings::default();
        let report = Report::new(model, &tables, &settings);
        let all: Vec<TableId> = tables.iter().map(|table| table.id).collect();
        let due = Due { report: &report };
        let whole = mermaid::render(&report);
        self.add(&format!("{name}-whole.mmd"), &whole, &due.of(&all, usize::MAX))?;
        self.add(&format!("{name}.dbml"), &dbml::render(&report), &due.dbml())?;
        self.add(&format!("{name}.dot"), &dot::render(&report), &due.everything())?;

        let document = markdown::render(&report, &DocumentOptions::default());
        let found = blocks(&document);
        let mut expected = Vec::new();
        if all.len() <= 25 {
            expected.extend((!all.is_empty()).then(|| due.of(&all, 25)));
        } else {
            // The overview comes first when it shows anything, then the groups, then each table with its neighbours.
            let overview = due.overview();
            expected.extend(document.contains("The overview shows").then_some(overview));
            expected.extend(report.groups.iter().map(|group| due.of(&group.tables, 25)));
            let mut captions = document.lines().filter(|line| line.starts_with("<details><summary>Neighbours of "));
            for table in tables.iter() {
                let Some((content, left_out)) = due.neighbourhood(table) else { continue };
                expected.push(content);
                let caption = captions.next().ok_or_else(|| format!("{name}: a neighbourhood is missing"))?;
                let end = match left_out {
                    0 => " (key columns only)</summary>".to_owned(),
                    more => format!(" (key columns only, {more} more not shown)</summary>"),
                };
                if !caption.ends_with(&end) {
                    return Err(format!("{name}: {caption} does not end in {end}").into());
                }
            }
        }
        if found.len() != expected.len() {
            return Err(format!("{name}: {} diagrams instead of {}", found.len(), expected.len()).into());
        }
        for (number, (diagram, content)) in found.iter().zip(&expected).enumerate() {
            self.add(&format!("{name}-{number}.mmd"), diagram, content)?;
        }

        let template = "```mermaid\nerDiagram\n{{er_diagram}}\n```\n";
        let nothing = Surroundings { file: Arc::new(|_| Err(String::new())), variable: Arc::new(|_| None) };
        let through = markdown::render_template(&report, &DocumentOptions::default(), "one.md", template, &nothing)?;
        for diagram in blocks(&through).iter().filter(|diagram| !found.contains(diagram)) {
            self.add(&format!("{name}-template.mmd"), diagram, &due.of(&all, 60))?;
        }
        for page in markdown::render_pages(&report, &DocumentOptions::default(), &Placement::default()) {
            if let Some(diagram) = blocks(&page.content).iter().find(|diagram| !found.contains(diagram)) {
                return Err(format!("{name}: the pages have a diagram that the document has not: {diagram}").into());
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, diagram: &str, content: &Value) -> TestResult {
        let path = self.folder.path().join(format!("{}-{name}", self.count));
        std::fs::write(path.with_extension("json"), content.to_string())?;
        std::fs::write(path, diagram)?;
        self.count += 1;
        Ok(())
    }

    /// Hands them to the parsers.
    fn parse(self) -> TestResult {
        let mut command = Command::new("node");
        command.arg(root().join("tests/diagrams/parse.mjs")).arg(packages()?).arg(self.folder.path());
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cannot run node to parse diagrams: {error}\n{HINT}"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let said: Vec<&str> = said.lines().take(20).collect();
        let folder = self.folder.keep();
        Err(format!(
            "a parser understood something else than the model holds in {}:\n{}\n{}",
            folder.display(),
            said.join("\n"),
            String::from_utf8_lossy(&output.stderr)
        )
        .into())
    }
}

/// What diagrams have to show of a model.
struct Due<'r, 'a> {
    report: &'r Report<'a>,
}

impl<'a> Due<'_, 'a> {
    fn name(&self, table: TableRef<'_>) -> String {
        let schemas: HashSet<&str> = self.report.tables.iter().map(|table| table.schema.name.as_str()).collect();
        let name = &table.table.name;
        if schemas.len() > 1 { format!("{}.{name}", table.schema.name) } else { name.clone() }
    }

    /// What a table refers to: the other table, the columns, and whether it is declared.
    fn parents(&self, table: TableRef<'a>) -> Vec<(TableRef<'a>, String, bool)> {
        let declared = table.table.foreign_keys.iter().filter_map(|key| {
            let parent = self.report.tables.find(&key.referenced_table)?;
            Some((parent, key.columns.join(", "), true))
        });
        let inferred = self.report.details(table.id).relations.iter().filter_map(|at| {
            let relation = &self.report.survey.relations[*at];
            Some((self.report.tables.find(&relation.referenced_table)?, relation.column.clone(), false))
        });
        declared.chain(inferred).collect()
    }

    fn relation(&self, child: TableRef<'a>, (parent, columns, declared): &(TableRef<'a>, String, bool)) -> Value {
        let inferred = if *declared { "" } else { ", inferred" };
        json!([self.name(*parent), self.name(child), format!("{columns}{inferred}")])
    }

    fn entity(&self, table: TableRef<'a>, is_shown: impl Fn(&Column) -> bool) -> Value {
        let columns = table.table.columns.iter().filter(|column| is_shown(column));
        let names: Vec<&String> = columns.map(|column| &column.name).collect();
        json!({ "name": self.name(table), "attributes": names })
    }

    /// Whether a column is a key: declared, unique by itself, or of an inferred relation.
    fn is_key(&self, table: TableRef<'a>, column: &Column) -> bool {
        let name = &column.name;
        let inside = |columns: &[String]| columns.contains(name);
        let alone = |columns: &[String]| columns.len() == 1 && columns[0] == *name;
        table.table.primary_key.as_ref().is_some_and(|key| inside(&key.columns))
            || table.table.foreign_keys.iter().any(|key| inside(&key.columns))
            || table.table.unique_constraints.iter().any(|key| alone(&key.columns))
            || table.table.indexes.iter().any(|index| {
                let part = |part: &brownfield::model::KeyPart| part.column.as_ref() == Some(name);
                index.unique && index.predicate.is_none() && index.key.len() == 1 && index.key.iter().all(part)
            })
            || self.parents(table).iter().any(|(_, columns, declared)| !declared && columns == name)
    }

    fn keys(&self, table: TableRef<'a>) -> Value {
        self.entity(table, |column| self.is_key(table, column))
    }

    /// Tables with the relations among them: up to 12 with all columns, up to so many with keys, else as names.
    fn of(&self, members: &[TableId], most: usize) -> Value {
        let tables: Vec<TableRef<'a>> = members.iter().map(|id| self.report.tables.get(*id)).collect();
        let entities = tables.iter().map(|table| match members.len() {
            0..=12 => self.entity(*table, |_| true),
            count if count <= most => self.keys(*table),
            _ => self.entity(*table, |_| false),
        });
        json!({ "entities": entities.collect::<Vec<_>>(), "relations": self.among(&tables) })
    }

    fn among(&self, tables: &[TableRef<'a>]) -> Vec<Value> {
        let inside = |parent: TableRef<'_>| tables.iter().any(|table| table.id == parent.id);
        let of = |table: &TableRef<'a>| {
            let parents = self.parents(*table).into_iter().filter(|(parent, ..)| inside(*parent));
            parents.map(|parent| self.relation(*table, &parent)).collect::<Vec<_>>()
        };
        tables.iter().flat_map(of).collect()
    }

    /// All tables with all columns and all relations.
    fn everything(&self) -> Value {
        let tables: Vec<TableRef<'a>> = self.report.tables.iter().collect();
        let entities: Vec<Value> = tables.iter().map(|table| self.entity(*table, |_| true)).collect();
        json!({ "entities": entities, "relations": self.among(&tables) })
    }

    /// The same as DBML says it, which names schemas apart and tells inferred relations by a comment.
    fn dbml(&self) -> Value {
        let mut relations = Vec::new();
        let mut drawn = HashSet::new();
        let mut entities = Vec::new();
        for table in self.report.tables.iter() {
            // DBML has no empty name, and one relation between the same columns in any order.
            let name = |column: &'a Column| if column.name.is_empty() { "(empty)" } else { &column.name };
            let columns: Vec<&str> = table.table.columns.iter().map(name).collect();
            entities.push(json!({ "name": table.table.name, "attributes": columns }));
            for (parent, columns, _) in self.parents(table) {
                let mut sorted: Vec<String> = columns.split(", ").map(str::to_owned).collect();
                sorted.sort();
                if drawn.insert((parent.table.name.clone(), table.table.name.clone(), sorted)) {
                    relations.push(json!([parent.table.name, table.table.name, columns]));
                }
            }
        }
        json!({ "entities": entities, "relations": relations })
    }

    /// The groups, with the number of declared keys between them.
    fn overview(&self) -> Value {
        let groups = &self.report.groups;
        let title = |at: usize| match groups[at].tables.len() {
            1 => format!("{} (1 table)", groups[at].name),
            count => format!("{} ({count} tables)", groups[at].name),
        };
        let home = |id: TableId| groups.iter().position(|group| group.tables.contains(&id)).expect("it has a group");
        let mut keys = BTreeMap::<(usize, usize), usize>::new();
        for table in self.report.tables.iter() {
            for (parent, _, declared) in self.parents(table) {
                let (from, to) = (home(parent.id), home(table.id));
                if declared && from != to {
                    *keys.entry((from, to)).or_default() += 1;
                }
            }
        }
        let label =
            |count: usize| if count == 1 { "1 foreign key".to_owned() } else { format!("{count} foreign keys") };
        let mut keys: Vec<((usize, usize), usize)> = keys.into_iter().collect();
        // As many lines as can be followed: the heaviest.
        keys.sort_by_key(|(pair, count)| (std::cmp::Reverse(*count), *pair));
        keys.truncate(40);
        keys.sort_unstable();
        let relations = keys.into_iter().map(|((from, to), count)| json!([title(from), title(to), label(count)]));
        let entities = (0..groups.len()).map(|at| json!({ "name": title(at), "attributes": [] }));
        json!({ "entities": entities.collect::<Vec<_>>(), "relations": relations.collect::<Vec<_>>() })
    }

    /// A table, up to 12 tables next to it, parents first, and the number of those that have no room. `None` when it
    /// stands alone.
    fn neighbourhood(&self, table: TableRef<'a>) -> Option<(Value, usize)> {
        let own = self.parents(table);
        let mut around: Vec<TableRef<'a>> = own.iter().map(|(parent, ..)| *parent).collect();
        for wanted in [true, false] {
            around.extend(self.report.tables.iter().filter(|child| {
                let parents = self.parents(*child);
                parents.iter().any(|(parent, _, declared)| parent.id == table.id && *declared == wanted)
            }));
        }
        if around.is_empty() {
            return None;
        }
        let mut seen = HashSet::from([table.id]);
        around.retain(|neighbour| seen.insert(neighbour.id));
        let left_out = around.len().saturating_sub(12);
        around.truncate(12);
        let is_shown = |id: TableId| id == table.id || around.iter().any(|neighbour| neighbour.id == id);
        let mut relations: Vec<Value> =
            own.iter().filter(|(parent, ..)| is_shown(parent.id)).map(|own| self.relation(table, own)).collect();
        for neighbour in &around {
            let back = self.parents(*neighbour).into_iter().filter(|(parent, ..)| parent.id == table.id);
            relations.extend(back.map(|back| self.relation(*neighbour, &back)));
        }
        let entities: Vec<Value> = std::iter::once(&table).chain(&around).map(|table| self.keys(*table)).collect();
        Some((json!({ "entities": entities, "relations": relations }), left_out))
    }
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
    let lock = std::fs::File::create(cache.join(".diagrams.lock")).map_err(|error| failed("make a lock", error))?;
    // Another run may be fetching them.
    lock.lock().map_err(|error| failed("wait for the lock", error))?;
    let pinned = root().join("tests/diagrams");
    let folder = cache.join("diagrams");
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
    prepare().map_err(|error| failed("prepare a folder for the parsers", error))?;
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run npm to fetch the diagrams' parsers: {error}\n{HINT}"))?;
    if !output.status.success() {
        return Err(format!(
            "npm could not fetch the diagrams' parsers:\n{}\n{HINT}",
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
        referenced_index: None,
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

//! Code in the database that rests on what columns a table has, on their order, their types, or on which may be left out: nothing
//! rewrites it, so that it would fail or do something else.

use super::planner::mentions;
use crate::model::quote::{is_of_word, quote_identifier};
use crate::model::{Column, EngineName, Function, Model, QualifiedName, TableRef, Unseen, UnseenKind};
use crate::parallel;
use crate::survey::{Returned, Statement, all_words, calls_with, index_hints, inserts, returned, statements};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The code of a database, read when it is first asked about.
#[derive(Debug)]
pub(super) struct Code<'m> {
    model: &'m Model,
    /// What could not be read, where there is some.
    hidden: OnceCell<Option<String>>,
    inserts: OnceCell<Inserts>,
    routines: OnceCell<Routines>,
    /// A column of each type, as `table.column`.
    columns: OnceCell<BTreeMap<String, String>>,
    statements: OnceCell<Statements>,
    /// What says each word first, by the word in lower case.
    speakers: OnceCell<HashMap<String, String>>,
    hints: OnceCell<Vec<Hints>>,
}

/// Where code names indexes in hints: `view late_orders`, and the names.
pub(super) type Hints = (String, BTreeSet<String>);

/// A piece of code, or a view.
#[derive(Debug)]
struct Source<'m> {
    /// `trigger`, `routine`, `event` or `view`.
    kind: &'static str,
    name: &'m str,
    text: &'m str,
    /// What a routine takes.
    arguments: &'m str,
    /// Tables and views whose rows fire it, in lower case.
    fired_by: Vec<String>,
    /// The collation of its schema, by which its own texts are compared.
    collation: Option<&'m String>,
    /// Whether a rename changes it, too.
    follows_names: bool,
}

impl Source<'_> {
    /// What it is: `trigger orders_ai`.
    fn called(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// The statements of all code and of views, by the tables that they are about, in lower case.
#[derive(Debug, Default)]
struct Statements {
    all: Vec<Said>,
    of_tables: BTreeMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Said {
    /// What says it: `trigger orders_ai`.
    code: String,
    is_view: bool,
    /// Tables whose rows fire it, in lower case.
    fired_by: Vec<String>,
    /// What the texts of its arguments and variables are compared by, where it has such.
    collation: Option<String>,
    statement: Statement,
}

/// What inserts rest on, by table in lower case.
#[derive(Debug, Default)]
struct Inserts {
    /// How many columns the table has.
    number: BTreeMap<String, String>,
    /// In which order they stand.
    order: BTreeMap<String, String>,
    /// Which can be left out: what does it, and the columns that it says.
    lists: BTreeMap<String, Vec<(String, BTreeSet<String>)>>,
}

/// What the bodies of routines say, in the order of the model.
#[derive(Debug, Default)]
struct Routines {
    all: Vec<Routine>,
    /// Those that say the name of a table, in lower case, by their places.
    of_tables: BTreeMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Routine {
    words: BTreeSet<String>,
    returned: Vec<Returned>,
}

impl<'m> Code<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self {
            model,
            hidden: OnceCell::new(),
            inserts: OnceCell::new(),
            routines: OnceCell::new(),
            columns: OnceCell::new(),
            statements: OnceCell::new(),
            speakers: OnceCell::new(),
            hints: OnceCell::new(),
        }
    }

    /// Why such code stands in the way of a new column, if it does.
    pub(super) fn hindrance_of_more(&self, table: &QualifiedName, column: &str) -> Option<String> {
        if let Some(hidden) = self.hidden() {
            return Some(format!("{hidden} may insert into {} without naming columns", table.name));
        }
        if let Some(reason) = self.inserts().number.get(&table.name.to_lowercase()) {
            return Some(format!("{reason} and would fail: let it name them first"));
        }
        // The other engines keep views with every column written out.
        let is_text = |said: &&Said| !said.is_view || self.model.engine.name == EngineName::Sqlite;
        let name = table.name.to_lowercase();
        let reads = |said: &&Said| said.statement.tables.contains(&name);
        self.about(&name).filter(is_text).filter(reads).find_map(|Said { code, statement, .. }| {
            if statement.is_natural {
                Some(format!(
                    "{code} joins {} by all columns that it shares with others, and would join by {column} too: let it name \
                     them first",
                    table.name
                ))
            } else if statement.takes_all {
                Some(format!(
                    "{code} takes every column of {} where only so many fit, and would fail: let it name them first",
                    table.name
                ))
            } else if statement.unqualified.contains(&column.to_lowercase()) {
                Some(format!(
                    "{code} says {column} without its table next to {}, and would fail or mean the new column: let it name the \
                     table first",
                    table.name
                ))
            } else {
                None
            }
        })
    }

    /// Why it stands in the way of NOT NULL, if it does.
    pub(super) fn hindrance_of_not_null(&self, table: &QualifiedName, column: &str) -> Option<String> {
        let (name, lower) = (table.name.to_lowercase(), column.to_lowercase());
        let writes = |said: &&Said| {
            let Statement { tables, targets, nulls, row_nulls, .. } = &said.statement;
            nulls.contains(&lower) && (tables.contains(&name) || targets.contains(&name))
                || row_nulls.contains(&lower) && said.fired_by.contains(&name)
        };
        let said = self.about(&name).find(writes)?;
        Some(format!("{} sets {column} to NULL and would fail: let it give a value first", said.code))
    }

    /// Why it stands in the way of another character set or collation of columns, if it does. Each column as it is and as it becomes.
    pub(super) fn hindrance_of_collation(
        &self,
        table: &QualifiedName,
        columns: &[(&Column, &Column)],
    ) -> Option<String> {
        let name = table.name.to_lowercase();
        let reads = |said: &&Said| said.statement.tables.contains(&name) || said.fired_by.contains(&name);
        self.about(&name).filter(reads).find_map(|said| {
            let Said { code, statement, .. } = said;
            columns.iter().filter(|(old, _)| statement.words.contains(&old.name.to_lowercase())).find_map(|(old, new)| {
                let old_set = character_set(old.character_set.as_deref()?);
                let new_set = character_set(new.character_set.as_deref()?);
                let asks = |word: &&String| old_set != new_set && character_set(word) == old_set;
                if let Some(word) = statement.collations.iter().find(asks) {
                    return Some(format!(
                        "{code} asks for {word} of {}, which {new_set} does not have: change the two together",
                        old.name
                    ));
                }
                let (own, other) = (said.collation.as_ref()?, new.collation.as_ref()?);
                // What differs already is compared by a collation that it names.
                let differs = old_set == new_set && old.collation.as_ref() != Some(own);
                (character_set(own) == new_set && own != other && !differs).then(|| {
                    format!(
                        "{code} compares {} with texts of its own by {own}, which fails when {} is compared by {other}: give \
                         those this collation first",
                        old.name, old.name
                    )
                })
            })
        })
    }

    /// Code that may say anything, since it could not be read, where there is some.
    pub(super) fn hidden(&self) -> Option<&String> {
        let is_code =
            |unseen: &&Unseen| matches!(unseen.what, UnseenKind::Functions | UnseenKind::Triggers | UnseenKind::Events);
        let read = || {
            let mut routines = self.model.with_outside().flat_map(|schema| &schema.functions);
            if let Some(routine) = routines.find(|routine| routine.is_hidden()) {
                return Some(format!("routine {}, whose body cannot be seen,", routine.name));
            }
            let unseen = self.model.unseen.iter().find(is_code)?;
            Some(format!("code that could not be read ({}: {})", unseen.what.title(), unseen.reason))
        };
        self.hidden.get_or_init(read).as_ref()
    }

    /// What code names in hints. Views come first.
    pub(super) fn hints(&self) -> &[Hints] {
        self.hints.get_or_init(|| {
            let (views, others): (Vec<_>, Vec<_>) =
                self.sources().into_iter().partition(|source| source.kind == "view");
            let all = views.into_iter().chain(others);
            let named = all.map(|source| (source.called(), index_hints(self.model.engine.name, source.text)));
            named.filter(|(_, named)| !named.is_empty()).collect()
        })
    }

    /// Triggers, then routines, events and views, schema by schema.
    fn sources(&self) -> Vec<Source<'m>> {
        let mut sources = Vec::new();
        let mut calls: BTreeMap<&QualifiedName, Vec<String>> = BTreeMap::new();
        for schema in self.model.with_outside() {
            let of_tables = schema.tables.iter().map(|table| (&table.name, &table.triggers));
            let of_views = schema.views.iter().map(|view| (&view.name, &view.triggers));
            for (name, triggers) in of_tables.chain(of_views) {
                for trigger in triggers {
                    let name = name.to_lowercase();
                    if let Some(function) = &trigger.function {
                        calls.entry(function).or_default().push(name.clone());
                    }
                    sources.push(Source {
                        kind: "trigger",
                        name: &trigger.name,
                        text: &trigger.definition,
                        arguments: "",
                        fired_by: vec![name],
                        collation: schema.collation.as_ref(),
                        follows_names: true,
                    });
                }
            }
        }
        for schema in self.model.with_outside() {
            for routine in &schema.functions {
                let fired_by = calls.get(&QualifiedName::new(&schema.name, &routine.name));
                sources.push(Source {
                    kind: "routine",
                    name: &routine.name,
                    text: routine.body.as_deref().unwrap_or_default(),
                    arguments: &routine.arguments,
                    fired_by: fired_by.cloned().unwrap_or_default(),
                    collation: schema.collation.as_ref(),
                    follows_names: self.model.engine.name == EngineName::PostgreSql && is_tree(routine),
                });
            }
            sources.extend(schema.events.iter().map(|event| Source {
                kind: "event",
                name: &event.name,
                text: &event.body,
                arguments: "",
                fired_by: Vec::new(),
                collation: schema.collation.as_ref(),
                follows_names: false,
            }));
            sources.extend(schema.views.iter().map(|view| Source {
                kind: "view",
                name: &view.name,
                text: view.definition.as_deref().unwrap_or_default(),
                arguments: "",
                fired_by: Vec::new(),
                collation: None,
                follows_names: true,
            }));
        }
        sources
    }

    fn about(&self, table: &str) -> impl Iterator<Item = &Said> {
        let Statements { all, of_tables } = self.statements.get_or_init(|| self.read_statements());
        of_tables.get(table).into_iter().flatten().map(|at| &all[*at])
    }

    fn read_statements(&self) -> Statements {
        let engine = self.model.engine.name;
        let mut found = Statements::default();
        let sources = self.sources();
        let read = parallel::map(&sources, sources.len(), |source| statements(engine, source.text));
        for (source, statements) in sources.iter().zip(read) {
            let has_text = || declares_text(engine, source.text) || says_text(engine, source.arguments);
            let collation = source.collation.filter(|_| has_text());
            for statement in statements {
                let tables = statement.tables.iter().chain(&statement.targets).chain(&source.fired_by);
                for table in tables.collect::<BTreeSet<_>>() {
                    found.of_tables.entry(table.clone()).or_default().push(found.all.len());
                }
                found.all.push(Said {
                    code: source.called(),
                    is_view: source.kind == "view",
                    fired_by: source.fired_by.clone(),
                    collation: collation.cloned(),
                    statement,
                });
            }
        }
        found
    }

    /// Why routines and events stand in the way of a new name, if they do: nothing rewrites their bodies.
    pub(super) fn hindrance_of_name(&self, named: &str) -> Option<String> {
        if let Some(hidden) = self.hidden() {
            return Some(format!("{hidden} may say the old name"));
        }
        let bodies = || self.sources().into_iter().filter(|source| !source.follows_names);
        let speakers = self.speakers.get_or_init(|| {
            let mut speakers = HashMap::new();
            for source in bodies() {
                for word in source.text.to_lowercase().split(|character| !is_of_word(character)) {
                    if !speakers.contains_key(word) {
                        speakers.insert(word.to_owned(), source.called());
                    }
                }
            }
            speakers
        });
        let lower = named.to_lowercase();
        let speaker = if lower.chars().all(is_of_word) {
            speakers.get(&lower).cloned()
        } else {
            bodies().find(|source| mentions(source.text, named)).map(|source| source.called())
        };
        Some(format!("{} says the old name and would break: change the two together", speaker?))
    }

    /// Why it stands in the way of another order of columns, if it does.
    pub(super) fn hindrance_of_order(&self, table: &QualifiedName) -> Option<String> {
        if let Some(hidden) = self.hidden() {
            return Some(format!("{hidden} may insert into {} without naming columns", table.name));
        }
        let inserts = self.inserts();
        let name = table.name.to_lowercase();
        let reason = inserts.number.get(&name).or_else(|| inserts.order.get(&name))?;
        Some(format!("{reason} and would take one for another: let it name them first"))
    }

    /// Why it stands in the way of a column that must have a value, if it does.
    pub(super) fn hindrance_of_value(&self, table: TableRef<'_>, column: &str) -> Option<String> {
        let lists = self.inserts().lists.get(&table.table.name.to_lowercase())?;
        let (code, _) = lists.iter().find(|(_, columns)| !columns.contains(&column.to_lowercase()))?;
        // What fires before may give the value.
        let filled = table.table.triggers.iter().any(|trigger| {
            let function = trigger.function.as_ref().and_then(|name| self.routine(name));
            let fires = trigger.timing == "before" && trigger.events.iter().any(|event| event == "insert");
            let words = || all_words(self.model.engine.name, &trigger.definition);
            fires && function.map_or_else(words, |of| of.words.clone()).contains(&column.to_lowercase())
        });
        if filled {
            return None;
        }
        Some(format!("{code} inserts into {} without {column} and would fail: let it give a value first", table.name))
    }

    /// Why routines stand in the way of another type of a column (PostgreSQL), if they do. Where values of the two types do not
    /// even compare, whatever says the column does.
    pub(super) fn hindrance_of_type(
        &self,
        table: TableRef<'_>,
        column: &str,
        (old, new): (&str, &str),
    ) -> Option<String> {
        let (table_name, column_name) = (table.table.name.to_lowercase(), column.to_lowercase());
        let says_type = |function: &Function| {
            let text = format!("{} {}", function.arguments, function.result.as_deref().unwrap_or_default());
            text.to_lowercase().contains(old)
        };
        // Before, what a function in SQL returned had to be just what it said.
        let sql_is_strict = self.model.engine.version_numbers().0 < 13;
        for (function, routine) in self.routines_of(table) {
            let name = &function.name;
            let says_column = routine.words.contains(&column_name);
            if says_column && is_tree(function) {
                return Some(format!("function {name} is bound to columns and names {column}"));
            }
            if says_column && !compare(old, new) {
                return Some(format!(
                    "routine {name} says {column} and may compare it with the old type: change the two together"
                ));
            }
            let is_query = |query: &Returned| {
                query.tables.contains(&table_name) && (query.whole || query.words.contains(&column_name))
            };
            let is_strict = match function.language.as_str() {
                "plpgsql" => has_fixed_result(function) || function.result.as_deref() == Some(&format!("SETOF {old}")),
                "sql" => sql_is_strict,
                _ => false,
            };
            if is_strict && says_type(function) && routine.returned.iter().any(is_query) {
                return Some(format!(
                    "routine {name} returns {column} as {old} and would fail: change the two together"
                ));
            }
            if !says_column || !narrows(new, old) {
                continue;
            }
            let called = calls_with(function.body.as_deref().unwrap_or_default(), column);
            let functions = self.model.with_outside().flat_map(|schema| &schema.functions);
            let mut strict =
                functions.filter(|function| called.contains(&function.name.to_lowercase()) && says_type(function));
            if let Some(strict) = strict.next() {
                return Some(format!(
                    "routine {name} calls {} with {column}, which takes {old}: change the three together",
                    strict.name
                ));
            }
        }
        None
    }

    /// Why a column that holds whole rows of a table stands in the way of other columns there (PostgreSQL), if there is one.
    pub(super) fn holder_of_rows(&self, table: &QualifiedName) -> Option<String> {
        let columns = self.columns.get_or_init(|| {
            let mut columns = BTreeMap::new();
            for table in self.model.schemas.iter().flat_map(|schema| &schema.tables) {
                for column in &table.columns {
                    let data_type = column.data_type.trim_end_matches("[]");
                    if !columns.contains_key(data_type) {
                        columns.insert(data_type.to_owned(), format!("{}.{}", table.name, column.name));
                    }
                }
            }
            columns
        });
        let name = quote_identifier(self.model.engine.name, &table.name);
        let qualified = format!("{}.{name}", quote_identifier(self.model.engine.name, &table.schema));
        let holder = columns.get(&qualified).or_else(|| columns.get(&name))?;
        Some(format!("{holder} holds rows of {} as they are", table.name))
    }

    fn routine(&self, name: &QualifiedName) -> Option<&Routine> {
        let mut all = self.routines();
        all.find(|(schema, function, _)| *schema == name.schema && function.name == name.name)
            .map(|(.., routine)| routine)
    }

    /// All routines with their schemas; the body of one that cannot be seen says nothing.
    fn routines(&self) -> impl Iterator<Item = (&'m str, &'m Function, &Routine)> {
        self.functions().zip(&self.read_routines().all).map(|((schema, function), routine)| (schema, function, routine))
    }

    /// Those that say a table, or that it fires.
    fn routines_of(&self, table: TableRef<'_>) -> Vec<(&'m Function, &Routine)> {
        let read = self.read_routines();
        let of_table = read.of_tables.get(&table.table.name.to_lowercase());
        let fired: BTreeSet<&QualifiedName> =
            table.table.triggers.iter().filter_map(|trigger| trigger.function.as_ref()).collect();
        if of_table.is_none() && fired.is_empty() {
            return Vec::new();
        }
        let says = |at: &usize| of_table.is_some_and(|places| places.binary_search(at).is_ok());
        let all = self.routines().enumerate().filter(|(at, (schema, function, _))| {
            says(at) || fired.iter().any(|name| name.schema == *schema && name.name == function.name)
        });
        all.map(|(_, (_, function, routine))| (function, routine)).collect()
    }

    fn functions(&self) -> impl Iterator<Item = (&'m str, &'m Function)> + use<'m> {
        let schemas = self.model.with_outside();
        schemas.flat_map(|schema| schema.functions.iter().map(|function| (schema.name.as_str(), function)))
    }

    fn read_routines(&self) -> &Routines {
        self.routines.get_or_init(|| {
            let tables = self.model.schemas.iter().flat_map(|schema| &schema.tables);
            let tables: BTreeSet<String> = tables.map(|table| table.name.to_lowercase()).collect();
            let mut routines = Routines::default();
            for (at, (_, function)) in self.functions().enumerate() {
                let body = function.body.as_deref().unwrap_or_default();
                let words = all_words(self.model.engine.name, body);
                for word in words.intersection(&tables) {
                    routines.of_tables.entry(word.clone()).or_default().push(at);
                }
                routines.all.push(Routine { words, returned: returned(body, function.language == "plpgsql") });
            }
            routines
        })
    }

    fn inserts(&self) -> &Inserts {
        self.inserts.get_or_init(|| self.read_inserts())
    }

    fn read_inserts(&self) -> Inserts {
        let engine = self.model.engine.name;
        let mut found = Inserts::default();
        for source in self.sources().into_iter().filter(|source| source.kind != "view") {
            let code = source.called();
            for insert in inserts(engine, source.text) {
                if let Some(columns) = insert.columns {
                    found.lists.entry(insert.table).or_default().push((code.clone(), columns));
                } else {
                    let reason = format!("{code} inserts into {} without naming columns", insert.table);
                    // What an insert of whole rows leaves out at their end gets its default in PostgreSQL.
                    let rests = if engine == EngineName::PostgreSql { &mut found.order } else { &mut found.number };
                    rests.entry(insert.table).or_insert(reason);
                }
                let rows = insert.takes_row.then_some(&source.fired_by).into_iter().flatten().cloned();
                for table in insert.sources.into_iter().chain(rows) {
                    let reason = format!("{code} inserts every column of {table} elsewhere");
                    found.number.entry(table).or_insert(reason);
                }
            }
        }
        if engine == EngineName::PostgreSql {
            for (_, function, routine) in self.routines().filter(|(_, function, _)| has_fixed_result(function)) {
                for table in routine.returned.iter().filter(|query| query.whole).flat_map(|query| &query.tables) {
                    let reason = format!("routine {} returns every column of {table}", function.name);
                    found.number.entry(table.clone()).or_insert(reason);
                }
            }
        }
        found
    }
}

/// Whether code has variables of texts.
fn declares_text(engine: EngineName, text: &str) -> bool {
    text.to_lowercase().contains("declare") && says_text(engine, text)
}

fn says_text(engine: EngineName, text: &str) -> bool {
    const TEXTS: [&str; 6] = ["char", "varchar", "text", "tinytext", "mediumtext", "longtext"];
    let words = all_words(engine, text);
    TEXTS.iter().any(|data_type| words.contains(*data_type))
}

/// The character set that a collation or another name of it begins with.
fn character_set(name: &str) -> &str {
    match name.split('_').next().unwrap_or(name) {
        "utf8" => "utf8mb3",
        set => set,
    }
}

/// Whether what it returns is written down, so that a query must have just that (PostgreSQL).
fn has_fixed_result(function: &Function) -> bool {
    let result = function.result.as_deref().unwrap_or_default().to_lowercase();
    result.starts_with("table(") || result == "setof record" && function.arguments.contains("OUT ")
}

/// Whether the body has the standard's form, which is kept as a tree: it follows names and is bound to columns (PostgreSQL).
pub(super) fn is_tree(function: &Function) -> bool {
    let start = function.body.as_deref().unwrap_or_default().trim_start().to_lowercase();
    function.language == "sql" && (start.starts_with("begin") || start.starts_with("return"))
}

/// Types of which values compare with each other (PostgreSQL).
const COMPARABLE: [&[&str]; 3] = [
    &["smallint", "integer", "bigint", "numeric", "real", "double precision"],
    &["date", "timestamp without time zone", "timestamp with time zone", "timestamptz"],
    &["character", "character varying", "varchar", "text"],
];

/// Whether values of two types compare with each other, and with what code writes for the one.
pub(super) fn compare(old: &str, new: &str) -> bool {
    old == new || COMPARABLE.iter().any(|family| family.contains(&old) && family.contains(&new))
}

/// Whether a function that takes the old type does not take the new one.
fn narrows(new: &str, old: &str) -> bool {
    // Their values become the old ones by themselves.
    let is_taken = matches!(old, "real" | "double precision" | "character" | "character varying" | "varchar" | "text");
    new != old && !(is_taken && compare(old, new))
}

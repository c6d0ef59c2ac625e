//! Code in the database that rests on what columns a table has, on their order, their types, or on which may be left out: nothing
//! rewrites it, so that it would fail or do something else.

use super::hidden_code;
use crate::model::quote::quote_identifier;
use crate::model::{EngineName, Function, Model, QualifiedName, TableRef};
use crate::survey::{Returned, all_words, calls_with, inserts, returned};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// The code of a database, read when it is first asked about.
#[derive(Debug)]
pub(super) struct Code<'m> {
    model: &'m Model,
    inserts: OnceCell<Inserts>,
    routines: OnceCell<Routines>,
    /// A column of each type, as `table.column`.
    columns: OnceCell<BTreeMap<String, String>>,
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
        Self { model, inserts: OnceCell::new(), routines: OnceCell::new(), columns: OnceCell::new() }
    }

    /// Why such code stands in the way of a new column, if it does.
    pub(super) fn hindrance_of_more(&self, table: &QualifiedName) -> Option<String> {
        if let Some(hidden) = hidden_code(self.model) {
            return Some(format!("{hidden} may insert into {} without naming columns", table.name));
        }
        let reason = self.inserts().number.get(&table.name.to_lowercase())?;
        Some(format!("{reason} and would fail: let it name them first"))
    }

    /// Why it stands in the way of another order of columns, if it does.
    pub(super) fn hindrance_of_order(&self, table: &QualifiedName) -> Option<String> {
        if let Some(hidden) = hidden_code(self.model) {
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
        let mut add = |code: String, text: &str, fired_by: &[&str]| {
            for insert in inserts(engine, text) {
                if let Some(columns) = insert.columns {
                    found.lists.entry(insert.table).or_default().push((code.clone(), columns));
                } else {
                    let reason = format!("{code} inserts into {} without naming columns", insert.table);
                    // What an insert of whole rows leaves out at their end gets its default in PostgreSQL.
                    let rests = if engine == EngineName::PostgreSql { &mut found.order } else { &mut found.number };
                    rests.entry(insert.table).or_insert(reason);
                }
                let rows = insert.takes_row.then_some(fired_by).into_iter().flatten().map(|name| name.to_lowercase());
                for source in insert.sources.into_iter().chain(rows) {
                    let reason = format!("{code} inserts every column of {source} elsewhere");
                    found.number.entry(source).or_insert(reason);
                }
            }
        };
        let mut calls: BTreeMap<&QualifiedName, Vec<&str>> = BTreeMap::new();
        for schema in self.model.with_outside() {
            let of_tables = schema.tables.iter().map(|table| (&table.name, &table.triggers));
            let of_views = schema.views.iter().map(|view| (&view.name, &view.triggers));
            for (name, trigger) in
                of_tables.chain(of_views).flat_map(|(name, all)| all.iter().map(move |of| (name, of)))
            {
                add(format!("trigger {}", trigger.name), &trigger.definition, &[name]);
                if let Some(function) = &trigger.function {
                    calls.entry(function).or_default().push(name);
                }
            }
        }
        for schema in self.model.with_outside() {
            for routine in &schema.functions {
                let fired_by =
                    calls.get(&QualifiedName::new(&schema.name, &routine.name)).map(Vec::as_slice).unwrap_or_default();
                add(format!("routine {}", routine.name), routine.body.as_deref().unwrap_or_default(), fired_by);
            }
            for event in &schema.events {
                add(format!("event {}", event.name), &event.body, &[]);
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

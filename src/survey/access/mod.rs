//! How the statements of a workload look up the rows of each table: the columns that they compare for equality, compare
//! as a range, and sort by.

mod conditions;
mod select;
mod statement;

use crate::model::{EngineName, Model, NullsOrder, QualifiedName, Query, Schema, TableRef, Tables};
use serde::Serialize;
use std::collections::HashSet;

/// Calls below which a statement is not judged.
const CALLS: u64 = 5;

/// Statements that are judged: those that took the most time.
const STATEMENTS: usize = 200;

/// What a workload asks of the tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Pairs of a statement and a table that it reads, by table and statement.
    pub patterns: Vec<AccessPattern>,
    /// Statements that could not be understood, by statement.
    pub unclear: Vec<UnclearStatement>,
    /// Statements that are judged or unclear.
    pub statements: usize,
}

/// How one statement looks up the rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AccessPattern {
    /// Table.
    pub table: QualifiedName,
    /// Position of the statement in the workload.
    pub query: usize,
    /// Once for every time that the statement names the table.
    pub lookups: Vec<Lookup>,
}

/// A statement of which it is not known what it looks up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UnclearStatement {
    /// Position of the statement in the workload.
    pub query: usize,
    /// The table of which it is not known, when it is known of others.
    pub table: Option<QualifiedName>,
    /// Why, in a sentence without a final stop.
    pub reason: String,
}

/// One way to find rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lookup {
    /// Columns that are compared for equality, by name.
    pub equality: Vec<Equality>,
    /// Columns of which a range is wanted, by name.
    pub range: Vec<String>,
    /// Columns by which the rows are sorted, in order. None when other things decide the order too.
    pub sort: Vec<SortColumn>,
    /// The sort only brings equal rows together, so that any order of its columns serves.
    pub grouping: bool,
    /// Only the first rows are wanted.
    pub limit: bool,
    /// All columns that conditions name, by name, those in expressions included.
    pub mentioned: Vec<String>,
}

/// A column that is compared for equality.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Equality {
    /// Column.
    pub column: String,
    /// With several values, so that the rows found are in no order.
    pub several: bool,
    /// With NULL.
    pub null: bool,
}

/// A column to sort by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SortColumn {
    /// Column.
    pub column: String,
    /// From the highest value to the lowest.
    pub descending: bool,
    /// Where NULLs are wanted, when that is not where the engine puts them by itself.
    pub nulls: Option<NullsFirst>,
}

/// Where NULLs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NullsFirst(pub bool);

impl From<NullsFirst> for NullsOrder {
    fn from(first: NullsFirst) -> Self {
        if first.0 { Self::First } else { Self::Last }
    }
}

impl Lookup {
    /// Whether any condition could use an index.
    pub fn compares(&self) -> bool {
        !self.equality.is_empty() || !self.range.is_empty()
    }
}

/// Reads the costly statements of the workload.
pub(super) fn access(model: &Model, tables: &Tables<'_>) -> Option<Access> {
    let workload = model.workload.as_ref()?;
    let names = TableNames { engine: model.engine.name, schemas: &model.schemas, tables };
    let mut order: Vec<usize> = (0..workload.queries.len()).collect();
    order.retain(|at| workload.queries[*at].calls.is_none_or(|calls| calls >= CALLS));
    let time = |at: usize| workload.queries[at].milliseconds.unwrap_or(0.0);
    order.sort_by(|a, b| time(*b).total_cmp(&time(*a)).then(a.cmp(b)));
    let mut access = Access::default();
    for at in order {
        if access.statements == STATEMENTS {
            break;
        }
        let query = &workload.queries[at];
        match statement::read(&names, query) {
            Ok(reading) => {
                let parts = reading.parts.first().filter(|_| names.are_mentioned(&query.text));
                if reading.lookups.is_empty() && reading.unclear.is_empty() && parts.is_none() {
                    continue;
                }
                access.statements += 1;
                let unclear = reading.unclear.into_iter().map(|(table, reason)| (Some(table), reason));
                for (table, reason) in unclear.chain(parts.map(|reason| (None, *reason))) {
                    access.unclear.push(UnclearStatement { query: at, table, reason: reason.to_owned() });
                }
                for (table, lookups) in reading.lookups {
                    access.patterns.push(AccessPattern { table, query: at, lookups });
                }
            }
            Err(reason) => {
                if names.are_mentioned(&query.text) {
                    access.statements += 1;
                    access.unclear.push(UnclearStatement { query: at, table: None, reason });
                }
            }
        }
    }
    access.patterns.sort();
    access.unclear.sort();
    Some(access)
}

/// Finds tables and columns by the names that statements use.
struct TableNames<'a> {
    engine: EngineName,
    schemas: &'a [Schema],
    tables: &'a Tables<'a>,
}

/// What a name in FROM stands for.
enum Named<'a> {
    Table(TableRef<'a>),
    /// A view.
    View,
    /// Several schemas have it, and the statement does not say which.
    Ambiguous,
    /// Nothing in the model: a system table, or one that was filtered out.
    Nothing,
}

impl<'a> TableNames<'a> {
    /// Resolves a name. Quoted names compare as the engine compares them.
    fn resolve(&self, query: &Query, schema: Option<&str>, name: &str) -> Named<'a> {
        let equal = |a: &str, b: &str| a == b || (self.engine != EngineName::PostgreSql && a.eq_ignore_ascii_case(b));
        let home = schema.or(query.schema.as_deref());
        let in_home = |found: &TableRef<'a>| home.is_none_or(|home| equal(&found.schema.name, home));
        let found: Vec<TableRef<'a>> =
            self.tables.iter().filter(|table| equal(&table.name, name)).filter(in_home).collect();
        let public = found.iter().find(|table| table.schema.name == "public").filter(|_| schema.is_none());
        match (found.as_slice(), public) {
            ([], _) if self.has_view(home, name) => Named::View,
            ([], _) => Named::Nothing,
            ([only], _) => Named::Table(*only),
            (_, Some(public)) => Named::Table(*public),
            // Names that differ in case alone.
            (several, None) => several
                .iter()
                .find(|table| table.name == name && home.is_some())
                .map_or(Named::Ambiguous, |exact| Named::Table(*exact)),
        }
    }

    fn has_view(&self, schema: Option<&str>, name: &str) -> bool {
        self.views().any(|(of, view)| schema.is_none_or(|schema| schema == of) && view.eq_ignore_ascii_case(name))
    }

    /// Whether a text that was not understood names a table or view.
    fn are_mentioned(&self, text: &str) -> bool {
        let words: HashSet<String> =
            text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).map(str::to_lowercase).collect();
        let names = self.tables.iter().map(|table| table.table.name.as_str());
        names.chain(self.views().map(|(_, view)| view)).any(|name| words.contains(&name.to_lowercase()))
    }

    /// Every view with its schema.
    fn views(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let views = |schema: &'a Schema| schema.views.iter().map(|view| (schema.name.as_str(), view.name.as_str()));
        self.schemas.iter().flat_map(views)
    }
}

#[cfg(test)]
mod tests;

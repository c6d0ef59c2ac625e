//! Whether the indexes of a table serve the statements of a workload, and which index would.
//!
//! The best index of a look-up holds the columns compared for equality, then those to sort by, then one of which a range is
//! wanted: equality, sort, range.

use super::columns::is_boolean;
use super::coverage::{names_column, unique_keys};
use super::names::Names;
use super::relations::{indexes_unseen, superseded};
use super::{Change, Context, Object, ObjectKind, Verdicts};
use crate::model::{
    Column, EngineName, Index, KeyPart, NullsOrder, Partitioning, Query, SortOrder, TableRef, UnseenKind,
};
use crate::survey::{AccessPattern, Lookup, SortColumn};

/// Rows below which reading the whole table is as good.
const SMALL: u64 = 1_000;
/// Most columns of an index that is recommended.
const COLUMNS: usize = 4;
/// Distinct values up to which a column does not narrow a search enough to be worth a place in an index.
const FEW_VALUES: f64 = 3.0;
/// Share of NULLs from which on a search for NULL finds too much.
const MANY_NULLS: f64 = 0.3;
/// Share of all time from which on a statement is costly.
const COSTLY_SHARE: f64 = 0.01;
/// Rows looked at for each row given back from which on a statement is costly.
const COSTLY_ROWS: u64 = 100;
/// Characters of a statement that a message shows.
const SHOWN: usize = 160;

/// A statement and a table whose rows it looks up.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) table: TableRef<'a>,
    pub(super) query: &'a Query,
    pub(super) pattern: &'a AccessPattern,
}

impl Pair<'_> {
    /// What the verdict is about.
    pub(super) fn object(&self) -> Object {
        Object::inside(self.table, ObjectKind::Query, name(self.query))
    }
}

/// The pairs to judge. Statements that are not understood, and all schemas when there is no workload, are unknown.
pub(super) fn pairs<'a>(context: Context<'a>, verdicts: &mut Verdicts) -> Vec<Pair<'a>> {
    let unknown = |verdicts: &mut Verdicts, reason: &str| {
        for schema in context.model.schemas.iter().filter(|schema| !schema.tables.is_empty()) {
            verdicts.unknown(Object::schema(&schema.name), reason);
        }
        Vec::new()
    };
    let hidden = context.model.unseen.iter().find(|unseen| unseen.what == UnseenKind::Workload);
    let hidden_or = |reason: &'static str| hidden.map_or(reason, |unseen| &unseen.reason);
    let (Some(access), Some(workload)) = (&context.survey.access, &context.model.workload) else {
        return unknown(verdicts, hidden_or("needs --workload: the catalog does not hold the queries"));
    };
    if access.statements == 0 {
        let reason = "the workload has no statement on these tables that ran five times or more";
        return unknown(verdicts, hidden_or(reason));
    }
    for unclear in &access.unclear {
        let Some(query) = workload.queries.get(unclear.query) else { continue };
        let table = unclear.table.as_ref().and_then(|table| context.tables.find(table));
        let object = match (table, context.model.schemas.first()) {
            (Some(table), _) => Object::inside(table, ObjectKind::Query, name(query)),
            (None, Some(first)) => {
                let schema = query.schema.as_deref().unwrap_or(&first.name);
                Object::in_schema(schema, ObjectKind::Query, name(query))
            }
            (None, None) => continue,
        };
        verdicts.unknown(object, &unclear.reason);
    }
    let pair = |pattern: &'a AccessPattern| {
        let table = context.tables.find(&pattern.table).filter(|table| table.is_base())?;
        Some(Pair { table, query: workload.queries.get(pattern.query)?, pattern })
    };
    access.patterns.iter().filter_map(pair).collect()
}

fn name(query: &Query) -> String {
    format!("query {}", query.fingerprint())
}

/// What stands against judging a pair: it passes, or it is unknown.
pub(super) enum Exempt {
    Passes,
    Unknown(&'static str),
}

/// Whether the table is too small to matter, or not enough is known of it.
pub(super) fn exempt(context: Context<'_>, table: TableRef<'_>) -> Option<Exempt> {
    if let Some(reason) = indexes_unseen(context, table) {
        return Some(Exempt::Unknown(reason));
    }
    let statistics = context.model.statistics.as_ref();
    let known = statistics.and_then(|statistics| statistics.table(&table.schema.name, &table.name));
    match known.and_then(|known| known.rows) {
        None => Some(Exempt::Unknown("the number of rows is unknown")),
        Some(rows) if rows < SMALL => Some(Exempt::Passes),
        Some(_) => None,
    }
}

/// Whether a statement is costly. One of which nothing is counted was chosen by whoever wrote the file.
pub(super) fn is_costly(context: Context<'_>, query: &Query) -> bool {
    let total = context.model.workload.as_ref().and_then(|workload| workload.milliseconds);
    let share = query.milliseconds.zip(total).filter(|(_, total)| *total > 0.0).map(|(own, total)| own / total);
    let rows = query.rows_examined.zip(query.rows_sent).map(|(examined, sent)| examined / sent.max(1));
    match (share, rows) {
        (None, None) => true,
        (share, rows) => {
            share.is_some_and(|share| share >= COSTLY_SHARE) || rows.is_some_and(|rows| rows >= COSTLY_ROWS)
        }
    }
}

/// A statement with its cost, for a message.
pub(super) fn described(context: Context<'_>, query: &Query) -> String {
    let total = context.model.workload.as_ref().and_then(|workload| workload.milliseconds);
    let mut cost = Vec::new();
    if let Some(calls) = query.calls {
        cost.push(format!("{calls} calls"));
    }
    if let Some((own, total)) = query.milliseconds.zip(total).filter(|(_, total)| *total > 0.0) {
        cost.push(format!("{:.1} % of the time", 100.0 * own / total));
    }
    if let Some((examined, sent)) = query.rows_examined.zip(query.rows_sent) {
        cost.push(format!("{examined} rows read for {sent}"));
    }
    let mut text: String = query.text.chars().take(SHOWN).collect();
    if text.len() < query.text.len() {
        text.push('…');
    }
    if cost.is_empty() { text } else { format!("{text} ({})", cost.join(", ")) }
}

/// One look-up in a table, with what its indexes do for it.
pub(super) struct Judged<'a> {
    context: Context<'a>,
    table: TableRef<'a>,
    lookup: &'a Lookup,
    /// Columns compared for equality that narrow the search.
    equality: Vec<&'a str>,
    /// Columns of which a range is wanted, lists of values before a sort included.
    range: Vec<&'a str>,
    sort: Vec<&'a SortColumn>,
}

impl<'a> Judged<'a> {
    pub(super) fn new(context: Context<'a>, table: TableRef<'a>, lookup: &'a Lookup) -> Self {
        let fixed =
            |column: &str| lookup.equality.iter().any(|equality| equality.column == column && !equality.several);
        // What is fixed needs no sorting.
        let sort: Vec<&SortColumn> = lookup.sort.iter().filter(|part| !fixed(&part.column)).collect();
        let sorts = sort.iter().all(|part| can_be_key(context, table, &part.column)) && supports(context, &sort);
        let sort = if sorts { sort } else { Vec::new() };
        let ends_order = |several: bool| several && !sort.is_empty();
        let usable = |column: &str| can_be_key(context, table, column) && narrows(context, table, lookup, column);
        let equality = lookup.equality.iter().filter(|equality| !ends_order(equality.several));
        let equality = equality.map(|equality| equality.column.as_str()).filter(|column| usable(column)).collect();
        let lists = lookup.equality.iter().filter(|equality| ends_order(equality.several));
        let range = lists.map(|equality| &equality.column).chain(&lookup.range).map(String::as_str);
        Self { context, table, lookup, equality, range: range.filter(|column| usable(column)).collect(), sort }
    }

    /// Whether some index leads to the rows, or there is nothing that an index could narrow.
    pub(super) fn is_led_to(&self) -> bool {
        (self.equality.is_empty() && self.range.is_empty())
            || self.any_index(&|index| self.leads(index))
            || self.is_covered()
    }

    /// Whether some index serves the look-up as well as an index can.
    pub(super) fn is_covered(&self) -> bool {
        let equal = |column: &&str| {
            self.lookup
                .equality
                .iter()
                .any(|equality| equality.column == **column && !equality.several && !equality.null)
        };
        let rowid = self.table.columns.iter().any(|column| column.rowid_alias && equal(&column.name.as_str()));
        rowid
            || unique_keys(self.table.table).iter().any(|key| key.iter().all(equal))
            || self.any_index(&|index| self.covers(index))
    }

    /// An index that has all columns of the best one, in an order that does not serve.
    pub(super) fn misordered(&self) -> Option<&'a Index> {
        let key = self.key();
        if key.len() < 2 {
            return None;
        }
        self.table.table.indexes.iter().find(|index| {
            let parts = self.parts(index);
            let has = |part: &KeyPart| parts.iter().any(|(column, _)| part.column.as_deref() == Some(*column));
            self.holds(index) && index.method == "btree" && key.iter().all(has) && self.is_misordered(&parts)
        })
    }

    /// A range stands before an equality, or another column stands between those to sort by.
    fn is_misordered(&self, parts: &[(&str, Option<Direction>)]) -> bool {
        let at = |wanted: &dyn Fn(&str) -> bool| parts.iter().position(|(column, _)| wanted(column));
        let range = at(&|column| self.range.contains(&column));
        let last_equality = parts.iter().rposition(|(column, _)| self.equality.contains(column));
        let sorts = |column: &str| self.sort.iter().any(|part| part.column == column);
        let split = at(&sorts).is_some_and(|first| {
            let last = parts.iter().rposition(|(column, _)| sorts(column)).unwrap_or(first);
            parts[first..=last].iter().any(|(column, _)| !sorts(column) && !self.is_equal(column))
        });
        range.zip(last_equality).is_some_and(|(range, equality)| range < equality) || split
    }

    /// The key of the best index.
    pub(super) fn key(&self) -> Vec<KeyPart> {
        let mut key: Vec<KeyPart> = self.ordered_equality().into_iter().map(KeyPart::column).collect();
        // Without an equality to start from, an index in the wanted order pays only when the first rows are enough.
        let sort: &[&SortColumn] =
            if key.is_empty() && !self.lookup.limit && !self.range.is_empty() { &[] } else { &self.sort };
        let backwards = sort.iter().all(|part| part.descending && part.nulls.is_none());
        key.extend(sort.iter().map(|part| KeyPart {
            order: if part.descending && !backwards { SortOrder::Descending } else { SortOrder::Ascending },
            nulls: part.nulls.map(NullsOrder::from),
            ..KeyPart::column(&part.column)
        }));
        let in_key = |column: &&str| key.iter().any(|part| part.column.as_deref() == Some(*column));
        let mut ranges: Vec<&str> = self.range.iter().copied().filter(|column| !in_key(column)).collect();
        ranges.sort_by(|a, b| self.distinct(b).total_cmp(&self.distinct(a)).then(a.cmp(b)));
        let range_sorted = self.range.len() > ranges.len();
        key.extend(ranges.first().filter(|_| !range_sorted).copied().map(KeyPart::column));
        key.truncate(COLUMNS);
        key
    }

    /// The best index, and the removal of those that it makes superfluous. Empty when the engine can index no such column.
    pub(super) fn changes(&self) -> Vec<Change> {
        let key = self.key();
        if key.is_empty() {
            return Vec::new();
        }
        let columns: Vec<String> = key.iter().filter_map(|part| part.column.clone()).collect();
        let name = Names::new(self.context).index(&self.table.schema.name, &self.table.name, &columns);
        let drops = superseded(self.context.model.engine.name, self.table, &key, None);
        let add = Change::AddIndex {
            table: self.table.qualified_name(),
            name,
            method: "btree".to_owned(),
            key,
            predicate: None,
        };
        std::iter::once(add).chain(drops).collect()
    }

    /// The columns to compare, for a message.
    pub(super) fn compared(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = self.equality.iter().chain(&self.range).copied().collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Equality columns in the best order: the tenant, then as an existing index has them, then those with most values.
    fn ordered_equality(&self) -> Vec<&'a str> {
        let tenant = self.context.survey.tenancy.as_ref().map(|tenancy| tenancy.column.as_str());
        let prefix = |index: &'a Index| -> Vec<&'a str> {
            let parts = if index.method == "btree" && index.is_usable() { own_parts(index) } else { Vec::new() };
            parts.into_iter().map(|(column, _)| column).take_while(|column| self.equality.contains(column)).collect()
        };
        let prefixes = self.table.table.indexes.iter().map(prefix);
        let existing = prefixes.fold(Vec::new(), |best, next| if next.len() > best.len() { next } else { best });
        let place = |column: &str| existing.iter().position(|known| *known == column).unwrap_or(usize::MAX);
        let mut columns = self.equality.clone();
        columns.sort_by(|a, b| {
            (Some(*a) != tenant, place(a))
                .cmp(&(Some(*b) != tenant, place(b)))
                .then(self.distinct(b).total_cmp(&self.distinct(a)))
                .then(a.cmp(b))
        });
        columns
    }

    fn distinct(&self, column: &str) -> f64 {
        distinct(self.context, self.table, column).unwrap_or(0.0)
    }

    fn is_equal(&self, column: &str) -> bool {
        self.lookup.equality.iter().any(|equality| equality.column == column && !equality.several)
            || self.equality.contains(&column)
    }

    /// Whether an index, or the same one on every partition, has a property.
    fn any_index(&self, has: &dyn Fn(&Index) -> bool) -> bool {
        fn on_all(partitioning: &Partitioning, has: &dyn Fn(&Index) -> bool) -> bool {
            !partitioning.partitions.is_empty()
                && partitioning.partitions.iter().all(|partition| {
                    partition.local_indexes.iter().any(has)
                        || partition.partitioning.as_ref().is_some_and(|below| on_all(below, has))
                })
        }
        self.table.table.indexes.iter().any(has)
            || self.table.table.partitioning.as_ref().is_some_and(|partitioning| on_all(partitioning, has))
    }

    /// Whether an index may be used: the columns of its condition are ones that the statement has conditions on, too.
    fn holds(&self, index: &Index) -> bool {
        let known = |predicate: &str| {
            let columns = self.table.columns.iter().filter(|column| is_named(predicate, &column.name));
            columns.into_iter().all(|column| self.lookup.mentioned.contains(&column.name))
        };
        index.is_usable() && index.predicate.as_deref().is_none_or(known)
    }

    fn leads(&self, index: &Index) -> bool {
        let wanted = |column: &str| {
            self.lookup.equality.iter().any(|equality| equality.column == column)
                || self.lookup.range.iter().any(|range| range == column)
        };
        let whole = |part: &&KeyPart| part.column.as_deref().is_some_and(wanted);
        let leads = match index.method.as_str() {
            "fulltext" | "spatial" | "vector" => false,
            "gin" | "gist" | "spgist" | "brin" | "bloom" => index.key.iter().any(|part| whole(&part)),
            _ => index.key.first().as_ref().is_some_and(whole),
        };
        leads && self.holds(index)
    }

    /// All equalities come first, and what follows is the sort or a range, if there is any.
    fn covers(&self, index: &Index) -> bool {
        if !self.holds(index) {
            return false;
        }
        if index.method == "hash" {
            let only = [index.key.first().and_then(|part| part.column.as_deref()).unwrap_or_default()];
            return self.sort.is_empty() && self.equality == only;
        }
        let parts = self.parts(index);
        let start = parts.iter().take_while(|(column, _)| self.is_equal(column)).count();
        let (leading, rest) = parts.split_at(start);
        let all = self.equality.iter().all(|column| leading.iter().any(|(led, _)| led == column));
        let ranged = rest.first().is_some_and(|(column, _)| self.range.contains(column));
        all && index.method == "btree"
            && (ranged || self.is_sorted(rest) || (self.sort.is_empty() && !self.equality.is_empty()))
    }

    /// Whether the next columns of an index give the wanted order, read forwards or backwards.
    fn is_sorted(&self, parts: &[(&str, Option<Direction>)]) -> bool {
        let free: Vec<_> = parts.iter().filter(|(column, _)| !self.is_equal(column)).take(self.sort.len()).collect();
        if self.sort.is_empty() || free.len() < self.sort.len() {
            return false;
        }
        if self.lookup.grouping {
            return free.iter().all(|(column, _)| self.sort.iter().any(|part| part.column == *column));
        }
        let engine = self.context.model.engine.name;
        let is = |flip: bool| {
            self.sort.iter().zip(&free).all(|(part, (column, direction))| {
                let usual = part.descending == (engine == EngineName::PostgreSql);
                let nulls_first = part.nulls.map_or(usual, |nulls| nulls.0);
                let nullable = self.table.column(&part.column).is_none_or(|column| column.nullable);
                direction.is_some_and(|direction| {
                    part.column == *column
                        && (part.descending != flip) == direction.descending
                        && (!nullable || (nulls_first != flip) == direction.nulls_first(engine))
                })
            })
        };
        is(false) || is(true)
    }

    /// The columns of an index in order, with the key of the row that these engines put behind it.
    fn parts<'i>(&'i self, index: &'i Index) -> Vec<(&'i str, Option<Direction>)> {
        let mut parts = own_parts(index);
        let clustered = match self.context.model.engine.name {
            EngineName::Sqlite => true,
            EngineName::PostgreSql => false,
            _ => self.table.storage_engine.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("innodb")),
        };
        if clustered && parts.len() == index.key.len() && !index.primary {
            let rowid =
                self.table.columns.iter().filter(|column| column.rowid_alias).map(|column| column.name.as_str());
            let primary = self.table.table.primary_key.iter().flat_map(|key| &key.columns).map(String::as_str);
            let innodb = self.context.model.engine.name.is_mysql_family();
            let behind: Vec<&str> = if innodb { primary.collect() } else { rowid.collect() };
            let new = |column: &&str| !parts.iter().any(|(known, _)| known == column);
            let behind: Vec<&str> = behind.into_iter().filter(new).collect();
            parts.extend(behind.into_iter().map(|column| (column, Some(Direction { descending: false, nulls: None }))));
        }
        parts
    }
}

/// How one part of an index is sorted.
#[derive(Clone, Copy)]
struct Direction {
    descending: bool,
    nulls: Option<NullsOrder>,
}

impl Direction {
    fn nulls_first(self, engine: EngineName) -> bool {
        let usual = self.descending == (engine == EngineName::PostgreSql);
        self.nulls.map_or(usual, |nulls| nulls == NullsOrder::First)
    }
}

/// The plain columns that an index starts with. The order within a prefix is not the order of the column.
fn own_parts(index: &Index) -> Vec<(&str, Option<Direction>)> {
    let mut parts = Vec::new();
    for part in &index.key {
        let Some(column) = &part.column else { break };
        let whole = part.prefix_length.is_none() && part.collation.is_none() && part.operator_class.is_none();
        let direction = Direction { descending: part.order == SortOrder::Descending, nulls: part.nulls };
        parts.push((column.as_str(), whole.then_some(direction)));
        if !whole {
            break;
        }
    }
    parts
}

/// Whether a text names a column as a word of its own.
fn is_named(text: &str, column: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '`');
    text.split(|c: char| !inside(c)).any(|word| names_column(word, column))
}

/// Whether the engine sorts indexes as wanted. Old ones read `DESC` and ignore it, which matters when directions differ.
fn supports(context: Context<'_>, sort: &[&SortColumn]) -> bool {
    let mixed = sort.iter().any(|part| part.descending != sort[0].descending);
    let version = context.model.engine.version_numbers();
    match context.model.engine.name {
        EngineName::MariaDb => !mixed || version >= (10, 8, 0),
        EngineName::MySql => !mixed || version >= (8, 0, 0),
        EngineName::PostgreSql | EngineName::Sqlite => true,
    }
}

/// Whether a column can stand in the key of an ordinary index as a whole.
fn can_be_key(context: Context<'_>, table: TableRef<'_>, column: &str) -> bool {
    const POSTGRES: [&str; 13] = [
        "json", "jsonb", "xml", "tsvector", "tsquery", "point", "line", "lseg", "box", "path", "polygon", "circle",
        "geometry",
    ];
    const MYSQL: [&str; 6] = ["text", "blob", "json", "geometry", "point", "polygon"];
    table.column(column).is_some_and(|column: &Column| {
        let base = column.base_type();
        match context.model.engine.name {
            EngineName::PostgreSql => column.array_dimensions == 0 && !POSTGRES.contains(&base),
            EngineName::MySql | EngineName::MariaDb => !MYSQL.iter().any(|name| base.ends_with(name)),
            EngineName::Sqlite => true,
        }
    })
}

/// Whether a condition on a column leaves few enough rows to be worth a place in an index.
fn narrows(context: Context<'_>, table: TableRef<'_>, lookup: &Lookup, column: &str) -> bool {
    let null = lookup.equality.iter().any(|equality| equality.column == column && equality.null);
    let deleted =
        context.survey.soft_deletes.iter().any(|mark| {
            mark.column == column && mark.table.name == table.name && mark.table.schema == table.schema.name
        });
    let statistics = context.model.statistics.as_ref();
    let known = statistics.and_then(|statistics| statistics.column(&table.schema.name, &table.name, column));
    let many_nulls = known.and_then(|known| known.null_fraction).is_some_and(|share| share > MANY_NULLS);
    let few = distinct(context, table, column).is_some_and(|values| values <= FEW_VALUES);
    let boolean = table.column(column).is_some_and(is_boolean);
    !(null && (deleted || many_nulls)) && !few && !boolean
}

/// Distinct values of a column, where statistics say.
fn distinct(context: Context<'_>, table: TableRef<'_>, column: &str) -> Option<f64> {
    let statistics = context.model.statistics.as_ref()?;
    let values = statistics.column(&table.schema.name, &table.name, column)?.distinct?;
    if values >= 0.0 {
        return Some(values);
    }
    let rows = statistics.table(&table.schema.name, &table.name)?.rows?;
    Some(-values * rows as f64)
}

#[cfg(test)]
mod tests;

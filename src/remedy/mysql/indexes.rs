//! Indexes and the keys that stand on them.

use super::column::{Overrides, definition, is_textual};
use super::columns::{PAST_ROWS, STAMPS_ITSELF, stamps_itself};
use super::{Algorithm, Duration, Phase, Planner, Request, Safety, Step, alter, made_needless};
use crate::checks::Change;
use crate::model::quote::index_options;
use crate::model::{
    Column, EngineName, ForeignKey, Generated, GeneratedStorage, Index, KeyPart, QualifiedName, SortOrder, Table,
};
use crate::remedy::names::Space;
use crate::remedy::planner::{computable, is_made_for, led_by, unique_before};
use crate::remedy::upserts::warned;
use std::collections::BTreeSet;

/// Characters of a long text that an index holds when nobody said how many.
const PREFIX: u32 = 191;

/// Bytes of InnoDB's longest key, and of its longest part in the row formats dynamic and compressed (InnoDB limits, in both
/// manuals).
const KEY_BYTES: u32 = 3072;

/// Bytes of the longest part of a key in the older row formats.
const OLD_PART_BYTES: u32 = 767;

/// Bytes of the longest part of a key on this table.
pub(super) fn part_limit(table: &Table) -> u32 {
    let is_old = |format: &String| ["compact", "redundant"].contains(&format.to_lowercase().as_str());
    if table.row_format.as_ref().is_some_and(is_old) { OLD_PART_BYTES } else { KEY_BYTES }
}

/// Whether InnoDB takes no key with parts of these bytes on this table.
pub(super) fn is_too_long(table: &Table, parts: impl Iterator<Item = u32>) -> bool {
    let parts: Vec<u32> = parts.collect();
    parts.iter().any(|bytes| *bytes > part_limit(table)) || parts.iter().sum::<u32>() > KEY_BYTES
}

/// Bytes that a column takes in a key at most, or the first characters of it.
pub(super) fn key_bytes(column: &Column, prefix: Option<u32>) -> u32 {
    let length = column.data_type.split_once('(').and_then(|(_, rest)| rest.split(')').next()?.parse().ok());
    let characters: u32 = prefix.or(length).unwrap_or(8);
    let listed = ["enum", "set"].contains(&column.base_type());
    let wide = is_textual(&column.data_type) && !listed;
    let each = match column.character_set.as_deref() {
        _ if !wide => 1,
        Some("utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030") => 4,
        Some("utf8" | "utf8mb3" | "eucjpms" | "ujis") => 3,
        Some("ucs2" | "big5" | "cp932" | "euckr" | "gb2312" | "gbk" | "sjis") => 2,
        _ => 1,
    };
    characters.saturating_mul(each)
}

/// Why a partitioned table has no key over these columns.
const PARTITION_KEY: &str = "a unique key of a partitioned table must contain the columns of its partition key";

fn leaves_partition_key_out(table: &Table, columns: &[String]) -> bool {
    table.partitioning.as_ref().is_some_and(|key| key.columns.iter().any(|column| !columns.contains(column)))
}

/// Whether the server may have made an index for a foreign key that got no name: it is called like the first column, as many
/// are that somebody made.
pub(super) fn is_perhaps_made(index: &Index, key: &ForeignKey) -> bool {
    let is_called = key.columns.first().is_some_and(|first| index.name.starts_with(first));
    let same = index.plain_columns().is_some_and(|columns| columns == key.columns);
    !index.unique && is_called && same && key.name.as_ref() != Some(&index.name)
}

/// Whether a unique key over these columns is too long for InnoDB.
fn is_long_key(planner: &Planner<'_>, table: &QualifiedName, columns: &[String]) -> bool {
    let known = columns.iter().filter_map(|name| planner.planned_column(table, name));
    planner.table(table).is_some_and(|of| is_too_long(of.table, known.map(|column| key_bytes(&column, None))))
}

/// Whether MariaDB keeps the values of this new key unique by a hash.
pub(super) fn is_hashed(planner: &Planner<'_>, change: &Change) -> bool {
    let Change::AddUnique { table, columns, .. } = change else { return false };
    planner.engine == EngineName::MariaDb
        && !planner.is_shaped(change)
        && planner.table(table).is_some_and(|of| part_limit(of.table) == KEY_BYTES)
        && is_long_key(planner, table, columns)
}

pub(super) fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::AddIndex { table, name, method, key, predicate } => {
            if predicate.is_some() {
                let reason = format!("{} has no partial indexes", planner.engine.title());
                return planner.refuse(request.change.clone(), reason);
            }
            let expression = key.iter().any(|part| part.column.is_none());
            if expression && (planner.engine == EngineName::MariaDb || planner.version < (8, 0, 13)) {
                return planner
                    .refuse(request.change.clone(), "this server indexes columns only: index a generated column");
            }
            add_index(planner, request, table, name, method, key);
        }
        Change::DropIndex { table, name } => {
            let step = drop_index(planner, table, name);
            planner.add(40, request, step);
        }
        Change::RenameIndex { table, name, to } => {
            let to = planner.fresh_index(table, to);
            let rename =
                |from: &str, to: &str| format!("RENAME INDEX {} TO {}", planner.quote(from), planner.quote(to));
            let title = format!("rename index {name} to {to}");
            let undo = format!("ALTER TABLE {} {}", planner.relation(table), rename(&to, name));
            let mut step = alter(planner, table, Phase::Contract, title, &rename(name, &to), Algorithm::Inplace)
                .undo(undo)
                .note("A query that names the index in a hint has to follow.");
            if step.duration != Duration::Rewrite {
                step.duration = Duration::Metadata;
            }
            // Before foreign keys are replaced: with its key goes an index that the server made, unless it has been renamed.
            planner.add(5, request, step);
        }
        Change::AddPrimaryKey { table, columns, .. } => add_primary_key(planner, request, table, columns),
        Change::AddSurrogateKey { table, column, .. } => {
            if planner.is_versioned(table) {
                let reason = "MariaDB numbers no rows of a table that has past ones (WITH SYSTEM VERSIONING): name a key of its columns";
                return planner.refuse(request.change.clone(), reason);
            }
            if planner.table(table).is_some_and(|of| of.table.partitioning.is_some()) {
                return planner.refuse(request.change.clone(), PARTITION_KEY);
            }
            let generated =
                planner.table(table).and_then(|of| of.table.columns.iter().find(|column| column.system_generated));
            if let Some(generated) = generated {
                let visibility = |to: &str| format!("ALTER COLUMN {} SET {to}", planner.quote(&generated.name));
                let title = format!("make the generated key {} visible", generated.name);
                let step = alter(planner, table, Phase::Expand, title, &visibility("VISIBLE"), Algorithm::Instant)
                    .undo(format!("ALTER TABLE {} {}", planner.relation(table), visibility("INVISIBLE")))
                    .note("INSERT without a column list and SELECT * see one column more.");
                return planner.add(45, request, step);
            }
            let column = planner.names.fresh(&[Space::Column], table, column);
            let quoted = planner.quote(&column);
            let clauses = format!("ADD COLUMN {quoted} bigint NOT NULL AUTO_INCREMENT, ADD PRIMARY KEY ({quoted})");
            let title = format!("add primary key on a new column {column}");
            let step = alter(planner, table, Phase::Expand, title, &clauses, Algorithm::InplaceShared)
                .undo(format!("ALTER TABLE {} DROP PRIMARY KEY, DROP COLUMN {quoted}", planner.relation(table)))
                .note("INSERT without a column list and SELECT * see one column more.");
            planner.add(45, request, step);
        }
        Change::AddUnique { .. } => add_unique(planner, request),
        _ => {}
    }
}

/// Refuses what takes away an index, or its name, that code in the database names in a hint: it would fail.
pub(super) fn keep_hinted(planner: &mut Planner<'_>, requests: &mut Vec<Request>) {
    if requests.iter().all(|request| taken_away(planner, &request.change).is_empty()) {
        return;
    }
    let hints = planner.code.hints();
    let refused: Vec<(Change, String)> = requests
        .extract_if(.., |request| hindrance(planner, hints, &request.change).is_some())
        .filter_map(|Request { change, .. }| Some((change.clone(), hindrance(planner, hints, &change)?)))
        .collect();
    for (change, reason) in refused {
        planner.refuse(change, reason);
    }
}

/// The indexes that a change takes away or gives another name.
fn taken_away<'a>(planner: &Planner<'a>, change: &Change) -> Vec<&'a str> {
    let Some(of) = planner.table(change.table()) else { return Vec::new() };
    let is_taken = |index: &&Index| match change {
        Change::DropIndex { name, .. } | Change::RenameIndex { name, .. } | Change::RenameConstraint { name, .. } => {
            index.name == *name
        }
        Change::AddUnique { replaces, .. } => replaces.as_ref() == Some(&index.name),
        Change::AddPrimaryKey { columns, .. } => is_twin(index, columns),
        _ => false,
    };
    let taken = of
        .table
        .indexes
        .iter()
        .filter(is_taken)
        .chain(made_needless(planner, change, |index, key| is_made_for(index, key) || is_perhaps_made(index, key)));
    taken.map(|index| index.name.as_str()).collect()
}

/// Why code stands in the way of a change that takes away an index, if it does. A hint may say the beginning of a name alone.
fn hindrance(planner: &Planner<'_>, hints: &[(String, BTreeSet<String>)], change: &Change) -> Option<String> {
    let of = planner.table(change.table())?;
    let is_whole = |said: &str| of.table.indexes.iter().any(|index| index.name.to_lowercase() == said);
    taken_away(planner, change).into_iter().find_map(|index| {
        let lower = index.to_lowercase();
        let means = |said: &String| *said == lower || lower.starts_with(said.as_str()) && !is_whole(said);
        let (code, _) = hints.iter().find(|(_, named)| named.iter().any(means))?;
        Some(format!("{code} names index {index} in a hint and would fail: change the two together"))
    })
}

/// Whether a primary key over these columns does all that a unique index does.
fn is_twin(index: &Index, columns: &[String]) -> bool {
    // In another order it is another index.
    let same = index.key.iter().cloned().eq(columns.iter().map(KeyPart::column));
    index.unique && !index.primary && !index.exclusion && same
}

/// Key parts with their expressions, prefixes and directions. A long text gets a prefix if it has none.
fn parts(planner: &Planner<'_>, table: &QualifiedName, method: &str, key: &[KeyPart]) -> String {
    let column = |part: &KeyPart| part.column.as_ref().and_then(|name| planner.planned_column(table, name));
    let bytes = key.iter().map(|part| column(part).map_or(8, |column| key_bytes(&column, part.prefix_length)));
    let too_long = planner.table(table).is_some_and(|of| is_too_long(of.table, bytes));
    let parts: Vec<String> = key
        .iter()
        .map(|part| {
            let mut text = match (&part.column, &part.expression) {
                (Some(column), _) => planner.quote(column),
                (None, expression) => format!("({})", expression.as_deref().unwrap_or_default()),
            };
            let long = column(part).is_some_and(|column| {
                let base = column.base_type();
                let is_cut = too_long && key_bytes(&column, None) > PREFIX * 4;
                is_cut || base.ends_with("text") || base.ends_with("blob")
            });
            let prefix = part.prefix_length.or((long && method == "btree").then_some(PREFIX));
            if let Some(prefix) = prefix {
                text = format!("{text}({prefix})");
            }
            if part.order == SortOrder::Descending {
                text.push_str(" DESC");
            }
            text
        })
        .collect();
    parts.join(", ")
}

/// `ADD INDEX …` for an index as it is or shall be.
fn clause(planner: &Planner<'_>, table: &QualifiedName, name: &str, index: &Index) -> String {
    let kind = match index.method.as_str() {
        "fulltext" => "FULLTEXT INDEX",
        "spatial" | "rtree" => "SPATIAL INDEX",
        "vector" => "VECTOR INDEX",
        _ if index.unique => "UNIQUE INDEX",
        _ => "INDEX",
    };
    let using = if index.method == "hash" { " USING HASH" } else { "" };
    let key = parts(planner, table, &index.method, &index.key);
    let options = index_options(planner.engine, index);
    if index.primary {
        return format!("ADD PRIMARY KEY{using} ({key}){options}");
    }
    format!("ADD {kind} {}{using} ({key}){options}", planner.quote(name))
}

/// Clauses that make some indexes of a table anew, to be written after others.
pub(super) fn again(planner: &Planner<'_>, table: &QualifiedName, is_meant: impl Fn(&Index) -> bool) -> String {
    let indexes = planner.table(table).map(|of| of.table.indexes.as_slice()).unwrap_or_default();
    let clauses = indexes.iter().filter(|index| is_meant(index)).map(|index| {
        let name = planner.quote(&index.name);
        let gone = if index.primary { "PRIMARY KEY".to_owned() } else { format!("INDEX {name}") };
        format!(", DROP {gone}, {}", clause(planner, table, &index.name, index))
    });
    clauses.collect()
}

fn add_index(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    name: &str,
    method: &str,
    key: &[KeyPart],
) {
    let name = planner.fresh_index(table, name);
    let mut index = Index::new(&name);
    method.clone_into(&mut index.method);
    index.key = key.to_vec();
    let beside = |index: &Index| index.unique && has_expression(index);
    let algorithm = match planner.table(table) {
        Some(of) if has_expression(&index) && of.table.indexes.iter().any(beside) => Algorithm::Copy,
        _ if has_expression(&index) || matches!(method, "fulltext" | "spatial") => Algorithm::InplaceShared,
        _ => Algorithm::Nocopy,
    };
    let clause = clause(planner, table, &name, &index);
    let (gone, back) = without(planner, table, &replaced(planner, table, &request.change));
    let clauses = format!("{clause}{gone}");
    let step = alter(planner, table, Phase::Expand, format!("add index {name}"), &clauses, algorithm).undo(format!(
        "ALTER TABLE {} {back}DROP INDEX {}",
        planner.relation(table),
        planner.quote(&name)
    ));
    planner.add(50, request, step);
}

/// The indexes that a new one replaces in its own statement.
fn replaced<'a>(planner: &Planner<'a>, table: &QualifiedName, new: &Change) -> Vec<&'a Index> {
    let names = planner.replaced.iter().filter(|(change, _)| change == new).map(|(_, name)| name);
    let indexes = planner.table(table).map(|of| of.table.indexes.as_slice()).unwrap_or_default();
    names.filter_map(|name| indexes.iter().find(|index| index.name == *name)).collect()
}

/// What drops indexes in the statement of a new one, to be written after its clauses, and what brings them back, to be
/// written before those of the undo.
fn without(planner: &Planner<'_>, table: &QualifiedName, indexes: &[&Index]) -> (String, String) {
    let gone = indexes.iter().map(|index| format!(", DROP INDEX {}", planner.quote(&index.name)));
    let back = indexes.iter().map(|index| format!("{}, ", clause(planner, table, &index.name, index)));
    (gone.collect(), back.collect())
}

/// Whether InnoDB may store the rows by a unique key over these columns: it does where there is no primary key and none of
/// them can be NULL.
fn stores_rows(planner: &Planner<'_>, table: &QualifiedName, columns: &[&str]) -> bool {
    let is_never_null = |name: &&str| planner.planned_column(table, name).is_some_and(|column| !column.nullable);
    planner.table(table).is_some_and(|of| of.table.primary_key.is_none()) && columns.iter().all(is_never_null)
}

/// Whether a part of an index is computed (MySQL): it comes and goes with a hidden column, which not every way of altering the
/// table takes together.
pub(super) fn has_expression(index: &Index) -> bool {
    index.key.iter().any(|part| part.column.is_none())
}

fn drop_index(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> Step {
    let clause_text = format!("DROP INDEX {}", planner.quote(name));
    // Without a primary key InnoDB stores the rows by one of the unique keys, and by another when that goes or a column of it can no
    // longer be NULL.
    let is_copied = planner.table(table).is_some_and(|of| {
        let unique = of.table.indexes.iter().find(|index| index.name == name && index.unique);
        unique.is_some_and(|index| of.table.primary_key.is_none() || has_expression(index))
    });
    let algorithm = if is_copied { Algorithm::Copy } else { Algorithm::Nocopy };
    let mut step = alter(planner, table, Phase::Contract, format!("drop index {name}"), &clause_text, algorithm);
    if step.duration != Duration::Rewrite {
        step.duration = Duration::Metadata;
    }
    let (maria, version) = (planner.engine == EngineName::MariaDb, planner.version);
    let hide = match (maria, version) {
        (true, version) if version >= (10, 6, 0) => Some("IGNORED"),
        (false, version) if version >= (8, 0, 0) => Some("INVISIBLE"),
        _ => None,
    };
    if let Some(hide) = hide {
        let relation = planner.relation(table);
        step = step.note(format!(
            "Rehearse first: ALTER TABLE {relation} ALTER INDEX {} {hide}, wait a business cycle, and drop it only if no query suffers.",
            planner.quote(name)
        ));
    }
    if let Some(hidden) = planner.code.hidden() {
        step = step.note(format!("Ask who can see it: {hidden} may name the index in a hint, and would fail."));
    }
    if let Some(index) = planner.table(table).and_then(|of| of.table.indexes.iter().find(|index| index.name == name)) {
        let clause = clause(planner, table, name, index);
        step.undo(format!("ALTER TABLE {} {clause}", planner.relation(table)))
    } else {
        step.irreversible("the index is not in the catalog that was read")
    }
}

fn add_primary_key(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, columns: &[String]) {
    let Some(of) = planner.table(table) else {
        return planner.refuse(request.change.clone(), "the table is not in the catalog");
    };
    if leaves_partition_key_out(of.table, columns) {
        return planner.refuse(request.change.clone(), PARTITION_KEY);
    }
    let is_nullable = |name: &String| planner.column(table, name).is_some_and(|column| column.nullable);
    if planner.is_versioned(table) && columns.iter().any(is_nullable) {
        return planner.refuse(request.change.clone(), PAST_ROWS);
    }
    let (mut clauses, mut nullable) = (Vec::new(), String::new());
    if let Some(hidden) = of.table.columns.iter().find(|column| column.system_generated) {
        clauses.push(format!("DROP PRIMARY KEY, DROP COLUMN {}", planner.quote(&hidden.name)));
    }
    for name in columns {
        let Some(column) = planner.planned_column(table, name).filter(|column| column.nullable) else { continue };
        let checks = &of.table.check_constraints;
        let new = Overrides { nullable: Some(false), ..Overrides::default() };
        if stamps_itself(planner, &new.applied(&column)) {
            return planner.refuse(request.change.clone(), STAMPS_ITSELF);
        }
        clauses.push(format!("MODIFY {}", definition(planner.engine, &column, checks, new)));
        let old = definition(planner.engine, &column, checks, Overrides::default());
        nullable = format!("{nullable}, MODIFY {old}");
        planner.alter_column(table, new.applied(&column));
    }
    let key: Vec<KeyPart> = columns.iter().map(|column| KeyPart::column(column.clone())).collect();
    // The primary key does all that a unique index over the same columns did.
    let twins = of.table.indexes.iter().filter(|index| is_twin(index, columns));
    let needless: Vec<&Index> = replaced(planner, table, &request.change).into_iter().chain(twins).collect();
    let (gone, back) = without(planner, table, &needless);
    clauses.push(format!("ADD PRIMARY KEY ({}){gone}", parts(planner, table, "btree", &key)));
    let title = format!("add primary key ({})", columns.join(", "));
    let step = alter(planner, table, Phase::Expand, title, &clauses.join(", "), Algorithm::Inplace)
        .check(planner.duplicates(table, columns, None, true))
        .undo(format!("ALTER TABLE {} {back}DROP PRIMARY KEY{nullable}", planner.relation(table)))
        .note("InnoDB stores rows in the order of the primary key, so the table is written anew beside the traffic.");
    planner.add(45, request, Step { duration: Duration::Rewrite, ..step });
}

fn add_unique(planner: &mut Planner<'_>, request: &Request) {
    let Change::AddUnique { table, columns, nulls_not_distinct, predicate, replaces, .. } = &request.change else {
        return;
    };
    let shaped = planner.is_shaped(&request.change);
    let check = planner.duplicates(table, columns, predicate.as_deref(), *nulls_not_distinct);
    let partitioned = planner
        .table(table)
        .is_some_and(|of| of.table.partitioning.is_some() && (shaped || leaves_partition_key_out(of.table, columns)));
    if partitioned {
        return planner.refuse(request.change.clone(), PARTITION_KEY);
    }
    let hashed = is_hashed(planner, &request.change);
    // A key that takes the place of another has its columns, and what is computed from them.
    let times = if shaped && replaces.is_some() { 2 } else { 1 };
    if !hashed && is_long_key(planner, table, &vec![columns.clone(); times].concat()) {
        let limit = planner.table(table).map_or(KEY_BYTES, |of| part_limit(of.table));
        let reason = format!(
            "the key would be longer than InnoDB's {limit} bytes: make its texts shorter, or a hash of them a generated column \
             that is unique"
        );
        return planner.refuse(request.change.clone(), reason);
    }
    let mut note = hashed.then_some("The values are too long for a tree: the server keeps them unique by a hash, and copies the table for every change from then on.");
    let key = if shaped {
        if planner.engine == EngineName::MySql && planner.version < (8, 0, 23) {
            return planner.refuse(request.change.clone(), "this server has neither partial unique keys nor invisible columns: add generated columns that are NULL where the key does not apply, and make them unique");
        }
        let condition = predicate.as_deref();
        let parts: Vec<Option<Vec<Column>>> =
            columns.iter().map(|column| key_columns(planner, table, column, condition, *nulls_not_distinct)).collect();
        let Some(parts) = parts.into_iter().collect::<Option<Vec<_>>>() else {
            return planner
                .refuse(request.change.clone(), "no value of this column's type can stand for NULL in a unique key");
        };
        let mut key = Vec::new();
        for mut column in parts.into_iter().flatten() {
            if let Some(before) = planner.computed_before(table, &column) {
                column.name = before;
            } else if column.generated.is_some() {
                column.name = planner.names.fresh(&[Space::Column], table, &column.name);
                let clause = format!("ADD COLUMN {}", definition(planner.engine, &column, &[], Overrides::default()));
                let title = format!("add generated column {}.{}", table.name, column.name);
                let step = alter(planner, table, Phase::Expand, title, &clause, Algorithm::Instant).undo(format!(
                    "ALTER TABLE {} DROP COLUMN {}",
                    planner.relation(table),
                    planner.quote(&column.name)
                ));
                planner.add(44, request, step);
                planner.alter_column(table, column.clone());
            }
            key.push(column.name);
        }
        note = Some(if replaces.is_some() {
            "The key has invisible computed columns, so that it holds exactly where it should, behind the plain ones, by which queries find rows."
        } else {
            "The key is made of invisible computed columns, so that it holds exactly where it should; queries on the plain columns cannot use it."
        });
        let key: Vec<KeyPart> = key.into_iter().map(KeyPart::column).collect();
        if replaces.is_some() { led_by(columns, key) } else { key }
    } else {
        let long = columns.iter().filter_map(|name| planner.column(table, name)).any(|column| {
            let base = column.base_type();
            base.ends_with("text") || base.ends_with("blob")
        });
        if long {
            return planner.refuse(
                request.change.clone(),
                "a unique key over a long text would compare its beginning only: make a hash of it a generated column",
            );
        }
        columns.iter().map(KeyPart::column).collect()
    };
    let wanted = Index { key: key.clone(), ..Index::new("") };
    let there = planner.table(table).and_then(|of| unique_before(of.table, &wanted, replaces.as_ref()));
    if there.is_none() {
        add_unique_index(planner, request, &key, (hashed, shaped), (check, note));
    }
    if let Some(old) = replaces {
        let step = warned(planner, &request.change, drop_index(planner, table, old));
        planner.add(40, request, step);
    }
}

fn add_unique_index(
    planner: &mut Planner<'_>,
    request: &Request,
    key: &[KeyPart],
    (hashed, shaped): (bool, bool),
    (check, note): (String, Option<&'static str>),
) {
    let Change::AddUnique { table, name, columns, .. } = &request.change else { return };
    let name = planner.fresh_index(table, name);
    let method = if hashed { "hash" } else { "btree" };
    let clause = format!("ADD UNIQUE INDEX {} ({})", planner.quote(&name), parts(planner, table, method, key));
    let title = format!("add unique index {name}");
    let stores = stores_rows(planner, table, &columns.iter().map(String::as_str).collect::<Vec<_>>());
    let algorithm = match (hashed, stores && !shaped) {
        (true, _) => Algorithm::Copy,
        (false, true) => Algorithm::Inplace,
        (false, false) => Algorithm::Nocopy,
    };
    let (gone, back) = without(planner, table, &replaced(planner, table, &request.change));
    let mut step = alter(planner, table, Phase::Expand, title, &format!("{clause}{gone}"), algorithm)
        .check(check)
        .undo(format!("ALTER TABLE {} {back}DROP INDEX {}", planner.relation(table), planner.quote(&name)));
    step.safety = step.safety.max(Safety::Caution);
    if let Some(note) = note {
        step = step.note(note);
    }
    planner.add(45, request, step);
}

/// The columns of a key that is NULL outside the condition and tells NULL from every value inside it: the column itself
/// where that is so already, else invisible columns that are computed from it.
fn key_columns(
    planner: &Planner<'_>,
    table: &QualifiedName,
    column: &str,
    condition: Option<&str>,
    equal_nulls: bool,
) -> Option<Vec<Column>> {
    let known = planner.planned_column(table, column)?;
    let (own, value) = computable(planner.engine, &known, &planner.quote(column));
    let computed = |suffix: &str, data_type: &str, text: &str| {
        let mut computed = Column::new(format!("{column}_{suffix}"), data_type);
        if data_type == own {
            computed.character_set.clone_from(&known.character_set);
            computed.collation.clone_from(&known.collation);
        }
        computed.invisible = true;
        let expression = match condition {
            Some(condition) => format!("CASE WHEN {condition} THEN {text} END"),
            None => text.to_owned(),
        };
        computed.generated = Some(Box::new(Generated { expression, storage: GeneratedStorage::Virtual }));
        computed
    };
    if !equal_nulls || !known.nullable {
        return Some(vec![match condition {
            Some(_) => computed("if_live", &own, &value),
            None => known,
        }]);
    }
    let base = known.base_type();
    let stand_in = if is_textual(base) {
        "''"
    } else if ["int", "decimal", "float", "double", "bit"].iter().any(|kind| base.contains(kind)) {
        "0"
    } else if base.contains("date") {
        "DATE'1000-01-01'"
    } else {
        return None;
    };
    Some(vec![
        computed("is_null", "tinyint(1)", &format!("{value} IS NULL")),
        computed("or_default", &own, &format!("COALESCE({value}, {stand_in})")),
    ])
}

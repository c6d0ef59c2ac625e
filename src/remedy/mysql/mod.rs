//! Steps for MySQL and MariaDB. Every ALTER names ALGORITHM and LOCK, so that the server refuses rather than blocks.

mod column;
mod columns;
mod constraints;
mod indexes;

use super::planner::{Planner, is_made_for, mentions};
use super::requests::Request;
use super::{Duration, Phase, Safety, Step};
use crate::checks::Change;
use crate::model::{
    Column, DataType, EngineName, ForeignKey, GeneratedStorage, Index, KeyPart, QualifiedName, Table, TableRef,
    UnseenKind,
};
use crate::survey::is_temporal;
use std::collections::BTreeMap;

const NONE: &str = "LOCK=NONE";
const SHARED: &str = "LOCK=SHARED";
const METADATA_LOCK: &str = "metadata lock, briefly exclusive";
const WRITES: &str = "writes to the table";
const CHECKS_OFF: &str = "SET SESSION foreign_key_checks = 0";
const CHECKS_ON: &str = "SET SESSION foreign_key_checks = 1";

/// How the server carries an ALTER out, what is in the way of less first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    /// Only the catalog changes.
    Instant,
    /// Beside the traffic, without a copy of the table where the server has a word for that.
    Nocopy,
    /// Beside the traffic.
    Inplace,
    /// Beside the readers; writers wait.
    InplaceShared,
    /// A copy of the table; writers wait.
    Copy,
}

/// Adds the steps for all requests.
pub(super) fn plan(planner: &mut Planner<'_>, requests: Vec<Request>) {
    planner.preamble = vec![
        // Without it a client that takes the script for Latin-1 writes every other character as two.
        "SET NAMES utf8mb4".to_owned(),
        // Every ALTER takes an exclusive metadata lock at its start and its end: give up early and try again.
        "SET SESSION lock_wait_timeout = 5".to_owned(),
        // The mode that the statements are written for, whatever the server's is. Without strict mode NULL silently becomes
        // 0 or the empty string; with another than this, backslashes in repeated comments and defaults can mean something
        // else, and a zero date that is some column's default refuses every change to its table.
        "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'".to_owned(),
    ];
    // A statement repeats what earlier ones made of a column, so that they are planned in the order in which they run.
    let mut requests = requests;
    requests.sort_by_key(|request| turn(&request.change));
    let foreign: Vec<Request> =
        requests.extract_if(.., |request| is_foreign(planner, request.change.table())).collect();
    for Request { change, .. } in foreign {
        let reason = "its storage engine keeps rows in another way and refuses most changes: make it by hand";
        planner.refuse(change, reason);
    }
    indexes::keep_hinted(planner, &mut requests);
    requests = columns::convert_at_once(planner, requests);
    requests = columns::convert_connected(planner, requests);
    let hashed = requests.iter().filter(|request| indexes::is_hashed(planner, &request.change));
    planner.hashed = hashed.map(|request| request.change.table().clone()).collect();
    let replaced = requests.extract_if(.., |request| is_replaced_at_once(planner, request));
    planner.replaced = replaced
        .filter_map(|request| match request {
            Request { change: Change::DropIndex { name, .. }, after: Some(after), .. } => Some((*after, name)),
            _ => None,
        })
        .collect();
    let vanishing = vanishing(planner, &requests);
    planner.replaced.extend(vanishing.iter().map(|((_, index), change)| (change.clone(), index.clone())));
    for Request { change, .. } in &requests {
        if let Some(key) = new_key(planner, change) {
            planner.keys.entry(change.table().clone()).or_default().push(key);
        }
    }
    let mut renames = constraints::take_renames(planner, &mut requests);
    for request in requests {
        match &request.change {
            Change::ChangeDeleteAction { table, name, columns, .. } => {
                let key = planner.foreign_key(table, name.as_deref(), columns).and_then(|key| key.name.clone());
                let rename = key.and_then(|name| renames.remove(&(table.clone(), name)));
                constraints::change_delete_action(planner, &request, rename);
            }
            Change::RenameIndex { table, name, .. } | Change::DropIndex { table, name }
                if vanishing.contains_key(&(table.clone(), name.clone())) =>
            {
                let reason = format!("index {name} goes by itself when a new index serves its foreign key");
                planner.refuse(request.change.clone(), reason);
            }
            _ if planner.is_pointless(&request) => {}
            change if repeated(change).is_some_and(|table| is_garbled(planner, table)) => planner.refuse(
                change.clone(),
                "the statement would repeat expressions, which the server does not tell in every character: write \
                 it by hand",
            ),
            _ => add(planner, &request),
        }
    }
    if planner.engine == EngineName::MySql {
        copy_unchecked(planner);
    }
    if planner.steps().any(|step| planner.is_versioned(&step.table)) {
        planner.preamble.push("SET SESSION system_versioning_alter_history = KEEP".to_owned());
    }
}

/// Storage engines that alter their tables like MySQL's own, and those that are altered as a whole.
const ALTERED: [&str; 9] =
    ["innodb", "myisam", "aria", "memory", "mrg_myisam", "rocksdb", "columnstore", "ndbcluster", "ndb"];

/// Whether a table is in a storage engine such as CSV or FEDERATED, which takes hardly any index or column.
fn is_foreign(planner: &Planner<'_>, table: &QualifiedName) -> bool {
    let engine = planner.table(table).and_then(|of| of.table.storage_engine.as_deref());
    engine.is_some_and(|engine| !ALTERED.contains(&engine.to_lowercase().as_str()))
}

/// Whether a needless index may be one that the server made for a foreign key without a name. That goes by itself when the new
/// index is there, and one that somebody made does not: only the statement that makes the new index can drop either.
fn is_replaced_at_once(planner: &Planner<'_>, request: &Request) -> bool {
    let Request { change: Change::DropIndex { table, name }, after: Some(_), .. } = request else { return false };
    let Some(of) = planner.table(table).map(|of| of.table) else { return false };
    let index = of.indexes.iter().find(|index| index.name == *name);
    index.is_some_and(|index| of.foreign_keys.iter().any(|key| indexes::is_perhaps_made(index, key)))
}

/// Indexes that the server made for a foreign key and takes away when a new index can serve it, by table and name, with the
/// first change that makes one. Its statement drops them: what was made by somebody does not go by itself.
fn vanishing(planner: &Planner<'_>, requests: &[Request]) -> BTreeMap<(QualifiedName, String), Change> {
    let mut vanishing = BTreeMap::new();
    let (later, first): (Vec<&Request>, Vec<&Request>) =
        requests.iter().partition(|request| matches!(request.change, Change::AddIndex { .. }));
    for Request { change, .. } in first.into_iter().chain(later) {
        for index in made_needless(planner, change, is_made_for) {
            vanishing.entry((change.table().clone(), index.name.clone())).or_insert_with(|| change.clone());
        }
    }
    vanishing
}

/// The indexes that the server made for foreign keys which a change gives another one.
fn made_needless<'a>(
    planner: &Planner<'a>,
    change: &Change,
    is_made: impl Fn(&Index, &ForeignKey) -> bool,
) -> Vec<&'a Index> {
    let Some((of, new)) = planner.table(change.table()).zip(new_key(planner, change)) else { return Vec::new() };
    let served = of.table.foreign_keys.iter().filter(|key| new.starts_with(&key.columns));
    served.filter_map(|key| of.table.indexes.iter().find(|index| is_made(index, key))).collect()
}

/// Lets copies of tables leave the rows alone that MySQL would check again and that no step is about: one without a parent, from a
/// time without checks, would end the script half-way. Nobody writes to a table that is copied.
fn copy_unchecked(planner: &mut Planner<'_>) {
    let tables = planner.context.tables;
    let checks_rows = |step: &Step| {
        let of = tables.find(&step.table);
        let says = |text: &str| step.statements.iter().any(|statement| statement.contains(text));
        says("ALGORITHM=COPY")
            && !says(" FOREIGN KEY ")
            && !says(CHECKS_OFF)
            && of.is_some_and(|of| !of.table.foreign_keys.is_empty())
    };
    for step in planner.steps_mut().filter(|step| checks_rows(step)) {
        for statements in [&mut step.statements, &mut step.undo].into_iter().filter(|statements| !statements.is_empty())
        {
            statements.insert(0, CHECKS_OFF.to_owned());
            statements.push(CHECKS_ON.to_owned());
        }
    }
}

/// The columns that a new index begins with, as far as a foreign key can stand on it.
fn new_key(planner: &Planner<'_>, change: &Change) -> Option<Vec<String>> {
    match change {
        Change::AddIndex { method, key, .. } => leading_columns(method, key),
        Change::AddUnique { columns, .. } if !planner.is_shaped(change) && !indexes::is_hashed(planner, change) => {
            Some(columns.clone())
        }
        Change::AddPrimaryKey { columns, .. } => Some(columns.clone()),
        _ => None,
    }
}

/// The columns that a key begins with, as far as a foreign key can stand on it: whole ones in a tree.
fn leading_columns(method: &str, key: &[KeyPart]) -> Option<Vec<String>> {
    let whole = |part: &KeyPart| part.column.clone().filter(|_| part.prefix_length.is_none());
    (method == "btree").then(|| key.iter().map_while(whole).collect())
}

/// Whether a foreign key over these columns has an index to stand on, there or planned.
fn is_served(planner: &Planner<'_>, table: &QualifiedName, columns: &[String]) -> bool {
    let there = planner.table(table).map(|of| of.table.indexes.as_slice()).unwrap_or_default();
    let mut there = there.iter().filter_map(|index| leading_columns(&index.method, &index.key));
    let mut planned = planner.keys.get(table).into_iter().flatten();
    there.any(|key| key.starts_with(columns)) || planned.any(|key| key.starts_with(columns))
}

/// The table of a change whose statement repeats what columns or checks have already.
fn repeated(change: &Change) -> Option<&QualifiedName> {
    match change {
        Change::SetNotNull { table, .. }
        | Change::SetDefault { table, .. }
        | Change::ChangeType { table, .. }
        | Change::MaintainUpdatedAt { table, .. }
        | Change::SetCharacterSet { table, .. }
        | Change::AddPrimaryKey { table, .. }
        | Change::AddLookupTable { table, .. }
        | Change::RenameConstraint { table, .. } => Some(table),
        _ => None,
    }
}

/// Whether the catalog may hold other expressions than the table has.
fn is_garbled(planner: &Planner<'_>, table: &QualifiedName) -> bool {
    planner.context.model.unseen.iter().any(|unseen| {
        unseen.what == UnseenKind::Expressions
            && unseen.schema.as_ref() == Some(&table.schema)
            && unseen.object.as_ref() == Some(&table.name)
    })
}

/// When a change to a column's definition runs, compared with the others.
fn turn(change: &Change) -> u8 {
    match change {
        Change::SetCharacterSet { .. } => 0,
        Change::AddColumn { .. } => 1,
        Change::SetDefault { .. } => 2,
        Change::ChangeType { .. } => 3,
        Change::MaintainUpdatedAt { .. } => 5,
        Change::SetNotNull { .. } => 6,
        Change::AddCheck { .. } | Change::DropCheck { .. } => 7,
        Change::RenameColumn { .. } => 8,
        _ => 4,
    }
}

fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::AddForeignKey { .. }
        | Change::ChangeDeleteAction { .. }
        | Change::DropForeignKey { .. }
        | Change::EnforceConstraint { .. }
        | Change::AddCheck { .. }
        | Change::DropCheck { .. }
        | Change::AddLookupTable { .. }
        | Change::RenameConstraint { .. } => constraints::add(planner, request),
        Change::AddIndex { .. }
        | Change::DropIndex { .. }
        | Change::RenameIndex { .. }
        | Change::AddPrimaryKey { .. }
        | Change::AddSurrogateKey { .. }
        | Change::AddUnique { .. } => indexes::add(planner, request),
        Change::SetNotNull { .. }
        | Change::SetDefault { .. }
        | Change::AddColumn { .. }
        | Change::ChangeType { .. }
        | Change::MaintainUpdatedAt { .. }
        | Change::SetCharacterSet { .. } => columns::add(planner, request),
        Change::RenameTable { table, to } => rename_table(planner, request, table, to),
        Change::RenameColumn { table, column, to } => rename_column(planner, request, table, column, to),
        Change::SetStorageEngine { table, engine } => set_storage_engine(planner, request, table, engine),
        Change::ValidateConstraint { .. }
        | Change::RepairIndex { .. }
        | Change::EnableTriggers { .. }
        | Change::SetLogged { .. }
        | Change::SetReplicaIdentity { .. }
        | Change::SetOwner { .. }
        | Change::EnableRowSecurity { .. }
        | Change::AskPolicyOnce { .. }
        | Change::SetSecurityInvoker { .. }
        | Change::SetSearchPath { .. }
        | Change::RevokePublicCreate { .. }
        | Change::UpdateExtension { .. } => {
            let engine = planner.engine.title();
            planner.refuse(request.change.clone(), format!("{engine} has no such thing"));
        }
    }
}

/// A step that alters a table in this way, or in the least way that blocks more and that the server accepts there.
fn alter(
    planner: &Planner<'_>,
    table: &QualifiedName,
    phase: Phase,
    title: String,
    clauses: &str,
    algorithm: Algorithm,
) -> Step {
    let maria = planner.engine == EngineName::MariaDb;
    let (text, method, lock, blocks, safety, duration) = match accepted(planner, table, clauses, algorithm) {
        Algorithm::Instant => {
            ("ALGORITHM=INSTANT", "INSTANT", METADATA_LOCK, "nothing", Safety::Safe, Duration::Metadata)
        }
        Algorithm::Nocopy if maria => {
            ("ALGORITHM=NOCOPY, LOCK=NONE", "NOCOPY", NONE, "nothing", Safety::Safe, Duration::Scan)
        }
        Algorithm::Inplace | Algorithm::Nocopy => {
            ("ALGORITHM=INPLACE, LOCK=NONE", "INPLACE", NONE, "nothing", Safety::Safe, Duration::Scan)
        }
        Algorithm::InplaceShared => {
            ("ALGORITHM=INPLACE, LOCK=SHARED", "INPLACE", SHARED, WRITES, Safety::Breaking, Duration::Rewrite)
        }
        Algorithm::Copy => ("ALGORITHM=COPY, LOCK=SHARED", "COPY", SHARED, WRITES, Safety::Breaking, Duration::Rewrite),
    };
    let statement = format!("ALTER TABLE {} {clauses}, {text}", planner.relation(table));
    let mut step =
        Step::new(title, table, phase, vec![statement]).outside().how(method, lock, blocks, safety, duration);
    if duration == Duration::Rewrite {
        step = step.note(background(planner, table, clauses));
    }
    let reshapes = ["ADD COLUMN", "MODIFY", "CONVERT TO", "ADD PRIMARY KEY"];
    if planner.is_versioned(table) && reshapes.iter().any(|clause| clauses.contains(clause)) {
        step = step.note("The table is system-versioned: with system_versioning_alter_history=KEEP its past rows change their shape too, as if they had always had it. Without, the server refuses.");
    }
    step
}

/// The algorithm that the server accepts for these clauses on this table: the wanted one, or one that blocks more.
fn accepted(planner: &Planner<'_>, table: &QualifiedName, clauses: &str, wanted: Algorithm) -> Algorithm {
    let Some(of) = planner.table(table).map(|of| of.table) else { return wanted };
    let is = |value: &Option<String>, wanted: &str| value.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(wanted));
    if of.storage_engine.is_some() && !is(&of.storage_engine, "innodb") {
        return Algorithm::Copy;
    }
    let adds_computed = clauses.starts_with("ADD COLUMN") && clauses.contains(" VIRTUAL");
    let adds_stored = clauses.starts_with("ADD COLUMN") && !adds_computed;
    let rebuilding = ["MODIFY ", "ADD PRIMARY KEY", "ADD UNIQUE INDEX"];
    let rebuilds = wanted == Algorithm::Inplace && rebuilding.iter().any(|clause| clauses.contains(clause));
    let touches_keys = ["INDEX", "PRIMARY KEY", "FOREIGN KEY"].iter().any(|clause| clauses.contains(clause));
    let has = |method: &str| of.indexes.iter().any(|index| index.method == method);
    let is_computed = |name: &str| of.column(name).is_some_and(|column| column.generated.is_some());
    let has_computed_key = of.indexes.iter().any(|index| index.key_columns().flatten().any(is_computed));
    let mut least = wanted;
    let mut at_least = |algorithm: Algorithm, when: bool| {
        if when {
            least = least.max(algorithm);
        }
    };
    // Rows of a compressed table have no room for the marks of columns that came later.
    at_least(Algorithm::Inplace, adds_stored && is(&of.row_format, "compressed"));
    // What is written anew beside a spatial index admits no writers.
    at_least(Algorithm::InplaceShared, rebuilds && has("spatial"));
    at_least(Algorithm::InplaceShared, adds_stored && has("spatial") && is(&of.row_format, "compressed"));
    if planner.engine == EngineName::MariaDb {
        let plans_computed_key = planner.plans_computed_key(table);
        // Rows of a table with a full-text index are numbered for it, and no statement that touches them runs beside
        // writers. Keys on computed columns are like that too.
        at_least(Algorithm::InplaceShared, (adds_stored || rebuilds) && (has("fulltext") || has_computed_key));
        at_least(Algorithm::InplaceShared, rebuilds && plans_computed_key);
        // It builds one such index at a time.
        let texts = of.indexes.iter().filter(|index| index.method == "fulltext").count();
        at_least(Algorithm::Copy, (adds_stored || rebuilds) && texts > 1);
        let is_stored =
            |column: &Column| column.generated.as_ref().is_some_and(|it| it.storage == GeneratedStorage::Stored);
        let computes = has_computed_key || plans_computed_key || of.columns.iter().any(is_stored);
        at_least(Algorithm::Copy, rebuilds && computes && clauses.starts_with("MODIFY"));
        // A unique key over long values, and one that forbids periods to overlap, can only be copied with their table.
        let plans_hash = planner.hashed.contains(table) && !clauses.starts_with("ADD COLUMN");
        at_least(Algorithm::Copy, has("hash") || plans_hash || of.indexes.iter().any(|index| index.exclusion));
        at_least(Algorithm::Copy, touches_keys && has("vector"));
        at_least(Algorithm::Copy, of.partitioning.is_some() && (adds_computed || clauses.contains("ADD PRIMARY KEY")));
    } else {
        at_least(Algorithm::Inplace, planner.version < (8, 0, 12));
        at_least(Algorithm::Copy, (adds_stored || rebuilds) && has("fulltext"));
        at_least(Algorithm::Copy, adds_computed && of.indexes.iter().any(indexes::has_expression));
        // What a check says of moments hangs on the SQL mode, so that MySQL asks all rows again.
        at_least(Algorithm::Copy, redefines_column(clauses) && has_temporal_check(planner, table));
    }
    least
}

fn has_temporal_check(planner: &Planner<'_>, table: &QualifiedName) -> bool {
    let Some(of) = planner.table(table) else { return false };
    let temporal: Vec<&Column> = of.table.columns.iter().filter(|column| is_temporal(planner.engine, column)).collect();
    planner.check_conditions(table).any(|check| temporal.iter().any(|column| mentions(check, &column.name)))
}

fn redefines_column(clauses: &str) -> bool {
    ["MODIFY ", "CHANGE ", "RENAME COLUMN "].iter().any(|clause| clauses.contains(clause))
}

/// How to make the change with a tool that copies in the background.
fn background(planner: &Planner<'_>, table: &QualifiedName, clauses: &str) -> String {
    let size = if planner.is_big(table) { "The table is big" } else { "If the table is big" };
    match tools(planner, table, clauses) {
        Ok(commands) => format!("{size}, use {}", commands.join(" or ")),
        Err(reason) => {
            format!("{size}, plan a pause: neither gh-ost nor pt-online-schema-change takes it, since {reason}")
        }
    }
}

/// The commands of the tools that take this table and this change, or why none does.
fn tools(planner: &Planner<'_>, table: &QualifiedName, clauses: &str) -> Result<Vec<String>, String> {
    // Single quotes for the shell; one inside ends the text, adds itself and starts again.
    let shell = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let of = planner.table(table).ok_or("the table is not in the catalog")?;
    if of.table.system_versioned {
        return Err("they would leave the past rows of a system-versioned table behind".to_owned());
    }
    if clauses.contains("RENAME COLUMN ") {
        return Err(
            "they know a renamed column by CHANGE with its whole definition only, told --approve-renamed-columns \
                    or --no-check-alter, and lose what is in it otherwise"
                .to_owned(),
        );
    }
    let is_whole = |part: &KeyPart| {
        let column = part.column.as_ref().filter(|_| part.prefix_length.is_none());
        column.and_then(|name| of.table.column(name)).is_some_and(|column| !column.nullable && !column.system_generated)
    };
    if !of.table.indexes.iter().any(|index| index.unique && index.key.iter().all(is_whole)) {
        return Err("it has no unique key without NULLs, by which they tell rows apart".to_owned());
    }
    let home = planner.context.model.home();
    let database = if home == Some(&table.schema) { "\"$DATABASE\"".to_owned() } else { shell(&table.schema) };
    let (name, clauses) = (shell(&table.name), shell(clauses));
    let referenced = planner.context.tables.referenced_by(of.id).next().is_some();
    let has_keys = referenced || !of.table.foreign_keys.is_empty() || clauses.contains("FOREIGN KEY");
    let mut commands = Vec::new();
    if !has_keys && of.table.triggers.is_empty() {
        commands.push(format!("gh-ost --database={database} --table={name} --alter={clauses} --execute"));
    }
    // A comma ends a part of the name that it is given.
    if ![&table.schema, &table.name].iter().any(|name| name.contains(',')) {
        let keys = if referenced { " --alter-foreign-keys-method=auto" } else { "" };
        let triggers = if of.table.triggers.is_empty() { "" } else { " --preserve-triggers" };
        commands
            .push(format!("pt-online-schema-change --alter {clauses}{keys}{triggers} --execute D={database},t={name}"));
    }
    if commands.is_empty() {
        return Err(
            "the first takes no table with foreign keys or triggers, and the second no name with a comma".to_owned()
        );
    }
    Ok(commands)
}

/// Why code stored in the database stands in the way of a new name, if it does.
fn reader(planner: &Planner<'_>, table: &QualifiedName, column: Option<&str>) -> Option<String> {
    if let Some(view) = planner.readers(table, column).first() {
        return Some(format!(
            "view {} reads it under the old name and would break: change the two together",
            view.name
        ));
    }
    let schema = planner.context.model.schemas.iter().find(|schema| schema.name == table.schema)?;
    let named = column.unwrap_or(&table.name);
    let trigger = schema.tables.iter().flat_map(|of| &of.triggers).find(|trigger| mentions(&trigger.definition, named));
    trigger
        .map(|trigger| format!("trigger {} says the old name and would break: change the two together", trigger.name))
        .or_else(|| planner.code.hindrance_of_name(named))
}

fn rename_table(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, to: &str) {
    if let Some(reason) = reader(planner, table, None) {
        return planner.refuse(request.change.clone(), reason);
    }
    let (old, new) = (planner.relation(table), planner.relation(&QualifiedName::new(&table.schema, to)));
    let step = Step::new(format!("rename table {} to {to}", table.name), table, Phase::Contract, vec![format!("RENAME TABLE {old} TO {new}")])
        .outside()
        .how("metadata only", METADATA_LOCK, "everything on the table, for a moment", Safety::Breaking, Duration::Metadata)
        .undo(format!("RENAME TABLE {new} TO {old}"))
        .note("Code that says the old name fails from this moment. A view under the old name can stand in for the table meanwhile.");
    planner.add(70, request, step);
}

fn rename_column(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, name: &str, to: &str) {
    if let Some(reason) = reader(planner, table, Some(name)) {
        return planner.refuse(request.change.clone(), reason);
    }
    let Some(of) = planner.table(table) else {
        return planner.refuse(request.change.clone(), "the table is not in the catalog");
    };
    let check = of.table.check_constraints.iter().any(|check| !check.automatic && mentions(&check.expression, name))
        || planner.check_conditions(table).any(|check| mentions(check, name));
    let generated = planner.computes_from(table, name);
    let partitioned = of.table.partitioning.as_ref().is_some_and(|key| mentions(&key.key, name));
    if check || generated || partitioned {
        return planner.refuse(request.change.clone(), "a check, a generated column or the partition key names the column, and the server does not rename it there");
    }
    let rename = |from: &str, to: &str| format!("RENAME COLUMN {} TO {}", planner.quote(from), planner.quote(to));
    let title = format!("rename column {}.{name} to {to}", table.name);
    let mut step = alter(planner, table, Phase::Contract, title, &rename(name, to), Algorithm::Inplace)
        .undo(format!("ALTER TABLE {} {}", planner.relation(table), rename(to, name)))
        .note("Code that says the old name fails from this moment. Deploy in between: a new column, written together with the old one.");
    step.safety = Safety::Breaking;
    if step.duration != Duration::Rewrite {
        step.duration = Duration::Metadata;
    }
    planner.add(60, request, step);
}

/// Why a table stays with its storage engine: it is made of others, or another may be made of it.
fn merged(planner: &Planner<'_>, of: TableRef<'_>) -> Option<String> {
    let is_merge =
        |table: &Table| table.storage_engine.as_ref().is_some_and(|name| name.eq_ignore_ascii_case("mrg_myisam"));
    if is_merge(of.table) {
        return Some("it has no rows of its own but shows those of other tables: make it a view of them".to_owned());
    }
    let shape = |table: &Table| -> Vec<(String, DataType)> {
        table.columns.iter().map(|column| (column.name.clone(), column.data_type.clone())).collect()
    };
    let mut merges = planner.context.tables.iter().filter(|other| is_merge(other.table));
    let merge = merges.find(|other| shape(other.table) == shape(of.table))?;
    Some(format!(
        "MERGE table {} has the same columns and may show its rows, which only MyISAM allows: make that a view first",
        merge.name
    ))
}

/// The row format of a table that InnoDB does not have.
pub(super) fn foreign_row_format(table: &Table) -> Option<&str> {
    let format = table.row_format.as_deref()?;
    (!["default", "dynamic", "compact", "compressed", "redundant"].contains(&format)).then_some(format)
}

fn set_storage_engine(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, engine: &str) {
    if planner.is_versioned(table) {
        let reason = "MariaDB moves no system-versioned table to or from InnoDB: make a new table, without the history";
        return planner.refuse(request.change.clone(), reason);
    }
    if let Some(reason) = planner.table(table).and_then(|of| merged(planner, of)) {
        return planner.refuse(request.change.clone(), reason);
    }
    // Then MyISAM and Aria number the rows by the columns before it.
    let unled = planner.table(table).and_then(|of| {
        let leads = |column: &&Column| {
            of.table.indexes.iter().any(|index| index.key_columns().next() == Some(Some(&column.name)))
        };
        of.table.columns.iter().find(|column| column.auto_increment && !leads(column))
    });
    if let Some(column) = unled {
        let reason = format!(
            "{0} begins at 1 for each value of the columns before it in its key, which InnoDB does not do: let code count {0} first",
            column.name
        );
        return planner.refuse(request.change.clone(), reason);
    }
    let title = format!("store {} in {engine}", table.name);
    let old = planner.table(table).and_then(|of| of.table.storage_engine.clone());
    let mut clause = format!("ENGINE={}", planner.quote(engine).trim_matches('`'));
    let mut back = format!("ENGINE={}", old.as_deref().unwrap_or_default());
    if let Some(format) = planner.table(table).and_then(|of| foreign_row_format(of.table)) {
        clause = format!("{clause}, ROW_FORMAT=DEFAULT");
        back = format!("{back}, ROW_FORMAT={}", format.to_uppercase());
    }
    // InnoDB makes trees of them, which would stay.
    back.push_str(&indexes::again(planner, table, |index| index.method == "hash"));
    let mut step = alter(planner, table, Phase::Expand, title, &clause, Algorithm::Copy);
    if old.as_ref().is_some_and(|old| old.eq_ignore_ascii_case("memory")) {
        step = step.note(
            "A MEMORY table is empty after the server starts: code that counts on that has to empty it by itself.",
        );
    }
    if old.is_some() {
        step = step.undo(format!("ALTER TABLE {} {back}", planner.relation(table)));
    } else {
        step = step.irreversible("the old engine is not in the catalog");
    }
    planner.add(5, request, step);
}

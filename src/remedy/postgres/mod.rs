//! Steps for PostgreSQL 12 and later: build beside the traffic, validate after, and take a strong lock only for a moment.

mod columns;
mod constraints;
mod indexes;
mod rights;
mod widening;

pub(super) use indexes::is_leftover;

use super::is_zoned;
use super::planner::Planner;
use super::requests::Request;
use super::{Duration, Phase, Safety, Step};
use crate::checks::{Change, Finding};
use crate::model::{QualifiedName, TableKind};
use std::collections::BTreeMap;

const SHARE_UPDATE_EXCLUSIVE: &str = "SHARE UPDATE EXCLUSIVE";
const SHARE_ROW_EXCLUSIVE: &str = "SHARE ROW EXCLUSIVE";
const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
const ROW_EXCLUSIVE: &str = "ROW EXCLUSIVE";
const NO_LOCK: &str = "none on a table";
const BRIEFLY: &str = "everything on the table, for a moment";
const WRITES: &str = "writes to the table";
const EVERYTHING: &str = "everything on the table";

/// Columns by schema and name of which one cannot get its time zone: all of one name keep one type, so that none gets it.
pub(super) fn held_back<'f>(planner: &Planner<'_>, findings: &[&'f Finding]) -> BTreeMap<(&'f str, &'f str), String> {
    let mut held = BTreeMap::new();
    for change in findings.iter().flat_map(|finding| &finding.changes) {
        let Change::ChangeType { table, column, data_type, .. } = change else { continue };
        if is_zoned(data_type)
            && let Some(obstacle) = columns::obstacle(planner, table, column, data_type)
        {
            held.entry((table.schema.as_str(), column.as_str()))
                .or_insert_with(|| format!("columns of one name keep one type, and {obstacle}"));
        }
    }
    held
}

/// Adds the steps for all requests.
pub(super) fn plan(planner: &mut Planner<'_>, requests: &[Request]) {
    // A migration that waits for a lock makes everything behind it wait too: give up early and try again.
    planner.preamble = vec!["SET lock_timeout = '2s'".to_owned(), "SET statement_timeout = 0".to_owned()];
    // Policies would hide rows from an owner whom they bind (FORCE), and fills and checks would pass over these: so they fail.
    if planner.context.tables.iter().any(|table| table.force_row_security) {
        planner.preamble.push("SET row_security = off".to_owned());
    }
    for request in requests {
        if !planner.is_pointless(request) {
            add(planner, request);
        }
    }
}

fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::AddForeignKey { .. }
        | Change::ChangeDeleteAction { .. }
        | Change::DropForeignKey { .. }
        | Change::ValidateConstraint { .. }
        | Change::EnforceConstraint { .. }
        | Change::AddCheck { .. }
        | Change::DropCheck { .. }
        | Change::AddLookupTable { .. } => constraints::add(planner, request),
        Change::AddIndex { .. }
        | Change::DropIndex { .. }
        | Change::RepairIndex { .. }
        | Change::AddPrimaryKey { .. }
        | Change::AddSurrogateKey { .. }
        | Change::AddUnique { .. } => indexes::add(planner, request),
        Change::SetNotNull { .. }
        | Change::SetDefault { .. }
        | Change::AddColumn { .. }
        | Change::ChangeType { .. }
        | Change::MaintainUpdatedAt { .. } => columns::add(planner, request),
        Change::RenameTable { table, to } => rename_table(planner, request, table, to),
        Change::RenameColumn { table, column, to } => rename_column(planner, request, table, column, to),
        Change::RenameConstraint { table, name, to } => rename_constraint(planner, request, table, name, to),
        Change::RenameIndex { table, name, to } => rename_index(planner, request, table, name, to),
        Change::EnableTriggers { table } => enable_triggers(planner, request, table),
        Change::SetLogged { table } => set_logged(planner, request, table),
        Change::SetReplicaIdentity { table, index } => {
            set_replica_identity(planner, request, table, index.as_deref());
        }
        Change::SetOwner { .. }
        | Change::EnableRowSecurity { .. }
        | Change::AskPolicyOnce { .. }
        | Change::SetSecurityInvoker { .. }
        | Change::SetSearchPath { .. }
        | Change::RevokePublicCreate { .. }
        | Change::UpdateExtension { .. } => rights::add(planner, request),
        Change::SetStorageEngine { .. } | Change::SetCharacterSet { .. } => {
            planner.refuse(request.change.clone(), "PostgreSQL has no storage engines or character sets of tables");
        }
    }
}

/// Whether the table is partitioned.
fn is_partitioned(planner: &Planner<'_>, table: &QualifiedName) -> bool {
    planner.table(table).is_some_and(|table| table.table.kind == TableKind::Partitioned)
}

/// Why the columns of a table cannot be added, renamed or given other types, if its row type says what they are.
fn fixed_by_type(planner: &Planner<'_>, table: &QualifiedName) -> Option<String> {
    let of_type = planner.table(table)?.table.of_type.as_ref()?;
    Some(format!("{} is a table of type {of_type}, which says what its columns are", table.name))
}

/// A partition that is a foreign table: it takes no unique index, no foreign key, and not every update.
fn foreign_partition<'a>(planner: &Planner<'a>, table: &QualifiedName) -> Option<&'a str> {
    let of = planner.table(table)?;
    let mut all = of.table.partitioning.as_ref()?.all(&of.schema.name).into_iter();
    all.find(|(_, partition)| partition.foreign).map(|(_, partition)| partition.name.as_str())
}

/// The schema-qualified name of something beside a table.
fn beside(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> String {
    planner.relation(&QualifiedName::new(&table.schema, name))
}

fn rename_table(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, to: &str) {
    if let Some(reason) = planner.code.hindrance_of_name(&table.name) {
        return planner.refuse(request.change.clone(), reason);
    }
    let new = QualifiedName::new(&table.schema, to);
    let statement = format!("ALTER TABLE {} RENAME TO {}", planner.relation(table), planner.quote(to));
    let undo = format!("ALTER TABLE {} RENAME TO {}", planner.relation(&new), planner.quote(&table.name));
    let view = format!("CREATE VIEW {} AS SELECT * FROM {}", planner.relation(table), planner.relation(&new));
    let step = Step::new(format!("rename table {} to {to}", table.name), table, Phase::Contract, vec![statement])
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Breaking, Duration::Metadata)
        .undo(undo)
        .note("Code that says the old name fails from this moment. Views and foreign keys follow by themselves.")
        .note(format!("Until all code says the new name, a view under the old one can stand in for it: {view}"));
    planner.add(70, request, step);
}

fn rename_column(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, column: &str, to: &str) {
    if let Some(reason) = fixed_by_type(planner, table).or_else(|| planner.code.hindrance_of_name(column)) {
        return planner.refuse(request.change.clone(), reason);
    }
    let rename = |from: &str, to: &str| {
        let (from, to) = (planner.quote(from), planner.quote(to));
        format!("ALTER TABLE {} RENAME COLUMN {from} TO {to}", planner.relation(table))
    };
    let (statement, undo) = (rename(column, to), rename(to, column));
    let title = format!("rename column {}.{column} to {to}", table.name);
    let step = Step::new(title, table, Phase::Contract, vec![statement])
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Breaking, Duration::Metadata)
        .undo(undo)
        .note("Code that says the old name fails from this moment. Deploy in between: a new column, written together with the old one, then only the new one.");
    planner.add(60, request, step);
}

fn rename_constraint(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, name: &str, to: &str) {
    if let Some(reason) = planner.code.hindrance_of_name(name) {
        return planner.refuse(request.change.clone(), reason);
    }
    let to = planner.fresh_key(table, to);
    let rename = |from: &str, to: &str| {
        let (from, to) = (planner.quote(from), planner.quote(to));
        format!("ALTER TABLE {} RENAME CONSTRAINT {from} TO {to}", planner.relation(table))
    };
    let (statement, undo) = (rename(name, &to), rename(&to, name));
    let step = Step::new(format!("rename constraint {name} to {to}"), table, Phase::Contract, vec![statement])
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Safe, Duration::Metadata)
        .undo(undo)
        .note("Only code that names the constraint, such as ON CONFLICT ON CONSTRAINT or error handling, notices.");
    planner.add(50, request, step);
}

fn rename_index(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, name: &str, to: &str) {
    if let Some(reason) = planner.code.hindrance_of_name(name) {
        return planner.refuse(request.change.clone(), reason);
    }
    let to = planner.fresh_index(table, to);
    let statement = format!("ALTER INDEX IF EXISTS {} RENAME TO {}", beside(planner, table, name), planner.quote(&to));
    let undo = format!("ALTER INDEX IF EXISTS {} RENAME TO {}", beside(planner, table, &to), planner.quote(name));
    let step = Step::new(format!("rename index {name} to {to}"), table, Phase::Contract, vec![statement])
        .how("metadata only", SHARE_UPDATE_EXCLUSIVE, "nothing", Safety::Safe, Duration::Metadata)
        .undo(undo)
        .note("Locks the index alone, not the table.");
    planner.add(50, request, step);
}

fn enable_triggers(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName) {
    let statement = format!("ALTER TABLE {} ENABLE TRIGGER ALL", planner.relation(table));
    let mut step = Step::new(format!("enable the triggers of {}", table.name), table, Phase::Expand, vec![statement])
        .how("metadata only", SHARE_ROW_EXCLUSIVE, "writes to the table, for a moment", Safety::Caution, Duration::Metadata)
        .irreversible("it is not remembered which of them were off: switch those off again by name")
        .note("Rows that were written while the triggers were off are not checked by this: look for orphans and mend them.")
        .note("Triggers of the user's own that were switched off on purpose are switched on too. Needs a superuser, since the triggers of foreign keys are internal.");
    if let Some(key) = planner.table(table).and_then(|table| table.table.foreign_keys.first()) {
        step = step.check(planner.orphans(table, &key.columns, &key.referenced_table, &key.referenced_columns));
    }
    planner.add(5, request, step);
}

fn set_logged(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName) {
    let statement = format!("ALTER TABLE {} SET LOGGED", planner.relation(table));
    let step = Step::new(format!("make table {} crash-safe", table.name), table, Phase::Expand, vec![statement])
        .how("rewrite", ACCESS_EXCLUSIVE, EVERYTHING, Safety::Breaking, Duration::Rewrite)
        .undo(format!("ALTER TABLE {} SET UNLOGGED", planner.relation(table)))
        .note(
            "Writes the whole table anew while nobody can use it. For a big table make a logged copy and swap the two.",
        );
    planner.add(5, request, step);
}

fn set_replica_identity(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, index: Option<&str>) {
    let identity = index.map_or_else(|| "FULL".to_owned(), |index| format!("USING INDEX {}", planner.quote(index)));
    let relation = planner.relation(table);
    let statement = format!("ALTER TABLE {relation} REPLICA IDENTITY {identity}");
    let mut step = Step::new(format!("set replica identity of {}", table.name), table, Phase::Expand, vec![statement])
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Safe, Duration::Metadata)
        .undo(format!("ALTER TABLE {relation} REPLICA IDENTITY DEFAULT"));
    if index.is_none() {
        step = step.note("Every update and delete then writes the whole old row to the log.");
    }
    planner.add(55, request, step);
}

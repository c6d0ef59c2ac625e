//! Operational readiness: the schema can be run and changed safely.

mod charset_utf8mb3;
mod migration_history_dirty;
mod migration_history_missing;
mod missing_created_at;
mod missing_updated_at;
mod pk_int_exhaustible;
mod reg_type_column;
mod replica_identity_missing;
mod rewrite_rules;
mod sequence_exhaustion;
mod soft_delete_inconsistent;
mod storage_engine;
mod table_comment_missing;
mod table_inheritance;
mod table_unlogged;
mod timestamp_without_time_zone;
mod timestamp_y2038;
mod updated_at_not_maintained;

pub(super) use table_unlogged::is_expendable;

use super::{Change, Context, NewColumn, Rule};
use crate::checks::columns::{now, null_means_never_changed, type_in};
use crate::checks::names::written;
use crate::model::quote::quote_identifier;
use crate::model::{EngineName, QualifiedName, TableRef};
use std::collections::BTreeMap;

pub(super) static RULES: &[&Rule] = &[
    &charset_utf8mb3::RULE,
    &migration_history_dirty::RULE,
    &migration_history_missing::RULE,
    &missing_created_at::RULE,
    &missing_updated_at::RULE,
    &pk_int_exhaustible::RULE,
    &reg_type_column::RULE,
    &replica_identity_missing::RULE,
    &rewrite_rules::RULE,
    &sequence_exhaustion::RULE,
    &soft_delete_inconsistent::RULE,
    &storage_engine::RULE,
    &table_comment_missing::RULE,
    &table_inheritance::RULE,
    &table_unlogged::RULE,
    &timestamp_without_time_zone::RULE,
    &timestamp_y2038::RULE,
    &updated_at_not_maintained::RULE,
];

/// What columns that record creation or change are like in most tables.
struct UsualColumn {
    name: String,
    data_type: String,
    /// The database keeps some of them current, or there are none. Where statements do so, a column that the database keeps
    /// would be the odd one out.
    by_database: bool,
}

fn usual_column(context: Context<'_>, updated: bool) -> UsualColumn {
    let mut used: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for other in context.tables.base() {
        let found = &context.survey.timestamps[other.id.0];
        let name = if updated { &found.updated } else { &found.created };
        if let Some(column) = name.as_ref().and_then(|name| other.table.column(name)) {
            *used.entry((&column.name, &column.data_type)).or_default() += 1;
        }
    }
    let by_database =
        used.is_empty() || context.survey.timestamps.iter().any(|stamps| updated && stamps.maintained_by.is_some());
    let default_type = match context.model.engine.name {
        EngineName::PostgreSql => "timestamp with time zone",
        EngineName::MySql | EngineName::MariaDb => "datetime",
        EngineName::Sqlite => "TEXT",
    };
    // Of types that are used alike, the one that says what it holds: SQLite keeps moments in texts, too.
    let says_moment = |data_type: &str| ["date", "time"].iter().any(|word| data_type.to_lowercase().contains(word));
    let majority = used.into_iter().max_by(|a, b| {
        let by_type = || says_moment(a.0.1).cmp(&says_moment(b.0.1));
        a.1.cmp(&b.1).then_with(by_type).then(b.0.cmp(&a.0))
    });
    let majority = majority.map(|(column, _)| column);
    let (name, data_type) = if let Some((name, data_type)) = majority {
        (name.to_owned(), data_type)
    } else {
        let words = [if updated { "updated" } else { "created" }, "at"].map(str::to_owned);
        (written(&words, context.survey.naming.expected_style), default_type)
    };
    UsualColumn { name, data_type: data_type.to_owned(), by_database }
}

/// Whether a table has up to three columns that statements fill, counting the key that it should have, and besides these at
/// most the one that marks deleted rows.
fn is_small(context: Context<'_>, table: TableRef<'_>) -> bool {
    const FEW: usize = 3;
    let filled = table.table.columns.iter().filter(|column| column.generated.is_none()).count();
    let count = filled + usize::from(table.primary_key.is_none());
    let marked = || {
        let name = table.qualified_name();
        context.survey.soft_deletes.iter().any(|mark| mark.table == name)
    };
    count <= FEW || count == FEW + 1 && marked()
}

/// Adds the usual column. `None` when the table has a column of that name already.
fn timestamp_column(context: Context<'_>, table: TableRef<'_>, updated: bool, usual: &UsualColumn) -> Option<Change> {
    let UsualColumn { name, data_type, by_database } = usual;
    if table.table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)) {
        return None;
    }
    let engine = context.model.engine.name;
    let data_type = type_in(table.table, data_type);
    let now = now(engine, data_type);
    let on_update = now.clone().filter(|_| updated && *by_database && engine.is_mysql_family());
    let stamps = &context.survey.timestamps[table.id.0];
    let other = if updated { &stamps.created } else { &stamps.updated };
    let other = other.as_ref().filter(|other| table.table.column(other).is_some_and(|of| of.data_type == data_type));
    let some_empty = context.survey.timestamps.iter().any(|stamps| stamps.updated.is_some());
    // Where NULL says that a row was never changed, it says so here too.
    let now = now.filter(|_| !(updated && some_empty && null_means_never_changed(context)));
    let fill = other.zip(now.as_ref());
    let fill = fill.map(|(other, now)| format!("COALESCE({}, {now})", quote_identifier(engine, other)));
    Some(Change::AddColumn {
        table: table.qualified_name(),
        column: NewColumn {
            name: name.clone(),
            data_type: data_type.to_owned(),
            not_null: now.is_some(),
            fill: fill.or(now.clone()),
            default: now,
            on_update,
        },
    })
}

/// Columns that refer to this one, declared or most likely, directly or through others, and must change with it.
fn referencing(context: Context<'_>, table: TableRef<'_>, column: &str) -> Vec<(QualifiedName, String)> {
    let mut columns: Vec<(TableRef<'_>, String)> = vec![(table, column.to_owned())];
    let mut position = 0;
    while let Some((parent, name)) = columns.get(position).cloned() {
        let declared = context.tables.referenced_by(parent.id).filter_map(|(child, key)| {
            let own = key.referenced_columns.iter().position(|referenced| *referenced == name)?;
            Some((child, key.columns.get(own)?.clone()))
        });
        let parent_name = parent.qualified_name();
        let inferred = context.survey.relations_to(&parent_name);
        let inferred = inferred.filter(|relation| relation.confidence >= CERTAIN && relation.referenced_column == name);
        let inferred =
            inferred.filter_map(|relation| Some((context.tables.find(&relation.table)?, relation.column.clone())));
        let found: Vec<(TableRef<'_>, String)> = declared.chain(inferred).collect();
        for (child, own) in found {
            if !columns.iter().any(|(known, column)| known.id == child.id && *column == own) {
                columns.push((child, own));
            }
        }
        position += 1;
    }
    let mut found: Vec<_> =
        columns.into_iter().skip(1).map(|(table, column)| (table.qualified_name(), column)).collect();
    found.sort();
    found
}

/// Confidence from which an undeclared relation counts like a declared one.
const CERTAIN: f64 = 0.90;

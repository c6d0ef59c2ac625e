//! What is out of scope and rests on a table: it is not seen whole, so that no change touches what it rests on.

use crate::checks::{Change, Context};
use crate::model::{EngineName, ForeignKey, Index, QualifiedName, UnseenKind};
use std::collections::BTreeSet;

/// Why a foreign key out of scope stands in the way of a change, if one does.
pub(super) fn hindrance(context: Context<'_>, change: &Change) -> Option<String> {
    let table = change.table();
    match change {
        Change::ChangeType { column, with, .. } => {
            let with = with.iter().map(|(table, column)| (table, column));
            std::iter::once((table, column)).chain(with).find_map(|(table, column)| {
                key(context, |of| of.referenced_table == *table && of.referenced_columns.contains(column))
            })
        }
        Change::SetCharacterSet { column, .. } => {
            let is_touched = |name: &str| column.as_ref().is_none_or(|column| column == name);
            key(context, |of| {
                of.referenced_table == *table && of.referenced_columns.iter().any(|name| is_touched(name))
            })
            .or_else(|| perhaps_key(context, table, is_touched))
        }
        Change::SetStorageEngine { .. } => key(context, |of| of.referenced_table == *table),
        Change::AddPrimaryKey { columns, .. } => {
            key(context, |of| of.referenced_table == *table && sorted(&of.referenced_columns) == sorted(columns))
        }
        Change::DropIndex { name, .. } | Change::AddUnique { replaces: Some(name), .. } => {
            let of = context.tables.find(table)?;
            let index = of.table.indexes.iter().find(|index| index.is_called(name))?;
            key(context, |of| of.referenced_table == *table && can_stand_on(context, of, index))
        }
        _ => None,
    }
}

fn key(context: Context<'_>, stands_there: impl Fn(&ForeignKey) -> bool) -> Option<String> {
    context.model.outside.iter().find_map(|schema| {
        let table = schema.tables.iter().find(|table| table.foreign_keys.iter().any(&stands_there))?;
        Some(format!(
            "a foreign key of {}.{}, which is out of scope, stands on it: read both together",
            schema.name, table.name
        ))
    })
}

/// MySQL converts a text on which a key of another database stands, and that key takes no row afterwards. Where such keys are
/// not shown, texts in indexes stay: they alone can be referred to.
fn perhaps_key(context: Context<'_>, table: &QualifiedName, is_touched: impl Fn(&str) -> bool) -> Option<String> {
    let unseen = context.model.unseen.iter().find(|unseen| unseen.what == UnseenKind::OutsideKeys)?;
    let of = context.tables.find(table).filter(|_| context.model.engine.name == EngineName::MySql)?;
    let is_text = |name: &str| of.table.column(name).is_some_and(|column| column.character_set.is_some());
    let mut columns = of.table.indexes.iter().flat_map(Index::key_columns).flatten();
    let column = columns.find(|name| is_touched(name) && is_text(name))?;
    Some(format!("a foreign key out of scope may stand on {column}: {}", unseen.reason))
}

/// Whether an index is what a foreign key to its table stands on. Where the key names none, no other one can be.
fn can_stand_on(context: Context<'_>, key: &ForeignKey, index: &Index) -> bool {
    let may = index.unique || context.model.engine.name.is_mysql_family();
    let leading: Option<BTreeSet<&str>> = index.key_columns().take(key.referenced_columns.len()).collect();
    match &key.referenced_index {
        Some(name) => *name == index.name,
        None => may && leading.is_some_and(|leading| leading.into_iter().eq(sorted(&key.referenced_columns))),
    }
}

fn sorted(columns: &[String]) -> BTreeSet<&str> {
    columns.iter().map(String::as_str).collect()
}

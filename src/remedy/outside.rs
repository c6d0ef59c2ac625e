//! What is out of scope and rests on a table: it is not seen whole, so that no change touches what it rests on.

use crate::checks::{Change, Context};
use crate::model::{ForeignKey, Index};
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
        Change::SetCharacterSet { column, .. } => key(context, |of| {
            let is_touched = |name: &String| column.as_ref().is_none_or(|column| column == name);
            of.referenced_table == *table && of.referenced_columns.iter().any(is_touched)
        }),
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

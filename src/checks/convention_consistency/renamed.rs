//! Renames that rules of this dimension propose.

use crate::checks::{Change, Context};
use crate::model::{EngineName, TableRef, reserved_since};

/// Of a table, when the name is free.
pub(super) fn table(table: TableRef<'_>, to: String) -> Option<Change> {
    let schema = table.schema;
    let taken = schema.tables.iter().any(|other| other.name.eq_ignore_ascii_case(&to))
        || schema.views.iter().any(|view| view.name.eq_ignore_ascii_case(&to));
    (!taken && is_name(&to)).then(|| Change::RenameTable { table: table.qualified_name(), to })
}

/// Of a column, when the name is free and the column is the table's own.
pub(super) fn column(table: TableRef<'_>, column: &str, to: String) -> Option<Change> {
    let inherited = table.table.column(column).is_some_and(|of| of.inherited);
    let taken = inherited || table.table.columns.iter().any(|other| other.name.eq_ignore_ascii_case(&to));
    (!taken && is_name(&to)).then(|| Change::RenameColumn {
        table: table.qualified_name(),
        column: column.to_owned(),
        to,
    })
}

/// Of a constraint, where the engine renames or replaces constraints, when the name is free.
pub(super) fn constraint(context: Context<'_>, table: TableRef<'_>, name: &str, to: String) -> Option<Change> {
    let taken = named(table).iter().any(|(other, _)| other.eq_ignore_ascii_case(&to));
    let possible = context.model.engine.name != EngineName::Sqlite && !taken && is_name(&to);
    possible.then(|| Change::RenameConstraint { table: table.qualified_name(), name: name.to_owned(), to })
}

/// Of a constraint or an index.
pub(super) fn inside(
    context: Context<'_>,
    table: TableRef<'_>,
    name: &str,
    is_index: bool,
    to: String,
) -> Option<Change> {
    if !is_index {
        return constraint(context, table, name, to);
    }
    let taken = named(table).iter().any(|(other, _)| other.eq_ignore_ascii_case(&to));
    (!taken && is_name(&to)).then(|| Change::RenameIndex { table: table.qualified_name(), name: name.to_owned(), to })
}

/// The names of a table's constraints and of the indexes that carry none, each with whether it is an index.
pub(super) fn named(table: TableRef<'_>) -> Vec<(&str, bool)> {
    let of = table.table;
    let checks = of.check_constraints.iter().filter(|check| !check.automatic && !check.inherited);
    let constraints = of
        .primary_key
        .iter()
        .map(|key| key.name.as_deref())
        .chain(of.foreign_keys.iter().map(|key| key.name.as_deref()))
        .chain(of.unique_constraints.iter().map(|key| key.name.as_deref()))
        .chain(checks.map(|check| check.name.as_deref()))
        .chain(of.exclusion_constraints.iter().map(|constraint| Some(constraint.name.as_str())));
    let mut names: Vec<(&str, bool)> = constraints.flatten().map(|name| (name, false)).collect();
    for index in of.indexes.iter().filter(|index| !index.primary && !index.automatic) {
        if !names.iter().any(|(name, _)| *name == index.name) {
            names.push((&index.name, true));
        }
    }
    names
}

/// Whether a table or column can be called so without quotes.
pub(super) fn is_plain(context: Context<'_>, name: &str) -> bool {
    is_name(name) && reserved_since(context.model.engine.name, &name.to_lowercase()).is_none()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 62 && !name.starts_with(|first: char| first.is_ascii_digit())
}

//! Kinds of columns, and lists of their names, as several rules tell them.

use crate::model::{CheckConstraint, Column, TableRef};

/// Whether a column holds character strings of any length, and no list of them.
pub(super) fn is_text(column: &Column) -> bool {
    let base = column.base_type();
    column.array_dimensions == 0
        && column.user_type.is_none()
        && (base.contains("char") || base.contains("text") || base.contains("clob") || base == "string")
}

/// Whether a column holds true and false.
pub(super) fn is_boolean(column: &Column) -> bool {
    let full = column.data_type.to_lowercase();
    column.array_dimensions == 0 && matches!(full.as_str(), "boolean" | "bool" | "tinyint(1)" | "bit(1)" | "bit")
}

/// The length in a type such as `varchar(36)`.
pub(super) fn length(column: &Column) -> Option<u32> {
    let (_, rest) = column.data_type.split_once('(')?;
    let (digits, _) = rest.split_once(')')?;
    digits.trim().parse().ok()
}

/// The check constraints that name a column.
pub(super) fn checks_of<'m>(table: TableRef<'m>, column: &str) -> impl Iterator<Item = &'m CheckConstraint> {
    table.table.check_constraints.iter().filter(move |check| check.columns.iter().any(|name| name == column))
}

/// Whether the values of a column are checked to be JSON.
pub(super) fn is_json(table: TableRef<'_>, column: &Column) -> bool {
    column.base_type().contains("json")
        || checks_of(table, &column.name).any(|check| check.expression.to_lowercase().contains("json_valid"))
}

/// Whether a column belongs to a primary or foreign key.
pub(super) fn is_key(table: TableRef<'_>, column: &str) -> bool {
    table.table.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|name| name == column))
        || is_reference(table, column)
}

/// Whether a column belongs to a foreign key.
pub(super) fn is_reference(table: TableRef<'_>, column: &str) -> bool {
    table.table.foreign_keys.iter().any(|key| key.columns.iter().any(|name| name == column))
}

/// A list of names for a message: all of a short one, else the first few and how many more there are.
pub(super) fn several<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let text = shown.join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(several(&["a", "b"]), "a, b");
        assert_eq!(several(&["a", "b", "c", "d", "e", "f", "g", "h"]), "a, b, c, d, e, f and 2 more");
    }

    #[test]
    fn lengths_are_read() {
        assert_eq!(length(&Column::new("a", "character varying(36)")), Some(36));
        assert_eq!(length(&Column::new("a", "text")), None);
    }
}

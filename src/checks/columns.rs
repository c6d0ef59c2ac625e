//! Kinds of columns, and lists of their names, as several rules tell them.

use super::Context;
use super::affinity;
use super::condition::asks_for_value;
use crate::model::{CheckConstraint, Column, ColumnDefault, EngineName, Table, TableRef, base_type};
use crate::survey::{TableClass, lower};

/// Whether a STRICT table can have a column of this type (SQLite).
pub(crate) fn is_strict_type(data_type: &str) -> bool {
    ["int", "integer", "real", "text", "blob", "any"].iter().any(|kind| data_type.eq_ignore_ascii_case(kind))
}

/// The type that a column of this type gets in a table: a STRICT one (SQLite) takes a few only.
pub(super) fn type_in<'t>(table: &Table, data_type: &'t str) -> &'t str {
    if !table.strict || is_strict_type(data_type) {
        return data_type;
    }
    let lower = data_type.to_lowercase();
    match affinity(data_type) {
        "real" => "REAL",
        "blob" => "BLOB",
        "numeric" if lower.contains("int") || lower.contains("bool") => "INTEGER",
        // Moments are texts.
        _ => "TEXT",
    }
}

/// Whether a column holds character strings of any length, and no list of them.
pub(super) fn is_text(column: &Column) -> bool {
    let base = column.base_type();
    column.array_dimensions == 0
        && column.user_type.is_none()
        && (base.contains("char") || base.contains("text") || base.contains("clob") || base == "string")
}

/// Whether a table is a copy or an archive: what its rows may hold is decided where they come from. A part of a table by
/// inheritance is none.
pub(super) fn is_copy(context: Context<'_>, table: TableRef<'_>) -> bool {
    context.survey.class(table.id) == TableClass::Clone && !table.table.is_inheriting()
}

/// Whether a character set is utf8mb3, under either of its names (MySQL, MariaDB).
pub(crate) fn is_utf8mb3(character_set: &str) -> bool {
    matches!(character_set, "utf8" | "utf8mb3")
}

/// The column whose values a computed one has where a condition holds, as in `CASE WHEN … THEN email END`: a unique key of such
/// columns is one of the plain columns, for some rows. Every other column stands for itself.
pub(super) fn stands_for<'t>(table: &'t Table, name: &'t str) -> &'t str {
    let Some(generated) = table.column(name).and_then(|column| column.generated.as_ref()) else { return name };
    let text = generated.expression.to_lowercase();
    let bare = |text: &str| text.trim_matches(|it: char| it.is_whitespace() || "()`\"".contains(it)).to_owned();
    let text = bare(&text);
    let Some(value) = text.strip_prefix("case when ").and_then(|rest| rest.strip_suffix("end")) else { return name };
    let Some((_, value)) = value.rsplit_once(" then ") else { return name };
    let value = bare(value);
    table.columns.iter().find(|column| column.name.to_lowercase() == value).map_or(name, |column| &column.name)
}

/// Whether a column holds numbers, going by the declared type.
pub(super) fn is_number(column: &Column) -> bool {
    let base = column.base_type();
    let integer = base.contains("int") && !base.contains("interval") && !base.contains("point");
    let other = ["numeric", "decimal", "dec", "number", "fixed", "money"].contains(&base);
    column.array_dimensions == 0
        && column.user_type.is_none()
        && !is_boolean(column)
        && ((integer && !base.contains("range")) || other || is_float(column))
}

/// Whether a column holds binary floating-point numbers.
pub(super) fn is_float(column: &Column) -> bool {
    let base = column.base_type();
    column.array_dimensions == 0 && ["real", "float", "double"].iter().any(|kind| base.starts_with(kind))
}

/// Whether a column holds true and false.
pub(super) fn is_boolean(column: &Column) -> bool {
    column.array_dimensions == 0
        && matches!(&*lower(&column.data_type), "boolean" | "bool" | "tinyint(1)" | "bit(1)" | "bit")
}

/// The default of a column, unless it is NULL, which is none.
pub(super) fn default_of(column: &Column) -> Option<&ColumnDefault> {
    let default = column.default.as_ref()?;
    let bare = default.expression.split("::").next().unwrap_or_default();
    (!bare.trim().trim_matches(['(', ')']).eq_ignore_ascii_case("null")).then_some(default)
}

/// The current time as a column of this type keeps it, where the type tells.
pub(super) fn now(engine: EngineName, data_type: &str) -> Option<String> {
    let base = base_type(data_type);
    // A fraction of a second in the type must stand in the default too (MySQL).
    let precision = data_type.split_once('(').map(|(_, rest)| format!("({rest}"));
    let precision = precision.filter(|_| engine.is_mysql_family()).unwrap_or_default();
    if base == "date" {
        // Only an expression gives a date in MySQL, and not before 8.0.13.
        (!engine.is_mysql_family()).then(|| "CURRENT_DATE".to_owned())
    } else if base.starts_with("timestamp") || base.starts_with("datetime") || base == "text" {
        Some(format!("CURRENT_TIMESTAMP{precision}"))
    } else {
        None
    }
}

/// Whether a comment says that NULL means something.
pub(super) fn explains_null(column: &Column) -> bool {
    let comment = column.comment.as_deref().unwrap_or_default().to_lowercase();
    ["null", "unknown", "three", "tri-state"].iter().any(|word| comment.contains(word))
}

/// Tables whose timestamps are ours to judge: those that belong to no framework.
pub(super) fn stamped_tables(context: Context<'_>) -> impl Iterator<Item = TableRef<'_>> {
    context.tables.base().filter(move |table| context.survey.class(table.id) != TableClass::ThirdParty)
}

/// Whether the schema leaves update timestamps empty on purpose.
pub(super) fn null_means_never_changed(context: Context<'_>) -> bool {
    stamped_tables(context).all(|table| {
        let stamps = &context.survey.timestamps[table.id.0];
        let of = |name: &Option<String>| name.as_deref().and_then(|name| table.table.column(name));
        of(&stamps.created).is_none_or(|column| !column.nullable)
            && of(&stamps.updated).is_none_or(|column| column.nullable && default_of(column).is_none())
    })
}

/// Whether a foreign key sets the column to NULL when the parent row goes.
pub(super) fn is_set_null(table: TableRef<'_>, column: &str) -> bool {
    table.table.foreign_keys.iter().any(|key| key.sets_null(column))
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

/// Whether new rows cannot have NULL in a column: it is NOT NULL, or a check asks for a value.
pub(super) fn refuses_null(table: TableRef<'_>, column: &Column) -> bool {
    !column.nullable
        || checks_of(table, &column.name).any(|check| check.enforced && asks_for_value(&check.expression, &column.name))
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

/// Whether the words of a column's name say that it holds a day, whatever its type.
pub(super) fn names_a_day(words: &[String]) -> bool {
    const DAYS: [&str; 7] = ["birth", "birthday", "birthdate", "born", "dob", "hire", "hired"];
    words.iter().any(|word| DAYS.contains(&word.as_str()))
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

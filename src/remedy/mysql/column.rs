//! A column's whole definition: `MODIFY` forgets whatever it does not repeat.

use crate::model::quote::{quote_identifier, quote_literal};
use crate::model::{CheckConstraint, Column, ColumnDefault, DefaultKind, EngineName, GeneratedStorage};
use std::sync::Arc;

/// What is to be different from the column as it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Overrides<'o> {
    pub(super) data_type: Option<&'o str>,
    pub(super) nullable: Option<bool>,
    pub(super) default: Option<&'o str>,
    pub(super) on_update: Option<&'o str>,
    /// Character set and collation.
    pub(super) character_set: Option<(&'o str, Option<&'o str>)>,
}

impl Overrides<'_> {
    /// The column with what is different.
    pub(super) fn applied(self, column: &Column) -> Column {
        let mut after = column.clone();
        if let Some(data_type) = self.data_type {
            after.data_type = data_type.into();
            if !is_textual(data_type) {
                (after.character_set, after.collation) = Default::default();
            }
        }
        if let Some((character_set, collation)) = self.character_set {
            after.character_set = Some(character_set.to_owned()).into();
            after.collation = collation.map(str::to_owned).into();
        }
        if let Some(default) = self.default {
            let expression = default_text(default, None);
            after.default = Some(Arc::new(ColumnDefault { expression, kind: DefaultKind::Literal, sequence: None }));
        }
        after.nullable = self.nullable.unwrap_or(after.nullable);
        if let Some(expression) = self.on_update {
            after.on_update = Some(expression.to_owned()).into();
        }
        after
    }
}

/// The definition, its name included.
pub(super) fn definition(
    engine: EngineName,
    column: &Column,
    checks: &[CheckConstraint],
    new: Overrides<'_>,
) -> String {
    let mut text = quote_identifier(engine, &column.name);
    let mut push = |part: &str| {
        text.push(' ');
        text.push_str(part);
    };
    push(new.data_type.unwrap_or(&column.data_type));
    if column.compressed && new.data_type.is_none_or(is_textual) {
        push("COMPRESSED");
    }
    // It is a part of the type there.
    if let Some(srid) = column.srid.filter(|_| engine == EngineName::MariaDb && new.data_type.is_none()) {
        push(&format!("REF_SYSTEM_ID={srid}"));
    }
    // A new type brings its own character set, unless it is textual like the old one.
    let textual = column.character_set.is_some() && new.data_type.is_none_or(is_textual);
    match new.character_set {
        Some((character_set, collation)) => {
            push(&format!("CHARACTER SET {}", quote_identifier(engine, character_set)));
            if let Some(collation) = collation {
                push(&format!("COLLATE {}", quote_identifier(engine, collation)));
            }
        }
        None if textual => {
            push(&format!("CHARACTER SET {}", column.character_set.as_deref().unwrap_or_default()));
            if let Some(collation) = &*column.collation {
                push(&format!("COLLATE {collation}"));
            }
        }
        None => {}
    }
    if let Some(generated) = &column.generated {
        match generated.storage {
            GeneratedStorage::RowStart => push("GENERATED ALWAYS AS ROW START"),
            GeneratedStorage::RowEnd => push("GENERATED ALWAYS AS ROW END"),
            GeneratedStorage::Stored => push(&format!("GENERATED ALWAYS AS ({}) STORED", generated.expression)),
            GeneratedStorage::Virtual => push(&format!("GENERATED ALWAYS AS ({}) VIRTUAL", generated.expression)),
        }
        // MariaDB knows no NOT NULL of generated columns.
        if engine == EngineName::MySql && !new.nullable.unwrap_or(column.nullable) {
            push("NOT NULL");
        }
    } else {
        let nullable = new.nullable.unwrap_or(column.nullable);
        // Without the word, a timestamp may silently become NOT NULL.
        push(if nullable { "NULL" } else { "NOT NULL" });
        let default = match new.default {
            Some(default) => Some(default_text(default, None)),
            None => column.default.as_ref().map(|default| default_text(&default.expression, Some(default.kind))),
        };
        if let Some(default) = default.filter(|text| nullable || !text.eq_ignore_ascii_case("null")) {
            push(&format!("DEFAULT {default}"));
        }
    }
    if let Some(on_update) = new.on_update.or(column.on_update.as_deref()) {
        push(&format!("ON UPDATE {on_update}"));
    }
    if column.auto_increment {
        push("AUTO_INCREMENT");
    }
    if column.invisible {
        push("INVISIBLE");
    }
    if column.unversioned {
        push("WITHOUT SYSTEM VERSIONING");
    }
    if let Some(srid) = column.srid.filter(|_| engine == EngineName::MySql) {
        push(&format!("SRID {srid}"));
    }
    if let Some(comment) = &column.comment {
        push(&format!("COMMENT {}", quote_literal(engine, comment)));
    }
    if engine == EngineName::MariaDb {
        // A check that was written with the column bears its name, and goes with its definition.
        for check in checks.iter().filter(|check| check.name.as_deref() == Some(&column.name)) {
            push(&format!("CHECK ({})", check.expression));
        }
    }
    text
}

/// A default as it may be written: an expression stands in parentheses, except the current time.
pub(super) fn default_text(expression: &str, kind: Option<DefaultKind>) -> String {
    let trimmed = expression.trim();
    let lower = trimmed.to_lowercase();
    let is_time =
        ["current_timestamp", "now(", "localtimestamp", "localtime"].iter().any(|name| lower.starts_with(name))
            && lower.chars().all(|character| character.is_ascii_alphanumeric() || "_()".contains(character));
    let is_literal = match kind {
        Some(kind) => kind == DefaultKind::Literal,
        None => {
            lower == "null"
                || lower == "true"
                || lower == "false"
                || lower.parse::<f64>().is_ok()
                || is_string(trimmed)
                || ["b'", "x'", "0x", "_utf8mb4'"].iter().any(|prefix| lower.starts_with(prefix))
        }
    };
    if is_time || is_literal { trimmed.to_owned() } else { format!("({trimmed})") }
}

/// Whether a text is one string literal and nothing else.
fn is_string(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) else { return false };
    !inner.replace("''", "").contains('\'')
}

/// Whether values of a type are text.
pub(super) fn is_textual(data_type: &str) -> bool {
    let lower = data_type.to_lowercase();
    ["char", "varchar", "text", "tinytext", "mediumtext", "longtext", "enum", "set"]
        .iter()
        .any(|name| lower.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['(', ' '])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_repeated() {
        let mut column = Column::new("st`ate", "enum('a','b')");
        column.nullable = false;
        column.character_set = Some("utf8mb4".to_owned()).into();
        column.collation = Some("utf8mb4_bin".to_owned()).into();
        column.default =
            Some(Arc::new(ColumnDefault { expression: "'a'".to_owned(), kind: DefaultKind::Literal, sequence: None }));
        column.comment = Some("it's \\ one".to_owned());
        column.invisible = true;
        assert_eq!(
            definition(EngineName::MySql, &column, &[], Overrides::default()),
            "`st``ate` enum('a','b') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'a' INVISIBLE \
             COMMENT 'it''s \\\\ one'"
        );
    }

    #[test]
    fn what_only_mariadb_has_is_repeated() {
        let mut column = Column::new("a", "varchar(500)");
        (column.compressed, column.unversioned) = (true, true);
        let text = definition(EngineName::MariaDb, &column, &[], Overrides::default());
        assert_eq!(text, "a varchar(500) COMPRESSED NULL WITHOUT SYSTEM VERSIONING");
        let mut place = Column::new("place", "point");
        (place.nullable, place.srid) = (false, Some(4326));
        let text = definition(EngineName::MariaDb, &place, &[], Overrides::default());
        assert_eq!(text, "place point REF_SYSTEM_ID=4326 NOT NULL");
    }

    #[test]
    fn defaults_are_parenthesised_when_they_must_be() {
        assert_eq!(default_text("CURRENT_TIMESTAMP(6)", Some(DefaultKind::Expression)), "CURRENT_TIMESTAMP(6)");
        assert_eq!(default_text("uuid()", Some(DefaultKind::Expression)), "(uuid())");
        assert_eq!(default_text("(1 + 2) * (3 + 4)", Some(DefaultKind::Expression)), "((1 + 2) * (3 + 4))");
        assert_eq!(default_text("'it''s'", None), "'it''s'");
        assert_eq!(default_text("'a' + 'b'", None), "('a' + 'b')");
        assert_eq!(default_text("-1.5", None), "-1.5");
    }

    #[test]
    fn a_new_type_drops_a_character_set_it_cannot_have() {
        let mut column = Column::new("a", "varchar(10)");
        column.character_set = Some("utf8mb4".to_owned()).into();
        let new = Overrides { data_type: Some("bigint"), ..Overrides::default() };
        assert_eq!(definition(EngineName::MariaDb, &column, &[], new), "a bigint NULL");
    }
}

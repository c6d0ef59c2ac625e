//! Identifiers and literals as each engine wants them in SQL text.

use super::reserved::is_reserved_anywhere;
use super::{EngineName, Index, QualifiedName, UniqueConstraint};

/// The name as an identifier: bare when every engine reads it back unchanged, else quoted.
pub fn quote_identifier(engine: EngineName, name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    push_identifier(&mut out, engine, name);
    out
}

/// Writes the name as an identifier.
pub fn push_identifier(out: &mut String, engine: EngineName, name: &str) {
    let bare = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
        && !is_reserved_anywhere(name);
    if bare {
        out.push_str(name);
    } else if engine.is_mysql_family() {
        out.extend(["`", &name.replace('`', "``"), "`"]);
    } else {
        out.extend(["\"", &name.replace('"', "\"\""), "\""]);
    }
}

/// Whether a character goes on with a word of SQL text, so that a name that ends before it is another one.
pub fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Names as a comma-separated list of identifiers.
pub fn quote_list<'a>(engine: EngineName, names: impl IntoIterator<Item = &'a String>) -> String {
    let mut out = String::new();
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        push_identifier(&mut out, engine, name);
    }
    out
}

/// A schema-qualified name. SQLite's `main` is left out, since a statement acts on that schema anyway.
pub fn qualified(engine: EngineName, name: &QualifiedName) -> String {
    if engine == EngineName::Sqlite {
        quote_identifier(engine, &name.name)
    } else {
        let mut out = String::with_capacity(name.schema.len() + name.name.len() + 1);
        push_identifier(&mut out, engine, &name.schema);
        out.push('.');
        push_identifier(&mut out, engine, &name.name);
        out
    }
}

/// Text as a string literal. `MySQL` and `MariaDB` read a backslash as an escape unless told otherwise, so it is doubled.
pub fn quote_literal(engine: EngineName, text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if engine.is_mysql_family() {
        format!("'{}'", doubled.replace('\\', "\\\\"))
    } else if engine == EngineName::PostgreSql && text.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// What a key of MySQL or MariaDB ends with: its comment, the parser of a full-text index, the options of a vector index, and that
/// statements do not use it.
pub fn index_options(engine: EngineName, index: &Index) -> String {
    if !engine.is_mysql_family() {
        return String::new();
    }
    let comment = index.comment.iter().map(|comment| format!(" COMMENT {}", quote_literal(engine, comment)));
    let written = index.options.iter().filter_map(|option| option.split_once('='));
    let options = written.map(|(name, value)| match name {
        "parser" => format!(" WITH PARSER {}", quote_identifier(engine, value)),
        _ => format!(" {}={value}", name.to_uppercase()),
    });
    let hidden = if engine == EngineName::MariaDb { " IGNORED" } else { " INVISIBLE" };
    comment.chain(options).chain((!index.visible).then(|| hidden.to_owned())).collect()
}

/// `UNIQUE (…)` with every option of a constraint. The columns that it includes stand at its index.
pub fn unique_clause(engine: EngineName, unique: &UniqueConstraint, indexes: &[Index]) -> String {
    let index = indexes.iter().find(|index| index.constraint.is_some() && index.constraint == unique.name);
    let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    let overlaps = if unique.without_overlaps { " WITHOUT OVERLAPS" } else { "" };
    format!(
        "UNIQUE{nulls} ({}{overlaps}){}{}",
        quote_list(engine, &unique.columns),
        index.map(|index| included_columns(engine, index)).unwrap_or_default(),
        unique.deferral.clause()
    )
}

/// ` INCLUDE (…)`, where an index has such columns.
pub fn included_columns(engine: EngineName, index: &Index) -> String {
    if index.include.is_empty() { String::new() } else { format!(" INCLUDE ({})", quote_list(engine, &*index.include)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_quoted() {
        assert_eq!(quote_identifier(EngineName::PostgreSql, "a\"b"), "\"a\"\"b\"");
        assert_eq!(quote_identifier(EngineName::MySql, "a`b"), "`a``b`");
        assert_eq!(quote_identifier(EngineName::PostgreSql, "order"), "\"order\"");
        assert_eq!(quote_identifier(EngineName::PostgreSql, "orders"), "orders");
        assert_eq!(quote_identifier(EngineName::PostgreSql, ""), "\"\"");
        assert_eq!(quote_literal(EngineName::MySql, "it's \\"), "'it''s \\\\'");
    }
}

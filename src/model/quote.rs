//! Identifiers and literals as each engine wants them in SQL text.

use super::reserved::is_reserved_anywhere;
use super::{EngineName, QualifiedName};

/// The name as an identifier: bare when every engine reads it back unchanged, else quoted.
pub fn quote_identifier(engine: EngineName, name: &str) -> String {
    let bare = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_')
        && !is_reserved_anywhere(name);
    if bare {
        name.to_owned()
    } else if engine.is_mysql_family() {
        format!("`{}`", name.replace('`', "``"))
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Whether a character goes on with a word of SQL text, so that a name that ends before it is another one.
pub fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Names as a comma-separated list of identifiers.
pub fn quote_list<'a>(engine: EngineName, names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| quote_identifier(engine, name)).collect::<Vec<_>>().join(", ")
}

/// A schema-qualified name. SQLite's `main` is left out, since a statement acts on that schema anyway.
pub fn qualified(engine: EngineName, name: &QualifiedName) -> String {
    if engine == EngineName::Sqlite {
        quote_identifier(engine, &name.name)
    } else {
        format!("{}.{}", quote_identifier(engine, &name.schema), quote_identifier(engine, &name.name))
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

/// The parser of a full-text index and the options of a vector index, as a key of MySQL or MariaDB ends with them.
pub fn index_options(engine: EngineName, options: &[String]) -> String {
    let written = options.iter().filter(|_| engine.is_mysql_family()).filter_map(|option| option.split_once('='));
    let clause = |(name, value): (&str, &str)| match name {
        "parser" => format!(" WITH PARSER {}", quote_identifier(engine, value)),
        _ => format!(" {}={value}", name.to_uppercase()),
    };
    written.map(clause).collect()
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

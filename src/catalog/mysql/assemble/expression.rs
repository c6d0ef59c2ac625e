//! Expressions and literals as the two families print them.

use crate::catalog::mysql::show_create;
use crate::model::quote::quote_literal;
use crate::model::{ColumnDefault, DefaultKind, EngineName};

/// An expression of `information_schema`: MySQL escapes it once more than SQL does, and shows each of its bytes as a character.
pub(super) fn expression(engine: EngineName, text: &str) -> String {
    let decoded = bytes(text).filter(|_| engine == EngineName::MySql).and_then(|bytes| String::from_utf8(bytes).ok());
    let text = decoded.as_deref().unwrap_or(text);
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.peek() {
            Some(&next) if engine == EngineName::MySql && character == '\\' && "'\\".contains(next) => {
                plain.push(next);
                characters.next();
            }
            _ => plain.push(character),
        }
    }
    without_parentheses(&plain).to_owned()
}

/// Whether an expression of MySQL holds bytes that are no text in UTF-8, such as those of a literal in another character set.
pub(super) fn is_garbled(text: &str) -> bool {
    bytes(text).is_some_and(|bytes| String::from_utf8(bytes).is_err())
}

/// The bytes that stand there as characters.
fn bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// Without the parentheses that enclose the whole of it.
fn without_parentheses(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return text };
    let (mut depth, mut quote, mut escaped) = (0_i32, None, false);
    for character in inner.chars() {
        match (quote, character) {
            _ if escaped => escaped = false,
            (Some('\'' | '"'), '\\') => escaped = true,
            (Some(mark), _) if mark == character => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    if quote.is_none() && depth == 0 { without_parentheses(inner) } else { text }
}

/// A default, spelled alike for both families.
pub(super) fn default(engine: EngineName, text: &str, data_type: &str, generated: bool) -> Option<ColumnDefault> {
    let made = |expression: String, kind| Some(ColumnDefault { expression, kind, sequence: None });
    let computed = if engine == EngineName::MySql {
        // Before 8.0 this one expression was not marked as such.
        generated
            || text.starts_with("CURRENT_TIMESTAMP")
                && ["timestamp", "datetime"].iter().any(|moment| data_type.starts_with(moment))
    } else {
        if text.eq_ignore_ascii_case("NULL") {
            return None;
        }
        !(text.starts_with('\'') || is_number(text) || is_bits(text))
    };
    if computed {
        return made(moment(&expression(engine, text)), DefaultKind::Expression);
    }
    let base = data_type.split(['(', ' ']).next().unwrap_or_default();
    let bare = matches!(
        base,
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float" | "double" | "year" | "bit"
    ) || (text.starts_with("0x") && base.ends_with("binary"));
    let literal = if engine == EngineName::MariaDb {
        let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|_| bare && base != "bit");
        inner.filter(|inner| is_number(inner)).unwrap_or(text).to_owned()
    } else if bare {
        text.to_owned()
    } else {
        quote_literal(engine, text)
    };
    made(literal, DefaultKind::Literal)
}

/// `CURRENT_TIMESTAMP`, however the family spells it.
pub(super) fn moment(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.strip_prefix("current_timestamp").or_else(|| lower.strip_prefix("now")) {
        Some("" | "()") => "CURRENT_TIMESTAMP".to_owned(),
        Some(digits) if digits.starts_with('(') && digits.len() == 3 => format!("CURRENT_TIMESTAMP{digits}"),
        _ => text.to_owned(),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok() && text.starts_with(|first: char| first.is_ascii_digit() || "-+.".contains(first))
}

fn is_bits(text: &str) -> bool {
    ["b'", "x'", "X'", "0x"].iter().any(|start| text.starts_with(start))
}

/// The names between back-ticks in an expression or query, each with those that a dot joins to it: `` `schema`.`table` ``.
pub(super) fn quoted_names(text: &str) -> Vec<Vec<String>> {
    let mut names: Vec<Vec<String>> = Vec::new();
    let mut characters = text.chars().peekable();
    let mut joined = false;
    while let Some(quote) = characters.next() {
        if !['\'', '"', '`'].contains(&quote) {
            continue;
        }
        let mut name = String::new();
        while let Some(character) = characters.next() {
            if character == quote && characters.next_if_eq(&quote).is_none() {
                break;
            }
            name.push(character);
            // In a literal a backslash takes its meaning from a quote.
            if character == '\\' && quote != '`' {
                characters.next();
            }
        }
        if quote == '`' {
            match names.last_mut() {
                Some(group) if joined => group.push(name),
                _ => names.push(vec![name]),
            }
            joined = characters.next_if_eq(&'.').is_some() && characters.peek() == Some(&'`');
        }
    }
    names
}

/// The labels of an `enum(…)` or `set(…)`.
pub(super) fn labels(data_type: &str) -> Vec<String> {
    let lower = data_type.to_ascii_lowercase();
    let Some(start) = ["enum(", "set("].iter().find(|start| lower.starts_with(**start)) else { return Vec::new() };
    show_create::literals(&data_type[start.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_read_the_same_in_both_families() {
        let of = |engine, text, data_type, generated| {
            default(engine, text, data_type, generated).map(|default| default.expression)
        };
        let new = Some("'new'".to_owned());
        assert_eq!(of(EngineName::MySql, "new", "varchar(9)", false), new);
        assert_eq!(of(EngineName::MariaDb, "'new'", "varchar(9)", false), new);
        let now = Some("CURRENT_TIMESTAMP".to_owned());
        assert_eq!(of(EngineName::MySql, "CURRENT_TIMESTAMP", "timestamp", true), now);
        assert_eq!(of(EngineName::MariaDb, "current_timestamp()", "timestamp", false), now);
        assert_eq!(of(EngineName::MariaDb, "NULL", "int(11)", false), None);
    }

    #[test]
    fn names_are_told_from_literals() {
        let names = |text| quoted_names(text).into_iter().map(|group| group.join(" ")).collect::<Vec<_>>();
        assert_eq!(names("`a``b` > 0 and `c` <> '`' and `d` = 'it\\'s `x`' or `e` = 'y''`'"), ["a`b", "c", "d", "e"]);
        assert_eq!(names("select `s`.`p``q`.`c` AS `c` from `s`.`t`"), ["s p`q c", "c", "s t"]);
    }

    #[test]
    fn bytes_become_characters_again() {
        let stored: String = "`größe` in (_utf8mb4\\'é😀\\')".bytes().map(char::from).collect();
        assert_eq!(expression(EngineName::MySql, &stored), "`größe` in (_utf8mb4'é😀')");
        assert_eq!(expression(EngineName::MariaDb, "`größe` > 0"), "`größe` > 0");
        assert!(is_garbled("`a` <> _latin1\\'é\\'") && !is_garbled(&stored) && !is_garbled("`größe😀`"));
    }

    #[test]
    fn labels_keep_quotes_and_commas() {
        assert_eq!(labels("enum('a,b','it''s','')"), ["a,b", "it's", ""]);
        assert_eq!(labels(r"set('b\\s','\\','x\ny')"), [r"b\s", r"\", "x\ny"]);
        assert_eq!(expression(EngineName::MySql, r"((`a` = _utf8mb4\'x\') or (`b`))"), "(`a` = _utf8mb4'x') or (`b`)");
    }
}

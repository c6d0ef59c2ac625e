//! Statements inside of the database's own code, as far as their words tell what they do.

use crate::model::EngineName;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use std::collections::BTreeSet;

/// Words between `DELETE` and its table.
const MODIFIERS: &[&str] = &["LOW_PRIORITY", "QUICK", "IGNORE"];

/// The parser's name for what an engine speaks.
pub(super) fn dialect(engine: EngineName) -> &'static dyn Dialect {
    match engine {
        EngineName::PostgreSql => &PostgreSqlDialect {},
        EngineName::MySql | EngineName::MariaDb => &MySqlDialect {},
        EngineName::Sqlite => &SQLiteDialect {},
    }
}

/// What code does that a retention needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Deeds {
    /// Tables that rows are removed from, each as its one or two names. Without a name where the code has none.
    pub(super) removes_from: BTreeSet<Vec<String>>,
    /// Functions and procedures that are called, each as its one or two names.
    pub(super) calls: BTreeSet<Vec<String>>,
}

/// Reads code. Comments and literals are no code; a statement that is put together from them is not seen.
pub(super) fn deeds(engine: EngineName, text: &str) -> Deeds {
    let mut tokens: Vec<TokenWithSpan> = Vec::new();
    // What follows a part that cannot be read is left out.
    let _ = Tokenizer::new(dialect(engine), text).with_unescape(false).tokenize_with_location_into_buf(&mut tokens);
    let tokens: Vec<Token> =
        tokens.into_iter().map(|token| token.token).filter(|token| !matches!(token, Token::Whitespace(_))).collect();
    let is =
        |position: usize, words: &[&str]| word(&tokens, position).is_some_and(|word| words.contains(&word.as_str()));
    let mut deeds = Deeds::default();
    let mut altered = Vec::new();
    for position in 0..tokens.len() {
        let Some(verb) = word(&tokens, position) else { continue };
        let mut next = position + 1;
        match verb.as_str() {
            "ALTER" if is(next, &["TABLE"]) => {
                next += 1;
                while is(next, &["IF", "EXISTS", "ONLY"]) {
                    next += 1;
                }
                altered = name(&tokens, next).0;
            }
            "DROP" | "TRUNCATE" | "DETACH" if is(next, &["PARTITION"]) => {
                deeds.removes_from.insert(altered.clone());
            }
            "DELETE" => {
                while is(next, MODIFIERS) {
                    next += 1;
                }
                // MySQL's form for several tables names them before FROM.
                let (target, after) = name(&tokens, next);
                if is(next, &["FROM"]) {
                    next += if is(next + 1, &["ONLY"]) { 2 } else { 1 };
                    deeds.removes_from.insert(name(&tokens, next).0);
                } else if !target.is_empty() && (is(after, &["FROM"]) || tokens.get(after) == Some(&Token::Comma)) {
                    deeds.removes_from.insert(target);
                }
            }
            // A function rounds by this name, and a trigger may be for it.
            "TRUNCATE" if tokens.get(next) != Some(&Token::LParen) && !is(next, &["ON", "OR"]) => {
                while is(next, &["TABLE", "ONLY"]) {
                    next += 1;
                }
                deeds.removes_from.insert(name(&tokens, next).0);
            }
            // PostgreSQL's code without a name stands in a literal, and runs.
            "DO" => {
                if let Some(Token::DollarQuotedString(body)) = tokens.get(next) {
                    let inner = self::deeds(engine, &body.value);
                    deeds.removes_from.extend(inner.removes_from);
                    deeds.calls.extend(inner.calls);
                }
            }
            "SELECT" | "CALL" | "PERFORM" => {
                let (called, after) = name(&tokens, next);
                let call = tokens.get(after) == Some(&Token::LParen) || verb == "CALL";
                if call && !called.is_empty() {
                    deeds.calls.insert(called);
                }
            }
            _ => {}
        }
    }
    deeds
}

/// The unquoted word at a position, in upper case.
fn word(tokens: &[Token], position: usize) -> Option<String> {
    match tokens.get(position)? {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_uppercase()),
        _ => None,
    }
}

/// The name of one or two parts at a position, and the position after it.
fn name(tokens: &[Token], mut position: usize) -> (Vec<String>, usize) {
    let mut parts = Vec::new();
    while let Some(Token::Word(word)) = tokens.get(position) {
        parts.push(word.value.clone());
        position += 1;
        if tokens.get(position) != Some(&Token::Period) {
            break;
        }
        position += 1;
    }
    (parts, position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removes_from(engine: EngineName, text: &str) -> Vec<String> {
        deeds(engine, text).removes_from.into_iter().map(|parts| parts.join(".")).collect()
    }

    #[test]
    fn what_removes_rows_names_its_table() {
        for (text, tables) in [
            ("DELETE FROM sessions WHERE made_at < now()", &["sessions"][..]),
            ("BEGIN delete quick from app.`log`; DELETE FROM notes; END", &["app.log", "notes"]),
            ("DELETE s FROM sessions s JOIN users u ON u.id = s.user_id", &["s"]),
            ("TRUNCATE TABLE staging", &["staging"]),
            ("truncate staging", &["staging"]),
            ("ALTER TABLE metrics DROP PARTITION p2023", &["metrics"]),
            ("ALTER TABLE metrics TRUNCATE PARTITION p2023", &["metrics"]),
            ("UPDATE notes SET msg = 'not to delete from sessions'", &[]),
            ("UPDATE notes SET seen = 1 -- DELETE FROM sessions", &[]),
            ("UPDATE notes SET seen = 1 /* TRUNCATE sessions */", &[]),
            ("UPDATE prices SET net = TRUNCATE(net, 2)", &[]),
            ("CREATE TRIGGER t AFTER DELETE ON sessions BEGIN UPDATE n SET c = c - 1; END", &[]),
            ("UPDATE jobs SET `delete` = 1", &[]),
            ("ANALYZE TABLE sessions", &[]),
        ] {
            assert_eq!(removes_from(EngineName::MySql, text), tables, "{text}");
        }
        for (text, tables) in [
            ("DELETE FROM ONLY app.\"Log\" WHERE at < now()", &["app.Log"][..]),
            ("ALTER TABLE IF EXISTS app.metrics DETACH PARTITION app.metrics_2023", &["app.metrics"]),
            ("DO $$ BEGIN DELETE FROM sessions; END $$", &["sessions"]),
            ("SELECT $$DELETE FROM sessions$$", &[]),
            ("VACUUM ANALYZE", &[]),
        ] {
            assert_eq!(removes_from(EngineName::PostgreSql, text), tables, "{text}");
        }
    }

    #[test]
    fn calls_are_named() {
        let calls = |text| deeds(EngineName::PostgreSql, text).calls.into_iter().collect::<Vec<_>>();
        assert_eq!(calls("SELECT app.purge(30)"), [["app", "purge"]]);
        assert_eq!(calls("CALL purge()"), [["purge"]]);
        assert!(calls("SELECT a FROM b").is_empty());
    }
}

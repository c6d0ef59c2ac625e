//! Statements inside of the database's own code, as far as their words tell what they do.

use crate::model::EngineName;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Word};
use std::collections::BTreeSet;

/// Words between `DELETE` and its table.
const MODIFIERS: &[&str] = &["LOW_PRIORITY", "QUICK", "IGNORE"];

/// Words between `INSERT` or `REPLACE` and its table.
const INSERT_MODIFIERS: &[&str] =
    &["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO", "OR", "REPLACE", "ROLLBACK", "ABORT", "FAIL"];

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

/// An insert that says no columns, either of its table or of what it takes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Insert {
    /// Table that gets the rows, in lower case like all names here.
    pub(crate) table: String,
    /// It has no list of columns.
    pub(crate) names_no_columns: bool,
    /// Tables of which it takes every column, whichever there are.
    pub(crate) sources: BTreeSet<String>,
    /// It takes every column of the row that fired a trigger.
    pub(crate) takes_row: bool,
}

/// The inserts of code that say no columns. A literal may be a statement that the code runs, so that it is read like code.
pub(crate) fn inserts(engine: EngineName, text: &str) -> Vec<Insert> {
    let tokens = tokens(engine, text);
    let is =
        |position: usize, words: &[&str]| word(&tokens, position).is_some_and(|word| words.contains(&word.as_str()));
    let last = |(parts, _): (Vec<String>, usize)| parts.last().map(|name| name.to_lowercase());
    let mut inserts = Vec::new();
    for position in 0..tokens.len() {
        match &tokens[position] {
            Token::SingleQuotedString(text) => inserts.extend(self::inserts(engine, text)),
            Token::DollarQuotedString(text) => inserts.extend(self::inserts(engine, &text.value)),
            _ => {}
        }
        let alternative = position > 0 && is(position - 1, &["OR"]);
        if !is(position, &["INSERT"]) && (alternative || !is(position, &["REPLACE"])) {
            continue;
        }
        let mut next = position + 1;
        while is(next, INSERT_MODIFIERS) {
            next += 1;
        }
        // The event of a trigger is called like the statement.
        let (target, after) = name(&tokens, next);
        let Some(table) = target.last().filter(|_| !is(next, &["ON"])) else { continue };
        let end =
            tokens[after..].iter().position(|token| *token == Token::SemiColon).map_or(tokens.len(), |at| after + at);
        let names_no_columns = match tokens.get(after) {
            Some(Token::LParen) => is(after + 1, &["SELECT", "WITH"]),
            _ => is(after, &["VALUES", "VALUE", "SELECT", "TABLE", "WITH"]),
        };
        // Every other star multiplies or counts.
        let is_wildcard = |at: &usize| {
            tokens[*at] == Token::Mul
                && (matches!(tokens[at - 1], Token::Comma | Token::Period)
                    || is(at - 1, &["SELECT", "DISTINCT", "ALL"]))
        };
        let wildcards: Vec<usize> = (after + 1..end).filter(is_wildcard).collect();
        let takes_row = wildcards.iter().any(|at| tokens[at - 1] == Token::Period && is(at - 2, &["NEW", "OLD"]));
        let parents = (after..end).filter(|at| !wildcards.is_empty() && is(*at, &["FROM", "JOIN"]));
        let sources = parents.filter_map(|at| last(name(&tokens, at + 1))).collect();
        let insert = Insert { table: table.to_lowercase(), names_no_columns, sources, takes_row };
        if insert.names_no_columns || insert.takes_row || !insert.sources.is_empty() {
            inserts.push(insert);
        }
    }
    inserts
}

/// Reads code. Comments and literals are no code; a statement that is put together from them is not seen.
pub(super) fn deeds(engine: EngineName, text: &str) -> Deeds {
    let tokens = tokens(engine, text);
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

/// The words and signs of code, without comments. What follows a part that cannot be read is left out.
fn tokens(engine: EngineName, text: &str) -> Vec<Token> {
    let mut tokens: Vec<TokenWithSpan> = Vec::new();
    let _ = Tokenizer::new(dialect(engine), text).with_unescape(false).tokenize_with_location_into_buf(&mut tokens);
    tokens.into_iter().map(|token| token.token).filter(|token| !matches!(token, Token::Whitespace(_))).collect()
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
    // MySQL's code has names between double quotes in some SQL modes.
    while let Some(Token::Word(Word { value, .. }) | Token::DoubleQuotedString(value)) = tokens.get(position) {
        parts.push(value.clone());
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

    #[test]
    fn what_names_no_columns_is_found() {
        let whole = |table: &str| Insert { table: table.to_owned(), names_no_columns: true, ..Insert::default() };
        for (text, expected) in [
            ("INSERT INTO log VALUES ('x', 'i')", vec![whole("log")]),
            (
                "BEGIN insert ignore into `shop`.`Log` SELECT 1; REPLACE log2 VALUES(1); END",
                vec![whole("log"), whole("log2")],
            ),
            ("INSERT INTO log (a, b) VALUES (1, 2)", vec![]),
            ("INSERT INTO log(a) SELECT count(*) FROM t", vec![]),
            ("INSERT INTO log (SELECT 1)", vec![whole("log")]),
            ("insert or replace into \"log\" values (1)", vec![whole("log")]),
            ("INSERT INTO log SET a = 1", vec![]),
            ("INSERT INTO log DEFAULT VALUES", vec![]),
            ("UPDATE t SET a = replace(a, 'x', 'values'); SELECT * FROM t", vec![]),
            ("insert", vec![]),
            (
                "INSERT INTO public.old SELECT * FROM public.orders; DELETE FROM orders",
                vec![Insert { sources: ["orders".to_owned()].into(), ..whole("old") }],
            ),
            (
                "INSERT INTO old (a, b) SELECT o.*, now() FROM orders o",
                vec![Insert { names_no_columns: false, sources: ["orders".to_owned()].into(), ..whole("old") }],
            ),
            ("BEGIN INSERT INTO old VALUES (OLD.*); RETURN OLD; END", vec![Insert { takes_row: true, ..whole("old") }]),
        ] {
            assert_eq!(inserts(EngineName::MySql, text), expected, "{text}");
        }
    }

    #[test]
    fn only_code_and_what_it_runs_inserts() {
        for text in [
            "-- INSERT INTO log VALUES (1)\nSELECT 1",
            "INSERT INTO sums (total) SELECT price * amount FROM orders",
            "CREATE TRIGGER t AFTER INSERT ON orders BEGIN SELECT * FROM orders; END",
        ] {
            assert_eq!(inserts(EngineName::Sqlite, text), [], "{text}");
        }
        let run = inserts(EngineName::PostgreSql, "BEGIN EXECUTE 'INSERT INTO old SELECT * FROM orders'; END");
        assert_eq!(run.len(), 1);
        assert!(run[0].names_no_columns && run[0].sources.contains("orders"));
    }
}

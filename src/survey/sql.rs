//! Statements inside of the database's own code, as far as their words tell what they do.

use crate::model::EngineName;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Word};
use std::collections::BTreeSet;
use std::ops::Range;

/// Words between `DELETE` and its table.
const MODIFIERS: &[&str] = &["LOW_PRIORITY", "QUICK", "IGNORE"];

/// Words between `INSERT` or `REPLACE` and its table.
const INSERT_MODIFIERS: &[&str] =
    &["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO", "OR", "REPLACE", "ROLLBACK", "ABORT", "FAIL"];

/// Words before an assignment.
const ASSIGNMENTS: &[&str] = &["SET", "UPDATE", "BEGIN", "THEN", "ELSE", "LOOP", "DO"];

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

/// An insert.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Insert {
    /// Table that gets the rows, in lower case like all names here.
    pub(crate) table: String,
    /// The columns that it says; `None` where it has no list.
    pub(crate) columns: Option<BTreeSet<String>>,
    /// Tables of which it takes every column, whichever there are.
    pub(crate) sources: BTreeSet<String>,
    /// It takes every column of the row that fired a trigger.
    pub(crate) takes_row: bool,
}

/// The inserts of code. A literal may be a statement that the code runs, so that it is read like code.
pub(crate) fn inserts(engine: EngineName, text: &str) -> Vec<Insert> {
    let tokens = tokens(engine, text);
    let is = |position: usize, words: &[&str]| is_word(&tokens, position, words);
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
        let (target, mut after) = name(&tokens, next);
        let Some(table) = target.last().filter(|_| !is(next, &["ON"])) else { continue };
        if is(after, &["AS"]) {
            after = name(&tokens, after + 1).1;
        }
        let end = end_of_statement(&tokens, after);
        let names_no_columns = match tokens.get(after) {
            Some(Token::LParen) => is(after + 1, &["SELECT", "WITH"]),
            _ => is(after, &["VALUES", "VALUE", "SELECT", "TABLE", "WITH"]),
        };
        let columns = if names_no_columns {
            None
        } else if tokens.get(after) == Some(&Token::LParen) {
            Some(words(&tokens[after..closing(&tokens, after)]))
        } else if is(after, &["SET"]) {
            let assigned = (after + 1..end).filter(|at| {
                tokens.get(at + 1) == Some(&Token::Eq) && (*at == after + 1 || tokens[at - 1] == Token::Comma)
            });
            Some(assigned.flat_map(|at| words(&tokens[at..=at])).collect())
        } else if is(after, &["DEFAULT"]) && is(after + 1, &["VALUES"]) {
            Some(BTreeSet::new())
        } else {
            continue;
        };
        let wildcards: Vec<usize> = wildcards(&tokens, after + 1..end).collect();
        let takes_row = wildcards.iter().any(|at| tokens[at - 1] == Token::Period && is(at - 2, &["NEW", "OLD"]));
        let mut sources = if wildcards.is_empty() { BTreeSet::new() } else { parents(&tokens, after..end) };
        add_named_queries(&tokens, position, &mut sources);
        inserts.push(Insert { table: table.to_lowercase(), columns, sources, takes_row });
    }
    inserts
}

/// A query whose rows a routine returns.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Returned {
    /// Tables that it reads, in lower case like all names here.
    pub(crate) tables: BTreeSet<String>,
    /// It has every column of them, whichever there are.
    pub(crate) whole: bool,
    /// Everything that it says.
    pub(crate) words: BTreeSet<String>,
}

/// The queries that code returns: in plpgsql those after `RETURN QUERY`, in SQL all, of which the last counts.
pub(crate) fn returned(text: &str, is_plpgsql: bool) -> Vec<Returned> {
    let tokens = tokens(EngineName::PostgreSql, text);
    let is = |position: usize, words: &[&str]| is_word(&tokens, position, words);
    let starts = (0..tokens.len()).filter(|at| match at.checked_sub(1) {
        before if is_plpgsql => is(*at, &["QUERY"]) && before.is_some_and(|before| is(before, &["RETURN"])),
        before => before.is_none_or(|before| tokens[before] == Token::SemiColon),
    });
    let queries = starts.map(|start| {
        let end = end_of_statement(&tokens, start);
        let whole = wildcards(&tokens, start + 1..end).next().is_some();
        Returned { tables: parents(&tokens, start..end), whole, words: words(&tokens[start..end]) }
    });
    queries.collect()
}

/// Functions that code calls with arguments in which a column is said, each by its last name, in lower case.
pub(crate) fn calls_with(text: &str, column: &str) -> BTreeSet<String> {
    let tokens = tokens(EngineName::PostgreSql, text);
    let mut calls = BTreeSet::new();
    for position in 0..tokens.len() {
        // Each name is met at its first part, and what gets rows is no function.
        let (called, open) = name(&tokens, position);
        let is_target =
            position > 0 && (is_word(&tokens, position - 1, &["INTO"]) || tokens[position - 1] == Token::Period);
        if let Some(called) = called.last().filter(|_| !is_target)
            && tokens.get(open) == Some(&Token::LParen)
            && words(&tokens[open..closing(&tokens, open)]).contains(&column.to_lowercase())
        {
            calls.insert(called.to_lowercase());
        }
    }
    calls
}

/// Indexes that code names in `USE INDEX`, `FORCE INDEX` and `IGNORE INDEX`, in lower case. A literal may be a statement that the
/// code runs.
pub(crate) fn index_hints(engine: EngineName, text: &str) -> BTreeSet<String> {
    let tokens = tokens(engine, text);
    let is = |position: usize, words: &[&str]| is_word(&tokens, position, words);
    let mut named = BTreeSet::new();
    for position in 0..tokens.len() {
        if let Token::SingleQuotedString(text) = &tokens[position] {
            named.extend(index_hints(engine, text));
        }
        if !is(position, &["USE", "FORCE", "IGNORE"]) || !is(position + 1, &["INDEX", "KEY"]) {
            continue;
        }
        let mut open = position + 2;
        while is(open, &["FOR", "JOIN", "ORDER", "GROUP", "BY"]) {
            open += 1;
        }
        if tokens.get(open) == Some(&Token::LParen) {
            named.extend(words(&tokens[open..closing(&tokens, open)]));
        }
    }
    named
}

/// Every word of code, in lower case.
pub(crate) fn all_words(engine: EngineName, text: &str) -> BTreeSet<String> {
    words(&tokens(engine, text))
}

/// A statement of code: what of it a new column, a value that is forbidden or another collation could change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Tables that it reads or changes, in lower case like all names here.
    pub(crate) tables: BTreeSet<String>,
    /// Tables that it inserts into.
    pub(crate) targets: BTreeSet<String>,
    /// Everything that it says.
    pub(crate) words: BTreeSet<String>,
    /// Names that stand alone, and so may be those of any table's columns.
    pub(crate) unqualified: BTreeSet<String>,
    /// It joins tables by all columns that they share.
    pub(crate) is_natural: bool,
    /// It takes every column where only so many fit: into variables, in a comparison, in a `UNION`.
    pub(crate) takes_all: bool,
    /// Columns that it sets to NULL.
    pub(crate) nulls: BTreeSet<String>,
    /// Those of the row that fired a trigger.
    pub(crate) row_nulls: BTreeSet<String>,
    /// Collations and character sets that it asks for.
    pub(crate) collations: BTreeSet<String>,
}

/// The statements of code. A literal may be one that the code runs.
pub(crate) fn statements(engine: EngineName, text: &str) -> Vec<Statement> {
    let tokens = tokens(engine, text);
    let mut statements = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let end = end_of_statement(&tokens, start);
        statements.push(statement(engine, &tokens[start..end]));
        start = end + 1;
    }
    for token in &tokens {
        match token {
            Token::SingleQuotedString(text) => statements.extend(self::statements(engine, text)),
            Token::DollarQuotedString(text) => statements.extend(self::statements(engine, &text.value)),
            _ => {}
        }
    }
    statements
}

fn statement(engine: EngineName, tokens: &[Token]) -> Statement {
    let is = |position: usize, words: &[&str]| is_word(tokens, position, words);
    let before = |at: usize| at.checked_sub(1);
    let mut found = Statement { words: words(tokens), ..Statement::default() };
    found.is_natural = (0..tokens.len()).any(|at| is(at, &["NATURAL"]));
    found.takes_all = wildcards(tokens, 1..tokens.len()).any(|at| fits_only(engine, tokens, at));
    let mut listed = 0..0;
    for at in 0..tokens.len() {
        let follows = |words: &[&str]| before(at).is_some_and(|before| is(before, words));
        let follows_comma = before(at).is_some_and(|before| tokens[before] == Token::Comma);
        if follows(&["FROM", "JOIN", "UPDATE", "USING", "ONLY", "STRAIGHT_JOIN"]) || follows_comma {
            found.tables.extend(name(tokens, at).0.last().map(|name| name.to_lowercase()));
        }
        if follows(&["COLLATE", "USING"]) {
            found.collations.extend(words(&tokens[at..=at]));
        }
        if is(at, &["INSERT", "REPLACE"]) {
            let mut target = at + 1;
            while is(target, INSERT_MODIFIERS) {
                target += 1;
            }
            let (table, open) = name(tokens, target);
            if tokens.get(open) == Some(&Token::LParen) && !is(open + 1, &["SELECT", "WITH"]) {
                listed = open..closing(tokens, open);
                found.nulls.extend(nulls_inserted(tokens, listed.clone()));
            }
            found.targets.extend(table.last().map(|name| name.to_lowercase()));
        }
        let Token::Word(Word { value, .. }) = &tokens[at] else { continue };
        let value = value.to_lowercase();
        let after = tokens.get(at + 1);
        let is_qualified = before(at).is_some_and(|before| tokens[before] == Token::Period);
        if matches!(after, Some(Token::Eq | Token::Assignment)) && is(at + 2, &["NULL"]) {
            let mut start = at;
            while start >= 2 && tokens[start - 1] == Token::Period {
                start -= 2;
            }
            let assigns = before(start).is_none_or(|before| is(before, ASSIGNMENTS) || tokens[before] == Token::Comma);
            let nulls = if start < at && is(start, &["NEW"]) { &mut found.row_nulls } else { &mut found.nulls };
            if assigns {
                nulls.insert(value.clone());
            }
        }
        let is_other = matches!(after, Some(Token::Period | Token::LParen)) || follows(&["AS"]) || listed.contains(&at);
        if !is_qualified && !is_other {
            found.unqualified.insert(value);
        }
    }
    found
}

/// Whether the star at a position stands for columns of which only so many fit where they go. PostgreSQL takes what is more
/// than there are variables for away, and names for columns may be fewer.
fn fits_only(engine: EngineName, tokens: &[Token], at: usize) -> bool {
    let is = |position: usize, words: &[&str]| is_word(tokens, position, words);
    let is_loose = engine == EngineName::PostgreSql;
    let mut depth = 0_usize;
    let open = (0..at).rev().find(|position| {
        match tokens[*position] {
            Token::RParen => depth += 1,
            Token::LParen if depth == 0 => return true,
            Token::LParen => depth -= 1,
            _ => {}
        }
        false
    });
    let query = open.map_or(0..tokens.len(), |open| open..closing(tokens, open));
    if query.clone().any(|position| is(position, &["UNION", "INTERSECT", "EXCEPT"])) {
        return true;
    }
    let Some(open) = open else {
        let into = query.skip(at).any(|position| is(position, &["INTO"]));
        return !is_loose && (into || (0..at).any(|position| is(position, &["CURSOR"])));
    };
    let Some(before) = open.checked_sub(1) else { return false };
    let is_named =
        is(before, &["AS", "MATERIALIZED"]) && (is_loose || before == 0 || tokens[before - 1] != Token::RParen);
    let is_table = is(before, &["FROM", "JOIN", "LATERAL", "EXISTS"]) || tokens[before] == Token::Comma;
    let is_loop = is(before, &["IN"]) && before >= 2 && is(before - 2, &["FOR"]);
    !(is_named || is_table || is_loop)
}

/// The columns of an insert's list that get NULL itself, from its rows or its query.
fn nulls_inserted(tokens: &[Token], list: Range<usize>) -> BTreeSet<String> {
    let columns: Vec<BTreeSet<String>> =
        values(tokens, list.clone()).into_iter().map(|column| words(&tokens[column])).collect();
    let mut nulls = BTreeSet::new();
    let mut rows = Vec::new();
    let mut at = list.end + 1;
    if is_word(tokens, at, &["SELECT"]) {
        // As if the query began with a parenthesis that its sources close.
        let end = (at..tokens.len()).find(|at| is_word(tokens, *at, &["FROM"])).unwrap_or(tokens.len());
        rows.push(at..end);
    } else if is_word(tokens, at, &["VALUES", "VALUE"]) {
        while tokens.get(at + 1) == Some(&Token::LParen) {
            let end = closing(tokens, at + 1);
            rows.push(at + 1..end);
            at = end + 1;
        }
    }
    for row in rows {
        for (columns, value) in columns.iter().zip(values(tokens, row)) {
            if value.len() == 1 && is_word(tokens, value.start, &["NULL"]) {
                nulls.extend(columns.iter().cloned());
            }
        }
    }
    nulls
}

/// What commas divide after the first of these positions, outside of inner parentheses.
fn values(tokens: &[Token], list: Range<usize>) -> Vec<Range<usize>> {
    let first = list.start + 1;
    let mut depth = 0_usize;
    let commas = tokens.iter().enumerate().take(list.end).skip(first).filter(|(_, token)| {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && **token == Token::Comma
    });
    let ends: Vec<usize> = commas.map(|(at, _)| at).chain([list.end.max(first)]).collect();
    let starts = std::iter::once(first).chain(ends.iter().map(|end| end + 1));
    starts.zip(&ends).map(|(start, end)| start..*end).collect()
}

/// The stars at these positions that stand for columns: every other multiplies or counts.
fn wildcards(tokens: &[Token], range: Range<usize>) -> impl Iterator<Item = usize> {
    range.filter(|at| {
        tokens[*at] == Token::Mul
            && (matches!(tokens[at - 1], Token::Comma | Token::Period)
                || is_word(tokens, at - 1, &["SELECT", "DISTINCT", "ALL", "RETURNING"]))
    })
}

/// The tables that these positions read or change.
fn parents(tokens: &[Token], range: Range<usize>) -> BTreeSet<String> {
    let named = range.filter(|at| is_word(tokens, *at, &["FROM", "JOIN", "UPDATE", "INTO", "ONLY"]));
    named.filter_map(|at| name(tokens, at + 1).0.last().map(|name| name.to_lowercase())).collect()
}

/// Adds the tables of which queries under these names have every column: `WITH moved AS (DELETE FROM orders RETURNING *)`.
fn add_named_queries(tokens: &[Token], insert: usize, sources: &mut BTreeSet<String>) {
    let start = tokens[..insert].iter().rposition(|token| *token == Token::SemiColon).map_or(0, |at| at + 1);
    // The last first, since it can read those before it.
    for at in (start..insert).rev().filter(|at| is_word(tokens, *at, &["AS"])) {
        let Some(Token::Word(Word { value, .. })) = at.checked_sub(1).and_then(|at| tokens.get(at)) else { continue };
        let mut open = at + 1;
        while is_word(tokens, open, &["NOT", "MATERIALIZED"]) {
            open += 1;
        }
        if tokens.get(open) == Some(&Token::LParen) && sources.contains(&value.to_lowercase()) {
            let query = open + 1..closing(tokens, open);
            if wildcards(tokens, query.clone()).next().is_some() {
                sources.extend(parents(tokens, query));
            }
        }
    }
}

/// Where the statement with this position ends.
fn end_of_statement(tokens: &[Token], from: usize) -> usize {
    tokens[from..].iter().position(|token| *token == Token::SemiColon).map_or(tokens.len(), |at| from + at)
}

/// Where the parenthesis that opens at a position closes.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// The words among tokens, in lower case.
fn words(tokens: &[Token]) -> BTreeSet<String> {
    let words = tokens.iter().filter_map(|token| match token {
        Token::Word(Word { value, .. }) | Token::DoubleQuotedString(value) => Some(value.to_lowercase()),
        _ => None,
    });
    words.collect()
}

/// Whether one of these words stands at a position, unquoted.
fn is_word(tokens: &[Token], position: usize, words: &[&str]) -> bool {
    word(tokens, position).is_some_and(|word| words.contains(&word.as_str()))
}

/// Reads code. Comments and literals are no code; a statement that is put together from them is not seen.
pub(super) fn deeds(engine: EngineName, text: &str) -> Deeds {
    let tokens = tokens(engine, text);
    let is = |position: usize, words: &[&str]| is_word(&tokens, position, words);
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

    #[test]
    fn hints_name_indexes() {
        let named = |text: &str| index_hints(EngineName::MySql, text).into_iter().collect::<Vec<_>>();
        assert_eq!(
            named("SELECT a FROM t USE INDEX (By_Day, `b``c`) IGNORE KEY FOR ORDER BY (d) WHERE e"),
            ["b``c", "by_day", "d"]
        );
        assert_eq!(named("PREPARE s FROM 'SELECT a FROM t FORCE INDEX (f)'"), ["f"]);
        assert!(named("ALTER TABLE t ADD INDEX a (b); SELECT use_index (c)").is_empty());
    }

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
        let whole = |table: &str| Insert { table: table.to_owned(), ..Insert::default() };
        let listed = |table: &str, columns: &[&str]| Insert {
            columns: Some(columns.iter().map(|column| (*column).to_owned()).collect()),
            ..whole(table)
        };
        for (text, expected) in [
            ("INSERT INTO log VALUES ('x', 'i')", vec![whole("log")]),
            (
                "BEGIN insert ignore into `shop`.`Log` SELECT 1; REPLACE log2 VALUES(1); END",
                vec![whole("log"), whole("log2")],
            ),
            ("INSERT INTO log (a, `B`) VALUES (1, c)", vec![listed("log", &["a", "b"])]),
            ("INSERT INTO log(a) SELECT count(*) FROM t", vec![listed("log", &["a"])]),
            ("INSERT INTO log (SELECT 1)", vec![whole("log")]),
            ("insert or replace into \"log\" values (1)", vec![whole("log")]),
            ("INSERT INTO log SET a = 1, b = c", vec![listed("log", &["a", "b"])]),
            ("INSERT INTO log DEFAULT VALUES", vec![listed("log", &[])]),
            ("UPDATE t SET a = replace(a, 'x', 'values'); SELECT * FROM t", vec![]),
            ("insert", vec![]),
            (
                "INSERT INTO public.old SELECT * FROM public.orders; DELETE FROM orders",
                vec![Insert { sources: ["orders".to_owned()].into(), ..whole("old") }],
            ),
            (
                "INSERT INTO old (a, b) SELECT o.*, now() FROM orders o",
                vec![Insert { sources: ["orders".to_owned()].into(), ..listed("old", &["a", "b"]) }],
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
            "CREATE TRIGGER t AFTER INSERT ON orders BEGIN SELECT * FROM orders; END",
        ] {
            assert_eq!(inserts(EngineName::Sqlite, text), [], "{text}");
        }
        let run = inserts(EngineName::PostgreSql, "BEGIN EXECUTE 'INSERT INTO old SELECT * FROM orders'; END");
        assert_eq!(run.len(), 1);
        assert!(run[0].columns.is_none() && run[0].sources.contains("orders"));
        let sums = inserts(EngineName::Sqlite, "INSERT INTO sums (total) SELECT price * amount FROM orders");
        assert!(sums[0].sources.is_empty(), "{sums:?}");
    }

    #[test]
    fn queries_with_names_pass_whole_rows_on() {
        for text in [
            "WITH moved AS (DELETE FROM orders RETURNING *) INSERT INTO old SELECT * FROM moved",
            "WITH a AS NOT MATERIALIZED (SELECT o.* FROM orders o), b AS (SELECT * FROM a) INSERT INTO old SELECT b.* FROM b",
            "INSERT INTO old WITH moved AS (UPDATE orders SET a = 1 RETURNING *) SELECT * FROM moved",
        ] {
            let found = inserts(EngineName::PostgreSql, text);
            assert!(found.iter().any(|insert| insert.table == "old" && insert.sources.contains("orders")), "{found:?}");
        }
        let counted = "WITH n AS (SELECT count(*) FROM orders) INSERT INTO sums SELECT * FROM n";
        assert!(!inserts(EngineName::PostgreSql, counted)[0].sources.contains("orders"));
    }

    #[test]
    fn queries_that_are_returned_are_found() {
        let whole = |text, is_plpgsql| {
            let queries = returned(text, is_plpgsql).into_iter().filter(|query| query.whole);
            queries.flat_map(|query| query.tables).collect::<Vec<_>>()
        };
        assert_eq!(whole("BEGIN RETURN QUERY SELECT u.* FROM app.users u; END", true), ["users"]);
        let named = "BEGIN FOR r IN SELECT * FROM users LOOP END LOOP; RETURN QUERY SELECT id FROM users; END";
        assert!(whole(named, true).is_empty());
        assert!(returned(named, true)[0].words.contains("id"));
        assert_eq!(whole("SELECT * FROM orders", false), ["orders"]);
        assert!(whole("SELECT count(*) FROM orders", false).is_empty());
    }

    #[test]
    fn what_a_new_column_changes_is_found() {
        let takes_all = |engine, text: &str| statements(engine, text).iter().any(|of| of.takes_all);
        for text in [
            "BEGIN DECLARE a int; SELECT * INTO a FROM orders LIMIT 1; END",
            "BEGIN DECLARE c CURSOR FOR SELECT o.* FROM orders o; END",
            "SELECT * FROM orders UNION ALL SELECT 1, 2",
            "SELECT 1 FROM orders WHERE (a, b) IN (SELECT * FROM orders)",
            "WITH x (a, b) AS (SELECT * FROM orders) SELECT a FROM x",
        ] {
            assert!(takes_all(EngineName::MySql, text), "{text}");
        }
        for text in [
            "BEGIN SELECT * FROM orders; END",
            "SELECT 1 WHERE EXISTS (SELECT * FROM orders)",
            "WITH x AS (SELECT * FROM orders) SELECT a FROM x",
            "SELECT count(*) INTO n FROM orders",
            "SELECT a FROM (SELECT * FROM orders) AS o",
        ] {
            assert!(!takes_all(EngineName::MySql, text), "{text}");
        }
        assert!(!takes_all(EngineName::PostgreSql, "SELECT * INTO row FROM orders"));
        let joined = statements(
            EngineName::MySql,
            "INSERT INTO daily (day, listed) SELECT date(made), o.own FROM orders o JOIN customers, app.shops",
        );
        let names = |of: &[&str]| of.iter().all(|name| joined[0].unqualified.contains(*name));
        assert!(names(&["made"]) && !names(&["listed"]) && !names(&["own"]) && !names(&["date"]), "{joined:?}");
        assert!(["orders", "customers", "shops"].iter().all(|name| joined[0].tables.contains(*name)), "{joined:?}");
        assert!(joined[0].targets.contains("daily") && !joined[0].tables.contains("daily"), "{joined:?}");
        assert!(statements(EngineName::MySql, "SELECT 1 FROM a NATURAL LEFT JOIN b")[0].is_natural);
    }

    #[test]
    fn nulls_that_are_written_are_found() {
        let nulls = |text| {
            let all = statements(EngineName::MySql, text);
            let of = |row: bool| {
                let names = all.iter().flat_map(|of| if row { &of.row_nulls } else { &of.nulls }).cloned();
                names.collect::<Vec<_>>()
            };
            (of(false), of(true))
        };
        for (text, plain, row) in [
            ("UPDATE t SET a = NULL, t.b = NULL WHERE c = NULL", &["a", "b"][..], &[][..]),
            ("BEGIN IF NEW.a = NULL THEN SET NEW.b = NULL; END IF; END", &[], &["b"]),
            ("BEGIN NEW.a := NULL; RETURN NEW; END", &[], &["a"]),
            ("INSERT INTO t (a, b, c) VALUES (1, f(2, NULL), NULL), (NULL, 2, 3)", &["a", "c"], &[]),
            ("INSERT INTO t (a, b) SELECT x, NULL FROM s ON DUPLICATE KEY UPDATE c = NULL", &["b", "c"], &[]),
            ("SELECT a FROM t WHERE a IS NULL", &[], &[]),
        ] {
            assert_eq!(nulls(text), (names_of(plain), names_of(row)), "{text}");
        }
    }

    fn names_of(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn collations_are_found() {
        let said =
            statements(EngineName::MySql, "SELECT _utf8'a' COLLATE utf8_bin, CONVERT(b USING utf8mb3), 'c' FROM t");
        assert_eq!(said[0].collations.iter().collect::<Vec<_>>(), ["utf8_bin", "utf8mb3"]);
    }

    #[test]
    fn arguments_of_calls_are_read() {
        let calls = |text| calls_with(text, "user_id").into_iter().collect::<Vec<_>>();
        assert_eq!(calls("BEGIN PERFORM app.note(1, NEW.user_id); END"), ["note"]);
        assert_eq!(calls("SELECT outer_one(inner_one(user_id))"), ["inner_one", "outer_one"]);
        assert!(calls("INSERT INTO app.orders (id, user_id) SELECT f(id), 1").is_empty());
    }
}

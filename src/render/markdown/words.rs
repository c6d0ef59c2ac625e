//! Conditions of checks in words.
//!
//! A condition is said only when all of it is understood; otherwise the reader has its SQL alone.

use super::escape::{code, push_code, text};
use crate::model::{Column, EngineName, Table};
use foldhash::HashMap;
use std::iter::Peekable;
use std::str::CharIndices;

/// What a condition demands, as Markdown. `None` when some of it is not understood.
pub(super) fn condition(engine: EngineName, table: Option<&Table>, sql: &str) -> Option<String> {
    let (said, _) = in_words(engine, table, sql);
    Some(or_null(table, sql, &said?))
}

/// Conditions that were put into words before: they recur from table to table.
#[derive(Default)]
pub(super) struct Conditions<'m>(HashMap<&'m str, (Option<String>, Vec<Lookup>)>);

impl<'m> Conditions<'m> {
    /// As [`condition`], for a condition of a table.
    pub(super) fn of(&mut self, engine: EngineName, table: &Table, sql: &'m str) -> Option<String> {
        let is_same = |lookup: &Lookup| {
            let known = lookup.column.as_ref().map(|(name, moment)| (name.as_str(), *moment));
            column(Some(table), &lookup.name) == known
        };
        if !self.0.get(sql).is_some_and(|(_, lookups)| lookups.iter().all(is_same)) {
            self.0.insert(sql, in_words(engine, Some(table), sql));
        }
        let (said, _) = self.0.get(sql)?;
        Some(or_null(Some(table), sql, said.as_ref()?))
    }
}

/// A name that was looked up among the columns of a table, with what was found.
struct Lookup {
    name: String,
    column: Option<(String, bool)>,
}

/// What a condition demands, without its subject, for the cell of the only column that it is about: `from 1 to 5`.
pub(super) fn about_column<'s>(column: &str, said: &'s str) -> Option<&'s str> {
    let column = code(column);
    let said = said.strip_prefix(&column)?.strip_prefix(' ')?;
    // What names the column again is no phrase about it.
    (!said.contains(&column)).then(|| said.strip_prefix("is ").unwrap_or(said))
}

/// What a domain demands of its values, for the cell of a column that has them: `at least 0`.
pub(super) fn of_value(engine: EngineName, sql: &str) -> Option<String> {
    let said = condition(engine, None, sql)?;
    let said = said.strip_prefix("the value ")?;
    Some(said.strip_prefix("is ").unwrap_or(said).to_owned())
}

/// What is said, and that NULL fits, too, where it does.
fn or_null(table: Option<&Table>, sql: &str, said: &str) -> String {
    let null = if may_be_null(table, sql, said) { ", or NULL" } else { "" };
    [said, null].concat()
}

/// A check of one column that does not speak of NULL holds for NULL, because it is then unknown and not false.
fn may_be_null(table: Option<&Table>, sql: &str, said: &str) -> bool {
    let Some(table) = table else { return false };
    let mut shown = String::new();
    let mut is_named = |column: &&Column| {
        shown.clear();
        push_code(&mut shown, &column.name);
        said.contains(&shown)
    };
    // Most checks are about columns that cannot be NULL.
    table.columns.iter().any(|column| column.nullable && is_named(&column))
        && table.columns.iter().filter(is_named).count() == 1
        && !sql.to_ascii_lowercase().contains("null")
}

/// What a condition says, and the columns that this rests on.
fn in_words(engine: EngineName, table: Option<&Table>, sql: &str) -> (Option<String>, Vec<Lookup>) {
    let Some(tokens) = tokens(engine, sql) else { return (None, Vec::new()) };
    let mut parser = Parser { tokens, at: 0, table, lookups: Vec::new() };
    let found = parser.either().filter(|_| parser.done());
    (found.and_then(|found| found.sentence()), parser.lookups)
}

/// The column that a name means, and whether it is a moment. Case of an unquoted name does not matter to any engine; what is no
/// column is nothing that could be said.
fn column<'t>(table: Option<&'t Table>, name: &str) -> Option<(&'t str, bool)> {
    let columns = &table?.columns;
    let exact = columns.iter().find(|column| column.name == name);
    let column = exact.or_else(|| columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))?;
    let base = column.base_type();
    let moment = ["timestamp", "datetime", "date"].iter().any(|moment| base.starts_with(moment));
    Some((&column.name, moment))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'s> {
    Word(&'s str),
    Name(String),
    Text(String),
    Number(&'s str),
    Sign(&'s str),
}

const SIGNS: [&str; 12] = ["!~*", "!~~", "<=", ">=", "<>", "!=", "::", "==", "||", "~~", "~*", "!~"];

/// `None` for what has another meaning than it seems: escapes, unfinished quotes, unknown prefixes of strings.
fn tokens(engine: EngineName, sql: &str) -> Option<Vec<Token<'_>>> {
    let is_mysql = matches!(engine, EngineName::MySql | EngineName::MariaDb);
    let mut found = Vec::new();
    let mut rest = sql.char_indices().peekable();
    while let Some((at, first)) = rest.next() {
        match first {
            _ if first.is_whitespace() => {}
            '\'' => {
                let content = quoted(&mut rest, '\'')?;
                if is_mysql && content.contains('\\') {
                    return None;
                }
                // MySQL writes the character set before a string; other prefixes change what it says.
                if at > 0 && sql[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
                    match found.pop() {
                        Some(Token::Word(prefix)) if is_mysql && prefix.starts_with('_') => {}
                        _ => return None,
                    }
                }
                found.push(Token::Text(content));
            }
            '"' if !is_mysql => found.push(Token::Name(quoted(&mut rest, '"')?)),
            '`' if engine != EngineName::PostgreSql => found.push(Token::Name(quoted(&mut rest, '`')?)),
            '"' | '`' => return None,
            _ if first.is_ascii_digit() => {
                found.push(Token::Number(run(sql, at, &mut rest, |next| next.is_ascii_digit() || next == '.')));
            }
            _ if is_word(first) => found.push(Token::Word(run(sql, at, &mut rest, is_word))),
            _ => {
                let sign = SIGNS.into_iter().find(|sign| sql[at..].starts_with(sign));
                for _ in 1..sign.map_or(1, str::len) {
                    rest.next();
                }
                found.push(Token::Sign(&sql[at..at + sign.map_or(first.len_utf8(), str::len)]));
            }
        }
    }
    Some(found)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

fn run<'s>(
    sql: &'s str,
    start: usize,
    rest: &mut Peekable<CharIndices<'_>>,
    belongs: impl Fn(char) -> bool,
) -> &'s str {
    let mut end = sql.len();
    while let Some((at, next)) = rest.peek() {
        if !belongs(*next) {
            end = *at;
            break;
        }
        rest.next();
    }
    &sql[start..end]
}

/// Up to the closing quote, where two stand for one.
fn quoted(rest: &mut Peekable<CharIndices<'_>>, quote: char) -> Option<String> {
    let mut content = String::new();
    loop {
        let (_, next) = rest.next()?;
        if next != quote {
            content.push(next);
        } else if rest.next_if(|(_, after)| *after == quote).is_some() {
            content.push(quote);
        } else {
            return Some(content);
        }
    }
}

/// A part of a condition in words.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    /// A subject and what is said of it, with its verb.
    One(String, String),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    fn sentence(&self) -> Option<String> {
        match self {
            Self::One(subject, phrase) => Some(format!("{subject} {phrase}")),
            Self::All(parts) => join(parts, "and", &|part| match part {
                Self::Any(inner) => Some(format!("either {}", join(inner, "or", &only_one)?)),
                other => only_one(other),
            }),
            Self::Any(parts) => join(parts, "or", &|part| match part {
                Self::All(inner) => join(inner, "and", &only_one),
                other => only_one(other),
            }),
        }
    }
}

/// Deeper conditions are no sentence that anybody could read.
fn only_one(part: &Condition) -> Option<String> {
    matches!(part, Condition::One(..)).then(|| part.sentence()).flatten()
}

/// Parts with the same subject share it: `a` is greater than 0 and at most 100.
fn join(parts: &[Condition], word: &str, say: &dyn Fn(&Condition) -> Option<String>) -> Option<String> {
    let mut said = Vec::new();
    for group in parts.chunk_by(|a, b| matches!((a, b), (Condition::One(a, _), Condition::One(b, _)) if a == b)) {
        let mut phrases: Vec<&str> = Vec::new();
        let mut subject = "";
        for part in group {
            if let Condition::One(of, phrase) = part {
                subject = of;
                phrases.push(phrase);
            }
        }
        said.push(match phrases.as_slice() {
            [] | [_] => say(&group[0])?,
            [low, high] if word == "and" && low.starts_with(LOW) && high.starts_with(HIGH) => {
                format!("{subject} is from {} to {}", &low[LOW.len()..], &high[HIGH.len()..])
            }
            [first, others @ ..] => {
                let others = others.iter().map(|phrase| match (first.starts_with("is "), phrase.strip_prefix("is ")) {
                    (true, Some(rest)) => rest,
                    _ => phrase,
                });
                let phrases: Vec<&str> = std::iter::once(*first).chain(others).collect();
                format!("{subject} {}", phrases.join(&format!(" {word} ")))
            }
        });
    }
    Some(said.join(&format!(", {word} ")))
}

const LOW: &str = "is at least ";
const HIGH: &str = "is at most ";

/// Something that is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    /// A column, or the value of a domain, with whether it is a date or a moment.
    Column(String, bool),
    Length(String),
    Constant(String),
}

impl Operand {
    fn words(&self) -> &str {
        match self {
            Self::Column(words, _) | Self::Length(words) | Self::Constant(words) => words,
        }
    }
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
    table: Option<&'t Table>,
    lookups: Vec<Lookup>,
}

impl<'t> Parser<'t> {
    fn done(&self) -> bool {
        self.at == self.tokens.len()
    }

    fn next(&mut self) -> Option<Token<'t>> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let found = match self.tokens.get(self.at) {
            Some(Token::Word(word)) => word.eq_ignore_ascii_case(wanted),
            Some(Token::Sign(sign)) => *sign == wanted,
            _ => false,
        };
        self.at += usize::from(found);
        found
    }

    fn needs(&mut self, wanted: &str) -> Option<()> {
        self.takes(wanted).then_some(())
    }

    /// Tries something, and goes back when it is not there.
    fn attempt<T>(&mut self, parse: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let found = parse(self);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn either(&mut self) -> Option<Condition> {
        let mut parts = vec![self.both()?];
        while self.takes("or") {
            parts.push(self.both()?);
        }
        Some(one_or(parts, Condition::Any, |part| match part {
            Condition::Any(inner) => Ok(inner),
            other => Err(other),
        }))
    }

    fn both(&mut self) -> Option<Condition> {
        let mut parts = vec![self.unit()?];
        while self.takes("and") {
            parts.push(self.unit()?);
        }
        Some(one_or(parts, Condition::All, |part| match part {
            Condition::All(inner) => Ok(inner),
            other => Err(other),
        }))
    }

    fn unit(&mut self) -> Option<Condition> {
        self.attempt(Self::predicate).or_else(|| {
            self.attempt(|parser| {
                parser.needs("(")?;
                let inner = parser.either()?;
                parser.needs(")")?;
                Some(inner)
            })
        })
    }

    fn predicate(&mut self) -> Option<Condition> {
        if let Some(found) = self.attempt(Self::function) {
            return Some(found);
        }
        let left = self.operand()?;
        let said = |phrase: String| Some(Condition::One(left.words().to_owned(), phrase));
        if self.takes("is") {
            let not = if self.takes("not") { "not " } else { "" };
            self.needs("null")?;
            return said(format!("is {not}NULL"));
        }
        let not = self.takes("not");
        let negated = if not { "not " } else { "" };
        if self.takes("between") {
            let low = self.operand()?;
            self.needs("and")?;
            let high = self.operand()?;
            return said(format!("is {negated}from {} to {}", low.words(), high.words()));
        }
        if self.takes("in") {
            let values = self.list("(", ")")?;
            return said(among(not, &values));
        }
        let matches = if not { "does not match" } else { "matches" };
        if self.takes("like") || (!not && self.takes("~~")) {
            return said(format!("{matches} the pattern {}", self.pattern()?));
        }
        if self.takes("regexp") || self.takes("rlike") || self.takes("glob") || (!not && self.takes("~")) {
            return said(format!("{matches} the expression {}", self.pattern()?));
        }
        if not {
            return None;
        }
        for (sign, phrase) in
            [("!~~", "does not match the pattern"), ("!~", "does not match the expression"), ("~*", "")]
        {
            if self.takes(sign) {
                let pattern = self.pattern()?;
                return said(if phrase.is_empty() {
                    format!("matches the expression {pattern} in any case")
                } else {
                    format!("{phrase} {pattern}")
                });
            }
        }
        self.comparison(&left)
    }

    fn comparison(&mut self, left: &Operand) -> Option<Condition> {
        const SIGNS: [(&str, &str, &str, &str); 8] = [
            ("<=", ">=", "at most", "not after"),
            (">=", "<=", "at least", "not before"),
            ("<>", "<>", "not", "not"),
            ("!=", "!=", "not", "not"),
            ("<", ">", "less than", "before"),
            (">", "<", "greater than", "after"),
            ("==", "==", "", ""),
            ("=", "=", "", ""),
        ];
        let at = SIGNS.iter().position(|(sign, ..)| self.takes(sign))?;
        let (sign, mirrored, ..) = SIGNS[at];
        for (word, wanted, not) in [("any", "=", false), ("all", "<>", true)] {
            if self.takes(word) {
                (sign == wanted).then_some(())?;
                self.needs("(")?;
                let values = self.array()?;
                self.needs(")")?;
                return Some(Condition::One(left.words().to_owned(), among(not, &values)));
            }
        }
        let right = self.operand()?;
        let turn = matches!((left, &right), (Operand::Constant(_), Operand::Column(..) | Operand::Length(_)));
        let (left, right, sign) = if turn { (&right, left, mirrored) } else { (left, &right, sign) };
        let (_, _, plain, moment) = SIGNS.iter().find(|entry| entry.0 == sign)?;
        let words = if matches!(left, Operand::Column(_, true)) { moment } else { plain };
        let space = if words.is_empty() { "" } else { " " };
        Some(Condition::One(left.words().to_owned(), format!("is {words}{space}{}", right.words())))
    }

    /// Functions that are conditions by themselves.
    fn function(&mut self) -> Option<Condition> {
        let Some(Token::Word(name)) = self.next() else { return None };
        match name.to_ascii_lowercase().as_str() {
            "json_valid" => {
                self.needs("(")?;
                let column = self.operand()?;
                self.needs(")")?;
                Some(Condition::One(column.words().to_owned(), "is valid JSON".to_owned()))
            }
            "regexp_like" => {
                self.needs("(")?;
                let column = self.operand()?;
                self.needs(",")?;
                let pattern = self.pattern()?;
                self.needs(")")?;
                Some(Condition::One(column.words().to_owned(), format!("matches the expression {pattern}")))
            }
            "num_nonnulls" => {
                let columns = self.list("(", ")")?;
                self.needs("=")?;
                let Some(Token::Number(count)) = self.next() else { return None };
                let verb = if count == "1" { "is" } else { "are" };
                Some(Condition::One(
                    format!("exactly {} of {}", text(count), columns.join(", ")),
                    format!("{verb} not NULL"),
                ))
            }
            _ => None,
        }
    }

    fn list(&mut self, open: &str, close: &str) -> Option<Vec<String>> {
        self.needs(open)?;
        let mut values = vec![self.operand()?.words().to_owned()];
        while self.takes(",") {
            values.push(self.operand()?.words().to_owned());
        }
        self.needs(close)?;
        Some(values)
    }

    /// `ARRAY['a'::text, …]`, with or without a cast of the whole.
    fn array(&mut self) -> Option<Vec<String>> {
        if self.takes("(") {
            let values = self.array()?;
            self.needs(")")?;
            self.casts(true)?;
            return Some(values);
        }
        self.needs("array")?;
        let values = self.list("[", "]")?;
        self.casts(true)?;
        Some(values)
    }

    fn pattern(&mut self) -> Option<String> {
        match self.operand()? {
            Operand::Constant(words) => Some(words),
            _ => None,
        }
    }

    fn operand(&mut self) -> Option<Operand> {
        let found = match self.next()? {
            Token::Sign("(") => {
                let inner = self.operand()?;
                self.needs(")")?;
                inner
            }
            Token::Sign("-") => match self.next()? {
                Token::Number(number) => Operand::Constant(format!("-{}", text(number))),
                _ => return None,
            },
            Token::Number(number) => Operand::Constant(text(number)),
            Token::Text(content) if content.is_empty() => Operand::Constant("the empty text".to_owned()),
            Token::Text(content) => Operand::Constant(code(&content)),
            Token::Name(name) => self.column(&name)?,
            Token::Word(word) => self.word(word)?,
            Token::Sign(_) => return None,
        };
        self.casts(matches!(found, Operand::Constant(_)))?;
        Some(found)
    }

    fn word(&mut self, word: &str) -> Option<Operand> {
        let is_call = matches!(self.tokens.get(self.at), Some(Token::Sign("(")));
        match (word.to_ascii_lowercase().as_str(), is_call) {
            ("length" | "char_length" | "character_length", true) => {
                self.needs("(")?;
                let Operand::Column(column, _) = self.operand()? else { return None };
                self.needs(")")?;
                Some(Operand::Length(format!("the length of {column}")))
            }
            ("now", true) => {
                self.needs("(")?;
                self.needs(")")?;
                Some(Operand::Constant("now".to_owned()))
            }
            ("current_timestamp", false) => Some(Operand::Constant("now".to_owned())),
            ("current_date", false) => Some(Operand::Constant("today".to_owned())),
            ("value", false) if self.table.is_none() => Some(Operand::Column("the value".to_owned(), false)),
            ("true" | "false", false) => Some(Operand::Constant(word.to_ascii_lowercase())),
            (_, true) => None,
            _ => self.column(word),
        }
    }

    fn column(&mut self, name: &str) -> Option<Operand> {
        let found = column(self.table, name);
        let known = found.map(|(name, moment)| (name.to_owned(), moment));
        self.lookups.push(Lookup { name: name.to_owned(), column: known });
        found.map(|(name, moment)| Operand::Column(code(name), moment))
    }

    /// Casts that PostgreSQL adds when it prints a condition. One that could change what a column holds is not
    /// understood.
    fn casts(&mut self, constant: bool) -> Option<()> {
        while self.takes("::") {
            let Some(Token::Word(first)) = self.next() else { return None };
            let mut data_type = first.to_ascii_lowercase();
            for word in ["varying", "precision", "with", "without", "time", "zone"] {
                if self.takes(word) {
                    data_type.push_str(word);
                }
            }
            let mut exact = true;
            if self.takes("(") {
                exact = false;
                while !self.takes(")") {
                    self.next()?;
                }
            }
            if self.takes("[") {
                self.needs("]")?;
            }
            let harmless = ["text", "charactervarying", "bpchar", "numeric", "doubleprecision", "bigint"];
            (constant || exact && harmless.contains(&data_type.as_str())).then_some(())?;
        }
        Some(())
    }
}

/// One part, or several with those of the same kind inside them made flat.
fn one_or(
    mut parts: Vec<Condition>,
    several: impl FnOnce(Vec<Condition>) -> Condition,
    flatten: impl Fn(Condition) -> Result<Vec<Condition>, Condition>,
) -> Condition {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    several(parts.into_iter().flat_map(|part| flatten(part).unwrap_or_else(|other| vec![other])).collect())
}

fn among(not: bool, values: &[String]) -> String {
    match values {
        [only] => format!("is {}{only}", if not { "not " } else { "" }),
        _ => format!("is {} {}", if not { "none of" } else { "one of" }, values.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;
    use proptest::prelude::*;

    fn table() -> Table {
        let mut table = Table::new("t");
        table.columns = vec![
            fixture::column("a", "integer", false),
            fixture::column("b", "integer", false),
            fixture::column("maybe", "integer", true),
            fixture::column("name", "character varying(20)", false),
            fixture::column("from_day", "date", false),
            fixture::column("to_day", "date", false),
            fixture::column("Big", "numeric(10,2)", false),
        ];
        table
    }

    #[test]
    fn what_each_engine_prints() {
        use EngineName::{MariaDb, MySql, PostgreSql, Sqlite};
        let table = table();
        for (engine, sql, words) in [
            (PostgreSql, "(a >= 0)", Some("`a` is at least 0")),
            (PostgreSql, "(\"Big\" >= (0)::numeric)", Some("`Big` is at least 0")),
            (PostgreSql, "((a >= 1) AND (a <= 5))", Some("`a` is from 1 to 5")),
            (PostgreSql, "((a > 0) AND (a <= 100))", Some("`a` is greater than 0 and at most 100")),
            (PostgreSql, "((a >= 0) AND (a <= b))", Some("`a` is from 0 to `b`")),
            (
                PostgreSql,
                "((name)::text = ANY (ARRAY[('x'::character varying)::text, ('y z'::character varying)::text]))",
                Some("`name` is one of `x`, `y z`"),
            ),
            (
                PostgreSql,
                "((name)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
                Some("`name` is one of `x`, `y`"),
            ),
            (PostgreSql, "((name)::text <> ''::text)", Some("`name` is not the empty text")),
            (PostgreSql, "(to_day > from_day)", Some("`to_day` is after `from_day`")),
            (PostgreSql, "((maybe IS NULL) OR (maybe >= 0))", Some("`maybe` is NULL or at least 0")),
            (PostgreSql, "(maybe > 0)", Some("`maybe` is greater than 0, or NULL")),
            (
                PostgreSql,
                "((name)::text ~ '^[a-z|]+$'::text)",
                Some("`name` matches the expression <code>^&#91;a-z&#124;&#93;+&#36;</code>"),
            ),
            (PostgreSql, "(char_length((name)::text) <= 10)", Some("the length of `name` is at most 10")),
            (PostgreSql, "(num_nonnulls(a, maybe) = 1)", Some("exactly 1 of `a`, `maybe` is not NULL")),
            (PostgreSql, "(((a = 1) AND (b IS NULL)) OR (a = 2))", Some("`a` is 1, and `b` is NULL, or `a` is 2")),
            (
                PostgreSql,
                "((a > 0) AND ((b = 1) OR (maybe = 1)))",
                Some("`a` is greater than 0, and either `b` is 1, or `maybe` is 1"),
            ),
            (MySql, "(`a` > 0) and (`a` <= 100)", Some("`a` is greater than 0 and at most 100")),
            (MySql, "`name` in (_utf8mb4'x',_utf8mb4'y''s')", Some("`name` is one of `x`, `y's`")),
            (MySql, "`a` between 1 and 5", Some("`a` is from 1 to 5")),
            (MySql, "regexp_like(`name`,_utf8mb4'^x')", Some("`name` matches the expression `^x`")),
            (MariaDb, "`a` <> 0", Some("`a` is not 0")),
            (MariaDb, "json_valid(`name`)", Some("`name` is valid JSON")),
            (Sqlite, "a > 0 AND b > 0", Some("`a` is greater than 0, and `b` is greater than 0")),
            (Sqlite, "0 < a", Some("`a` is greater than 0")),
            (Sqlite, "A NOT IN (1, -2)", Some("`a` is none of 1, -2")),
            (Sqlite, "name LIKE 'x%'", Some("`name` matches the pattern `x%`")),
            // What could mean something else is not said.
            (PostgreSql, "((\"Big\")::integer > 0)", None),
            (PostgreSql, "((name)::character varying(2) = 'x'::text)", None),
            (PostgreSql, "(name = E'\\n')", None),
            (PostgreSql, "(NOT (a > 0))", None),
            (PostgreSql, "(a > (b + 1))", None),
            (PostgreSql, "(lower((name)::text) = (name)::text)", None),
            (PostgreSql, "((a = 1) OR ((b = 1) AND ((maybe = 1) OR (maybe = 2))))", None),
            (MySql, "`name` = _utf8mb4'a\\'b'", None),
            (MySql, "(`name` = \"x\")", None),
            (Sqlite, "a > 0 extra", None),
            (Sqlite, "unknown > 0", None),
            (Sqlite, "", None),
        ] {
            assert_eq!(condition(engine, Some(&table), sql).as_deref(), words, "{sql}");
        }
        assert_eq!(
            condition(PostgreSql, None, "((VALUE)::text ~~ '%@%'::text)").as_deref(),
            Some("the value matches the pattern `%@%`")
        );
    }

    #[test]
    fn what_is_known_of_a_condition_holds_for_the_same_columns() {
        let with = |data_type: &str, nullable: bool| {
            let mut table = Table::new("t");
            table.columns = vec![Column { nullable, ..Column::new("a", data_type) }];
            table
        };
        let (number, moment, other) = (with("integer", false), with("timestamp", true), Table::new("t"));
        let mut conditions = Conditions::default();
        for table in [&number, &number, &moment, &other, &moment, &number] {
            for sql in ["a > now()", "a > 5", "a > b"] {
                let wanted = condition(EngineName::PostgreSql, Some(table), sql);
                assert_eq!(conditions.of(EngineName::PostgreSql, table, sql), wanted, "{sql}");
            }
        }
        let said = conditions.of(EngineName::PostgreSql, &moment, "a > now()");
        assert_eq!(said.as_deref(), Some("`a` is after now, or NULL"));
    }

    #[test]
    fn a_cell_of_the_column_needs_no_subject() {
        let table = table();
        let of = |column: &str, sql: &str| {
            let said = condition(EngineName::Sqlite, Some(&table), sql)?;
            about_column(column, &said).map(str::to_owned)
        };
        assert_eq!(of("a", "a BETWEEN 1 AND 5").as_deref(), Some("from 1 to 5"));
        assert_eq!(of("maybe", "maybe > 0").as_deref(), Some("greater than 0, or NULL"));
        assert_eq!(of("name", "length(name) < 5"), None);
        assert_eq!(of("a", "a = 1 AND b = 2 OR a = 3"), None);
    }

    proptest! {
        #![proptest_config(fixture::cases(500))]

        #[test]
        fn whatever_stands_in_a_condition(sql in fixture::hostile(), tail in fixture::hostile()) {
            let table = table();
            for engine in [EngineName::PostgreSql, EngineName::MySql, EngineName::Sqlite] {
                let _ = condition(engine, Some(&table), &sql);
                let value = format!("a = '{}'", sql.replace('\'', "''"));
                let said = condition(engine, Some(&table), &value);
                let is_escape = engine == EngineName::MySql && sql.contains('\\');
                prop_assert!(is_escape == said.is_none(), "{value}: {said:?}");
                let _ = condition(engine, Some(&table), &format!("{value} AND {tail}"));
            }
        }
    }
}

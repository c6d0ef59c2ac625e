//! Texts that `information_schema` cuts or cannot hold: it keeps them in a three-byte character set, with `?` for what does not
//! fit, ends binary defaults at the first zero byte, and takes the escapes out of the literals in the bodies of triggers,
//! routines and events. The statements of these objects tell them whole.

use super::session::{Answers, Row, Server, cell, text};
use super::show_create::{self, Column};
use crate::catalog::within;
use crate::model::quote::qualified;
use crate::model::{EngineName, QualifiedName, Unseen, UnseenKind};
use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Either, Error as SqlError, Row as _, raw_sql};
use std::collections::{BTreeMap, BTreeSet};

/// A kind of object with code: the answer that tells of it, the cells with its schema, its name and its text, the cell with the
/// statement in the answer to `SHOW CREATE`, and what is unseen without it.
struct Code {
    answer: &'static str,
    schema: usize,
    name: usize,
    text: usize,
    shown: usize,
    kind: UnseenKind,
}

const CODE: [Code; 4] = [
    Code { answer: "views", schema: 0, name: 1, text: 2, shown: 1, kind: UnseenKind::ViewDefinitions },
    Code { answer: "triggers", schema: 0, name: 2, text: 5, shown: 2, kind: UnseenKind::Triggers },
    Code { answer: "routines", schema: 0, name: 1, text: 4, shown: 2, kind: UnseenKind::Functions },
    Code { answer: "events", schema: 0, name: 1, text: 7, shown: 3, kind: UnseenKind::Events },
];

impl Code {
    fn word<'r>(&self, row: &'r Row) -> &'r str {
        match self.answer {
            "views" => "VIEW",
            "triggers" => "TRIGGER",
            "events" => "EVENT",
            _ => text(row, 2),
        }
    }

    fn qualified_name(&self, row: &Row) -> QualifiedName {
        QualifiedName::new(text(row, self.schema), text(row, self.name))
    }

    fn statement(&self, engine: EngineName, row: &Row) -> String {
        format!("SHOW CREATE {} {}", self.word(row), qualified(engine, &self.qualified_name(row)))
    }

    /// Whether the text may be another than was written. String literals of a body are told without their escapes.
    fn may_differ(&self, row: &Row) -> bool {
        let doubtful: &[char] = if self.answer == "views" { &['?'] } else { &['?', '\'', '"'] };
        text(row, self.text).contains(doubtful)
    }

    /// The text as its statement has it.
    fn whole(&self, row: &Row, statement: &str, width: usize) -> Option<String> {
        let body = match self.answer {
            "views" => return restored(text(row, self.text), statement, width),
            "triggers" => show_create::trigger_body(statement),
            "routines" => show_create::routine_body(statement),
            _ => show_create::event_body(statement),
        };
        body.ok().map(str::to_owned)
    }
}

/// Asks every sequence of MariaDB for its statement: what defines it stands nowhere else on all versions, and whoever may see
/// tables is shown it. The answer `sequences` has schema, name and statement.
pub(super) async fn sequences(
    server: &mut Server,
    engine: EngineName,
    answers: &mut Answers,
    wanted: impl Fn(&str, &str) -> bool,
) -> Result<(), SqlError> {
    let listed = answers.rows.get("tables").into_iter().flatten();
    let asked: Vec<(QualifiedName, (String, usize))> = listed
        .filter(|row| text(row, 2) == "SEQUENCE" && wanted(text(row, 0), text(row, 1)))
        .map(|row| QualifiedName::new(text(row, 0), text(row, 1)))
        .map(|name| (name.clone(), (format!("SHOW CREATE SEQUENCE {}", qualified(engine, &name)), 1)))
        .collect();
    let statements: Vec<_> = asked.iter().map(|(_, statement)| statement.clone()).collect();
    let shown = ask(server, &statements).await?;
    let row = |(name, (statement, _)): (QualifiedName, (String, usize))| {
        vec![Some(name.schema), Some(name.name), shown.get(&statement).cloned()]
    };
    answers.rows.insert("sequences", asked.into_iter().map(row).collect());
    Ok(())
}

/// Asks the tables with full-text and vector indexes that rows tell of for their statements: the parser of the one and the
/// options of the other stand nowhere else. The answer `index_options` has schema, table, index and option. Returns what
/// stays unseen.
pub(super) async fn index_options(
    server: &mut Server,
    engine: EngineName,
    answers: &mut Answers,
    wanted: impl Fn(&str, &str) -> bool,
) -> Result<Vec<Unseen>, SqlError> {
    let rows = answers.rows.get("indexes").into_iter().flatten();
    let tables: BTreeSet<QualifiedName> = rows
        .filter(|row| ["FULLTEXT", "VECTOR"].contains(&text(row, 8)) && wanted(text(row, 0), text(row, 1)))
        .map(|row| QualifiedName::new(text(row, 0), text(row, 1)))
        .collect();
    let statement = |name: &QualifiedName| format!("SHOW CREATE TABLE {}", qualified(engine, name));
    let asked: Vec<(String, usize)> = tables.iter().map(|name| (statement(name), 1)).collect();
    let shown = ask(server, &asked).await?;
    let (mut options, mut unseen) = (Vec::new(), Vec::new());
    for name in &tables {
        let Some(text) = shown.get(&statement(name)) else {
            unseen.push(Unseen {
                what: UnseenKind::Other,
                schema: Some(name.schema.clone()),
                object: Some(name.name.clone()),
                reason: "the parser of full-text indexes and the options of vector indexes stand in the table's statement, which \
                         the account is not shown"
                    .to_owned(),
                remedy: String::new(),
            });
            continue;
        };
        for key in show_create::special_keys(text) {
            let cells = |option: &String| {
                [&*name.schema, &*name.name, &*key.name, option].map(|cell| Some(cell.to_owned())).to_vec()
            };
            options.extend(key.options.iter().map(cells));
        }
    }
    answers.rows.insert("index_options", options);
    Ok(unseen)
}

/// Puts the whole texts into the answers. Returns what stays unseen.
pub(super) async fn complete(
    server: &mut Server,
    engine: EngineName,
    answers: &mut Answers,
    wanted: impl Fn(&str, &str) -> bool,
) -> Result<Vec<Unseen>, SqlError> {
    let is_asked = |code: &Code, row: &Row| {
        code.may_differ(row) && (code.answer != "views" || wanted(text(row, code.schema), text(row, code.name)))
    };
    let mut asked = Vec::new();
    for code in &CODE {
        let rows = answers.rows.get(code.answer).into_iter().flatten();
        asked.extend(rows.filter(|row| is_asked(code, row)).map(|row| (code.statement(engine, row), code.shown)));
    }
    let columns = answers.rows.get("columns").into_iter().flatten();
    // The statements of MariaDB have the same `?`.
    let tables: BTreeSet<QualifiedName> = columns
        .filter(|row| engine == EngineName::MySql && is_doubtful(row) && wanted(text(row, 0), text(row, 1)))
        .map(|row| QualifiedName::new(text(row, 0), text(row, 1)))
        .collect();
    let tables: BTreeMap<_, _> =
        tables.into_iter().map(|name| (format!("SHOW CREATE TABLE {}", qualified(engine, &name)), name)).collect();
    asked.extend(tables.keys().map(|statement| (statement.clone(), 1)));
    let shown = ask(server, &asked).await?;
    let mut unseen = Vec::new();
    for code in &CODE {
        let width = if engine == EngineName::MariaDb && code.answer == "views" { 4 } else { 1 };
        let rows = answers.rows.get_mut(code.answer).into_iter().flatten();
        for row in rows.filter(|row| is_asked(code, row)) {
            match shown.get(&code.statement(engine, row)).and_then(|statement| code.whole(row, statement, width)) {
                Some(whole) => {
                    if let Some(cell) = row.get_mut(code.text) {
                        *cell = Some(whole);
                    }
                }
                None => unseen.push(lost(code.kind, &code.qualified_name(row))),
            }
        }
    }
    for (statement, name) in &tables {
        let told = shown.get(statement).and_then(|text| show_create::columns(text).ok()).unwrap_or_default();
        let rows = answers.rows.get_mut("columns").into_iter().flatten();
        let rows = rows.filter(|row| text(row, 0) == name.schema && text(row, 1) == name.name && is_doubtful(row));
        let mut whole = true;
        for row in rows {
            let column = told.iter().find(|column| column.name == text(row, 2));
            match column.and_then(|column| default(row, column)) {
                Some(told) => {
                    if let Some(cell) = row.get_mut(4) {
                        *cell = Some(told);
                    }
                }
                None => whole &= !is_doubtful_default(row),
            }
            // The statement has the same sign in the place of what a label cannot show.
            whole &= !is_doubtful_type(row);
        }
        if !whole {
            unseen.push(lost(UnseenKind::Expressions, name));
        }
    }
    Ok(unseen)
}

/// The note about a text with characters that the server does not tell.
pub(in crate::catalog::mysql) fn lost(kind: UnseenKind, name: &QualifiedName) -> Unseen {
    Unseen {
        what: kind,
        schema: Some(name.schema.clone()),
        object: Some(name.name.clone()),
        reason: "the server may have printed other characters than were written".to_owned(),
        remedy: String::new(),
    }
}

fn is_doubtful(row: &Row) -> bool {
    is_doubtful_type(row) || is_doubtful_default(row)
}

fn is_doubtful_type(row: &Row) -> bool {
    let data_type = text(row, 6);
    (data_type.starts_with("enum(") || data_type.starts_with("set(")) && data_type.contains('?')
}

/// Whether a literal default may lack characters, or its end.
fn is_doubtful_default(row: &Row) -> bool {
    let Some(default) = row.get(4).and_then(Option::as_deref) else { return false };
    if text(row, 9).to_ascii_lowercase().contains("default_generated") {
        return false;
    }
    match length_of_binary(text(row, 6)) {
        Some((fixed, length)) if default.is_empty() => fixed && length > 0,
        Some((_, length)) => default.strip_prefix("0x").is_some_and(|digits| digits.len() / 2 < length),
        None => default.contains('?'),
    }
}

/// Whether a binary type has a fixed length, and its length.
fn length_of_binary(data_type: &str) -> Option<(bool, usize)> {
    let (name, rest) = data_type.split_once('(')?;
    let length = rest.strip_suffix(')')?.parse().ok()?;
    ["binary", "varbinary"].contains(&name).then_some((name == "binary", length))
}

/// The default of a column as `information_schema` would print it, if it could.
fn default(row: &Row, column: &Column<'_>) -> Option<String> {
    let written = column.default?;
    let literal = show_create::literal(written);
    if length_of_binary(text(row, 6)).is_none() {
        let bytes = || (text(row, 7) == "utf8mb4").then(|| hexadecimal(written)).flatten();
        return literal.or_else(|| String::from_utf8(bytes()?).ok());
    }
    match literal {
        Some(literal) if literal.is_empty() => Some(literal),
        Some(literal) => Some(literal.bytes().fold("0x".to_owned(), |text, byte| format!("{text}{byte:02X}"))),
        None => written.starts_with("0x").then(|| written.to_owned()),
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?;
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

/// A text with the characters that its statement has in the places of `?`. The text is the end of the statement, in which one
/// sign, or several, stand for each character that does not fit.
fn restored(lossy: &str, statement: &str, width: usize) -> Option<String> {
    let mut signs = lossy.matches('?').count();
    let mut characters = Vec::new();
    for character in statement.chars().rev().filter(|character| *character == '?' || *character > '\u{ffff}') {
        if signs == 0 {
            break;
        }
        signs = signs.checked_sub(if character == '?' { 1 } else { width })?;
        characters.push(character);
    }
    let mut whole = String::with_capacity(statement.len());
    let mut passed = 0;
    for character in lossy.chars() {
        if passed > 0 && character == '?' {
            passed -= 1;
        } else if character == '?' {
            let meant = characters.pop()?;
            passed = if meant == '?' { 0 } else { width - 1 };
            whole.push(meant);
        } else {
            whole.push(character);
        }
    }
    (signs == 0).then_some(whole)
}

/// Sends the statements in one message, and those after one that fails in another. Returns the answers by statement.
async fn ask(server: &mut Server, asked: &[(String, usize)]) -> Result<BTreeMap<String, String>, SqlError> {
    let mut shown = BTreeMap::new();
    let mut rest = asked;
    while !rest.is_empty() {
        let message: Vec<&str> = rest.iter().map(|(statement, _)| statement.as_str()).collect();
        let mut answers = raw_sql(AssertSqlSafe(message.join(";"))).fetch_many(&mut server.connection);
        let mut done = 0;
        loop {
            match within(server.patience, answers.try_next()).await {
                Ok(Some(Either::Right(row))) => {
                    let Some((statement, position)) = rest.get(done) else { continue };
                    if let Some(text) = (row.len() > *position).then(|| cell(&row, *position)).flatten() {
                        shown.insert(statement.clone(), text);
                    }
                }
                Ok(Some(Either::Left(_))) => done += 1,
                Ok(None) => break,
                Err(SqlError::Database(error)) => {
                    tracing::debug!(target: "brownfield::sql", reason = error.message(), "no statement");
                    // This one stays without an answer.
                    done += 1;
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if done == 0 {
            break;
        }
        rest = rest.get(done..).unwrap_or_default();
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_come_back_to_their_places() {
        let whole = restored("select '?', 'é?'", "CREATE ? VIEW v AS select '?', 'é😀'", 1);
        assert_eq!(whole.as_deref(), Some("select '?', 'é😀'"));
        let whole = restored("select '????', '?'", "CREATE VIEW v AS select '😀', '?'", 4);
        assert_eq!(whole.as_deref(), Some("select '😀', '?'"));
        assert_eq!(restored("a ? b", "a b", 1), None);
        assert_eq!(restored("a ? b", "a 😀 b", 4), None);
    }

    #[test]
    fn a_default_that_may_be_cut_is_doubtful() {
        let row = |default: &str, data_type: &str, extra: &str| -> Row {
            let cells = ["s", "t", "c", "1", default, "YES", data_type, "", "", extra];
            cells.iter().map(|cell| Some((*cell).to_owned())).collect()
        };
        assert!(is_doubtful(&row("0x6162", "binary(4)", "")) && is_doubtful(&row("", "binary(4)", "")));
        assert!(!is_doubtful(&row("0x61626364", "binary(4)", "")) && !is_doubtful(&row("", "varbinary(4)", "")));
        assert!(is_doubtful(&row("?", "varchar(9)", "")) && !is_doubtful(&row("new", "varchar(9)", "")));
        assert!(!is_doubtful(&row("concat('?')", "varchar(9)", "DEFAULT_GENERATED")));
        assert!(is_doubtful(&row("a", "enum('a','?')", "")) && !is_doubtful(&row("a", "enum('a','b')", "")));
    }
}

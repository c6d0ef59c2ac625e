//! Statements without their values.

use super::dialect;
use crate::model::EngineName;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, TokenizerError, Whitespace};
use std::fmt::Write;

/// Verbs of statements that look rows up. Others are no part of a workload.
const VERBS: [&str; 8] = ["SELECT", "WITH", "UPDATE", "DELETE", "INSERT", "REPLACE", "MERGE", "TABLE"];

/// Words that may stand before a literal and would not be understood before a placeholder.
const TYPE_WORDS: [&str; 5] = ["DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"];

/// Words after which a list of columns, given by their number in the result, is over.
const AFTER_POSITIONS: [&str; 10] =
    ["LIMIT", "OFFSET", "FETCH", "HAVING", "UNION", "INTERSECT", "EXCEPT", "FOR", "WINDOW", "ROWS"];

/// The tokens of a text, and what stopped the reading when something did.
pub(super) fn tokens(engine: EngineName, text: &str) -> (Vec<TokenWithSpan>, Option<TokenizerError>) {
    let mut tokens = Vec::new();
    let text = without_ellipses(engine, text);
    let mut tokenizer = Tokenizer::new(dialect(engine), &text).with_unescape(false);
    let error = tokenizer.tokenize_with_location_into_buf(&mut tokens).err();
    (tokens, error)
}

/// A statement with placeholders for its values, white space made even and long lists cut to two; `None` for statements
/// that look no rows up. What follows a part that cannot be read is left out.
pub(super) fn statement(engine: EngineName, text: &str) -> Option<String> {
    of_tokens(engine, tokens(engine, text).0.iter().map(|token| &token.token))
}

/// As [`statement`], from tokens.
pub(super) fn of_tokens<'t>(engine: EngineName, tokens: impl Iterator<Item = &'t Token>) -> Option<String> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut positions = false;
    for token in tokens {
        let last = pieces.iter().rfind(|piece| !matches!(piece, Piece::Space));
        let piece = match token {
            // PostgreSQL 18 cuts lists of values itself.
            Token::Whitespace(Whitespace::MultiLineComment(comment)) if comment.trim() == ", ..." => {
                push(engine, &mut pieces, Piece::Text(",".to_owned()));
                Piece::Value
            }
            Token::Whitespace(_) => Piece::Space,
            Token::EOF | Token::SemiColon => continue,
            Token::Placeholder(_) => Piece::Value,
            // A variable, whose name digests leave out.
            Token::AtQuestion if engine.is_mysql_family() => Piece::Value,
            // Behind a column it is an operator of PostgreSQL.
            Token::Question if last.is_none_or(Piece::before_value) => Piece::Value,
            Token::Number(digits, _) if positions && digits.len() < 3 && last.is_some_and(Piece::before_position) => {
                Piece::Text(digits.clone())
            }
            token if is_literal(token) => match last {
                Some(Piece::Word(word, _)) if word == "LIKE" => Piece::Text(pattern(token).to_owned()),
                _ => Piece::Value,
            },
            Token::Word(word) if word.quote_style.is_none() => {
                let written = if engine.is_mysql_family() { parsable(&word.value) } else { &word.value };
                let upper = written.to_uppercase();
                positions = upper == "BY" || (positions && !AFTER_POSITIONS.contains(&upper.as_str()));
                if is_plain_keyword(&upper) {
                    Piece::Word(upper, written.to_owned())
                } else {
                    Piece::Text(written.to_owned())
                }
            }
            _ => Piece::Text(token.to_string()),
        };
        push(engine, &mut pieces, piece);
    }
    shorten(&mut pieces);
    let mut text = String::new();
    let mut values = 0;
    for piece in &pieces {
        match piece {
            Piece::Space => text.push(' '),
            Piece::Value if engine == EngineName::PostgreSql => {
                values += 1;
                let _ = write!(text, "${values}");
            }
            Piece::Value => text.push('?'),
            Piece::Word(_, word) | Piece::Text(word) => text.push_str(word),
        }
    }
    let text = text.trim();
    let first = text.trim_start_matches(['(', ' ']).split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let first = first.to_uppercase();
    let inserts = matches!(first.as_str(), "INSERT" | "REPLACE");
    let reads = !inserts || pieces.iter().any(|piece| matches!(piece, Piece::Word(word, _) if word == "SELECT"));
    (VERBS.contains(&first.as_str()) && reads).then(|| text.to_owned())
}

#[derive(Debug, PartialEq)]
enum Piece {
    Space,
    /// A literal or placeholder.
    Value,
    /// A word that this module looks for, in upper case and as written.
    Word(String, String),
    Text(String),
}

impl Piece {
    fn before_value(&self) -> bool {
        match self {
            Self::Text(text) => text.ends_with(['=', '<', '>', '(', ',', '+', '-', '*', '/']),
            Self::Word(..) => true,
            _ => false,
        }
    }

    fn before_position(&self) -> bool {
        matches!(self, Self::Word(word, _) if word == "BY") || matches!(self, Self::Text(text) if text == ",")
    }
}

/// Digests write some words in a way that is rare in statements.
fn parsable(word: &str) -> &str {
    match word {
        "DISTINCTROW" => "DISTINCT",
        _ => word.strip_prefix("SQL_TSI_").unwrap_or(word),
    }
}

fn is_plain_keyword(upper: &str) -> bool {
    matches!(upper, "BY" | "LIKE" | "SELECT") || TYPE_WORDS.contains(&upper)
}

fn push(engine: EngineName, pieces: &mut Vec<Piece>, piece: Piece) {
    if piece == Piece::Space && matches!(pieces.last(), None | Some(Piece::Space)) {
        return;
    }
    if piece == Piece::Value {
        let before = pieces.iter().rposition(|piece| *piece != Piece::Space);
        let needless = before.is_some_and(|at| match &pieces[at] {
            // `INTERVAL ? DAY` is an expression of its own in MySQL and MariaDB.
            Piece::Word(word, _) if word == "INTERVAL" => !engine.is_mysql_family(),
            Piece::Word(word, _) => TYPE_WORDS.contains(&word.as_str()),
            Piece::Text(word) => engine.is_mysql_family() && word.starts_with('_') && word.len() > 1,
            _ => false,
        });
        if needless && let Some(at) = before {
            pieces.truncate(at);
        }
    }
    // Commas are written in one way, so that lists are.
    if matches!(&piece, Piece::Text(text) if text == ",") {
        pieces.pop_if(|last| *last == Piece::Space);
        pieces.extend([piece, Piece::Space]);
    } else {
        pieces.push(piece);
    }
}

/// Cuts every list of values to two, so that lists of any length make the same statement.
fn shorten(pieces: &mut Vec<Piece>) {
    let mut kept: Vec<Piece> = Vec::with_capacity(pieces.len());
    let (mut run, mut pending) = (0, Vec::new());
    for piece in pieces.drain(..) {
        match &piece {
            Piece::Value => {
                run += 1;
                if run <= 2 {
                    kept.append(&mut pending);
                    kept.push(piece);
                } else {
                    pending.clear();
                }
            }
            Piece::Space if run > 0 => pending.push(piece),
            Piece::Text(text) if run > 0 && text == "," && !pending.iter().any(|piece| *piece != Piece::Space) => {
                pending.push(piece);
            }
            _ => {
                run = 0;
                kept.append(&mut pending);
                kept.push(piece);
            }
        }
    }
    kept.append(&mut pending);
    *pieces = kept;
}

fn is_literal(token: &Token) -> bool {
    matches!(
        token,
        Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::TripleSingleQuotedString(_)
            | Token::TripleDoubleQuotedString(_)
            | Token::DollarQuotedString(_)
            | Token::SingleQuotedByteStringLiteral(_)
            | Token::DoubleQuotedByteStringLiteral(_)
            | Token::TripleSingleQuotedByteStringLiteral(_)
            | Token::TripleDoubleQuotedByteStringLiteral(_)
            | Token::SingleQuotedRawStringLiteral(_)
            | Token::DoubleQuotedRawStringLiteral(_)
            | Token::TripleSingleQuotedRawStringLiteral(_)
            | Token::TripleDoubleQuotedRawStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::QuoteDelimitedStringLiteral(_)
            | Token::NationalQuoteDelimitedStringLiteral(_)
            | Token::EscapedStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::HexStringLiteral(_)
            | Token::CopyData { .. }
    )
}

/// A pattern of LIKE without its letters: only whether it starts with a wildcard is kept, because that decides whether
/// an index can serve it.
fn pattern(token: &Token) -> &'static str {
    let text = match token {
        Token::SingleQuotedString(text) | Token::DoubleQuotedString(text) => text.as_str(),
        _ => "",
    };
    if text.is_empty() || text.starts_with(['%', '_']) { "'%?'" } else { "'?%'" }
}

/// The digests of MySQL and MariaDB write `(...)` for a list of values and `, ...` for its rest.
fn without_ellipses(engine: EngineName, text: &str) -> String {
    if engine.is_mysql_family() && text.contains("...") {
        text.replace(", ...", "").replace("...", "?, ?")
    } else {
        text.to_owned()
    }
}

/// Splits the tokens of a file at its semicolons.
pub(super) fn split(tokens: &[TokenWithSpan]) -> impl Iterator<Item = &[TokenWithSpan]> {
    let is_blank = |token: &TokenWithSpan| {
        matches!(token.token, Token::Whitespace(Whitespace::Space | Whitespace::Newline | Whitespace::Tab) | Token::EOF)
    };
    tokens.split(|token| token.token == Token::SemiColon).filter(move |statement| !statement.iter().all(is_blank))
}

#[cfg(test)]
mod tests {
    use super::*;
    use EngineName::{MySql, PostgreSql, Sqlite};

    fn normal(engine: EngineName, text: &str) -> String {
        statement(engine, text).expect("it looks rows up")
    }

    #[test]
    fn values_are_taken_out() {
        let text = "SELECT *  FROM t -- why\nWHERE a = 'Anna''s' AND b IN (1, 2,3) AND c = -4.5e3 AND d = $$x$$;";
        assert_eq!(normal(PostgreSql, text), "SELECT * FROM t WHERE a = $1 AND b IN ($2, $3) AND c = -$4 AND d = $5");
        assert_eq!(
            normal(MySql, r#"select a from t where b = "x\"y" and c = _utf8mb4'z' and d = 0xff"#),
            "select a from t where b = ? and c = ? and d = ?"
        );
        assert_eq!(normal(Sqlite, "SELECT \"a\" FROM t WHERE b = :name"), "SELECT \"a\" FROM t WHERE b = :name");
    }

    #[test]
    fn lists_of_any_length_are_one_statement() {
        let of = |list: &str| normal(PostgreSql, &format!("SELECT 1 FROM t WHERE a IN ({list}) AND b = 1"));
        assert_eq!(of("1, 2, 3"), of("4,5"));
        assert_ne!(of("1"), of("4, 5"));
    }

    #[test]
    fn lists_that_the_server_cut_are_lists() {
        let text = "SELECT a FROM t WHERE b IN ($1 /*, ... */) AND c = $2";
        assert_eq!(normal(PostgreSql, text), "SELECT a FROM t WHERE b IN ($1, $2) AND c = $3");
    }

    #[test]
    fn positions_in_the_result_stay() {
        let text = "SELECT a, b FROM t WHERE c = 1 GROUP BY 1, 2 ORDER BY 2 DESC, a LIMIT 10";
        assert_eq!(
            normal(PostgreSql, text),
            "SELECT a, b FROM t WHERE c = $1 GROUP BY 1, 2 ORDER BY 2 DESC, a LIMIT $2"
        );
    }

    #[test]
    fn words_that_only_literals_follow_go_with_them() {
        assert_eq!(
            normal(PostgreSql, "SELECT 1 FROM t WHERE a > date '2020-01-01' AND b < now() - interval $2"),
            "SELECT $1 FROM t WHERE a > $2 AND b < now() - $3"
        );
        let text = "SELECT a FROM t WHERE b > NOW ( ) - INTERVAL 1 DAY";
        assert_eq!(normal(MySql, text), "SELECT a FROM t WHERE b > NOW ( ) - INTERVAL ? DAY");
    }

    #[test]
    fn patterns_keep_only_how_they_start() {
        assert_eq!(normal(MySql, "SELECT a FROM t WHERE b LIKE 'secret%'"), "SELECT a FROM t WHERE b LIKE '?%'");
        assert_eq!(normal(MySql, "SELECT a FROM t WHERE b LIKE '%secret'"), "SELECT a FROM t WHERE b LIKE '%?'");
    }

    #[test]
    fn digests_are_understood() {
        let text = "SELECT `a` FROM `t` WHERE `t` . `b` IN (...) LIMIT ?, ...";
        assert_eq!(normal(MySql, text), "SELECT `a` FROM `t` WHERE `t` . `b` IN (?, ?) LIMIT ?");
        let text = "SELECT DISTINCTROW @? FROM `t` WHERE `b` > NOW ( ) - INTERVAL ? SQL_TSI_DAY";
        assert_eq!(normal(MySql, text), "SELECT DISTINCT ? FROM `t` WHERE `b` > NOW ( ) - INTERVAL ? DAY");
    }

    #[test]
    fn a_text_that_was_cut_off_keeps_no_piece_of_a_value() {
        assert_eq!(normal(MySql, "SELECT a FROM t WHERE b = 'secr"), "SELECT a FROM t WHERE b =");
    }

    #[test]
    fn statements_that_look_no_rows_up_are_left_out() {
        for text in ["BEGIN", "SET x = 1", "INSERT INTO t VALUES (1)", "CREATE TABLE t (a int)", "", "-- nothing"] {
            assert_eq!(statement(PostgreSql, text), None, "{text}");
        }
        assert!(statement(PostgreSql, "INSERT INTO t SELECT a FROM u WHERE b = 1").is_some());
    }
}

//! SQLite's tokens (its `src/tokenize.c`): enough to find clauses in a statement.

/// Kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A bare word: keyword or identifier.
    Word,
    /// A name in double quotes, brackets or backticks.
    Quoted,
    /// A string in single quotes.
    String,
    /// Anything else: a number or one sign.
    Other,
}

/// A token with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// Text without quotes.
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    /// Whether it is this keyword or sign.
    pub(crate) fn is(&self, word: &str) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Other) && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it can name something.
    pub(crate) fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Quoted)
    }
}

/// Splits a statement. Comments and white space are left out; an unfinished quote ends with the text.
pub(crate) fn tokens(sql: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let start = sql.len() - rest.len();
        let (kind, length) = match first {
            _ if first.is_whitespace() => {
                rest = &rest[first.len_utf8()..];
                continue;
            }
            '-' if rest.starts_with("--") => {
                rest = rest.split_once('\n').map_or("", |(_, after)| after);
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest[2..].split_once("*/").map_or("", |(_, after)| after);
                continue;
            }
            '\'' => (TokenKind::String, quoted(rest, '\'')),
            '"' => (TokenKind::Quoted, quoted(rest, '"')),
            '`' => (TokenKind::Quoted, quoted(rest, '`')),
            '[' => (TokenKind::Quoted, rest.find(']').map_or(rest.len(), |end| end + 1)),
            _ if is_word(first) && !first.is_ascii_digit() => (TokenKind::Word, run(rest, is_word)),
            _ if first.is_ascii_digit() => (TokenKind::Other, run(rest, |next| is_word(next) || next == '.')),
            _ => (TokenKind::Other, first.len_utf8()),
        };
        let text = &rest[..length];
        found.push(Token { kind, text: unquoted(kind, text), start, end: start + length });
        rest = &rest[length..];
    }
    found
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$' || !character.is_ascii()
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

/// Length of a quoted token; a doubled quote stands for one.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((position, character)) = characters.next() {
        if character == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return position + quote.len_utf8();
            }
        }
    }
    text.len()
}

fn unquoted(kind: TokenKind, text: &str) -> String {
    let Some(quote) = text.chars().next().filter(|_| matches!(kind, TokenKind::Quoted | TokenKind::String)) else {
        return text.to_owned();
    };
    let close = if quote == '[' { ']' } else { quote };
    let inner = text.strip_prefix(quote).unwrap_or(text);
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    if quote == '[' { inner.to_owned() } else { inner.replace(&format!("{quote}{quote}"), &quote.to_string()) }
}

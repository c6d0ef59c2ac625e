//! Reads the pieces that statements are made of, without copying them.

use std::borrow::Cow;

/// Why a statement was not understood: what was expected, and what stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::catalog::mysql) struct Refusal(String);

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A place in a statement.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'s> {
    text: &'s str,
    at: usize,
}

impl<'s> Scanner<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        Self { text, at: 0 }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn refuse<T>(&self, expected: &str) -> Result<T, Refusal> {
        let rest: String = self.rest().chars().take(40).collect();
        Err(Refusal(format!("expected {expected} before `{rest}`")))
    }

    /// Passes white space and comments. The server puts what other servers do not know into comments: compression of a
    /// column, the parser of a full-text key.
    fn skip_space(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(b'/') if self.rest().starts_with("/*") => match self.rest().find("*/") {
                    Some(end) => self.at += end + 2,
                    None => return,
                },
                _ => return,
            }
        }
    }

    /// Passes a comment for some versions that begins with these words, when it comes next: `/*M!100301 COMPRESSED*/`.
    /// Answers what stands after them.
    pub(super) fn eat_comment(&mut self, words: &str) -> Option<&'s str> {
        let rest = self.rest().trim_start();
        let (comment, after) = rest.strip_prefix("/*")?.split_once("*/")?;
        let (_version, held) = comment.split_once(' ')?;
        let argument = held.strip_prefix(words)?;
        self.at = self.text.len() - after.len();
        Some(argument.trim())
    }

    /// A word, a quoted name, a string or a sign of a statement that has white space and comments as they were written.
    pub(super) fn token(&mut self) -> Result<&'s str, Refusal> {
        self.skip_space();
        while self.rest().starts_with('#') || self.rest().starts_with("--") {
            self.line();
            self.skip_space();
        }
        match self.peek() {
            Some(quote @ (b'\'' | b'"' | b'`')) => self.quoted(quote, "a closing quote"),
            Some(sign) if !is_word(sign) => {
                self.at += 1;
                Ok(self.text.get(self.at - 1..self.at).unwrap_or_default())
            }
            _ => self.word(),
        }
    }

    /// What is left of the line.
    pub(super) fn line(&mut self) -> &'s str {
        let rest = self.rest();
        let line = rest.split('\n').next().unwrap_or_default();
        self.at += line.len();
        line.trim()
    }

    /// Whether nothing is left.
    pub(super) fn ended(&mut self) -> bool {
        self.skip_space();
        self.at >= self.text.len()
    }

    /// Passes these words or this sign, when they come next. One space in `what` stands for any.
    pub(super) fn eat(&mut self, what: &str) -> bool {
        let start = self.at;
        for part in what.split(' ') {
            self.skip_space();
            let rest = self.rest();
            let after = rest.as_bytes().get(part.len()).copied();
            let cut = part.bytes().next_back().is_some_and(is_word) && after.is_some_and(is_word);
            if !rest.starts_with(part) || cut {
                self.at = start;
                return false;
            }
            self.at += part.len();
        }
        true
    }

    /// Passes what has to come next.
    pub(super) fn expect(&mut self, what: &str) -> Result<(), Refusal> {
        if self.eat(what) { Ok(()) } else { self.refuse(what) }
    }

    /// A name between back-ticks.
    pub(super) fn name(&mut self) -> Result<Cow<'s, str>, Refusal> {
        self.skip_space();
        let quoted = self.quoted(b'`', "a name")?;
        let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        Ok(if inner.contains('`') { Cow::Owned(inner.replace("``", "`")) } else { Cow::Borrowed(inner) })
    }

    /// Names between parentheses.
    pub(super) fn names(&mut self) -> Result<Vec<String>, Refusal> {
        self.expect("(")?;
        let mut names = vec![self.name()?.into_owned()];
        while self.eat(",") {
            names.push(self.name()?.into_owned());
        }
        self.expect(")")?;
        Ok(names)
    }

    /// The value of a string between single quotes.
    pub(super) fn string(&mut self) -> Result<String, Refusal> {
        self.skip_space();
        let quoted = self.quoted(b'\'', "a string")?;
        let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        let mut value = String::with_capacity(inner.len());
        let mut characters = inner.chars();
        while let Some(character) = characters.next() {
            value.push(match character {
                '\\' => match characters.next() {
                    Some('0') => '\0',
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('t') => '\t',
                    Some('b') => '\u{8}',
                    Some('Z') => '\u{1a}',
                    Some(other) => other,
                    None => return self.refuse("a complete escape"),
                },
                // The second of two.
                '\'' => characters.next().unwrap_or('\''),
                other => other,
            });
        }
        Ok(value)
    }

    /// A word or number.
    pub(super) fn word(&mut self) -> Result<&'s str, Refusal> {
        self.skip_space();
        let rest = self.rest();
        let end = rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len());
        if end == 0 {
            return self.refuse("a word");
        }
        self.at += end;
        Ok(&rest[..end])
    }

    /// A whole number.
    pub(super) fn number<N: std::str::FromStr>(&mut self) -> Result<N, Refusal> {
        let word = self.word()?;
        word.parse().or_else(|_| self.refuse("a number"))
    }

    /// A whole number that can have a sign.
    pub(super) fn signed<N: std::str::FromStr>(&mut self) -> Result<N, Refusal> {
        let sign = if self.eat("-") { "-" } else { "" };
        let number = format!("{sign}{}", self.word()?);
        number.parse().or_else(|_| self.refuse("a number"))
    }

    /// What stands between two parentheses that belong together, as it is printed.
    pub(super) fn parenthesized(&mut self) -> Result<&'s str, Refusal> {
        self.expect("(")?;
        let start = self.at;
        self.pass(true)?;
        let inner = self.text.get(start..self.at).unwrap_or_default();
        self.expect(")")?;
        Ok(inner)
    }

    /// One value as it is printed: a literal, a call, an expression in parentheses. It ends with a space, a comma or a
    /// parenthesis outside of quotes and parentheses.
    pub(super) fn value(&mut self) -> Result<&'s str, Refusal> {
        self.skip_space();
        let start = self.at;
        self.pass(false)?;
        if start == self.at { self.refuse("a value") } else { Ok(self.text.get(start..self.at).unwrap_or_default()) }
    }

    /// A type as it is printed, without what stands after its sign: `enum('a','b')`, `int(10) unsigned zerofill`.
    pub(super) fn data_type(&mut self) -> Result<&'s str, Refusal> {
        self.skip_space();
        let start = self.at;
        self.word()?;
        if self.peek() == Some(b'(') {
            self.parenthesized()?;
        }
        for word in ["unsigned", "zerofill"] {
            self.eat(word);
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Moves to the parenthesis that closes, or to the end of one value.
    fn pass(&mut self, spaces: bool) -> Result<(), Refusal> {
        let mut depth = 0_u32;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' | b'"' | b'`' => {
                    self.quoted(byte, "a closing quote")?;
                    continue;
                }
                b'(' => depth += 1,
                b')' if depth == 0 => return Ok(()),
                b')' => depth -= 1,
                b' ' | b',' | b'\n' if depth == 0 && !spaces => return Ok(()),
                _ => {}
            }
            self.at += 1;
        }
        if spaces || depth > 0 { self.refuse("a closing parenthesis") } else { Ok(()) }
    }

    /// Text between two quotes of one kind, the quotes included. Two quotes stand for one; in strings a backslash takes
    /// its meaning from the next character. Names are between double quotes in the statements of some SQL modes.
    fn quoted(&mut self, quote: u8, expected: &str) -> Result<&'s str, Refusal> {
        let bytes = self.text.as_bytes();
        if self.peek() != Some(quote) {
            return self.refuse(expected);
        }
        let start = self.at;
        let mut at = start + 1;
        while let Some(&byte) = bytes.get(at) {
            if byte == b'\\' && quote == b'\'' {
                at += 2;
            } else if byte != quote {
                at += 1;
            } else if bytes.get(at + 1) == Some(&quote) {
                at += 2;
            } else {
                self.at = at + 1;
                return Ok(self.text.get(start..self.at).unwrap_or_default());
            }
        }
        self.refuse(expected)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

//! A value that cannot be printed, and text from which secrets are taken before it is.

use std::fmt;
use std::ops::Range;

/// What stands in the place of a secret.
const MASK: &str = "****";

/// What the names of parameters and variables that hold a secret end with: `sslpassword`, `PGPASSWORD`, `MYSQL_PWD`.
const SECRET_ENDINGS: [&str; 4] = ["password", "passwd", "passphrase", "pwd"];

/// The name of a parameter that holds a secret, and of too many others with more before it.
const SECRET_NAME: &str = "pass";

/// Before a password: a colon as it is, or percent-encoded with the user's name.
const COLONS: [&str; 3] = [":", "%3A", "%3a"];

/// Before the value of a parameter, likewise.
const EQUALS: [&str; 3] = ["=", "%3D", "%3d"];

/// What stands around quoted text.
const QUOTES: [char; 3] = ['\'', '"', '`'];

/// A password or another secret. Its `Debug` and `Display` forms show `****`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself, for the driver only.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

/// The text with `****` for what may be a password: between the colon and the last `@` of a URL, however misspelt, and
/// behind `password=`. Rather too much is hidden than too little.
pub fn masked(text: &str) -> String {
    text.split_inclusive('\n').map(|line| without_parameters(&without_credentials(line))).collect()
}

/// The line with `****` for the password of every `user:password@host`.
fn without_credentials(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(|character| !is_end(character)) {
        let (before, from_here) = rest.split_at(start);
        let word = &from_here[..from_here.find(is_end).unwrap_or(from_here.len())];
        out.push_str(before);
        if let Some(hidden) = password(word, from_here) {
            out.push_str(&word[..hidden.start]);
            out.push_str(MASK);
            rest = &from_here[hidden.end..];
        } else {
            out.push_str(word);
            rest = &from_here[word.len()..];
        }
    }
    out.push_str(rest);
    out
}

/// Where in a word, and the text that it begins, a password stands.
fn password(word: &str, text: &str) -> Option<Range<usize>> {
    let authority = word.find("//").map(|at| at + 2);
    let user = authority.unwrap_or_default();
    let (colon, length) = first(&word[user..], &COLONS)?;
    let is_address = authority.is_some() && word[user..].starts_with('[');
    if is_address || word[user..][..colon].contains('@') {
        return None;
    }
    let start = user + colon + length;
    let at_sign = |text: &str| text[start..].rfind('@').map(|at| start..start + at);
    // A blank may stand in a password of a URL that nobody encoded.
    if let Some(range) = at_sign(word).or_else(|| authority.and_then(|_| at_sign(text))) {
        return Some(range);
    }
    let end = authority.map(|_| word.trim_end_matches(QUOTES).len())?;
    let port = word.get(start..end)?.split(['/', '?']).next().unwrap_or_default();
    (!port.chars().all(|character| character.is_ascii_digit())).then_some(start..end)
}

/// The line with `****` for the value of every parameter that holds a secret.
fn without_parameters(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((equals, length)) = first(rest, &EQUALS) {
        let (before, after) = rest.split_at(equals + length);
        out.push_str(before);
        rest = after;
        let mut words = before[..equals].trim_end().rsplit(|character: char| !character.is_ascii_alphanumeric());
        let name = words.next().unwrap_or_default().to_ascii_lowercase();
        if name == SECRET_NAME || SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            let value = after.trim_start_matches(' ');
            let quote = value.chars().next().filter(|first| QUOTES.contains(first));
            let end = if let Some(closing) = quote.and_then(|quote| value[1..].find(quote)) {
                closing + 2
            } else {
                let end = value.find(|character| is_end(character) || character == '&').unwrap_or(value.len());
                // A quote around the whole text is not part of the value.
                value[..end].trim_end_matches(QUOTES).len()
            };
            out.push_str(MASK);
            rest = &value[end..];
        }
    }
    out.push_str(rest);
    out
}

/// Where the first of several signs stands in a text, and how long it is.
fn first(text: &str, signs: &[&str]) -> Option<(usize, usize)> {
    signs.iter().filter_map(|sign| Some((text.find(sign)?, sign.len()))).min()
}

/// Whether a character ends a word: blanks, and the control characters of styles.
fn is_end(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked_however_they_are_written() {
        for (text, shown) in [
            ("'postgres://app:hunter2@h/db'", "'postgres://app:****@h/db'"),
            ("postgres://app:hunt@er/2?x@h/db", "postgres://app:****@h/db"),
            ("postgres://app:hunter 2@h/db", "postgres://app:****@h/db"),
            ("postgres://app:hunter2'", "postgres://app:****'"),
            ("postgres//app:hunter2@h", "postgres//app:****@h"),
            ("postgres:app:hunter2@h", "postgres:****@h"),
            ("app:hunter2@h/db", "app:****@h/db"),
            ("mysql://h/d?user=app&password=hunter2&x=1", "mysql://h/d?user=app&password=****&x=1"),
            ("'host=h PASSWORD = hunter2' is", "'host=h PASSWORD =****' is"),
            ("password='hunt er2' user=a", "password=**** user=a"),
            ("password='hunter2", "password=****"),
            ("\u{1b}[33mapp:hunter2@h\u{1b}[0m", "\u{1b}[33mapp:****@h\u{1b}[0m"),
            ("\u{1b}[33mpostgres://app:hunter2@h\u{1b}[0m", "\u{1b}[33mpostgres://app:****@h\u{1b}[0m"),
            ("PGPASSWORD=hunter2 postgres://app@h/db", "PGPASSWORD=**** postgres://app@h/db"),
            ("postgres://h/shop%3Bpassword%3Dhunter2", "postgres://h/shop%3Bpassword%3D****"),
            ("postgres://app%3Ahunter2@h/db", "postgres://app%3A****@h/db"),
            ("a postgres://a:b@c and\npassword=b", "a postgres://a:****@c and\npassword=****"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in [
            "error: cannot connect to postgres://app@db.example:5433/shop",
            "write mysql://user@host:3306/database, with special characters as %XX",
            "postgres://[::1]:6000/d, postgres://u@[::1]:6000/d and http://localhost:8080",
            "line 2: expected = 3, because: it is so\n\n  | x = 1\n",
            "",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}

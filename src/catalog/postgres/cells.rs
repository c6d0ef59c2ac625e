//! From the server's text to typed values. Nothing here fails: what cannot be read as a number becomes its default,
//! so that a catalog with surprises is still read.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use std::borrow::Cow;

/// The cells of one row, taken from left to right.
pub(super) struct Cells<'r> {
    row: &'r PgRow,
    next: usize,
}

impl<'r> Cells<'r> {
    pub(super) fn new(row: &'r PgRow) -> Self {
        Self { row, next: 0 }
    }

    /// The next cell.
    pub(super) fn take<T: Cell>(&mut self) -> T {
        let cell = self.row.try_get_raw(self.next).ok();
        self.next += 1;
        // A database in SQL_ASCII sends whatever bytes it holds.
        let text = cell.as_ref().and_then(|value| value.as_bytes().ok()).map(String::from_utf8_lossy);
        T::from_text(text)
    }
}

/// A value that a cell can become.
pub(super) trait Cell {
    fn from_text(text: Option<Cow<'_, str>>) -> Self;
}

/// A row of one statement.
pub(super) trait Decode {
    fn decode(cells: &mut Cells<'_>) -> Self;
}

impl Cell for String {
    fn from_text(text: Option<Cow<'_, str>>) -> Self {
        text.map(Cow::into_owned).unwrap_or_default()
    }
}

impl Cell for Option<String> {
    fn from_text(text: Option<Cow<'_, str>>) -> Self {
        text.map(Cow::into_owned)
    }
}

impl Cell for bool {
    fn from_text(text: Option<Cow<'_, str>>) -> Self {
        text.as_deref() == Some("t")
    }
}

/// The letter of a `"char"` column; a blank when it is empty.
impl Cell for char {
    fn from_text(text: Option<Cow<'_, str>>) -> Self {
        text.and_then(|text| text.chars().next()).unwrap_or(' ')
    }
}

/// The beginning of a SHA-256 digest, 128 bits of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Digest(u128);

/// A byte string of 16 bytes in hexadecimal digits.
impl Cell for Option<Digest> {
    fn from_text(text: Option<Cow<'_, str>>) -> Self {
        u128::from_str_radix(text?.strip_prefix("\\x")?, 16).ok().map(Digest)
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            fn from_text(text: Option<Cow<'_, str>>) -> Self {
                text.and_then(|text| text.parse().ok()).unwrap_or_default()
            }
        }

        impl Cell for Option<$type> {
            fn from_text(text: Option<Cow<'_, str>>) -> Self {
                text.and_then(|text| text.parse().ok())
            }
        }
    )*};
}
numbers!(i16, i32, u32, i64, u64, f64);

/// An array or vector of numbers: `{1,2}` or `1 2`.
impl Cell for Vec<i16> {
    fn from_text(text: Option<Cow<'_, str>>) -> Self {
        split_numbers(text.as_deref())
    }
}

/// An array or vector of object identifiers.
impl Cell for Vec<u32> {
    fn from_text(text: Option<Cow<'_, str>>) -> Self {
        split_numbers(text.as_deref())
    }
}

/// An array of texts.
impl Cell for Vec<String> {
    fn from_text(text: Option<Cow<'_, str>>) -> Self {
        text.as_deref().map(split_texts).unwrap_or_default()
    }
}

fn split_numbers<T: std::str::FromStr>(text: Option<&str>) -> Vec<T> {
    text.unwrap_or_default()
        .split(|character: char| !character.is_ascii_digit() && character != '-')
        .filter_map(|number| number.parse().ok())
        .collect()
}

/// The elements of a one-dimensional text array in the server's output form.
fn split_texts(array: &str) -> Vec<String> {
    let Some(inside) = array.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { return Vec::new() };
    if inside.is_empty() {
        return Vec::new();
    }
    let mut elements = vec![String::new()];
    let mut quoted = false;
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        let Some(element) = elements.last_mut() else { break };
        match character {
            '\\' => element.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => elements.push(String::new()),
            other => element.push(other),
        }
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_and_vectors_of_numbers() {
        assert_eq!(split_numbers::<i16>(Some("{1,-2,3}")), [1, -2, 3]);
        assert_eq!(split_numbers::<u32>(Some("4294967295 0 7")), [u32::MAX, 0, 7]);
        assert!(split_numbers::<i16>(Some("")).is_empty());
        assert!(split_numbers::<i16>(None).is_empty());
    }

    #[test]
    fn arrays_of_texts() {
        assert_eq!(split_texts("{}"), Vec::<String>::new());
        assert_eq!(split_texts("{fillfactor=70,a=b}"), ["fillfactor=70", "a=b"]);
        assert_eq!(split_texts(r#"{"a,b","c\"d\\e",""}"#), ["a,b", "c\"d\\e", ""]);
        assert_eq!(split_texts(r#"{"search_path=pg_catalog, \"My\""}"#), ["search_path=pg_catalog, \"My\""]);
    }
}

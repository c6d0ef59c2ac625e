//! From the server's text to typed values. Nothing here fails: what cannot be read as a number becomes its default,
//! so that a catalog with surprises is still read.

use crate::model::{DataType, Rarely, Usual};
use atoi::{FromRadix10SignedChecked, atoi};
use compact_str::CompactString;
use serde::de::DeserializeOwned;
use smallvec::SmallVec;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

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
        T::from_bytes(cell.as_ref().and_then(|value| value.as_bytes().ok()))
    }
}

/// A value that a cell can become.
pub(super) trait Cell: Sized {
    fn from_text(text: Option<&str>) -> Self;

    /// From what the server sent. What has another implementation than this one needs no valid text.
    fn from_bytes(bytes: Option<&[u8]>) -> Self {
        let Some(bytes) = bytes else { return Self::from_text(None) };
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::from_text(Some(text)),
            // A database in SQL_ASCII sends whatever bytes it holds.
            Err(_) => Self::from_text(Some(&String::from_utf8_lossy(bytes))),
        }
    }
}

/// A row of one statement.
pub(super) trait Decode {
    fn decode(cells: &mut Cells<'_>) -> Self;
}

impl Cell for String {
    fn from_text(text: Option<&str>) -> Self {
        text.unwrap_or_default().to_owned()
    }
}

impl Cell for CompactString {
    fn from_text(text: Option<&str>) -> Self {
        Self::new(text.unwrap_or_default())
    }
}

impl Cell for DataType {
    fn from_text(text: Option<&str>) -> Self {
        text.unwrap_or_default().into()
    }
}

impl Cell for Option<String> {
    fn from_text(text: Option<&str>) -> Self {
        text.map(str::to_owned)
    }
}

impl Cell for bool {
    fn from_text(text: Option<&str>) -> Self {
        Self::from_bytes(text.map(str::as_bytes))
    }

    fn from_bytes(bytes: Option<&[u8]>) -> Self {
        bytes == Some(b"t")
    }
}

/// The letter of a `"char"` column; a blank when it is empty.
impl Cell for char {
    fn from_text(text: Option<&str>) -> Self {
        text.and_then(|text| text.chars().next()).unwrap_or(' ')
    }
}

/// The beginning of a SHA-256 digest, 128 bits of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Digest(u64, u64);

/// A byte string of 16 bytes in hexadecimal digits.
impl Cell for Option<Digest> {
    fn from_text(text: Option<&str>) -> Self {
        let (first, second) = text?.strip_prefix("\\x")?.split_at_checked(16)?;
        let number = |digits: &str| u64::from_str_radix(digits, 16).ok();
        Some(Digest(number(first)?, number(second)?))
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            fn from_text(text: Option<&str>) -> Self {
                Self::from_bytes(text.map(str::as_bytes))
            }

            fn from_bytes(bytes: Option<&[u8]>) -> Self {
                bytes.and_then(atoi).unwrap_or_default()
            }
        }

        impl Cell for Option<$type> {
            fn from_text(text: Option<&str>) -> Self {
                Self::from_bytes(text.map(str::as_bytes))
            }

            fn from_bytes(bytes: Option<&[u8]>) -> Self {
                bytes.and_then(atoi)
            }
        }
    )*};
}
numbers!(i16, i32, u16, u32, i64, u64);

impl Cell for Option<f64> {
    fn from_text(text: Option<&str>) -> Self {
        text?.parse().ok()
    }
}

/// A few numbers, in place as long as they are no more than four.
pub(super) type Numbers<T> = SmallVec<[T; 4]>;

/// An array or vector of numbers: `{1,2}` or `1 2`.
impl Cell for Numbers<i16> {
    fn from_text(text: Option<&str>) -> Self {
        Self::from_bytes(text.map(str::as_bytes))
    }

    fn from_bytes(bytes: Option<&[u8]>) -> Self {
        split_numbers(bytes)
    }
}

/// An array or vector of object identifiers.
impl Cell for Numbers<u32> {
    fn from_text(text: Option<&str>) -> Self {
        Self::from_bytes(text.map(str::as_bytes))
    }

    fn from_bytes(bytes: Option<&[u8]>) -> Self {
        split_numbers(bytes)
    }
}

/// An array of texts.
impl Cell for Vec<String> {
    fn from_text(text: Option<&str>) -> Self {
        text.map(split_texts).unwrap_or_default()
    }
}

/// What few rows of an answer have: a JSON array of it in one cell, which is empty for all others.
impl<T: Usual + PartialEq + DeserializeOwned> Cell for Rarely<T> {
    fn from_text(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

fn split_numbers<T: FromRadix10SignedChecked>(bytes: Option<&[u8]>) -> Numbers<T>
where
    [T; 4]: smallvec::Array<Item = T>,
{
    bytes.unwrap_or_default().split(|byte| !byte.is_ascii_digit() && *byte != b'-').filter_map(atoi).collect()
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
        assert_eq!(split_numbers::<i16>(Some(b"{1,-2,3}")).as_slice(), [1, -2, 3]);
        assert_eq!(split_numbers::<u32>(Some(b"4294967295 0 7")).as_slice(), [u32::MAX, 0, 7]);
        assert!(split_numbers::<i16>(Some(b"")).is_empty());
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

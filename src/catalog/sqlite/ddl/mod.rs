//! Reads the statements that SQLite keeps: what no pragma tells.
//!
//! The parser never fails. What it does not understand it leaves out, and the pragmas still tell the columns and keys.

mod create_index;
mod create_table;
mod token;

pub(super) use create_index::{create_index, create_trigger};
pub(super) use create_table::{ForeignKeyText, KeyText, TableText, create_table};
pub(super) use token::{Token, tokens};

/// The names that a piece of SQL mentions, lower-cased: identifiers, bare or quoted.
pub(super) fn mentioned(sql: &str) -> Vec<String> {
    tokens(sql).into_iter().filter(Token::is_name).map(|token| token.text.to_lowercase()).collect()
}

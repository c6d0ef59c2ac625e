//! Reads the statements that SQLite keeps: what no pragma tells.
//!
//! The parser never fails. What it does not understand it leaves out, and the pragmas still tell the columns and keys.

mod create_index;
mod create_table;
mod create_view;
mod token;

pub(super) use create_index::{create_index, create_trigger};
pub(super) use create_table::{ForeignKeyText, KeyText, TableText, create_table};
pub(super) use create_view::sources;
pub(crate) use token::{Token, TokenKind, tokens};

/// The names that an expression mentions, lower-cased as SQLite compares them: identifiers, bare or quoted, functions
/// aside.
pub(super) fn mentioned(expression: &str) -> Vec<String> {
    let all = tokens(expression);
    let is_call = |position: usize| all.get(position + 1).is_some_and(|next| next.is("("));
    let names = all.iter().enumerate().filter(|(position, token)| token.is_name() && !is_call(*position));
    names.map(|(_, token)| token.text.to_ascii_lowercase()).collect()
}

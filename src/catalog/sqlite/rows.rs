//! What the queries answered, as text.

use std::collections::BTreeMap;

/// A value as text; `None` is NULL.
pub(super) type Cell = Option<String>;

/// The answers of one reading.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) version: String,
    pub(super) encoding: String,
    pub(super) objects: Vec<Vec<Cell>>,
    pub(super) tables: Vec<Vec<Cell>>,
    pub(super) columns: Vec<Vec<Cell>>,
    pub(super) indexes: Vec<Vec<Cell>>,
    pub(super) index_parts: Vec<Vec<Cell>>,
    pub(super) foreign_keys: Vec<Vec<Cell>>,
    pub(super) stat1: Vec<Vec<Cell>>,
    pub(super) sequence: Vec<Vec<Cell>>,
    /// Views and virtual tables that do not work, with SQLite's complaint.
    pub(super) broken: BTreeMap<String, String>,
}

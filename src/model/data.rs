//! What the rows say, read only because the user asked for it. Like statistics it is no part of the schema.

use super::QualifiedName;
use serde::{Deserialize, Serialize};

/// Answers from table data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableData {
    /// Foreign keys whose rows were looked at, by table and columns.
    pub foreign_keys: Vec<ForeignKeyRows>,
    /// Histories of migration tools that keep a state, by table.
    pub migrations: Vec<MigrationState>,
}

/// What the rows of a child table say about one of its foreign keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKeyRows {
    /// Child.
    pub table: QualifiedName,
    /// Referencing columns.
    pub columns: Vec<String>,
    /// Rows without a parent among those looked at, counted up to a limit; `None` when they could not be looked at.
    pub orphans: Option<u64>,
    /// Every row was looked at. False for tables with more rows than the limit.
    pub complete: bool,
    /// Why the rows could not be looked at, in the server's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The state that a migration tool keeps in its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationState {
    /// The history.
    pub table: QualifiedName,
    /// Entries that failed, did not end or hold a lock; `None` when they could not be read.
    pub unfinished: Option<Vec<String>>,
    /// Why they could not be read, in the server's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl TableData {
    pub(super) fn sort(&mut self) {
        self.foreign_keys.sort_by(|a, b| (&a.table, &a.columns).cmp(&(&b.table, &b.columns)));
        self.migrations.sort_by(|a, b| a.table.cmp(&b.table));
    }

    /// What the rows say about a foreign key, when they were looked at.
    pub fn foreign_key(&self, table: &QualifiedName, columns: &[String]) -> Option<&ForeignKeyRows> {
        let found =
            self.foreign_keys.binary_search_by(|entry| (&entry.table, entry.columns.as_slice()).cmp(&(table, columns)));
        found.ok().map(|position| &self.foreign_keys[position])
    }
}

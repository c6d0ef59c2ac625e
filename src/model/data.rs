//! What the rows say, read only because the user asked for it. Like statistics it is no part of the schema.

use super::QualifiedName;
use serde::{Deserialize, Serialize};

/// Answers from table data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableData {
    /// Foreign keys whose rows were looked at, by table and columns.
    pub foreign_keys: Vec<ForeignKeyRows>,
    /// References whose values were compared, by table and column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<ComparedValues>,
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

/// A column that may refer to another one, without a foreign key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Child.
    pub table: QualifiedName,
    /// Referencing column.
    pub column: String,
    /// Parent.
    pub referenced_table: QualifiedName,
    /// Referenced column.
    pub referenced_column: String,
}

/// How the values of a column compare with those of the column that it may refer to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedValues {
    /// The two columns.
    pub reference: Reference,
    /// What came out.
    pub comparison: Comparison,
}

/// What a comparison of values came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Comparison {
    /// The values were looked at.
    Counted {
        /// Distinct values of the child that were compared, up to a limit.
        values: u64,
        /// Those among them that the parent does not have.
        orphans: u64,
    },
    /// The values could not be looked at, and why, in the server's words.
    Failed(String),
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
        self.references.sort_by(|a, b| a.reference.cmp(&b.reference));
        self.migrations.sort_by(|a, b| a.table.cmp(&b.table));
    }

    /// What the rows say about a foreign key, when they were looked at.
    pub fn foreign_key(&self, table: &QualifiedName, columns: &[String]) -> Option<&ForeignKeyRows> {
        let found =
            self.foreign_keys.binary_search_by(|entry| (&entry.table, entry.columns.as_slice()).cmp(&(table, columns)));
        found.ok().map(|position| &self.foreign_keys[position])
    }

    /// How the values of a reference compare, when they were asked for.
    pub fn comparison(&self, reference: &Reference) -> Option<&Comparison> {
        let found = self.references.binary_search_by(|entry| entry.reference.cmp(reference));
        found.ok().map(|position| &self.references[position].comparison)
    }
}

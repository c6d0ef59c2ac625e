//! Facts about one copy of a schema: they differ between two copies of the same schema, so they stand apart.

use super::QualifiedName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Statistics of a database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// Name of the database, or file name without its folder (SQLite).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// When usage counters were last reset, RFC 3339, UTC. Index usage before that is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters_since: Option<String>,
    /// Whole days between that reset and the moment of reading, by the server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters_age_days: Option<u32>,
    /// The server is a standby: its counters are its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub standby: bool,
    /// Tables, by name. Partitions count to their parent.
    pub tables: Vec<TableStatistics>,
    /// Indexes, by table and name.
    pub indexes: Vec<IndexStatistics>,
    /// Columns, by table and name, where the role may see them.
    pub columns: Vec<ColumnStatistics>,
    /// Sequences and auto-increment counters, where they could be read.
    pub sequences: Vec<SequenceStatistics>,
    /// Versions of installed extensions whose files lie on the server, by extension (PostgreSQL).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extension_versions: BTreeMap<String, String>,
    /// Accounts of the server as `user@host`, in order (MySQL, MariaDB); `None` when they could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<String>>,
    /// Constraints that another session checked against the rows at the moment of reading, by table and name (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validations: Vec<Validation>,
}

/// A constraint that is being validated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// Table.
    pub table: QualifiedName,
    /// Constraint.
    pub constraint: String,
    /// Column of a NOT NULL constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Statistics {
    pub(super) fn sort(&mut self) {
        self.tables.sort_by(|a, b| a.table.cmp(&b.table));
        self.indexes.sort_by(|a, b| (&a.table, &a.index).cmp(&(&b.table, &b.index)));
        self.columns.sort_by(|a, b| (&a.table, &a.column).cmp(&(&b.table, &b.column)));
        self.validations.sort();
        self.sequences.sort_by(|a, b| (&a.table, &a.column, &a.sequence).cmp(&(&b.table, &b.column, &b.sequence)));
    }

    /// Statistics of a table.
    pub fn table(&self, schema: &str, name: &str) -> Option<&TableStatistics> {
        let found = self
            .tables
            .binary_search_by(|entry| (entry.table.schema.as_str(), entry.table.name.as_str()).cmp(&(schema, name)));
        found.ok().map(|position| &self.tables[position])
    }

    /// Statistics of an index.
    pub fn index(&self, schema: &str, table: &str, index: &str) -> Option<&IndexStatistics> {
        let found = self.indexes.binary_search_by(|entry| {
            (entry.table.schema.as_str(), entry.table.name.as_str(), entry.index.as_str()).cmp(&(schema, table, index))
        });
        found.ok().map(|position| &self.indexes[position])
    }

    /// Statistics of a column.
    pub fn column(&self, schema: &str, table: &str, column: &str) -> Option<&ColumnStatistics> {
        let found = self.columns.binary_search_by(|entry| {
            (entry.table.schema.as_str(), entry.table.name.as_str(), entry.column.as_str())
                .cmp(&(schema, table, column))
        });
        found.ok().map(|position| &self.columns[position])
    }
}

/// Statistics of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableStatistics {
    /// Table.
    pub table: QualifiedName,
    /// Estimated number of rows; `None` when the table was never analysed.
    pub rows: Option<u64>,
    /// Size of the table's own pages in bytes, without indexes; estimated from page counts.
    pub bytes: Option<u64>,
    /// Size of its indexes in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_bytes: Option<u64>,
    /// Dead rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_rows: Option<u64>,
    /// Sequential scans since the counters were reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequential_scans: Option<u64>,
    /// Rows inserted since the counters were reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_inserted: Option<u64>,
    /// Rows updated since the counters were reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_updated: Option<u64>,
    /// Rows deleted since the counters were reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_deleted: Option<u64>,
    /// Last manual or automatic ANALYZE, RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analyzed: Option<String>,
    /// Rows that changed since then (PostgreSQL, an estimate).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_since_analyze: Option<u64>,
    /// Age of the oldest transaction number in the table, in transactions (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_age: Option<u64>,
}

/// Statistics of an index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexStatistics {
    /// Table.
    pub table: QualifiedName,
    /// Index.
    pub index: String,
    /// Scans since the counters were reset; in MySQL and MariaDB rows read through the index.
    pub scans: Option<u64>,
    /// Last scan, RFC 3339, UTC (PostgreSQL 16+).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_scan: Option<String>,
    /// Size in bytes, estimated from page counts.
    pub bytes: Option<u64>,
}

/// Statistics of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnStatistics {
    /// Table.
    pub table: QualifiedName,
    /// Column.
    pub column: String,
    /// Share of NULLs, 0 to 1.
    pub null_fraction: Option<f64>,
    /// Number of distinct values; negative: minus its share of the rows (PostgreSQL `n_distinct`).
    pub distinct: Option<f64>,
    /// Most common values with their share of the rows. Read only with `--sample-values`, since these are table data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub common_values: Vec<ValueFrequency>,
}

/// A value and its share of the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueFrequency {
    /// Value as text.
    pub value: String,
    /// Share of the rows, 0 to 1.
    pub frequency: f64,
}

/// How far a sequence or auto-increment counter has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceStatistics {
    /// Sequence; `None` for an auto-increment counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<QualifiedName>,
    /// Table whose column it feeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<QualifiedName>,
    /// Column it feeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Last value handed out; `None` when none was yet.
    pub last_value: Option<i128>,
}

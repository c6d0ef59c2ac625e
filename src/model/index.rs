//! Indexes.

use super::is_unseen;
use super::rarely::Rarely;
use super::schema::{is_false, is_true, yes};
use serde::{Deserialize, Serialize};

/// An index, those behind constraints included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Name as stored.
    pub name: String,
    /// Method in lower case: `btree`, `hash`, `gin`, `gist`, `brin`, `spgist`, `fulltext`, `spatial`, `vector`, …
    pub method: String,
    /// Key parts in order.
    pub key: Vec<KeyPart>,
    /// Columns stored but not searched (PostgreSQL `INCLUDE`).
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub include: Rarely<Vec<String>>,
    /// Condition of a partial index, [`super::UNSEEN`] when it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// Refuses equal keys.
    pub unique: bool,
    /// Refuses them at once. False behind a deferrable constraint (PostgreSQL), which `ON CONFLICT` and foreign keys
    /// cannot use.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub immediate: bool,
    /// NULLs count as equal (PostgreSQL 15+).
    #[serde(default, skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// Backs the primary key.
    #[serde(default, skip_serializing_if = "is_false")]
    pub primary: bool,
    /// Name of the constraint it backs (primary, unique or exclusion). For constraints without a name, the index's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// Backs an exclusion constraint (PostgreSQL), or a key that forbids periods to overlap (PostgreSQL 18, MariaDB).
    #[serde(default, skip_serializing_if = "is_false")]
    pub exclusion: bool,
    /// Usable for queries. False after a failed `CREATE INDEX CONCURRENTLY` and for a partitioned index that lacks a
    /// partition's index.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub valid: bool,
    /// Kept up to date by writes.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub ready: bool,
    /// A build or rebuild of it was running while it was read.
    #[serde(default, skip_serializing_if = "is_false")]
    pub build_in_progress: bool,
    /// Seen by the optimizer (MySQL `VISIBLE`, MariaDB not `IGNORED`).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub visible: bool,
    /// The table was last clustered on it (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub clustered: bool,
    /// Chosen as replica identity (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub replica_identity: bool,
    /// Made by the engine for a constraint (SQLite `sqlite_autoindex_…`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub automatic: bool,
    /// Storage or method options, as `name=value`, sorted.
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub options: Rarely<Vec<String>>,
    /// Partitions, by name, whose tables lack a valid attached index although this is the partitioned index.
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub missing_partitions: Rarely<Vec<super::QualifiedName>>,
    /// Comment on the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Index {
    /// An ordinary valid btree index; readers fill the rest.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            method: "btree".to_owned(),
            key: Vec::new(),
            include: Rarely::default(),
            predicate: None,
            unique: false,
            immediate: true,
            nulls_not_distinct: false,
            primary: false,
            constraint: None,
            exclusion: false,
            valid: true,
            ready: true,
            build_in_progress: false,
            visible: true,
            clustered: false,
            replica_identity: false,
            automatic: false,
            options: Rarely::default(),
            missing_partitions: Rarely::default(),
            comment: None,
        }
    }

    pub(super) fn sort(&mut self) {
        self.options.own_mut().into_iter().for_each(|options| options.sort());
        self.missing_partitions.own_mut().into_iter().for_each(|partitions| partitions.sort());
    }

    /// Valid, ready and visible: the optimizer may use it and writes maintain it.
    pub fn is_usable(&self) -> bool {
        self.valid && self.ready && self.visible
    }

    /// Whether no two of its rows have equal keys. An invalid one may have met some that do, which is why it is invalid.
    pub fn guarantees_unique(&self) -> bool {
        self.unique && self.valid && self.ready
    }

    /// Whether its key or condition could not be read, so that nobody can say what else it equals or make it anew.
    pub fn is_unseen(&self) -> bool {
        self.predicate.as_deref().is_some_and(is_unseen) || self.key.iter().any(KeyPart::is_unseen)
    }

    /// Whether it has this name, or stands for the constraint of this name.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.constraint.as_deref() == Some(name)
    }

    /// The key columns in order; `None` for a part that is an expression.
    pub fn key_columns(&self) -> impl Iterator<Item = Option<&str>> {
        self.key.iter().map(|part| part.column.as_deref())
    }

    /// The key columns, if every part is a whole plain column (no expression, no prefix).
    pub fn plain_columns(&self) -> Option<Vec<&str>> {
        self.key.iter().map(|part| if part.prefix_length.is_some() { None } else { part.column.as_deref() }).collect()
    }
}

/// One part of an index key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPart {
    /// Column, when it is a plain column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Expression, when it is none; [`super::UNSEEN`] when it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Direction.
    #[serde(default, skip_serializing_if = "SortOrder::is_ascending")]
    pub order: SortOrder,
    /// Where NULLs sort, when it is not the default for the direction (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<NullsOrder>,
    /// Operator class, when it is not the default one for the type (PostgreSQL), with its options.
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub operator_class: Rarely<Option<String>>,
    /// Collation, when it differs from the column's; in PostgreSQL as SQL names it: `"C"`, `app.german`.
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub collation: Rarely<Option<String>>,
    /// Only this many leading characters or bytes are indexed (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_length: Option<u32>,
}

impl KeyPart {
    /// Whether something of it could not be read.
    pub fn is_unseen(&self) -> bool {
        [&self.expression, &*self.operator_class, &*self.collation].into_iter().flatten().any(|text| is_unseen(text))
    }

    /// An ascending plain column.
    pub fn column(name: impl Into<String>) -> Self {
        Self {
            column: Some(name.into()),
            expression: None,
            order: SortOrder::Ascending,
            nulls: None,
            operator_class: Rarely::default(),
            collation: Rarely::default(),
            prefix_length: None,
        }
    }

    /// An ascending expression.
    pub fn expression(text: impl Into<String>) -> Self {
        Self { column: None, expression: Some(text.into()), ..Self::column("") }
    }
}

/// Sort direction of a key part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortOrder {
    /// Ascending.
    #[default]
    Ascending,
    /// Descending.
    Descending,
}

impl SortOrder {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    fn is_ascending(&self) -> bool {
        *self == Self::Ascending
    }
}

/// Where NULLs sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NullsOrder {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

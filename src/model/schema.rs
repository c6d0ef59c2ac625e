//! Schemas and the types and sequences in them.

use super::{DataType, Event, Function, Grant, QualifiedName, Table, View};
use serde::{Deserialize, Serialize};

/// A namespace: a schema (PostgreSQL), a database (MySQL, MariaDB), `main` (SQLite).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// Name as stored.
    pub name: String,
    /// Comment on the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Owning role (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Default character set of new tables (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character_set: Option<String>,
    /// Default collation of new tables (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Whether every role may create objects here (PostgreSQL: CREATE granted to PUBLIC).
    #[serde(default, skip_serializing_if = "is_false")]
    pub public_create: bool,
    /// Tables, by name: ordinary, partitioned, foreign, virtual. Partitions stand inside their parent.
    pub tables: Vec<Table>,
    /// Views and materialized views, by name.
    pub views: Vec<View>,
    /// Enumerated types, by name.
    pub enums: Vec<EnumType>,
    /// Domains, by name.
    pub domains: Vec<Domain>,
    /// Composite types, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub composite_types: Vec<CompositeType>,
    /// Range types made by the user, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub range_types: Vec<RangeType>,
    /// Collations made by users, by name (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collations: Vec<Collation>,
    /// Sequences, by name, those of identity and serial columns included.
    pub sequences: Vec<Sequence>,
    /// Functions, procedures and aggregates, by name and arguments.
    pub functions: Vec<Function>,
    /// Scheduled events (MySQL, MariaDB), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// Rights on the schema and what is in it that others than the owners have, and those that new objects in it get, by
    /// object and role (PostgreSQL). Rights on single partitions and on functions are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
pub(super) fn is_true(value: &bool) -> bool {
    *value
}

pub(super) fn yes() -> bool {
    true
}

impl Schema {
    /// An empty schema.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            comment: None,
            owner: None,
            character_set: None,
            collation: None,
            public_create: false,
            tables: Vec::new(),
            views: Vec::new(),
            enums: Vec::new(),
            domains: Vec::new(),
            composite_types: Vec::new(),
            range_types: Vec::new(),
            collations: Vec::new(),
            sequences: Vec::new(),
            functions: Vec::new(),
            events: Vec::new(),
            grants: Vec::new(),
        }
    }

    pub(super) fn sort(&mut self) {
        self.tables.sort_by(|a, b| a.name.cmp(&b.name));
        for table in &mut self.tables {
            table.sort();
        }
        self.views.sort_by(|a, b| a.name.cmp(&b.name));
        for view in &mut self.views {
            view.sort();
        }
        self.enums.sort_by(|a, b| a.name.cmp(&b.name));
        self.domains.sort_by(|a, b| a.name.cmp(&b.name));
        for domain in &mut self.domains {
            domain.checks.sort_by(|a, b| a.name.cmp(&b.name));
        }
        self.composite_types.sort_by(|a, b| a.name.cmp(&b.name));
        self.range_types.sort_by(|a, b| a.name.cmp(&b.name));
        self.collations.sort_by(|a, b| a.name.cmp(&b.name));
        self.sequences.sort_by(|a, b| a.name.cmp(&b.name));
        self.functions.sort_by(|a, b| (&a.name, &a.arguments, a.kind).cmp(&(&b.name, &b.arguments, b.kind)));
        self.events.sort_by(|a, b| a.name.cmp(&b.name));
        self.grants.sort();
    }
}

/// An enumerated type (`CREATE TYPE … AS ENUM`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnumType {
    /// Name as stored.
    pub name: String,
    /// Labels in their sort order.
    pub labels: Vec<String>,
    /// Comment on the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A domain: a type with constraints of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Name as stored.
    pub name: String,
    /// The type it is based on, in the engine's spelling; may be another domain.
    pub base_type: DataType,
    /// That other domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_domain: Option<QualifiedName>,
    /// Whether this domain or one it is based on refuses NULL.
    pub not_null: bool,
    /// Default expression. A domain gets that of the one it is based on when it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Collation, when it differs from the base type's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Check constraints of this domain, by name; those of a base domain stand there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<DomainCheck>,
    /// Comment on the domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A check constraint of a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainCheck {
    /// Name as stored.
    pub name: String,
    /// Condition without the word CHECK.
    pub expression: String,
    /// Whether existing data is known to satisfy it.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub validated: bool,
    /// Comment on the constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A composite type (`CREATE TYPE … AS (…)`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompositeType {
    /// Name as stored.
    pub name: String,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// Comment on the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A field of a composite type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name as stored.
    pub name: String,
    /// Type in the engine's spelling.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Collation when it differs from the type's own (PostgreSQL `attcollation`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Comment on the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A range type made by the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RangeType {
    /// Name as stored.
    pub name: String,
    /// Type of its bounds.
    pub subtype: String,
    /// Name of the multirange type that came with it (PostgreSQL 14+).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multirange: Option<String>,
    /// Comment on the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A collation made by a user (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collation {
    /// Name as stored.
    pub name: String,
    /// Whose rules it follows: `libc`, `icu`, `builtin`, or `default` for those of the database.
    pub provider: String,
    /// Locale, of `libc` its `LC_COLLATE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// `LC_CTYPE`, when it is not the locale too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character_type: Option<String>,
    /// Strings are equal only when their bytes are.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub deterministic: bool,
    /// Rules beside those of the locale (PostgreSQL 16+).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Comment on the collation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A sequence generator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Name as stored.
    pub name: String,
    /// `smallint`, `integer` or `bigint`; in MariaDB any type of whole numbers. Of an identity column that of the column,
    /// which a copy of the schema gives it, and its values end with that type's.
    #[serde(rename = "type")]
    pub data_type: String,
    /// First value.
    pub start: i128,
    /// Step; negative for a descending sequence.
    pub increment: i64,
    /// Smallest value.
    pub minimum: i128,
    /// Largest value.
    pub maximum: i128,
    /// How many values a session reserves at once.
    pub cache: i64,
    /// Whether it starts again at its other end.
    pub cycle: bool,
    /// The column it belongs to and is dropped with (`OWNED BY`, identity).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<SequenceOwner>,
    /// Comment on the sequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The column that a sequence belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceOwner {
    /// Table.
    pub table: QualifiedName,
    /// Column.
    pub column: String,
    /// Whether the column is an identity column.
    pub identity: bool,
}

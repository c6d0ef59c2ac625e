//! What the catalog said, as plain data, in one shape for every engine.
//!
//! A [`Model`] serialises to the snapshot file and back without loss. Every list is sorted by name in byte order, except
//! where the order is itself a fact: columns, key columns, enum labels, partitions, function arguments. Nothing here
//! knows a wire type, a rule or an output format.
//!
//! `None` means "the engine has no such thing or the object does not use it". What the role could not see is never
//! expressed by `None`: it is listed in [`Model::unseen`]. An expression, operator class or collation that is there and
//! could not be read is [`UNSEEN`].

mod column;
mod constraint;
mod data;
mod index;
mod partition;
mod rarely;
mod relation;
mod reserved;
mod routine;
mod schema;
mod statistics;
mod walk;
mod workload;

pub mod quote;

pub use column::{
    Column, ColumnDefault, DataType, DefaultKind, Generated, GeneratedStorage, Identity, IdentityMode, base_type,
};
pub use constraint::{
    Action, CheckConstraint, Deferral, ExclusionConstraint, ExclusionElement, ForeignKey, MatchType, PrimaryKey,
    UniqueConstraint,
};
pub use data::{ComparedValues, Comparison, ForeignKeyRows, MigrationState, Reference, TableData};
pub use index::{Index, KeyPart, NullsOrder, SortOrder};
pub use partition::{Partition, PartitionedKey, Partitioning};
pub use rarely::{Rarely, Usual};
pub use relation::{
    ExtendedStatistics, Inheritance, PeriodDefinition, Persistence, Policy, PolicyCommand, Rule, Table, TableKind,
    Trigger, TriggerEnabled, View,
};
pub use reserved::{reserved_since, reserved_words};
pub use routine::{
    Event, EventTrigger, Extension, Function, FunctionKind, Grant, LimitedTable, PartitionRetention, Publication,
    ScheduledJob,
};
pub use schema::{
    Collation, CompositeType, Domain, DomainCheck, EnumType, Field, RangeType, Schema, Sequence, SequenceOwner,
};
pub use statistics::{
    ColumnStatistics, IndexStatistics, SequenceStatistics, Statistics, TableStatistics, Validation, ValueFrequency,
};
pub use walk::{TableId, TableRef, Tables};
pub use workload::{Query, Workload, checksum};

use serde::{Deserialize, Serialize};

/// The value of [`Model::format`].
pub const FORMAT: &str = "brownfield/snapshot";
/// The value of [`Model::version`] that this program writes and reads.
pub const VERSION: u32 = 1;

/// Stands for an expression, operator class or collation that is there and could not be read. It is no SQL, and nothing
/// is equal to it: two that are unseen may differ.
pub const UNSEEN: &str = "⟨unseen⟩";

/// Whether a text that must be there could not be read.
pub fn is_unseen(text: &str) -> bool {
    text.is_empty() || text == UNSEEN
}

/// One database as its catalog describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Always [`FORMAT`].
    pub format: String,
    /// Version of this JSON form; [`VERSION`].
    pub version: u32,
    /// The database product and its version.
    pub engine: Engine,
    /// Read piece by piece, because the server gives no consistent picture of its catalog (MariaDB, MySQL before 8.0): what
    /// changed meanwhile may stand here half as it was before and half as it was after.
    #[serde(default, skip_serializing_if = "schema::is_false")]
    pub piecemeal: bool,
    /// What the reading was narrowed to, one choice after the other. Empty when everything was read: what describes a part
    /// must not pass for the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// Comment on the database (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// User schemas in scope, by name. SQLite has one, `main`. In MySQL and MariaDB a schema is a database.
    pub schemas: Vec<Schema>,
    /// What is out of scope and rests on what is in scope, by schema: foreign keys, triggers, views, routines and events that a
    /// change could break, and nothing else that is known of them. They are neither judged nor documented.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<Schema>,
    /// Installed extensions (PostgreSQL), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Rights that new objects in any schema get beside those that the schema gives, by kind and role (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_grants: Vec<Grant>,
    /// Event triggers (PostgreSQL), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_triggers: Vec<EventTrigger>,
    /// Logical replication publications (PostgreSQL), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publications: Vec<Publication>,
    /// Jobs that the database itself runs on a schedule: `pg_cron` jobs. MySQL events stand in their schema.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled_jobs: Vec<ScheduledJob>,
    /// Tables whose partitions `pg_partman` maintains, by its own configuration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partition_retention: Vec<PartitionRetention>,
    /// Tables that keep the history of a migration tool. They are left out of `schemas` and of every count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub migration_tables: Vec<MigrationTable>,
    /// Tables that diagrams show together, as an earlier run grouped them. Readers leave it empty; a snapshot keeps it so
    /// that the next run starts from it and moves no table without need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<TableGroup>,
    /// What the role could not see, or what could not be read. Checks that need it answer "unknown".
    pub unseen: Vec<Unseen>,
    /// Facts about this copy of the schema: counts, sizes, usage. Absent with `--no-stats`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistics: Option<Statistics>,
    /// What the rows say; `None` unless it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<TableData>,
    /// Statements that ran; `None` unless they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<Workload>,
}

/// The schemas, tables and views that a reading was narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Schemas that were chosen; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<String>,
    /// Patterns of which a table or view matches one; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Patterns of which a table or view matches none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

/// Tables that diagrams show together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableGroup {
    /// Name for the reader, unique.
    pub name: String,
    /// Tables, by schema and name.
    pub tables: Vec<QualifiedName>,
}

/// The database product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// Which product answered.
    pub name: EngineName,
    /// Version as numbers and dots, for example `17.10`, `10.11.18`, `3.50.4`.
    pub version: String,
    /// A fork or distribution that announces itself, for example `Percona`, `CockroachDB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Character set encoding of the database (`UTF8`, `utf8mb4`, `UTF-8`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Default collation of the database or server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Settings of the server that decide whether constraints hold and events run, by name: `foreign_key_checks`, `sql_mode`,
    /// `lower_case_table_names`, where there are events `event_scheduler`, and `explicit_defaults_for_timestamp` where it is off
    /// (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub settings: std::collections::BTreeMap<String, String>,
}

impl Engine {
    /// The version as numbers: `17.10` is `(17, 10, 0)`. Missing or unreadable parts are 0.
    pub fn version_numbers(&self) -> (u32, u32, u32) {
        let mut parts = self.version.split('.').map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap_or(0)
        });
        let mut next = || parts.next().unwrap_or(0);
        (next(), next(), next())
    }
}

/// The database products that have a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineName {
    /// MariaDB.
    MariaDb,
    /// MySQL.
    MySql,
    /// PostgreSQL.
    PostgreSql,
    /// SQLite.
    Sqlite,
}

impl EngineName {
    /// Every engine, in the order in which documentation lists them.
    pub const ALL: [Self; 4] = [Self::PostgreSql, Self::MySql, Self::MariaDb, Self::Sqlite];

    /// The product's name as its makers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::MariaDb => "MariaDB",
            Self::MySql => "MySQL",
            Self::PostgreSql => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }

    /// The name as it stands in snapshots and configuration: `postgresql`, `mysql`, `mariadb`, `sqlite`.
    pub fn id(self) -> &'static str {
        match self {
            Self::MariaDb => "mariadb",
            Self::MySql => "mysql",
            Self::PostgreSql => "postgresql",
            Self::Sqlite => "sqlite",
        }
    }

    /// Whether this is MySQL or MariaDB.
    pub fn is_mysql_family(self) -> bool {
        matches!(self, Self::MariaDb | Self::MySql)
    }
}

/// A schema-qualified name, as stored by the engine (never quoted).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualifiedName {
    /// Schema.
    pub schema: String,
    /// Name inside the schema.
    pub name: String,
}

impl QualifiedName {
    /// Joins a schema and a name.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }
}

/// A table in which a migration tool keeps its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationTable {
    /// Schema.
    pub schema: String,
    /// Table.
    pub name: String,
    /// The tool, for example `Flyway`, `Rails`, `Alembic`.
    pub tool: String,
    /// Its columns, in order: by them the tables of tools that chose the same name differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// Something that exists, or may exist, and could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unseen {
    /// Which part of the model is affected.
    pub what: UnseenKind,
    /// The schema, when one is affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The object inside the schema, when one is affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Why it could not be read, in a sentence without a final stop.
    pub reason: String,
    /// What would make it visible: a GRANT, an option. Empty when nothing would.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
}

/// The parts of a model that a role may fail to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnseenKind {
    /// Whole schemas or databases.
    Schemas,
    /// Tables.
    Tables,
    /// Columns.
    Columns,
    /// Foreign keys.
    ForeignKeys,
    /// Unique, check and exclusion constraints.
    Constraints,
    /// Indexes.
    Indexes,
    /// Default or generation expressions.
    Expressions,
    /// Partitions and parents of tables.
    Partitions,
    /// Row security policies.
    Policies,
    /// Rewrite rules.
    Rules,
    /// User-defined types and the labels of enums.
    Types,
    /// Definitions of views.
    ViewDefinitions,
    /// Triggers.
    Triggers,
    /// Functions and procedures or their bodies.
    Functions,
    /// Scheduled events.
    Events,
    /// What an extension does with old partitions.
    Retention,
    /// Extensions and what belongs to them.
    Extensions,
    /// Publications and what they publish.
    Publications,
    /// Names of roles.
    Roles,
    /// Comments.
    Comments,
    /// Sequences or the value they have reached.
    SequenceValues,
    /// Row counts and sizes.
    TableStatistics,
    /// Index usage.
    IndexStatistics,
    /// Null fractions and distinct counts of columns.
    ColumnStatistics,
    /// Statements that ran.
    Workload,
    /// Whether the server enforces foreign keys.
    Enforcement,
    /// What is out of scope and rests on what is in scope.
    Outside,
    /// Foreign keys out of scope to tables in scope.
    OutsideKeys,
    /// Anything else, named by the reason.
    Other,
}

impl UnseenKind {
    /// Whether it says something about [`Model::statistics`] or [`Model::workload`] alone, and so goes where those go.
    pub fn is_of_statistics(self) -> bool {
        matches!(
            self,
            Self::SequenceValues
                | Self::TableStatistics
                | Self::IndexStatistics
                | Self::ColumnStatistics
                | Self::Workload
        )
    }

    /// A plural noun for the reader.
    pub fn title(self) -> &'static str {
        match self {
            Self::Schemas => "schemas",
            Self::Tables => "tables",
            Self::Columns => "columns",
            Self::ForeignKeys => "foreign keys",
            Self::Constraints => "constraints",
            Self::Indexes => "indexes",
            Self::Expressions => "expressions",
            Self::Partitions => "partitions",
            Self::Policies => "policies",
            Self::Rules => "rules",
            Self::Types => "types",
            Self::ViewDefinitions => "view definitions",
            Self::Triggers => "triggers",
            Self::Functions => "functions",
            Self::Events => "events",
            Self::Retention => "retention of partitions",
            Self::Extensions => "extensions",
            Self::Publications => "publications",
            Self::Roles => "roles",
            Self::Comments => "comments",
            Self::SequenceValues => "sequence values",
            Self::TableStatistics => "table statistics",
            Self::IndexStatistics => "index statistics",
            Self::ColumnStatistics => "column statistics",
            Self::Workload => "statements that ran",
            Self::Enforcement => "enforcement of foreign keys",
            Self::Outside => "objects out of scope",
            Self::OutsideKeys => "foreign keys out of scope",
            Self::Other => "other objects",
        }
    }
}

impl Model {
    /// Schemas in scope and those out of it, of which only what a change could break is known.
    pub fn with_outside(&self) -> impl Iterator<Item = &Schema> + Clone {
        self.schemas.iter().chain(&self.outside)
    }

    /// An empty model of an engine; readers fill it.
    pub fn new(engine: Engine) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            engine,
            piecemeal: false,
            scopes: Vec::new(),
            comment: None,
            schemas: Vec::new(),
            outside: Vec::new(),
            extensions: Vec::new(),
            event_triggers: Vec::new(),
            publications: Vec::new(),
            scheduled_jobs: Vec::new(),
            partition_retention: Vec::new(),
            default_grants: Vec::new(),
            migration_tables: Vec::new(),
            groups: Vec::new(),
            unseen: Vec::new(),
            statistics: None,
            data: None,
            workload: None,
        }
    }

    /// The database of MySQL or MariaDB in which everything is. Its name differs between two copies of a schema, so that
    /// statements, which run in it anyway, leave it out.
    pub fn home(&self) -> Option<&str> {
        match self.schemas.as_slice() {
            [only] if self.engine.name.is_mysql_family() => Some(&only.name),
            _ => None,
        }
    }

    /// How statements about this model call a table, type or view.
    pub fn name_in_statements(&self, name: &QualifiedName) -> String {
        if self.home() == Some(&name.schema) {
            quote::quote_identifier(self.engine.name, &name.name)
        } else {
            quote::qualified(self.engine.name, name)
        }
    }

    /// A query as MySQL or MariaDB prints it, without the name of the database in which it runs.
    pub fn query_in_statements(&self, query: &str) -> String {
        match self.home() {
            Some(home) => query.replace(&format!("`{}`.", home.replace('`', "``")), ""),
            None => query.to_owned(),
        }
    }

    /// The domain of a column, if it has one, and those that it is based on, each before the one below it. An array of a
    /// domain has none.
    pub fn domains_of<'m>(&'m self, column: &'m Column) -> impl Iterator<Item = &'m Domain> {
        let find = |name: &QualifiedName| {
            let schema = self.schemas.iter().find(|schema| schema.name == name.schema)?;
            schema.domains.iter().find(|domain| domain.name == name.name)
        };
        let first = column.user_type.as_deref().filter(|_| column.array_dimensions == 0).and_then(find);
        std::iter::successors(first, move |domain| domain.base_domain.as_ref().and_then(find))
    }

    /// Whether some part of this kind could not be read, anywhere or in this schema.
    pub fn is_unseen(&self, kind: UnseenKind, schema: &str) -> bool {
        self.unseen
            .iter()
            .any(|unseen| unseen.what == kind && unseen.schema.as_deref().is_none_or(|affected| affected == schema))
    }

    /// Whether some part of this kind could not be read, anywhere, in the schema or of this very table.
    pub fn is_unseen_of(&self, kind: UnseenKind, table: &QualifiedName) -> bool {
        self.unseen.iter().filter(|unseen| unseen.what == kind).any(|unseen| {
            unseen.schema.as_ref().is_none_or(|schema| *schema == table.schema)
                && unseen.object.as_ref().is_none_or(|object| *object == table.name)
        })
    }

    /// Sorts every list whose order is not a fact, so that equal schemas give equal bytes whatever order the
    /// server answered in. Readers call it last.
    pub fn sort(&mut self) {
        for schemas in [&mut self.schemas, &mut self.outside] {
            schemas.sort_by(|a, b| a.name.cmp(&b.name));
            for schema in schemas {
                schema.sort();
            }
        }
        self.extensions.sort_by(|a, b| a.name.cmp(&b.name));
        self.default_grants.sort();
        self.event_triggers.sort_by(|a, b| a.name.cmp(&b.name));
        self.publications.sort_by(|a, b| a.name.cmp(&b.name));
        self.scheduled_jobs.sort_by(|a, b| (&a.name, &a.command).cmp(&(&b.name, &b.command)));
        self.partition_retention.sort_by(|a, b| a.parent_table.cmp(&b.parent_table));
        self.migration_tables.sort_by(|a, b| (&a.schema, &a.name).cmp(&(&b.schema, &b.name)));
        self.unseen.sort();
        self.unseen.dedup();
        if let Some(data) = &mut self.data {
            data.sort();
        }
        if let Some(statistics) = &mut self.statistics {
            statistics.sort();
        }
        if let Some(workload) = &mut self.workload {
            workload.sort();
        }
    }
}

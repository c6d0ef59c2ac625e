//! Code and machinery that live in the database.

use super::schema::{is_false, is_true, yes};
use super::{QualifiedName, TriggerEnabled};
use serde::{Deserialize, Serialize};

/// A function, procedure or aggregate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Name as stored.
    pub name: String,
    /// What kind.
    pub kind: FunctionKind,
    /// Arguments as the engine prints them.
    pub arguments: String,
    /// Result type; `None` for a procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Language in lower case.
    pub language: String,
    /// `immutable`, `stable` or `volatile` (PostgreSQL); `deterministic` or `not deterministic` (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<String>,
    /// What it says that it does with data, when it is more or less than the default of `CONTAINS SQL` (MySQL, MariaDB):
    /// `no sql`, `reads sql data` or `modifies sql data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_access: Option<String>,
    /// Runs with the rights of its owner or definer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub security_definer: bool,
    /// Returns NULL when an argument is NULL (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub strict: bool,
    /// Planner's estimate of its cost, when it is not the usual one (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Planner's estimate of the rows that it returns, when it is not the usual one (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<f64>,
    /// Whether parallel workers may run it, when they may: `safe`, `restricted` (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel: Option<String>,
    /// Tells nothing about its arguments, so that it may run before row security (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub leakproof: bool,
    /// Owning role (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Settings it changes while it runs, as `name=value`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<String>,
    /// Account whose rights it runs with (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definer: Option<String>,
    /// Source text, of an aggregate the options of its definition (PostgreSQL); `None` when the role may not see it or when
    /// it is compiled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Comment on the function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Function {
    /// Whether the role may not see its text. What is compiled has none.
    pub fn is_hidden(&self) -> bool {
        self.body.is_none() && !matches!(self.language.as_str(), "c" | "internal")
    }
}

/// What kind of routine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FunctionKind {
    /// An ordinary function.
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate function.
    Aggregate,
    /// A window function.
    Window,
    /// What a package offers (MariaDB).
    Package,
    /// The routines of a package (MariaDB).
    PackageBody,
}

/// An installed extension (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Name.
    pub name: String,
    /// Installed version.
    pub version: String,
    /// Schema its objects live in.
    pub schema: String,
    /// Comment on the extension, which it brings itself as a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// Rights that a role other than the owner has on an object (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// `schema`, `table`, `view`, `sequence` or `column`; of default privileges `new tables`, `new sequences`, `new functions`,
    /// `new types` or `new schemas`.
    pub kind: String,
    /// Name of the object in its schema, `table.column` of a column; none of a schema and of default privileges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Role whose new objects it is about, of default privileges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Role that has them, or `PUBLIC`.
    pub to: String,
    /// Privileges in order, some of them `WITH GRANT OPTION`.
    pub privileges: Vec<String>,
}

/// A scheduled event (MySQL, MariaDB).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Name as stored.
    pub name: String,
    /// Whether it is enabled.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Not enabled, since replication brought it from the server that runs it (`DISABLE ON REPLICA`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub disabled_on_replica: bool,
    /// Schedule as `CREATE EVENT` takes it, in the time zone of the event: `AT '2026-01-01 00:00:00'`,
    /// `EVERY 1 DAY STARTS '2026-01-01 03:00:00' ENDS '2026-12-31 00:00:00'`. What recurs always has a start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Time zone in which its moments are meant and it runs: `SYSTEM`, `+02:00`, `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// SQL mode that its body is written for and in which it runs; empty when none is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql_mode: Option<String>,
    /// Stays when its schedule is over (`ON COMPLETION PRESERVE`), and is dropped otherwise.
    #[serde(default, skip_serializing_if = "is_false")]
    pub preserved: bool,
    /// Account whose rights it runs with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definer: Option<String>,
    /// Body.
    pub body: String,
    /// Comment on the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A job that an extension runs inside the database (`pg_cron`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduledJob {
    /// Name of the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Schedule as the extension writes it.
    pub schedule: String,
    /// Command.
    pub command: String,
    /// Whether it is active.
    pub active: bool,
}

/// What the extension `pg_partman` does with the partitions of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartitionRetention {
    /// Table, as the extension writes it: schema, dot, name.
    pub parent_table: String,
    /// What one partition holds: an interval of time, or of numbers.
    pub partition_interval: String,
    /// Partitions that it makes ahead.
    pub premake: u32,
    /// Age, or distance of numbers, from which a partition is old; `None` when none ever is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<String>,
    /// Schema that old partitions are moved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_schema: Option<String>,
    /// Old partitions are detached and kept. They are dropped otherwise, unless they are moved.
    pub retention_keep_table: bool,
}

/// A trigger on DDL events (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTrigger {
    /// Name.
    pub name: String,
    /// Event, for example `ddl_command_end`.
    pub event: String,
    /// When it fires.
    pub enabled: TriggerEnabled,
    /// Function it calls.
    pub function: QualifiedName,
}

/// A logical replication publication (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Name.
    pub name: String,
    /// Publishes every table.
    pub all_tables: bool,
    /// Tables it names, by name.
    pub tables: Vec<QualifiedName>,
    /// Those of them of which only some columns or rows are published, by name (PostgreSQL 15+).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limited: Vec<LimitedTable>,
    /// Schemas whose tables it publishes, by name (PostgreSQL 15+).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<String>,
    /// Publishes UPDATE.
    pub update: bool,
    /// Publishes DELETE.
    pub delete: bool,
    /// Comment on the publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What is published of a table that is not published whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitedTable {
    /// Table.
    pub table: QualifiedName,
    /// Columns, in table order; none when all are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Condition of the rows, [`super::UNSEEN`] when it could not be read; `None` when all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_filter: Option<String>,
}

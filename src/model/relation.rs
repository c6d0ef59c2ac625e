//! Tables and views, and what hangs on them.

use super::schema::{is_false, is_true, yes};
use super::{
    CheckConstraint, Column, ExclusionConstraint, ForeignKey, Index, Partitioning, PrimaryKey, QualifiedName,
    UniqueConstraint,
};
use serde::{Deserialize, Serialize};

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Name as stored.
    pub name: String,
    /// What kind of table.
    pub kind: TableKind,
    /// Comment on the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Owning role (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Survives a crash or not.
    #[serde(default, skip_serializing_if = "Persistence::is_permanent")]
    pub persistence: Persistence,
    /// Storage engine (MySQL, MariaDB) or table access method when it is not `heap` (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_engine: Option<String>,
    /// Row format (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_format: Option<String>,
    /// Default character set (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character_set: Option<String>,
    /// Default collation (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Storage parameters as `name=value`, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// `WITHOUT ROWID` (SQLite).
    #[serde(default, skip_serializing_if = "is_false")]
    pub without_rowid: bool,
    /// `STRICT` (SQLite).
    #[serde(default, skip_serializing_if = "is_false")]
    pub strict: bool,
    /// Keeps its history by itself (MariaDB `WITH SYSTEM VERSIONING`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub system_versioned: bool,
    /// Application-time and system-time periods (MariaDB), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<PeriodDefinition>,
    /// Row type it was made from (PostgreSQL `OF`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_type: Option<String>,
    /// Module and arguments of a virtual table (SQLite), server of a foreign table (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_source: Option<String>,
    /// Comment on that server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_source_comment: Option<String>,
    /// Names of the options that the server of a foreign table takes, sorted. Values can be secrets and are not read
    /// (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_options: Vec<String>,
    /// Extended statistics objects, by name (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extended_statistics: Vec<ExtendedStatistics>,
    /// Replica identity other than the default: `full`, `nothing`, `index` (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica_identity: Option<String>,
    /// Row security is on.
    #[serde(default, skip_serializing_if = "is_false")]
    pub row_security: bool,
    /// Row security binds the owner too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub force_row_security: bool,
    /// Columns in order; those of a table without columns are empty.
    pub columns: Vec<Column>,
    /// Primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Foreign keys, by name, then columns.
    pub foreign_keys: Vec<ForeignKey>,
    /// Unique constraints, by name, then columns.
    pub unique_constraints: Vec<UniqueConstraint>,
    /// Check constraints, by name, then expression.
    pub check_constraints: Vec<CheckConstraint>,
    /// Exclusion constraints, by name.
    pub exclusion_constraints: Vec<ExclusionConstraint>,
    /// Indexes, by name. For a partitioned table those of the parent.
    pub indexes: Vec<Index>,
    /// Triggers, by name.
    pub triggers: Vec<Trigger>,
    /// Row security policies, by name.
    pub policies: Vec<Policy>,
    /// Rewrite rules (PostgreSQL), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Partitioning, when the table is partitioned.
    pub partitioning: Option<Partitioning>,
    /// Old-style inheritance (PostgreSQL), when there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inheritance: Option<Inheritance>,
    /// The statement that made it, where the engine keeps or prints it (SQLite, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
}

impl Table {
    /// An ordinary table without columns; readers fill the rest.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: TableKind::Table,
            comment: None,
            owner: None,
            persistence: Persistence::Permanent,
            storage_engine: None,
            row_format: None,
            character_set: None,
            collation: None,
            options: Vec::new(),
            without_rowid: false,
            strict: false,
            system_versioned: false,
            periods: Vec::new(),
            of_type: None,
            foreign_source: None,
            foreign_source_comment: None,
            foreign_options: Vec::new(),
            extended_statistics: Vec::new(),
            replica_identity: None,
            row_security: false,
            force_row_security: false,
            columns: Vec::new(),
            primary_key: None,
            foreign_keys: Vec::new(),
            unique_constraints: Vec::new(),
            check_constraints: Vec::new(),
            exclusion_constraints: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            policies: Vec::new(),
            rules: Vec::new(),
            partitioning: None,
            inheritance: None,
            definition: None,
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether it takes its columns from another table, whose queries then read its rows too (PostgreSQL).
    pub fn is_inheriting(&self) -> bool {
        self.inheritance.as_ref().is_some_and(|inheritance| !inheritance.parents.is_empty())
    }

    /// Whether this is an ordinary or partitioned table, which the scored rules judge. Foreign and virtual tables
    /// are documented only.
    pub fn is_base(&self) -> bool {
        matches!(self.kind, TableKind::Table | TableKind::Partitioned)
    }

    pub(super) fn sort(&mut self) {
        self.options.sort();
        self.periods.sort_by(|a, b| a.name.cmp(&b.name));
        self.foreign_keys.sort_by(|a, b| (&a.name, &a.columns).cmp(&(&b.name, &b.columns)));
        self.unique_constraints.sort_by(|a, b| (&a.name, &a.columns).cmp(&(&b.name, &b.columns)));
        self.check_constraints.sort_by(|a, b| (&a.name, &a.expression).cmp(&(&b.name, &b.expression)));
        self.exclusion_constraints.sort_by(|a, b| a.name.cmp(&b.name));
        self.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        for index in &mut self.indexes {
            index.sort();
        }
        self.extended_statistics.sort_by(|a, b| (&a.name, &a.schema).cmp(&(&b.name, &b.schema)));
        self.triggers.sort_by(|a, b| a.name.cmp(&b.name));
        self.policies.sort_by(|a, b| a.name.cmp(&b.name));
        self.rules.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(partitioning) = &mut self.partitioning {
            partitioning.sort();
        }
        if let Some(inheritance) = &mut self.inheritance {
            inheritance.children.sort();
        }
    }
}

/// What kind of table it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// An ordinary table.
    Table,
    /// A partitioned table; its partitions stand in [`Table::partitioning`].
    Partitioned,
    /// A foreign table (PostgreSQL), FEDERATED or CONNECT table (MySQL, MariaDB).
    Foreign,
    /// A virtual table (SQLite).
    Virtual,
}

/// Survives a crash or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Persistence {
    /// Ordinary.
    #[default]
    Permanent,
    /// Not in the write-ahead log: empty after a crash (PostgreSQL `UNLOGGED`).
    Unlogged,
}

impl Persistence {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    pub(super) fn is_permanent(&self) -> bool {
        *self == Self::Permanent
    }
}

/// Old-style inheritance of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inheritance {
    /// Parents in declared order.
    pub parents: Vec<QualifiedName>,
    /// Children, by name.
    pub children: Vec<QualifiedName>,
}

/// A period of a table (MariaDB).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodDefinition {
    /// Name; `SYSTEM_TIME` for system versioning.
    pub name: String,
    /// Start column.
    pub start: String,
    /// End column.
    pub end: String,
}

/// A view or materialized view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Name as stored.
    pub name: String,
    /// Whether its rows are stored.
    pub materialized: bool,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Query as the engine prints it; `None` when the role may not see it.
    pub definition: Option<String>,
    /// Tables and views it reads, by name, as far as the engine tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<QualifiedName>,
    /// `local` or `cascaded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_option: Option<String>,
    /// Runs with the rights of the caller (PostgreSQL `security_invoker`, MySQL `SQL SECURITY INVOKER`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub security_invoker: bool,
    /// Account whose rights it runs with (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definer: Option<String>,
    /// Options as `name=value`, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Whether a materialized view holds data. Not told without statistics, since it is a fact about one copy.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub populated: bool,
    /// Indexes of a materialized view, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// Triggers, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Rewrite rules other than the view's own (PostgreSQL), by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// The view does not work: its query refers to something that is gone. The text is the engine's complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// Owning role (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Comment on the view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl View {
    /// A view without columns; readers fill the rest.
    pub fn new(name: impl Into<String>, materialized: bool) -> Self {
        Self {
            name: name.into(),
            materialized,
            columns: Vec::new(),
            definition: None,
            reads: Vec::new(),
            check_option: None,
            security_invoker: false,
            definer: None,
            options: Vec::new(),
            populated: true,
            indexes: Vec::new(),
            triggers: Vec::new(),
            rules: Vec::new(),
            broken: None,
            owner: None,
            comment: None,
        }
    }

    pub(super) fn sort(&mut self) {
        self.reads.sort();
        self.reads.dedup();
        self.options.sort();
        self.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        self.triggers.sort_by(|a, b| a.name.cmp(&b.name));
        self.rules.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Name as stored.
    pub name: String,
    /// `before`, `after` or `instead of`.
    pub timing: String,
    /// Events in lower case: `insert`, `update`, `delete`, `truncate`.
    pub events: Vec<String>,
    /// Columns of `UPDATE OF`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub update_columns: Vec<String>,
    /// Place among the triggers of the same moment and event, when there are several (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// Runs once per row (else once per statement).
    pub for_each_row: bool,
    /// Function it calls (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<QualifiedName>,
    /// When it fires.
    #[serde(default, skip_serializing_if = "TriggerEnabled::is_origin")]
    pub enabled: TriggerEnabled,
    /// A constraint trigger (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub constraint: bool,
    /// Account whose rights it runs with (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definer: Option<String>,
    /// SQL mode that its body is written for and in which it runs; empty when none is set (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql_mode: Option<String>,
    /// Whole definition, or the body where the engine keeps only that.
    pub definition: String,
    /// Comment on the trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// When a trigger fires (PostgreSQL `tgenabled`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerEnabled {
    /// In ordinary sessions.
    #[default]
    Origin,
    /// Always.
    Always,
    /// Only in replication sessions.
    Replica,
    /// Never.
    Disabled,
}

impl TriggerEnabled {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    fn is_origin(&self) -> bool {
        *self == Self::Origin
    }
}

/// What the planner keeps about columns or expressions together (PostgreSQL `CREATE STATISTICS`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtendedStatistics {
    /// Schema, when it differs from the table's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Name as stored.
    pub name: String,
    /// `ndistinct`, `dependencies`, `mcv`; none for those of a single expression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Columns, in table order.
    pub columns: Vec<String>,
    /// Expressions (PostgreSQL 14+), [`super::UNSEEN`] when they could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expressions: Vec<String>,
    /// Comment on the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A row security policy (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Name as stored.
    pub name: String,
    /// Command it applies to.
    pub command: PolicyCommand,
    /// Permissive (any one suffices) or restrictive (all must hold).
    pub permissive: bool,
    /// Roles, by name; `public` for all.
    pub roles: Vec<String>,
    /// `USING` expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    /// `WITH CHECK` expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_check: Option<String>,
    /// Comment on the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The command that a policy applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyCommand {
    /// Every command.
    All,
    /// SELECT.
    Select,
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
}

/// A rewrite rule (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Name as stored.
    pub name: String,
    /// `select`, `insert`, `update` or `delete`.
    pub event: String,
    /// Replaces the command.
    pub instead: bool,
    /// Comment on the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

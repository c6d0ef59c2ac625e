//! What would mend a finding, said without an engine's syntax. The remedy stage turns it into steps of DDL.

use crate::model::{Action, KeyPart, QualifiedName};
use serde::Serialize;

/// A change to the schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// Declare a foreign key.
    AddForeignKey {
        /// Child.
        table: QualifiedName,
        /// Name for the key.
        name: String,
        /// Referencing columns.
        columns: Vec<String>,
        /// Parent.
        referenced_table: QualifiedName,
        /// Referenced columns.
        referenced_columns: Vec<String>,
        /// Action on delete.
        on_delete: Action,
        /// Action on update.
        on_update: Action,
    },
    /// Give an existing foreign key another delete action.
    ChangeDeleteAction {
        /// Child.
        table: QualifiedName,
        /// Name of the key; `None` in SQLite.
        name: Option<String>,
        /// Referencing columns.
        columns: Vec<String>,
        /// New action.
        on_delete: Action,
    },
    /// Remove a foreign key.
    DropForeignKey {
        /// Child.
        table: QualifiedName,
        /// Name of the key; `None` in SQLite.
        name: Option<String>,
        /// Referencing columns.
        columns: Vec<String>,
    },
    /// Check existing rows against a constraint that was added `NOT VALID`.
    ValidateConstraint {
        /// Table.
        table: QualifiedName,
        /// Constraint.
        name: String,
    },
    /// Enforce a constraint that is declared `NOT ENFORCED`.
    EnforceConstraint {
        /// Table.
        table: QualifiedName,
        /// Constraint.
        name: String,
    },
    /// Enable the disabled referential-integrity triggers of a table.
    EnableTriggers {
        /// Table.
        table: QualifiedName,
    },
    /// Add an index.
    AddIndex {
        /// Table.
        table: QualifiedName,
        /// Name for the index.
        name: String,
        /// Method; `btree` unless there is a reason.
        method: String,
        /// Key parts.
        key: Vec<KeyPart>,
        /// Condition of a partial index.
        predicate: Option<String>,
    },
    /// Remove an index that backs no constraint.
    DropIndex {
        /// Table or materialized view.
        table: QualifiedName,
        /// Index.
        name: String,
    },
    /// Rebuild an invalid index, or attach what a partitioned index lacks.
    RepairIndex {
        /// Table.
        table: QualifiedName,
        /// Index.
        name: String,
    },
    /// Make existing columns the primary key.
    AddPrimaryKey {
        /// Table.
        table: QualifiedName,
        /// Name for the constraint.
        name: String,
        /// Key columns.
        columns: Vec<String>,
    },
    /// Add a generated column and make it the primary key.
    AddSurrogateKey {
        /// Table.
        table: QualifiedName,
        /// Name for the column.
        column: String,
        /// Name for the constraint.
        name: String,
    },
    /// Add a unique constraint.
    AddUnique {
        /// Table.
        table: QualifiedName,
        /// Name for the constraint or index.
        name: String,
        /// Columns.
        columns: Vec<String>,
        /// NULLs count as equal. Engines without it get an equivalent.
        nulls_not_distinct: bool,
        /// Condition: unique among these rows only.
        predicate: Option<String>,
        /// Constraint or unique index that it replaces.
        replaces: Option<String>,
    },
    /// Add a check constraint.
    AddCheck {
        /// Table.
        table: QualifiedName,
        /// Name for the constraint.
        name: String,
        /// Condition, with identifiers quoted for the engine.
        expression: String,
    },
    /// Remove a check constraint.
    DropCheck {
        /// Table.
        table: QualifiedName,
        /// Constraint.
        name: Option<String>,
        /// Its condition.
        expression: String,
    },
    /// Limit a column to a list of values by a lookup table that is filled from the values in use.
    AddLookupTable {
        /// Table.
        table: QualifiedName,
        /// Column.
        column: String,
        /// Name for the lookup table, in the same schema.
        lookup_table: String,
        /// Name for the foreign key.
        name: String,
        /// Name for the index of the foreign key, where it needs one.
        index: String,
    },
    /// Forbid NULL in a column.
    SetNotNull {
        /// Table.
        table: QualifiedName,
        /// Column.
        column: String,
        /// SQL literal for the rows that hold NULL; `None` when only a person can say.
        fill: Option<String>,
    },
    /// Set or remove a column default.
    SetDefault {
        /// Table.
        table: QualifiedName,
        /// Column.
        column: String,
        /// SQL expression; `None` removes the default.
        expression: Option<String>,
    },
    /// Add a column.
    AddColumn {
        /// Table.
        table: QualifiedName,
        /// The column.
        column: NewColumn,
    },
    /// Change a column's type. Columns that must change with it are listed, so that they move together.
    ChangeType {
        /// Table.
        table: QualifiedName,
        /// Column.
        column: String,
        /// New type in the engine's spelling.
        data_type: String,
        /// Referencing columns that must be widened first.
        with: Vec<(QualifiedName, String)>,
    },
    /// Rename a table.
    RenameTable {
        /// Table.
        table: QualifiedName,
        /// New name.
        to: String,
    },
    /// Rename a column.
    RenameColumn {
        /// Table.
        table: QualifiedName,
        /// Column.
        column: String,
        /// New name.
        to: String,
    },
    /// Rename a constraint.
    RenameConstraint {
        /// Table.
        table: QualifiedName,
        /// Constraint.
        name: String,
        /// New name.
        to: String,
    },
    /// Rename an index.
    RenameIndex {
        /// Table.
        table: QualifiedName,
        /// Index.
        name: String,
        /// New name.
        to: String,
    },
    /// Keep an update timestamp in the database.
    MaintainUpdatedAt {
        /// Table.
        table: QualifiedName,
        /// Column.
        column: String,
    },
    /// Change the storage engine (MySQL, MariaDB).
    SetStorageEngine {
        /// Table.
        table: QualifiedName,
        /// New engine.
        engine: String,
    },
    /// Convert a table's or column's character set (MySQL, MariaDB).
    SetCharacterSet {
        /// Table.
        table: QualifiedName,
        /// One column, or the whole table.
        column: Option<String>,
        /// Character set.
        character_set: String,
        /// Collation; `None` lets every column keep the one of the same name in the new character set.
        collation: Option<String>,
    },
    /// Make an unlogged table crash-safe (PostgreSQL).
    SetLogged {
        /// Table.
        table: QualifiedName,
    },
    /// Let logical replication identify rows (PostgreSQL).
    SetReplicaIdentity {
        /// Table.
        table: QualifiedName,
        /// Unique index to use, or the whole row.
        index: Option<String>,
    },
    /// Give a table to another role (PostgreSQL).
    SetOwner {
        /// Table.
        table: QualifiedName,
        /// New owner.
        owner: String,
    },
    /// Switch the row security of a table on (PostgreSQL).
    EnableRowSecurity {
        /// Table.
        table: QualifiedName,
    },
    /// Let a row security policy ask for the user or a setting once a query, not once a row (PostgreSQL).
    AskPolicyOnce {
        /// Table.
        table: QualifiedName,
        /// Policy.
        policy: String,
        /// New `USING` expression; `None` leaves it.
        using: Option<String>,
        /// New `WITH CHECK` expression; `None` leaves it.
        with_check: Option<String>,
    },
    /// Let a view run with the rights of the caller (PostgreSQL).
    SetSecurityInvoker {
        /// View.
        view: QualifiedName,
    },
    /// Fix the search path of a function (PostgreSQL).
    SetSearchPath {
        /// Function or procedure.
        function: QualifiedName,
        /// Argument types that tell it from its namesakes; `None` when it has none.
        arguments: Option<String>,
        /// Schemas in order.
        path: Vec<String>,
    },
    /// Take the right to create objects in a schema from PUBLIC (PostgreSQL).
    RevokePublicCreate {
        /// The schema, as both parts of the name.
        schema: QualifiedName,
    },
    /// Bring an extension to a newer version (PostgreSQL).
    UpdateExtension {
        /// Extension and the schema of its objects.
        extension: QualifiedName,
        /// Version.
        version: String,
    },
}

/// A column to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewColumn {
    /// Name.
    pub name: String,
    /// Type in the engine's spelling.
    pub data_type: String,
    /// Default expression for new rows.
    pub default: Option<String>,
    /// Whether it is to become NOT NULL after existing rows are filled.
    pub not_null: bool,
    /// Expression for existing rows.
    pub fill: Option<String>,
    /// Kept current on update (MySQL, MariaDB `ON UPDATE`).
    pub on_update: Option<String>,
}

impl Change {
    /// The change in a few words, for a reader who knows its table.
    pub fn title(&self) -> String {
        match self {
            Self::AddForeignKey { name, .. } => format!("add foreign key {name}"),
            Self::ChangeDeleteAction { columns, .. } => {
                format!("change the delete action of the foreign key on {}", columns.join(", "))
            }
            Self::DropForeignKey { columns, .. } => format!("drop the foreign key on {}", columns.join(", ")),
            Self::ValidateConstraint { name, .. } => format!("validate constraint {name}"),
            Self::EnforceConstraint { name, .. } => format!("enforce constraint {name}"),
            Self::EnableTriggers { .. } => "enable the triggers of foreign keys".to_owned(),
            Self::AddIndex { name, .. } => format!("add index {name}"),
            Self::DropIndex { name, .. } => format!("drop index {name}"),
            Self::RepairIndex { name, .. } => format!("repair index {name}"),
            Self::AddPrimaryKey { columns, .. } => format!("make {} the primary key", columns.join(", ")),
            Self::AddSurrogateKey { column, .. } => format!("add primary key {column}"),
            Self::AddUnique { columns, .. } => format!("make {} unique", columns.join(", ")),
            Self::AddCheck { name, .. } => format!("add check {name}"),
            Self::DropCheck { name: Some(name), .. } => format!("drop check {name}"),
            Self::DropCheck { expression, .. } => format!("drop the check {expression}"),
            Self::AddLookupTable { column, lookup_table, .. } => {
                format!("limit {column} to the values of a table {lookup_table}")
            }
            Self::SetNotNull { column, .. } => format!("set {column} NOT NULL"),
            Self::SetDefault { column, .. } => format!("change the default of {column}"),
            Self::AddColumn { column, .. } => format!("add column {}", column.name),
            Self::ChangeType { column, data_type, .. } => format!("change {column} to {data_type}"),
            Self::RenameTable { to, .. } => format!("rename the table to {to}"),
            Self::RenameColumn { column, to, .. } => format!("rename column {column} to {to}"),
            Self::RenameConstraint { name, to, .. } => format!("rename constraint {name} to {to}"),
            Self::RenameIndex { name, to, .. } => format!("rename index {name} to {to}"),
            Self::MaintainUpdatedAt { column, .. } => format!("keep {column} current"),
            Self::SetStorageEngine { engine, .. } => format!("change the storage engine to {engine}"),
            Self::SetCharacterSet { character_set, column: Some(column), .. } => {
                format!("convert {column} to {character_set}")
            }
            Self::SetCharacterSet { character_set, .. } => format!("convert the table to {character_set}"),
            Self::SetLogged { .. } => "make the table crash-safe".to_owned(),
            Self::SetReplicaIdentity { .. } => "let logical replication identify rows".to_owned(),
            Self::SetOwner { owner, .. } => format!("give the table to {owner}"),
            Self::EnableRowSecurity { .. } => "switch row security on".to_owned(),
            Self::AskPolicyOnce { policy, .. } => {
                format!("let policy {policy} ask for the user or a setting once a query")
            }
            Self::SetSecurityInvoker { .. } => "let the view run with the rights of the caller".to_owned(),
            Self::SetSearchPath { .. } => "fix the search path of the function".to_owned(),
            Self::RevokePublicCreate { .. } => "take CREATE from PUBLIC".to_owned(),
            Self::UpdateExtension { version, .. } => format!("update the extension to {version}"),
        }
    }

    /// The table that the change is about, or the view, function, schema or extension.
    pub fn table(&self) -> &QualifiedName {
        match self {
            Self::AddForeignKey { table, .. }
            | Self::ChangeDeleteAction { table, .. }
            | Self::DropForeignKey { table, .. }
            | Self::ValidateConstraint { table, .. }
            | Self::EnforceConstraint { table, .. }
            | Self::EnableTriggers { table }
            | Self::AddIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::RepairIndex { table, .. }
            | Self::AddPrimaryKey { table, .. }
            | Self::AddSurrogateKey { table, .. }
            | Self::AddUnique { table, .. }
            | Self::AddCheck { table, .. }
            | Self::DropCheck { table, .. }
            | Self::AddLookupTable { table, .. }
            | Self::SetNotNull { table, .. }
            | Self::SetDefault { table, .. }
            | Self::AddColumn { table, .. }
            | Self::ChangeType { table, .. }
            | Self::RenameTable { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::RenameConstraint { table, .. }
            | Self::RenameIndex { table, .. }
            | Self::MaintainUpdatedAt { table, .. }
            | Self::SetStorageEngine { table, .. }
            | Self::SetCharacterSet { table, .. }
            | Self::SetLogged { table }
            | Self::SetReplicaIdentity { table, .. }
            | Self::SetOwner { table, .. }
            | Self::EnableRowSecurity { table }
            | Self::AskPolicyOnce { table, .. }
            | Self::SetSecurityInvoker { view: table }
            | Self::SetSearchPath { function: table, .. }
            | Self::RevokePublicCreate { schema: table }
            | Self::UpdateExtension { extension: table, .. } => table,
        }
    }
}

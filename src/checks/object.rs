//! What a verdict is about.

use crate::model::{QualifiedName, TableRef};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An object of the database: a schema, or something in it, or something in a table.
///
/// Rules name every object that they judge, so that names of ordinary length are kept without memory of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Object {
    /// Schema.
    pub schema: CompactString,
    /// Table or view, when the object is one or stands in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<CompactString>,
    /// What kind of object.
    pub kind: ObjectKind,
    /// Name inside the table or schema; `None` when the object is the table or schema itself. A constraint without a
    /// name is called by its columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<CompactString>,
}

/// Kind of an [`Object`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// A schema.
    Schema,
    /// A table.
    Table,
    /// A view.
    View,
    /// A column.
    Column,
    /// Any constraint other than a foreign key.
    Constraint,
    /// A foreign key.
    ForeignKey,
    /// A relation that no foreign key declares.
    Relation,
    /// An index.
    Index,
    /// A sequence.
    Sequence,
    /// A function or procedure.
    Function,
    /// A trigger.
    Trigger,
    /// A policy.
    Policy,
    /// A type: enum, domain, composite.
    Type,
    /// A statement of the workload.
    Query,
    /// A publication, extension, event: anything else.
    Other,
}

impl Object {
    /// A schema.
    pub fn schema(name: &str) -> Self {
        Self { schema: name.into(), table: None, kind: ObjectKind::Schema, name: None }
    }

    /// A table.
    pub fn table(table: TableRef<'_>) -> Self {
        Self::relation(ObjectKind::Table, &table.schema.name, &table.table.name)
    }

    /// A view.
    pub fn view(schema: &str, view: &str) -> Self {
        Self::relation(ObjectKind::View, schema, view)
    }

    /// An index of a table or view, which can be a partition.
    pub fn index_of(schema: &str, relation: &str, index: &str) -> Self {
        Self { name: Some(index.into()), ..Self::relation(ObjectKind::Index, schema, relation) }
    }

    fn relation(kind: ObjectKind, schema: &str, name: &str) -> Self {
        Self { schema: schema.into(), table: Some(name.into()), kind, name: None }
    }

    /// Something inside a table.
    pub fn inside(table: TableRef<'_>, kind: ObjectKind, name: impl Into<CompactString>) -> Self {
        Self { kind, name: Some(name.into()), ..Self::table(table) }
    }

    /// A column.
    pub fn column(table: TableRef<'_>, column: &str) -> Self {
        Self::inside(table, ObjectKind::Column, column)
    }

    /// An index.
    pub fn index(table: TableRef<'_>, index: &str) -> Self {
        Self::inside(table, ObjectKind::Index, index)
    }

    /// A foreign key, by its name or else its columns.
    pub fn foreign_key(table: TableRef<'_>, key: &crate::model::ForeignKey) -> Self {
        match &key.name {
            Some(name) => Self::inside(table, ObjectKind::ForeignKey, name.as_str()),
            None => Self::inside(table, ObjectKind::ForeignKey, format!("({})", key.columns.join(", "))),
        }
    }

    /// Something in a schema that is in no table.
    pub fn in_schema(schema: &str, kind: ObjectKind, name: impl Into<CompactString>) -> Self {
        Self { schema: schema.into(), table: None, kind, name: Some(name.into()) }
    }

    /// The table the object is or stands in.
    pub fn table_name(&self) -> Option<QualifiedName> {
        self.table.as_ref().map(|table| QualifiedName::new(self.schema.as_str(), table.as_str()))
    }
}

impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.schema)?;
        for part in [&self.table, &self.name].into_iter().flatten() {
            write!(formatter, ".{part}")?;
        }
        Ok(())
    }
}

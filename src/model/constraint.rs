//! Keys and other constraints.

use super::schema::{is_false, is_true, yes};
use super::{QualifiedName, Table};
use serde::{Deserialize, Serialize};

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrimaryKey {
    /// Name as stored; absent in SQLite when none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Columns in key order.
    pub columns: Vec<String>,
    /// The last column is a period that may not overlap (PostgreSQL 18, MariaDB).
    #[serde(default, skip_serializing_if = "is_false")]
    pub without_overlaps: bool,
    /// When it is checked.
    #[serde(default, skip_serializing_if = "Deferral::is_not")]
    pub deferral: Deferral,
    /// Comment on the constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A unique constraint. A unique index without a constraint stands in the table's indexes only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UniqueConstraint {
    /// Name as stored; absent in SQLite when none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Columns in order.
    pub columns: Vec<String>,
    /// NULLs count as equal (PostgreSQL 15+).
    #[serde(default, skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// The last column is a period that may not overlap (PostgreSQL 18, MariaDB).
    #[serde(default, skip_serializing_if = "is_false")]
    pub without_overlaps: bool,
    /// When it is checked.
    #[serde(default, skip_serializing_if = "Deferral::is_not")]
    pub deferral: Deferral,
    /// Comment on the constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A check constraint of a table or of one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckConstraint {
    /// Name as stored; absent in SQLite when none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Condition without the word CHECK and its parentheses.
    pub expression: String,
    /// Columns it names, in table order, as far as the engine or the text tells.
    pub columns: Vec<String>,
    /// Existing rows are known to satisfy it.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub validated: bool,
    /// New rows are checked.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enforced: bool,
    /// Not passed on to child tables (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_inherit: bool,
    /// Comes from a parent table only (PostgreSQL inheritance).
    #[serde(default, skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Made by the engine, not by the user: MariaDB's `json_valid` for JSON columns and implicit period checks.
    #[serde(default, skip_serializing_if = "is_false")]
    pub automatic: bool,
    /// Comment on the constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An exclusion constraint (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionConstraint {
    /// Name as stored.
    pub name: String,
    /// Index method, for example `gist`.
    pub method: String,
    /// Columns or expressions with the operator that must not hold.
    pub elements: Vec<ExclusionElement>,
    /// Rows it applies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// When it is checked.
    #[serde(default, skip_serializing_if = "Deferral::is_not")]
    pub deferral: Deferral,
    /// Whole definition as the engine prints it.
    pub definition: String,
    /// Comment on the constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// One element of an exclusion constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionElement {
    /// Column, when it is a plain column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Expression, when it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Operator, for example `&&`.
    pub operator: String,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// Name as stored; absent in SQLite when none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Referencing columns in order.
    pub columns: Vec<String>,
    /// Referenced table, as stored in the catalog (SQLite keeps what was typed, even for a table that is not there).
    pub referenced_table: QualifiedName,
    /// Referenced columns, paired with `columns`. Where SQLite names none, those of the parent's primary key.
    pub referenced_columns: Vec<String>,
    /// Index of the parent that it stands on (PostgreSQL `conindid`), where the parent has several unique indexes over the
    /// referenced columns. It cannot be dropped while the key is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referenced_index: Option<String>,
    /// What a delete of the parent does.
    pub on_delete: Action,
    /// What a change of the parent's key does.
    pub on_update: Action,
    /// Columns that `SET NULL` or `SET DEFAULT` on delete is limited to (PostgreSQL 15+).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_delete_columns: Vec<String>,
    /// The delete action was written out. `None` when the catalog does not tell the default from the same word
    /// written out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete_explicit: Option<bool>,
    /// How NULLs in a composite key are treated.
    #[serde(default, skip_serializing_if = "MatchType::is_simple")]
    pub match_type: MatchType,
    /// When it is checked.
    #[serde(default, skip_serializing_if = "Deferral::is_not")]
    pub deferral: Deferral,
    /// Existing rows are known to satisfy it (PostgreSQL: false for `NOT VALID`).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub validated: bool,
    /// Changes are checked: not `NOT ENFORCED` (PostgreSQL 18).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enforced: bool,
    /// Names of tables whose internal referential-integrity triggers are disabled, so that nothing is checked
    /// although the constraint says so (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled_triggers_on: Vec<QualifiedName>,
    /// The last column is a period (PostgreSQL 18).
    #[serde(default, skip_serializing_if = "is_false")]
    pub period: bool,
    /// Comment on the constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl ForeignKey {
    /// Whether it sets this column of its own to NULL when the referenced row goes or gets another key.
    pub fn sets_null(&self, column: &str) -> bool {
        let is_in = |columns: &[String]| columns.iter().any(|name| name == column);
        let limited = self.on_delete_columns.is_empty() || is_in(&self.on_delete_columns);
        is_in(&self.columns) && (self.on_delete == Action::SetNull && limited || self.on_update == Action::SetNull)
    }

    /// A key without a name that does nothing by itself and is checked at once.
    pub fn new(columns: Vec<String>, referenced_table: QualifiedName, referenced_columns: Vec<String>) -> Self {
        Self {
            name: None,
            columns,
            referenced_table,
            referenced_columns,
            referenced_index: None,
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            on_delete_columns: Vec::new(),
            on_delete_explicit: None,
            match_type: MatchType::default(),
            deferral: Deferral::default(),
            validated: true,
            enforced: true,
            disabled_triggers_on: Vec::new(),
            period: false,
            comment: None,
        }
    }

    /// The columns that an action on delete sets.
    pub fn set_on_delete(&self) -> &[String] {
        if self.on_delete_columns.is_empty() { &self.columns } else { &self.on_delete_columns }
    }

    /// Of columns of the child that an action sets, those with NOT NULL that it would set to NULL: the server then refuses
    /// what sets the action off.
    pub fn refusing<'c>(child: &Table, action: Action, set: &'c [String]) -> Vec<&'c str> {
        let refuses = |name: &&String| {
            child.column(name).is_some_and(|column| {
                let default = column.default.as_ref().map(|default| default.expression.as_str());
                let is_null = match action {
                    Action::SetNull => true,
                    Action::SetDefault => {
                        default.is_none_or(|text| text.eq_ignore_ascii_case("null")) && !column.is_auto_generated()
                    }
                    Action::Cascade | Action::NoAction | Action::Restrict => false,
                };
                is_null && (!column.nullable || column.not_null_unvalidated)
            })
        };
        set.iter().filter(refuses).map(String::as_str).collect()
    }
}

/// A referential action. How the engine's default appears differs: an unwritten rule is `NO ACTION` in PostgreSQL,
/// MySQL and SQLite and `RESTRICT` in MariaDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Refuse, checked at the end of the statement or transaction.
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Do the same to the referencing rows.
    Cascade,
    /// Set the referencing columns to NULL.
    SetNull,
    /// Set the referencing columns to their defaults.
    SetDefault,
}

impl Action {
    /// SQL spelling.
    pub fn sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

/// How a composite foreign key treats NULLs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchType {
    /// One NULL switches the check off.
    #[default]
    Simple,
    /// All columns are NULL or none is.
    Full,
    /// Standard SQL; no engine implements it.
    Partial,
}

impl MatchType {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    fn is_simple(&self) -> bool {
        *self == Self::Simple
    }
}

/// When a constraint is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferral {
    /// At once; not deferrable.
    #[default]
    NotDeferrable,
    /// At once unless the transaction defers it.
    Deferrable,
    /// At the end of the transaction.
    InitiallyDeferred,
}

impl Deferral {
    /// What a constraint says after its columns; nothing when it is checked at once.
    pub fn clause(self) -> &'static str {
        match self {
            Self::NotDeferrable => "",
            Self::Deferrable => " DEFERRABLE",
            Self::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
    fn is_not(&self) -> bool {
        *self == Self::NotDeferrable
    }
}

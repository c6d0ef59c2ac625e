//! What each index is for, as far as the catalog shows: the keys, rules and patterns it serves, and how each part of
//! its key is likely to be used.

use super::TableDetails;
use super::words::mentions;
use crate::model::{Column, ForeignKey, Index, KeyPart, SortOrder, TableRef};
use crate::survey::Survey;
use serde::Serialize;

/// Why an index exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Enforces the primary key.
    PrimaryKey,
    /// Enforces that values are unique.
    Unique,
    /// Enforces an exclusion constraint.
    Exclusion,
    /// Leads with the columns of a foreign key: its position in the table's list.
    ForeignKey(usize),
    /// Leads with the column of an undeclared relation: its position in the survey.
    Relation(usize),
    /// Leads with a polymorphic pair: its position in the survey.
    Polymorphic(usize),
    /// Leads with the tenant's column.
    Tenant,
    /// Holds only rows that are not deleted, by this column.
    LiveRows(String),
    /// Holds only some rows.
    Partial,
    /// Searches an expression instead of a stored value.
    Expression,
    /// Answers queries without the table.
    Covering,
    /// Identifies rows for logical replication.
    ReplicaIdentity,
    /// Searches words.
    FullText,
    /// Searches places and shapes.
    Spatial,
    /// Searches inside documents, arrays or text.
    Containment,
    /// Searches overlaps, distances or neighbours.
    Similarity,
    /// Skips blocks of rows that were stored together.
    BlockRange,
    /// Finds equal values only.
    Hash,
    /// Nothing in the catalog says: it serves queries on its columns.
    Lookup,
}

/// How a part of a key is likely to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Compared for equality.
    Equality,
    /// Gives the order of the result.
    Sort,
    /// Compared with bounds.
    Range,
    /// Searched by the index's own operators.
    Search,
}

impl Role {
    /// Word for the reader.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equality => "equality",
            Self::Sort => "sort",
            Self::Range => "range",
            Self::Search => "search",
        }
    }
}

/// What is known about an index beyond its definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rationale {
    /// What it serves, most certain first. Never empty.
    pub purposes: Vec<Purpose>,
    /// Role of each key part, in key order.
    pub roles: Vec<Role>,
    /// A part that is compared with bounds stands before one that is compared for equality, which the index can then
    /// only filter by.
    pub range_before_equality: bool,
}

/// Explains an index. `deleted` is the column that marks the table's rows as deleted.
pub(super) fn explain(
    index: &Index,
    table: TableRef<'_>,
    survey: &Survey,
    known: &TableDetails,
    deleted: Option<&str>,
) -> Rationale {
    let roles: Vec<Role> = (0..index.key.len()).map(|position| role(index, table, position)).collect();
    let first_range = roles.iter().position(|role| *role == Role::Range);
    let range_before_equality = !index.unique
        && first_range.is_some_and(|position| roles[position..].contains(&Role::Equality))
        && searches_in_order(&index.method);
    let purposes = purposes(index, table, survey, known, deleted);
    Rationale { purposes, roles, range_before_equality }
}

fn purposes(
    index: &Index,
    table: TableRef<'_>,
    survey: &Survey,
    known: &TableDetails,
    deleted: Option<&str>,
) -> Vec<Purpose> {
    let mut found = Vec::new();
    if index.primary {
        found.push(Purpose::PrimaryKey);
    } else if index.exclusion {
        found.push(Purpose::Exclusion);
    } else if index.unique {
        found.push(Purpose::Unique);
    }
    if searches_in_order(&index.method) || index.method == "hash" {
        let serves = table.foreign_keys.iter().enumerate().filter(|(_, key)| leads_with(index, key));
        found.extend(serves.map(|(position, _)| Purpose::ForeignKey(position)));
        let first = index.key.first().and_then(|part| part.column.as_deref());
        for &position in &known.relations {
            if first == Some(survey.relations[position].column.as_str()) {
                found.push(Purpose::Relation(position));
            }
        }
        for &position in &known.polymorphic {
            let pair = &survey.polymorphic[position];
            let leading: Vec<_> = index.key_columns().take(2).flatten().collect();
            if leading.contains(&pair.type_column.as_str()) && leading.contains(&pair.id_column.as_str()) {
                found.push(Purpose::Polymorphic(position));
            }
        }
        if survey.tenancy.as_ref().is_some_and(|tenancy| first == Some(tenancy.column.as_str())) {
            found.push(Purpose::Tenant);
        }
    }
    if let Some(predicate) = &index.predicate {
        match deleted {
            Some(column) if mentions(predicate, column) => found.push(Purpose::LiveRows(column.to_owned())),
            _ => found.push(Purpose::Partial),
        }
    }
    if index.key.iter().any(|part| part.expression.is_some()) {
        found.push(Purpose::Expression);
    }
    if !index.include.is_empty() {
        found.push(Purpose::Covering);
    }
    if index.replica_identity {
        found.push(Purpose::ReplicaIdentity);
    }
    match index.method.as_str() {
        "fulltext" | "rum" => found.push(Purpose::FullText),
        "spatial" | "rtree" => found.push(Purpose::Spatial),
        "gin" => found.push(Purpose::Containment),
        "gist" if index.key.iter().any(|part| holds_words(part, table)) => found.push(Purpose::FullText),
        "gist" | "spgist" | "vector" | "hnsw" | "ivfflat" if !index.exclusion => found.push(Purpose::Similarity),
        "brin" => found.push(Purpose::BlockRange),
        "hash" if found.is_empty() => found.push(Purpose::Hash),
        _ => {}
    }
    if found.iter().all(|purpose| {
        matches!(purpose, Purpose::Partial | Purpose::LiveRows(_) | Purpose::Expression | Purpose::Covering)
    }) {
        found.insert(0, Purpose::Lookup);
    }
    found
}

/// Whether a part of a key holds the words of a text (PostgreSQL).
fn holds_words(part: &KeyPart, table: TableRef<'_>) -> bool {
    let column = part.column.as_deref().and_then(|name| table.table.column(name));
    column.is_some_and(|column| column.base_type() == "tsvector")
        || part.expression.as_deref().is_some_and(|expression| mentions(expression, "to_tsvector"))
}

/// Whether the leading parts of the key are the columns of the foreign key, in any order.
fn leads_with(index: &Index, key: &ForeignKey) -> bool {
    index.key.len() >= key.columns.len()
        && index.key[..key.columns.len()].iter().all(|part| {
            part.prefix_length.is_none() && part.column.as_ref().is_some_and(|column| key.columns.contains(column))
        })
}

fn searches_in_order(method: &str) -> bool {
    matches!(method, "btree" | "")
}

fn role(index: &Index, table: TableRef<'_>, position: usize) -> Role {
    let part: &KeyPart = &index.key[position];
    match index.method.as_str() {
        "brin" => return Role::Range,
        "btree" | "hash" | "" => {}
        _ => return Role::Search,
    }
    if part.order == SortOrder::Descending || part.nulls.is_some() {
        return Role::Sort;
    }
    let Some(column) = part.column.as_deref().and_then(|name| table.table.column(name)) else {
        return Role::Equality;
    };
    let referring = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    if index.unique || referring || index.method == "hash" {
        return Role::Equality;
    }
    match (is_moment(column), is_quantity(column)) {
        (true, _) if position > 0 && position + 1 == index.key.len() => Role::Sort,
        (true, _) | (_, true) => Role::Range,
        _ => Role::Equality,
    }
}

/// Whether a column's type is a date or a point in time.
pub(super) fn is_moment(column: &Column) -> bool {
    let base = column.base_type();
    base.starts_with("timestamp") || base.starts_with("datetime") || base == "date"
}

fn is_quantity(column: &Column) -> bool {
    let base = column.base_type();
    matches!(
        base.as_ref(),
        "numeric" | "decimal" | "money" | "real" | "float" | "double" | "double precision" | "interval" | "time"
    )
}

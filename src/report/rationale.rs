//! What each index is for, as far as the catalog shows: the keys, rules and patterns it serves, and how each part of
//! its key is likely to be used.

use super::TableDetails;
use super::words::mentions;
use crate::checks::{Cover, cover_by};
use crate::model::{Column, ForeignKey, Index, KeyPart, QualifiedName, SortOrder, TableRef, Tables};
use crate::survey::{Survey, is_searched_by_ranges};
use serde::Serialize;
use smallvec::SmallVec;
use std::collections::BTreeSet;

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
    /// Foreign keys of these tables refer to its columns.
    Referenced(Vec<QualifiedName>),
    /// Leads with the columns of a foreign key: its position in the table's list.
    ForeignKey(usize),
    /// Leads with some columns of a foreign key, which identify the parent's row: its position in the table's list.
    ForeignKeyPart(usize),
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

/// How a part of a key is likely to be used, in the order in which parts serve best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
    pub purposes: SmallVec<[Purpose; 1]>,
    /// Role of each key part, in key order.
    pub roles: SmallVec<[Role; 8]>,
    /// How these roles follow each other.
    pub order: KeyOrder,
}

/// How the roles of a key's parts follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyOrder {
    /// Equality, then sort, then range: each part serves.
    Follows,
    /// Another order, in a key that is unique by all of its columns and in any order.
    UniqueKey,
    /// A range of the partition key, by which partitions are chosen, before parts in order.
    PartitionKeyFirst,
    /// What is compared for equality after a range no longer narrows the search: the index filters by it.
    RangeBeforeEquality,
    /// What is compared for equality after the parts that give the order: the index filters by it, or it breaks ties.
    SortBeforeEquality,
    /// Rows of a range come in the order of its own column first.
    RangeBeforeSort,
}

/// Explains an index. `deleted` is the column that marks the table's rows as deleted.
pub(super) fn explain(
    index: &Index,
    table: TableRef<'_>,
    tables: &Tables<'_>,
    survey: &Survey,
    known: &TableDetails,
    deleted: Option<&str>,
) -> Rationale {
    let mut roles = SmallVec::new();
    for _ in &index.key {
        roles.push(role(index, table, &roles));
    }
    let purposes = purposes(index, table, tables, survey, known, deleted);
    Rationale { purposes, order: order(index, table, &roles), roles }
}

fn order(index: &Index, table: TableRef<'_>, roles: &[Role]) -> KeyOrder {
    let before = |early: Role, late: Role| {
        let first = roles.iter().position(|role| *role == early);
        first.is_some_and(|first| roles[first..].contains(&late))
    };
    let partition_key = table.partitioning.as_ref().map_or(&[][..], |partitioning| &partitioning.columns);
    let leads =
        index.key.first().and_then(|part| part.column.as_ref()).is_some_and(|first| partition_key.contains(first));
    if roles.is_sorted() {
        KeyOrder::Follows
    } else if index.unique {
        KeyOrder::UniqueKey
    } else if leads && roles[1..].is_sorted() {
        KeyOrder::PartitionKeyFirst
    } else if before(Role::Range, Role::Equality) {
        KeyOrder::RangeBeforeEquality
    } else if before(Role::Sort, Role::Equality) {
        KeyOrder::SortBeforeEquality
    } else {
        KeyOrder::RangeBeforeSort
    }
}

fn purposes(
    index: &Index,
    table: TableRef<'_>,
    tables: &Tables<'_>,
    survey: &Survey,
    known: &TableDetails,
    deleted: Option<&str>,
) -> SmallVec<[Purpose; 1]> {
    let mut found = SmallVec::new();
    if index.primary {
        found.push(Purpose::PrimaryKey);
    } else if index.exclusion {
        found.push(Purpose::Exclusion);
    } else if index.unique {
        found.push(Purpose::Unique);
    }
    let referring = referring(index, table, tables);
    if !referring.is_empty() {
        found.push(Purpose::Referenced(referring));
    }
    for (position, key) in table.foreign_keys.iter().enumerate() {
        let parent = tables.find(&key.referenced_table);
        let parent = parent.as_ref().map(|parent| (parent.table, key.referenced_columns.as_slice()));
        match cover_by(index, &key.columns, parent) {
            Cover::Full(_) => found.push(Purpose::ForeignKey(position)),
            Cover::Identifying(_) => found.push(Purpose::ForeignKeyPart(position)),
            Cover::Leading(_) | Cover::Missing => {}
        }
    }
    if searches_in_order(&index.method) || index.method == "hash" {
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
        "gin" | "gist" if index.key.iter().any(|part| holds_words(part, table)) => found.push(Purpose::FullText),
        "gin" => found.push(Purpose::Containment),
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

/// Tables with a foreign key that stands on a unique index besides the primary key's, by name.
fn referring(index: &Index, table: TableRef<'_>, tables: &Tables<'_>) -> Vec<QualifiedName> {
    if index.primary || !index.unique {
        return Vec::new();
    }
    let refers = |foreign: &ForeignKey| referenced_index(table, foreign).is_some_and(|of| of.name == index.name);
    let children = tables.referenced_by(table.id).filter(|(_, foreign)| refers(foreign));
    let children: BTreeSet<QualifiedName> = children.map(|(child, _)| child.qualified_name()).collect();
    children.into_iter().collect()
}

/// The unique index of the parent that a foreign key stands on: the one that the catalog names, else the first with its
/// columns in order, else in any order. The primary key's comes before all others.
fn referenced_index<'t>(parent: TableRef<'t>, foreign: &ForeignKey) -> Option<&'t Index> {
    let indexes = &parent.table.indexes;
    if let Some(name) = &foreign.referenced_index {
        return indexes.iter().find(|index| index.name == *name);
    }
    let wanted: Vec<&str> = foreign.referenced_columns.iter().map(String::as_str).collect();
    let over = |key: &[&str]| key.len() == wanted.len() && wanted.iter().all(|column| key.contains(column));
    let candidates = indexes.iter().filter(|index| index.guarantees_unique() && index.predicate.is_none());
    let fitting = candidates.filter_map(|index| index.plain_columns().filter(|key| over(key)).map(|key| (index, key)));
    fitting.min_by_key(|(index, key)| (*key != wanted, !index.primary)).map(|(index, _)| index)
}

fn searches_in_order(method: &str) -> bool {
    matches!(method, "btree" | "")
}

/// The role of the part after those with these roles.
fn role(index: &Index, table: TableRef<'_>, before: &[Role]) -> Role {
    let (part, rest) = (&index.key[before.len()], &index.key[before.len() + 1..]);
    match index.method.as_str() {
        "brin" => return Role::Range,
        "btree" | "hash" | "" => {}
        _ => return Role::Search,
    }
    if has_direction(part) {
        return Role::Sort;
    }
    // What only breaks ties, or is computed, goes with the order of what stands before it.
    let goes_with_order = |part: &KeyPart| {
        let key = table.primary_key.as_ref().map_or(&[][..], |key| &key.columns);
        has_direction(part) || part.column.as_ref().is_none_or(|column| key.contains(column))
    };
    let last = rest.iter().all(goes_with_order);
    if !index.unique && last && goes_with_order(part) && before.contains(&Role::Sort) {
        return Role::Sort;
    }
    let Some(column) = part.column.as_deref().and_then(|name| table.table.column(name)) else {
        return Role::Equality;
    };
    let referring = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    if index.unique || referring || index.method == "hash" {
        return Role::Equality;
    }
    match (is_moment(column), is_searched_by_ranges(column)) {
        (true, _) if last && index.key.len() > 1 => Role::Sort,
        (true, _) | (_, true) => Role::Range,
        _ => Role::Equality,
    }
}

/// Whether a part says in which direction it sorts.
fn has_direction(part: &KeyPart) -> bool {
    part.order == SortOrder::Descending || part.nulls.is_some()
}

/// Whether a column's type is a date or a point in time.
pub(super) fn is_moment(column: &Column) -> bool {
    let base = column.base_type();
    base.starts_with("timestamp") || base.starts_with("datetime") || base == "date"
}

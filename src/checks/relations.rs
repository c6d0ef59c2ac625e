//! What several rules need to know about a relation between two tables.

use super::coverage::{is_secondary, serves_instead, unique_keys};
use super::{Change, Context, Severity};
use crate::model::{
    Action, Column, DataType, EngineName, ForeignKey, Index, KeyPart, QualifiedName, Table, TableRef, UnseenKind,
    Validation, base_type,
};
use crate::survey::{Relation, TableClass};
use std::collections::BTreeSet;

/// From this confidence on an inferred relation counts in scores.
pub(super) const SCORED: f64 = 0.90;
/// From this confidence on an inferred relation is reported.
pub(super) const REPORTED: f64 = 0.80;

/// Words in the name of a table whose rows must not disappear or lose their reference.
const RECORDS: [&str; 10] =
    ["ledger", "audit", "invoice", "payment", "transaction", "receipt", "log", "history", "journal", "contract"];

/// An inferred relation with its tables, when both are there.
pub(super) fn resolve<'a>(context: Context<'a>, relation: &Relation) -> Option<(TableRef<'a>, TableRef<'a>)> {
    Some((context.tables.find(&relation.table)?, context.tables.find(&relation.referenced_table)?))
}

/// What a delete of the parent should do: rows that are part of the parent go with it, references that may be empty
/// become empty, everything else refuses.
pub(super) fn delete_action(
    context: Context<'_>,
    child: TableRef<'_>,
    parent: TableRef<'_>,
    columns: &[String],
) -> Action {
    // MariaDB's catalog cannot tell a written RESTRICT from no clause at all; NO ACTION means the same there and shows.
    let refuse = if context.model.engine.name == EngineName::MariaDb { Action::NoAction } else { Action::Restrict };
    let is_record = |table: TableRef<'_>| {
        let name = table.name.to_lowercase();
        context.survey.class(table.id) == TableClass::Log || RECORDS.iter().any(|word| name.contains(word))
    };
    // Half a pair means nothing: a row of a junction goes with either side.
    let junction = context.survey.class(child.id) == TableClass::Junction;
    // A column of a key says which row it is, even where it may be NULL.
    let identifies = |name: &String| unique_keys(child.table).iter().flatten().any(|column| column == name);
    let may_be_empty = |name: &String| child.column(name).is_some_and(|column| column.nullable) && !identifies(name);
    let nullable = !junction && columns.iter().all(may_be_empty);
    if is_record(child) || child.id == parent.id && !nullable {
        return refuse;
    }
    if nullable {
        return Action::SetNull;
    }
    let lookup = context.survey.class(parent.id) == TableClass::Lookup;
    let part = junction || is_part_of(&child.name, &parent.name);
    if part && !lookup && !is_record(parent) { Action::Cascade } else { refuse }
}

/// The key that earlier steps made to take the place of this one: over the same columns, and called after it.
pub(crate) fn successor<'t>(table: &'t Table, key: &ForeignKey) -> Option<&'t ForeignKey> {
    let own = key.name.as_deref()?;
    let follows = |name: &str| {
        let unnumbered = name.trim_end_matches(|character: char| character.is_ascii_digit()).trim_end_matches('_');
        unnumbered.strip_suffix("_new").is_some_and(|stem| !stem.is_empty() && own.starts_with(stem))
    };
    table.foreign_keys.iter().find(|other| {
        other.name != key.name
            && other.name.as_deref().is_some_and(follows)
            && (&other.columns, &other.referenced_table) == (&key.columns, &key.referenced_table)
            && other.referenced_columns == key.referenced_columns
    })
}

/// The change of a key's delete action, and what a person has to do first where another key declares the same relation with
/// another action: a changed key would leave two that say the same. The key by which PostgreSQL's steps began such a change
/// is none of these: they are finished as they were begun.
pub(super) fn change_delete_action(
    context: Context<'_>,
    table: TableRef<'_>,
    key: &ForeignKey,
    on_delete: Action,
) -> Result<Change, &'static str> {
    let postgresql = context.model.engine.name == EngineName::PostgreSql;
    let begun = successor(table.table, key).filter(|_| postgresql);
    let other = |other: &&ForeignKey| other.on_delete != key.on_delete && same_relation(other, key);
    if begun.is_none() && table.table.foreign_keys.iter().any(|key| other(&key)) {
        return Err("another key declares the same relation with another action: drop one of the two first");
    }
    Ok(Change::ChangeDeleteAction {
        table: table.qualified_name(),
        name: key.name.clone(),
        columns: key.columns.clone(),
        on_delete: begun.map_or(on_delete, |begun| begun.on_delete),
    })
}

/// Whether two keys of a table pair the same columns with those of the same parent, in any order.
pub(super) fn same_relation(a: &ForeignKey, b: &ForeignKey) -> bool {
    let pairs = |key: &ForeignKey| {
        key.columns.iter().cloned().zip(key.referenced_columns.iter().cloned()).collect::<BTreeSet<_>>()
    };
    a.referenced_table == b.referenced_table && a.columns.len() == b.columns.len() && pairs(a) == pairs(b)
}

/// Whether the child's name is the parent's in the singular and a further word: `order_items` of `orders`.
pub(super) fn is_part_of(child: &str, parent: &str) -> bool {
    let child = child.to_lowercase();
    let parent = parent.to_lowercase();
    let singular = parent
        .strip_suffix("ies")
        .map_or_else(|| parent.strip_suffix('s').unwrap_or(&parent).to_owned(), |stem| format!("{stem}y"));
    [parent.as_str(), singular.as_str()]
        .iter()
        .any(|name| child.strip_prefix(name).is_some_and(|rest| rest.len() > 1 && rest.starts_with('_')))
}

/// An index over plain columns.
pub(super) fn add_index(table: TableRef<'_>, name: String, columns: &[String]) -> Change {
    Change::AddIndex {
        table: table.qualified_name(),
        name,
        method: "btree".to_owned(),
        key: columns.iter().map(KeyPart::column).collect(),
        predicate: None,
    }
}

/// An index over plain columns, and the removal of those that it makes superfluous.
pub(super) fn index_instead(engine: EngineName, table: TableRef<'_>, name: String, columns: &[String]) -> Vec<Change> {
    let key: Vec<KeyPart> = columns.iter().map(KeyPart::column).collect();
    let drops = superseded(engine, table, &key, None);
    std::iter::once(add_index(table, name, columns)).chain(drops).collect()
}

/// The removal of the indexes that a new one over this key, under this condition, makes superfluous.
pub(super) fn superseded(
    engine: EngineName,
    table: TableRef<'_>,
    key: &[KeyPart],
    predicate: Option<&String>,
) -> Vec<Change> {
    let added = Index { key: key.to_vec(), predicate: predicate.cloned(), ..Index::new("") };
    let drops = table.indexes.iter().filter(|index| {
        is_secondary(engine, index) && !index.unique && !index.replica_identity && serves_instead(&added, index)
    });
    drops.map(|index| Change::DropIndex { table: table.qualified_name(), name: index.name.clone() }).collect()
}

/// How urgent a missing index is: look-ups in a small table are cheap, and a parent whose rows are never deleted or
/// changed asks for none.
pub(super) fn index_urgency(
    context: Context<'_>,
    child: TableRef<'_>,
    parent: Option<TableRef<'_>>,
) -> Option<Severity> {
    let statistics = context.model.statistics.as_ref()?;
    let rows = statistics.table(&child.schema.name, &child.name).and_then(|table| table.rows);
    let small = rows.is_some_and(|rows| (1..1000).contains(&rows));
    let observed = statistics.counters_age_days.is_some_and(|days| days >= 30);
    let still = parent.is_some_and(|parent| {
        statistics
            .table(&parent.schema.name, &parent.name)
            .is_some_and(|table| table.rows_deleted == Some(0) && table.rows_updated == Some(0))
    });
    let log = context.survey.class(child.id) == TableClass::Log;
    (small || log || (observed && still)).then_some(Severity::Info)
}

/// Why indexes of a table cannot be judged, when they cannot.
pub(super) fn indexes_unseen(context: Context<'_>, table: TableRef<'_>) -> Option<&'static str> {
    let unseen = context.model.is_unseen_of(UnseenKind::Indexes, &table.qualified_name());
    unseen.then_some("not all of its indexes could be read")
}

/// Whether another session was validating such a constraint of the table while the catalog was read.
pub(super) fn is_being_validated(
    context: Context<'_>,
    table: TableRef<'_>,
    is_it: impl Fn(&Validation) -> bool,
) -> bool {
    let running = context.model.statistics.iter().flat_map(|statistics| &statistics.validations);
    running.filter(|it| it.table == table.qualified_name()).any(is_it)
}

/// The reference as text: `orders.customer_id → customers.id`.
pub(super) fn arrow(key: &ForeignKey) -> String {
    let parent = &key.referenced_table.name;
    if key.referenced_columns.is_empty() {
        ["(", &key.columns.join(", "), ") → ", parent].concat()
    } else {
        ["(", &key.columns.join(", "), ") → ", parent, " (", &key.referenced_columns.join(", "), ")"].concat()
    }
}

/// How the types of a referencing and a referenced column compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeMatch {
    /// The same.
    Same,
    /// The same but for length or precision.
    Length,
    /// The child cannot hold every value of the parent.
    ChildNarrower,
    /// The child can hold more than the parent.
    ChildWider,
    /// Neither contains the other.
    Different,
}

/// Compares a referencing with a referenced column.
pub(super) fn compare_types(context: Context<'_>, child: &Column, parent: &Column) -> TypeMatch {
    if context.model.engine.name == EngineName::Sqlite {
        return if affinity(&child.data_type) == affinity(&parent.data_type) {
            TypeMatch::Same
        } else {
            TypeMatch::Different
        };
    }
    let (child, parent) = (underlying(context, child), underlying(context, parent));
    if child == parent {
        return TypeMatch::Same;
    }
    let (child_base, parent_base) = (base_type(&child), base_type(&parent));
    let unsigned = |name: &str| name.contains("unsigned");
    if child_base == parent_base && unsigned(&child) == unsigned(&parent) {
        return if is_integer(&child_base) { TypeMatch::Same } else { TypeMatch::Length };
    }
    match (width(&child_base), width(&parent_base)) {
        (Some((family, child)), Some((other, parent))) if family == other && child != parent => {
            if child < parent {
                TypeMatch::ChildNarrower
            } else {
                TypeMatch::ChildWider
            }
        }
        _ => TypeMatch::Different,
    }
}

fn is_integer(base: &str) -> bool {
    width(base).is_some_and(|(family, _)| family == "integer")
}

/// Types of one family, from the narrowest to the widest.
fn width(base: &str) -> Option<(&'static str, u32)> {
    Some(match base {
        "tinyint" => ("integer", 1),
        "smallint" => ("integer", 2),
        "mediumint" => ("integer", 3),
        "int" | "integer" => ("integer", 4),
        "bigint" => ("integer", 8),
        "numeric" => ("integer", 16),
        "character" | "char" => ("text", 1),
        "character varying" | "varchar" => ("text", 2),
        "text" => ("text", 3),
        _ => return None,
    })
}

/// Whether every value of one type is a value of another, so that a cast loses nothing. In doubt it is not.
pub(crate) fn holds(wide: &str, narrow: &str) -> bool {
    if wide == narrow {
        return true;
    }
    if wide.contains('[') || narrow.contains('[') || wide.contains("unsigned") != narrow.contains("unsigned") {
        return false;
    }
    let (wide_base, narrow_base) = (base_type(wide), base_type(narrow));
    let (room, need) = (parameters(wide), parameters(narrow));
    let is_decimal = |base: &str| matches!(base, "numeric" | "decimal");
    if is_decimal(&wide_base) {
        let whole = |parts: &[u32]| parts.first().map(|all| all.saturating_sub(parts.get(1).copied().unwrap_or(0)));
        let Some(digits) = whole(&room) else { return is_decimal(&narrow_base) || is_integer(&narrow_base) };
        let fraction = |parts: &[u32]| parts.get(1).copied().unwrap_or(0);
        let needed = if is_decimal(&narrow_base) { whole(&need) } else { digits_of(&narrow_base) };
        return needed.is_some_and(|needed| needed <= digits)
            && (!is_decimal(&narrow_base) || fraction(&need) <= fraction(&room));
    }
    match (width(&wide_base), width(&narrow_base)) {
        (Some(("text", wide)), Some(("text", narrow))) => {
            let longest = |parts: &[u32]| parts.first().copied().unwrap_or(u32::MAX);
            wide >= narrow && longest(&room) >= longest(&need)
        }
        (Some(("integer", wide)), Some(("integer", narrow))) => !is_decimal(&narrow_base) && wide >= narrow,
        _ => false,
    }
}

/// Digits of the largest integers of a type.
fn digits_of(base: &str) -> Option<u32> {
    Some(match base {
        "tinyint" => 3,
        "smallint" => 5,
        "mediumint" => 8,
        "int" | "integer" => 10,
        "bigint" => 20,
        _ => return None,
    })
}

/// The numbers in the parentheses of a type.
fn parameters(data_type: &str) -> Vec<u32> {
    let inner = data_type.split_once('(').and_then(|(_, rest)| Some(rest.split_once(')')?.0)).unwrap_or_default();
    inner.split(',').filter_map(|part| part.trim().parse().ok()).collect()
}

/// The type that a column stores, with domains resolved.
fn underlying(context: Context<'_>, column: &Column) -> DataType {
    let mut data_type = column.data_type.clone();
    let mut name = column.user_type.clone();
    // A domain may be based on another; the catalog has no cycles, but a snapshot file could.
    for _ in 0..16 {
        let domain = name.as_ref().and_then(|name| {
            let schema = context.model.schemas.iter().find(|schema| schema.name == name.schema)?;
            schema.domains.iter().find(|domain| domain.name == name.name)
        });
        let Some(domain) = domain else { break };
        data_type.clone_from(&domain.base_type);
        let (schema, base) = domain.base_type.split_once('.').unwrap_or(("", &domain.base_type));
        name = Some(Box::new(QualifiedName::new(schema, base)));
    }
    data_type
}

/// Type affinity of a SQLite column. INTEGER and NUMERIC are one here: both keep whole numbers as integers.
pub(crate) fn affinity(data_type: &str) -> &'static str {
    let upper = data_type.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    if has(&["INT"]) {
        "numeric"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "text"
    } else if upper.trim().is_empty() || has(&["BLOB"]) {
        "blob"
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "real"
    } else {
        "numeric"
    }
}

/// The changes that give a referencing column the type of the one it references: the side that is held by the other is
/// widened. `None` where neither holds the other.
pub(super) fn unify_types(
    context: Context<'_>,
    (child, column): (TableRef<'_>, &Column),
    (parent, referenced): (TableRef<'_>, &Column),
) -> Option<Change> {
    let mysql = context.model.engine.name.is_mysql_family();
    let (child_type, parent_type) = (underlying(context, column), underlying(context, referenced));
    let widen = |table: TableRef<'_>, column: &Column, data_type: &str, except: Option<(&QualifiedName, &str)>| {
        let wide_enough = |other: &QualifiedName, name: &str| {
            let of = context.tables.find(other).and_then(|of| of.table.column(name));
            !mysql && of.is_some_and(|of| holds(&underlying(context, of), data_type))
        };
        let with = referencing(context, table, &column.name)
            .filter(|(other, name)| except != Some((other, name.as_str())) && !wide_enough(other, name))
            .collect();
        Change::ChangeType {
            table: table.qualified_name(),
            column: column.name.clone(),
            data_type: data_type.to_owned(),
            with,
        }
    };
    match compare_types(context, column, referenced) {
        TypeMatch::Same => None,
        TypeMatch::Different if context.model.engine.name != EngineName::Sqlite => None,
        _ if referenced.data_type.is_empty() => None,
        // They ask for the same type where it is no text, and a step says what it finds that the parent's does not hold.
        TypeMatch::ChildWider if mysql => Some(widen(child, column, &referenced.data_type, None)),
        TypeMatch::Different => Some(widen(child, column, &referenced.data_type, None)),
        _ if holds(&parent_type, &child_type) => Some(widen(child, column, &referenced.data_type, None)),
        _ if holds(&child_type, &parent_type) && !mysql => {
            let child_name = child.qualified_name();
            Some(widen(parent, referenced, &column.data_type, Some((&child_name, &column.name))))
        }
        _ => None,
    }
}

/// The columns whose foreign keys point at a column.
fn referencing(
    context: Context<'_>,
    table: TableRef<'_>,
    column: &str,
) -> impl Iterator<Item = (QualifiedName, String)> {
    let pairs: Vec<_> = context
        .tables
        .referenced_by(table.id)
        .flat_map(|(child, key)| {
            let pairs = key.columns.iter().zip(&key.referenced_columns);
            pairs
                .filter(|(_, referenced)| *referenced == column)
                .map(|(name, _)| (child.qualified_name(), name.clone()))
                .collect::<Vec<_>>()
        })
        .collect();
    pairs.into_iter()
}

/// Whether foreign keys are possible on this table: MySQL and MariaDB have them in InnoDB only and on partitioned
/// tables not at all.
pub(super) fn can_have_foreign_keys(engine: EngineName, table: &Table) -> bool {
    let innodb = table.storage_engine.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("innodb"));
    !engine.is_mysql_family() || (innodb && table.partitioning.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_holds_what_it_can_keep() {
        for (wide, narrow) in [
            ("text", "character varying(20)"),
            ("character varying(20)", "character varying(10)"),
            ("character varying(20)", "character(20)"),
            ("bigint", "integer"),
            ("numeric", "bigint"),
            ("numeric(20,0)", "bigint"),
            ("numeric(12,2)", "numeric(10,2)"),
            ("int(11)", "int"),
        ] {
            assert!(holds(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [
            ("character varying(10)", "character varying(20)"),
            ("character varying(10)", "text"),
            ("character(20)", "character varying(10)"),
            ("character varying(10)", "character(20)"),
            ("bigint", "numeric"),
            ("numeric(10,2)", "bigint"),
            ("numeric(12,2)", "numeric(12,3)"),
            ("numeric(19,4)", "double precision"),
            ("int", "int unsigned"),
            ("text", "integer"),
        ] {
            assert!(!holds(wide, narrow), "{wide} {narrow}");
        }
    }
}

//! Pieces of tables, made alike whether they come from rows of `information_schema` or from a statement.

use super::expression::{default, expression, labels, moment, quoted_names};
use crate::model::{
    Action, CheckConstraint, Column, Deferral, EngineName, ForeignKey, Generated, GeneratedStorage, Index, MatchType,
    Partition, Partitioning, PeriodDefinition, PrimaryKey, QualifiedName, Table, TableKind, UniqueConstraint,
};
use std::sync::Arc;

/// What is known of a column.
#[derive(Default)]
pub(super) struct ColumnFacts<'a> {
    pub(super) name: &'a str,
    pub(super) data_type: &'a str,
    pub(super) nullable: bool,
    /// Default as the server prints it.
    pub(super) default: Option<&'a str>,
    /// MySQL says so of a default that is an expression.
    pub(super) default_generated: bool,
    pub(super) character_set: Option<String>,
    pub(super) collation: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) auto_increment: bool,
    pub(super) invisible: bool,
    pub(super) on_update: Option<&'a str>,
    pub(super) generated: Option<(&'a str, GeneratedStorage)>,
    pub(super) compressed: bool,
    pub(super) unversioned: bool,
    pub(super) srid: Option<u32>,
}

pub(super) fn column(engine: EngineName, facts: ColumnFacts<'_>) -> Column {
    let mut column = Column::new(facts.name, facts.data_type);
    column.values = labels(facts.data_type).into();
    column.nullable = facts.nullable;
    column.character_set = facts.character_set.into();
    column.collation = facts.collation.into();
    column.comment = facts.comment;
    column.auto_increment = facts.auto_increment;
    column.invisible = facts.invisible;
    column.system_generated =
        engine == EngineName::MySql && column.name == "my_row_id" && column.invisible && column.auto_increment;
    column.compressed = facts.compressed;
    column.unversioned = facts.unversioned;
    column.srid = facts.srid;
    column.on_update = facts.on_update.map(moment).into();
    if let Some((text, storage)) = facts.generated {
        column.generated = Some(Box::new(Generated { expression: expression(engine, text), storage }));
    } else if let Some(text) = facts.default {
        column.default = default(engine, text, facts.data_type, facts.default_generated).map(Arc::new);
    }
    column
}

/// Character set of a collation, which starts with its name.
pub(super) fn character_set(collation: &str) -> &str {
    collation.split('_').next().unwrap_or_default()
}

/// Adds an index and the constraint that it stands for. `overlapping` is the period that the key forbids to overlap; the
/// index has its columns as the last two.
pub(super) fn add_index(table: &mut Table, mut index: Index, overlapping: Option<&str>) {
    let names: Option<Vec<String>> = index.key.iter().map(|part| part.column.clone()).collect();
    index.exclusion = overlapping.is_some();
    if let Some(mut columns) = names.filter(|_| index.unique) {
        let name = Some(index.name.clone());
        index.constraint.clone_from(&name);
        if let Some(period) = overlapping {
            columns.truncate(columns.len().saturating_sub(2));
            columns.push(period.to_owned());
        }
        let (without_overlaps, deferral, comment) = (overlapping.is_some(), Deferral::NotDeferrable, None);
        if index.primary {
            table.primary_key = Some(PrimaryKey { name, columns, without_overlaps, deferral, comment });
        } else {
            let nulls_not_distinct = false;
            table.unique_constraints.push(UniqueConstraint {
                name,
                columns,
                nulls_not_distinct,
                without_overlaps,
                deferral,
                comment,
            });
        }
    }
    table.indexes.push(index);
}

/// The method of an index. These engines take `USING HASH` and make a B-tree all the same; only what keeps values unique
/// that are too long for one is a hash.
pub(super) fn method(storage_engine: &str, method: &str, unique: bool) -> String {
    let trees = ["InnoDB", "MyISAM", "Aria"].contains(&storage_engine);
    if trees && !unique && method.eq_ignore_ascii_case("hash") { "btree".to_owned() } else { method.to_lowercase() }
}

/// A foreign key. Actions are those that `information_schema` names.
pub(super) fn foreign_key(
    engine: EngineName,
    name: &str,
    columns: Vec<String>,
    referenced: (QualifiedName, Vec<String>),
    (on_delete, on_update): (&str, &str),
) -> ForeignKey {
    let on_delete = action(on_delete);
    ForeignKey {
        name: Some(name.to_owned()),
        columns,
        referenced_table: referenced.0,
        referenced_columns: referenced.1,
        referenced_index: None,
        on_delete,
        on_update: action(on_update),
        on_delete_columns: Vec::new(),
        on_delete_explicit: match (engine, on_delete) {
            (EngineName::MariaDb, Action::Restrict) => None,
            (EngineName::MySql, Action::NoAction) => Some(false),
            _ => Some(true),
        },
        match_type: MatchType::Simple,
        deferral: Deferral::NotDeferrable,
        validated: true,
        enforced: true,
        disabled_triggers_on: Vec::new(),
        period: false,
        comment: None,
    }
}

fn action(text: &str) -> Action {
    match text {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        "RESTRICT" => Action::Restrict,
        _ => Action::NoAction,
    }
}

/// Adds a check. One that MariaDB made because the column was declared as JSON makes the column `json` again.
pub(super) fn add_check(
    engine: EngineName,
    table: &mut Table,
    name: &str,
    clause: &str,
    of_column: bool,
    enforced: bool,
) {
    let expression = expression(engine, clause);
    let named: Vec<String> = quoted_names(&expression).into_iter().flatten().collect();
    let columns =
        table.columns.iter().map(|column| &column.name).filter(|name| named.contains(name)).cloned().collect();
    let mut automatic = false;
    if of_column && expression == format!("json_valid(`{}`)", name.replace('`', "``")) {
        // This is the type that JSON stands for.
        let json = |column: &&mut Column| {
            column.name == name && column.data_type == "longtext" && column.collation.as_deref() == Some("utf8mb4_bin")
        };
        if let Some(column) = table.columns.iter_mut().find(json) {
            column.data_type = "json".into();
            automatic = true;
        }
    }
    table.check_constraints.push(CheckConstraint {
        name: Some(name.to_owned()),
        expression,
        columns,
        validated: true,
        enforced,
        no_inherit: false,
        inherited: false,
        automatic,
        comment: None,
    });
}

/// Adds a period. MariaDB makes a check for one of application time, of the same name.
pub(super) fn add_period(table: &mut Table, name: &str, start: &str, end: &str) {
    let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
    let expression = format!("{} < {}", quoted(start), quoted(end));
    let made = |check: &&mut CheckConstraint| check.name.as_deref() == Some(name) && check.expression == expression;
    if let Some(check) = table.check_constraints.iter_mut().find(made) {
        check.automatic = true;
    } else if name != "SYSTEM_TIME" {
        add_check(EngineName::MariaDb, table, name, &expression, false, true);
        if let Some(check) = table.check_constraints.last_mut() {
            check.automatic = true;
        }
    }
    table.periods.push(PeriodDefinition { name: name.to_owned(), start: start.to_owned(), end: end.to_owned() });
}

/// A partition as one level of `information_schema` or of a statement tells it.
pub(super) struct PartitionFacts {
    pub(super) name: String,
    pub(super) bound: Option<String>,
    pub(super) comment: Option<String>,
    /// Subpartitions with their comments.
    pub(super) below: Vec<(String, Option<String>)>,
}

/// Makes a table partitioned. `method` and `below` are as `information_schema` tells them: `RANGE`, and the method and key
/// of subpartitions.
pub(super) fn partition(
    table: &mut Table,
    method: &str,
    key: &str,
    below: Option<(&str, &str)>,
    partitions: Vec<PartitionFacts>,
) {
    let columns = |key: &str| {
        let known = |name: &String| table.columns.iter().any(|column| column.name == *name);
        quoted_names(key).into_iter().flatten().filter(known).collect::<Vec<_>>()
    };
    let made =
        |name: String, bound, comment, partitioning| Partition { bound, comment, partitioning, ..Partition::new(name) };
    let list = partitions.into_iter().map(|facts| {
        let divided = below.filter(|_| !facts.below.is_empty()).map(|(method, key)| {
            let list = facts.below.into_iter().map(|(name, comment)| made(name, None, comment, None));
            Box::new(Partitioning {
                strategy: method.to_lowercase(),
                key: key.to_owned(),
                columns: columns(key),
                subpartition_by: None,
                partitions: list.collect(),
            })
        });
        made(facts.name, bound(method, facts.bound.as_deref()), facts.comment, divided)
    });
    let partitioning = Partitioning {
        strategy: method.to_lowercase(),
        key: key.to_owned(),
        columns: columns(key),
        subpartition_by: below.map(|(method, key)| format!("{method} ({key})")),
        partitions: list.collect(),
    };
    table.kind = TableKind::Partitioned;
    table.partitioning = Some(partitioning);
}

fn bound(method: &str, bound: Option<&str>) -> Option<String> {
    // Of a partition of history the rows tell when it ends, which follows from the key.
    let Some(bound) = bound.filter(|bound| method != "SYSTEM_TIME" || *bound == "CURRENT") else {
        return (method == "SYSTEM_TIME").then(|| "HISTORY".to_owned());
    };
    Some(match method {
        "RANGE" if bound == "MAXVALUE" => "VALUES LESS THAN MAXVALUE".to_owned(),
        _ if method.starts_with("RANGE") => format!("VALUES LESS THAN ({bound})"),
        _ if method.starts_with("LIST") && bound == DEFAULT => bound.to_owned(),
        _ if method.starts_with("LIST") => format!("VALUES IN ({bound})"),
        _ => bound.to_owned(),
    })
}

/// The bound of a partition for the values that no other lists (MariaDB).
pub(super) const DEFAULT: &str = "DEFAULT";

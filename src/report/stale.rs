//! Entries of the configuration that name nothing in the model. Part of the database may be left out of it, so nothing is
//! said of what was not read.

use super::groups;
use crate::model::{Column, ForeignKey, TableRef, Tables};
use crate::settings::Settings;
use crate::survey::is_joinable;
use std::collections::BTreeMap;

/// Relations that lead from or to nothing, between types that no key joins, or that a foreign key declares anyway, and patterns of groups without a table.
/// Each is named with the reason.
pub(super) fn stale(tables: &Tables<'_>, settings: &Settings) -> Vec<String> {
    relations(tables, settings).into_iter().chain(patterns(tables, settings)).collect()
}

fn relations(tables: &Tables<'_>, settings: &Settings) -> Vec<String> {
    let mut stale = Vec::new();
    if settings.relations.is_empty() {
        return stale;
    }
    let columns: BTreeMap<String, (TableRef<'_>, &Column)> = tables
        .iter()
        .flat_map(|table| {
            let path = move |column: &str| format!("{}.{}.{column}", table.schema.name, table.table.name);
            table.table.columns.iter().map(move |column| (path(&column.name), (table, column)))
        })
        .collect();
    for (path, target) in &settings.relations {
        let reason = match (columns.get(path), target) {
            (None, _) => "no such column was read".to_owned(),
            (Some((table, column)), _) if declares(&table.table.foreign_keys, &column.name) => {
                "a foreign key declares it".to_owned()
            }
            (Some((_, column)), Some(target)) => match columns.get(target) {
                None => format!("no column {target} was read"),
                Some((_, referenced)) if !is_joinable(column, referenced) => format!(
                    "it is {}, and {target} is {}, which no foreign key joins",
                    column.data_type, referenced.data_type
                ),
                Some(_) => continue,
            },
            (Some(_), None) => continue,
        };
        stale.push(format!("relation {path}: {reason}"));
    }
    stale
}

fn declares(keys: &[ForeignKey], column: &str) -> bool {
    keys.iter().any(|key| key.columns.iter().any(|name| name == column))
}

fn patterns(tables: &Tables<'_>, settings: &Settings) -> Vec<String> {
    let mut stale = Vec::new();
    for group in &settings.groups {
        for (pattern, matcher) in &group.tables {
            let is_meant =
                |table: TableRef<'_>| matcher.is_match(groups::within(&table.schema.name, &table.table.name));
            if !tables.iter().any(is_meant) {
                stale.push(format!("group {}: {pattern} matches no table that was read", group.name));
            }
        }
    }
    stale
}

//! Inserts of code in the database that rest on how many columns a table has: they fail when it gets one more.

use crate::checks::Change;
use crate::model::{EngineName, Model, QualifiedName};
use crate::survey::inserts;
use std::collections::BTreeMap;

/// Tables whose number of columns code rests on, in lower case, each with what the code does.
pub(super) fn fixed_tables(model: &Model) -> BTreeMap<String, String> {
    let mut tables = BTreeMap::new();
    // What an insert of whole rows leaves out at their end gets its default in PostgreSQL.
    let fails_on_less = model.engine.name != EngineName::PostgreSql;
    let mut add = |code: String, text: &str, fired_by: &[&str]| {
        for insert in inserts(model.engine.name, text) {
            if insert.names_no_columns && fails_on_less {
                let reason = format!("{code} inserts into {} without naming columns", insert.table);
                tables.entry(insert.table).or_insert(reason);
            }
            let rows = insert.takes_row.then_some(fired_by).into_iter().flatten().map(|name| name.to_lowercase());
            for source in insert.sources.into_iter().chain(rows) {
                let reason = format!("{code} inserts every column of {source} elsewhere");
                tables.entry(source).or_insert(reason);
            }
        }
    };
    let mut calls: BTreeMap<&QualifiedName, Vec<&str>> = BTreeMap::new();
    for table in model.schemas.iter().flat_map(|schema| &schema.tables) {
        for trigger in &table.triggers {
            add(format!("trigger {}", trigger.name), &trigger.definition, &[&table.name]);
            if let Some(function) = &trigger.function {
                calls.entry(function).or_default().push(&table.name);
            }
        }
    }
    for schema in &model.schemas {
        for routine in &schema.functions {
            let fired_by =
                calls.get(&QualifiedName::new(&schema.name, &routine.name)).map(Vec::as_slice).unwrap_or_default();
            add(format!("routine {}", routine.name), routine.body.as_deref().unwrap_or_default(), fired_by);
        }
        for event in &schema.events {
            add(format!("event {}", event.name), &event.body, &[]);
        }
    }
    tables
}

/// Why such code stands in the way of a new column, if it does.
pub(super) fn hindrance(fixed: &BTreeMap<String, String>, change: &Change) -> Option<String> {
    let (Change::AddColumn { table, .. } | Change::AddSurrogateKey { table, .. }) = change else { return None };
    let reason = fixed.get(&table.name.to_lowercase())?;
    Some(format!("{reason} and would fail: let it name them first"))
}

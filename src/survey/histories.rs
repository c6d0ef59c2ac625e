//! Tables that triggers fill with whole rows of others, as those were before or after a change.

use super::TableClass;
use super::classes::by_name;
use super::sql::{Insert, inserts};
use crate::model::{Model, QualifiedName, TableId, TableRef, Tables};
use std::collections::{HashMap, HashSet};

/// The tables that keep what rows of another one were. Their rows outlive those that they were copied from and what these refer to.
pub(super) fn histories(model: &Model, tables: &Tables<'_>) -> HashSet<TableId> {
    let engine = model.engine.name;
    // Many triggers call one function, which is read once. The name of an overloaded one means the first.
    let mut bodies: HashMap<(&str, &str), &str> = HashMap::new();
    for schema in model.with_outside() {
        for function in &schema.functions {
            let body = function.body.as_deref().unwrap_or_default();
            bodies.entry((&schema.name, &function.name)).or_insert(body);
        }
    }
    let mut called: HashMap<&QualifiedName, Vec<Insert>> = HashMap::new();
    let mut found = HashSet::new();
    for table in tables.iter() {
        for trigger in &table.table.triggers {
            let own;
            let inserted = if let Some(function) = &trigger.function {
                let body = bodies.get(&(function.schema.as_str(), function.name.as_str())).copied();
                &*called.entry(function).or_insert_with(|| inserts(engine, body.unwrap_or_default()))
            } else {
                own = inserts(engine, &trigger.definition);
                &own
            };
            let kept = inserted.iter().filter(|insert| insert.takes_row);
            found.extend(kept.filter_map(|insert| filled(tables, table, &insert.table)).map(|of| of.id));
        }
    }
    found
}

/// The other table that gets the row. Triggers share out rows to tables that inherit, and move them to archives, which are copies.
fn filled<'m>(tables: &Tables<'m>, fired: TableRef<'m>, name: &str) -> Option<TableRef<'m>> {
    let named = |of: &TableRef<'_>| of.table.name.to_lowercase() == name;
    let own_first = tables.iter().filter(|of| of.schema.name == fired.schema.name).find(named);
    let of = own_first.or_else(|| tables.iter().find(named))?;
    (of.id != fired.id && !of.table.is_inheriting() && by_name(&of.table.name) != Some(TableClass::Clone)).then_some(of)
}

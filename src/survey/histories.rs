//! Tables that triggers fill with whole rows of others, as those were before or after a change.

use super::TableClass;
use super::classes::by_name;
use super::sql::inserts;
use crate::model::{Model, TableId, TableRef, Tables, Trigger};
use std::collections::HashSet;

/// The tables that keep what rows of another one were. Their rows outlive those that they were copied from and what these refer to.
pub(super) fn histories(model: &Model, tables: &Tables<'_>) -> HashSet<TableId> {
    let mut found = HashSet::new();
    for table in tables.iter() {
        for insert in table.table.triggers.iter().flat_map(|trigger| inserts(model.engine.name, code(model, trigger))) {
            let kept = insert.takes_row.then(|| filled(tables, table, &insert.table)).flatten();
            found.extend(kept.map(|of| of.id));
        }
    }
    found
}

/// What a trigger runs.
fn code<'m>(model: &'m Model, trigger: &'m Trigger) -> &'m str {
    let Some(function) = &trigger.function else { return &trigger.definition };
    let of = model.with_outside().filter(|schema| schema.name == function.schema);
    let mut named = of.flat_map(|schema| &schema.functions).filter(|routine| routine.name == function.name);
    named.next().and_then(|routine| routine.body.as_deref()).unwrap_or_default()
}

/// The other table that gets the row. Triggers share out rows to tables that inherit, and move them to archives, which are copies.
fn filled<'m>(tables: &Tables<'m>, fired: TableRef<'m>, name: &str) -> Option<TableRef<'m>> {
    let named = |of: &TableRef<'_>| of.table.name.to_lowercase() == name;
    let own_first = tables.iter().filter(|of| of.schema.name == fired.schema.name).find(named);
    let of = own_first.or_else(|| tables.iter().find(named))?;
    (of.id != fired.id && !of.table.is_inheriting() && by_name(&of.table.name) != Some(TableClass::Clone)).then_some(of)
}

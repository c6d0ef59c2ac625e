//! What is out of scope and rests on what is in scope, by kind and name.

use crate::model::{Model, QualifiedName};

/// Kinds in the singular, each with the names of its objects, in the order of the model. Without those that may rest on nothing
/// here, since their text could not be read.
pub(crate) fn outside(model: &Model) -> Vec<(&'static str, QualifiedName)> {
    let mut found = Vec::new();
    for schema in &model.outside {
        let mut add = |kind, name: &str| found.push((kind, QualifiedName::new(&schema.name, name)));
        schema.tables.iter().for_each(|table| add("table", &table.name));
        schema.views.iter().for_each(|view| add("view", &view.name));
        let routines = schema.functions.iter().filter(|routine| !routine.is_hidden());
        routines.for_each(|routine| add("routine", &routine.name));
        schema.events.iter().for_each(|event| add("event", &event.name));
    }
    found.dedup();
    found
}

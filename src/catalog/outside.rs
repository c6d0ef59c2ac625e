//! What a filter leaves out, and what of it rests on what it lets through.

use crate::model::quote::is_of_word;
use crate::model::{Model, QualifiedName, Schema, Table, TableKind, View};
use std::collections::HashSet;

/// Of what was left out, what a change to a table in scope could break: foreign keys to it, triggers, routines and events whose
/// text names it or could not be read, and views over it, without anything else that is known of them.
pub(super) fn resting(left_out: Vec<Schema>, model: &Model) -> Vec<Schema> {
    let scope = InScope::of(model);
    let mut outside = Vec::new();
    for mut schema in left_out {
        let mut resting = Schema::new(&schema.name);
        for table in schema.tables {
            let mut rest = Table::new(&table.name);
            // A full-text index over another table stands on its rows.
            rest.definition =
                table.definition.filter(|text| table.kind == TableKind::Virtual && scope.is_named_in(text));
            if rest.definition.is_some() {
                rest.kind = table.kind;
            }
            rest.foreign_keys = table.foreign_keys;
            rest.foreign_keys.retain(|key| scope.has(&key.referenced_table));
            rest.triggers = table.triggers;
            rest.triggers.retain(|trigger| scope.is_named_in(&trigger.definition));
            if !rest.foreign_keys.is_empty() || !rest.triggers.is_empty() || rest.definition.is_some() {
                resting.tables.push(rest);
            }
        }
        for view in schema.views {
            let mut rest = View::new(&view.name, view.materialized);
            // Where the engine does not tell what a view reads, its text does, and what has neither may read anything.
            let is_told = !view.reads.is_empty();
            rest.reads = view.reads;
            rest.reads.retain(|name| scope.has(name));
            let rests = !rest.reads.is_empty()
                || !is_told && view.definition.as_deref().is_none_or(|text| scope.is_named_in(text));
            rest.definition = view.definition;
            if rests {
                resting.views.push(rest);
            }
        }
        schema
            .functions
            .retain(|routine| routine.is_hidden() || routine.body.as_deref().is_some_and(|it| scope.is_named_in(it)));
        schema.events.retain(|event| scope.is_named_in(&event.body));
        (resting.functions, resting.events) = (schema.functions, schema.events);
        let is_empty = resting.tables.is_empty() && resting.views.is_empty();
        if !is_empty || !resting.functions.is_empty() || !resting.events.is_empty() {
            outside.push(resting);
        }
    }
    outside
}

/// The tables and views in scope.
struct InScope<'m> {
    qualified: HashSet<(&'m str, &'m str)>,
    /// In lower case.
    words: HashSet<String>,
    /// In lower case, those that are not one word.
    phrases: Vec<String>,
}

impl<'m> InScope<'m> {
    fn of(model: &'m Model) -> Self {
        let of = |schema: &'m Schema| {
            let tables = schema.tables.iter().map(|table| table.name.as_str());
            tables.chain(schema.views.iter().map(|view| view.name.as_str())).map(|name| (schema.name.as_str(), name))
        };
        let qualified: HashSet<(&str, &str)> = model.schemas.iter().flat_map(of).collect();
        let names = qualified.iter().map(|(_, name)| name.to_lowercase());
        let (words, phrases) = names.partition::<Vec<_>, _>(|name| name.chars().all(is_of_word));
        Self { qualified, words: words.into_iter().collect(), phrases }
    }

    fn has(&self, name: &QualifiedName) -> bool {
        self.qualified.contains(&(name.schema.as_str(), name.name.as_str()))
    }

    fn is_named_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        text.split(|letter| !is_of_word(letter)).any(|word| self.words.contains(word))
            || self.phrases.iter().any(|phrase| text.contains(phrase.as_str()))
    }
}

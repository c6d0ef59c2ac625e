//! What the configuration says about tables and views that the database cannot say itself.

use crate::model::Model;
use crate::settings::{Description, Settings};
use std::collections::{BTreeMap, HashMap};

/// Descriptions of tables and views, by schema and name.
#[derive(Clone, Debug, Default)]
pub struct Descriptions {
    known: HashMap<(String, String), Description>,
    /// Entries of the configuration that describe nothing in the model, each with the reason.
    pub(super) stale: Vec<String>,
}

impl Descriptions {
    pub(super) fn new(model: &Model, settings: &Settings) -> Self {
        let mut descriptions = Self::default();
        if settings.descriptions.is_empty() {
            return descriptions;
        }
        let mut columns = BTreeMap::<(&str, &str), Vec<&str>>::new();
        for schema in &model.schemas {
            let tables = schema.tables.iter().map(|table| (&table.name, &table.columns));
            let views = schema.views.iter().map(|view| (&view.name, &view.columns));
            for (name, of) in tables.chain(views) {
                columns.insert((&schema.name, name), of.iter().map(|column| column.name.as_str()).collect());
            }
        }
        for (entry, description) in &settings.descriptions {
            let is_meant = |schema: &str, name: &str| {
                entry.strip_prefix(schema).and_then(|rest| rest.strip_prefix('.')) == Some(name) || entry == name
            };
            let meant: Vec<_> = columns.iter().filter(|((schema, name), _)| is_meant(schema, name)).collect();
            let [((schema, name), columns)] = meant.as_slice() else {
                let reason = if meant.is_empty() { "there is none" } else { "there are several: add the schema" };
                descriptions.stale.push(format!("table {entry}: {reason}"));
                continue;
            };
            for column in description.columns.keys().filter(|column| !columns.contains(&column.as_str())) {
                descriptions.stale.push(format!("column {column} of {entry}: there is none"));
            }
            descriptions.known.insert(((*schema).to_owned(), (*name).to_owned()), description.clone());
        }
        descriptions
    }

    /// What a table or view is.
    pub(super) fn of(&self, schema: &str, name: &str) -> Option<&Description> {
        // Most schemas are described by nobody.
        if self.known.is_empty() { None } else { self.known.get(&(schema.to_owned(), name.to_owned())) }
    }
}

//! How things are called in documents: with their schema, but for those of the only schema that has tables.

use crate::model::{QualifiedName, TableId, Tables};

/// Names of every table.
#[derive(Debug)]
pub(crate) struct Names {
    several_schemas: bool,
    /// The only schema that has tables.
    home: Option<String>,
    tables: Vec<String>,
}

impl Names {
    /// Names the tables of a model. Schemas without tables do not make names longer.
    pub(crate) fn new(tables: &Tables<'_>) -> Self {
        let mut schemas = tables.iter().map(|table| table.schema.name.as_str());
        let first = schemas.next();
        let several_schemas = schemas.any(|schema| Some(schema) != first);
        let home = first.filter(|_| !several_schemas).map(str::to_owned);
        let mut names = Self { several_schemas, home, tables: Vec::new() };
        names.tables = tables.iter().map(|table| names.join(&table.schema.name, &table.table.name)).collect();
        names
    }

    /// Whether tables stand in several schemas.
    pub(crate) fn several_schemas(&self) -> bool {
        self.several_schemas
    }

    /// A table.
    pub(crate) fn table(&self, table: TableId) -> &str {
        &self.tables[table.0]
    }

    /// Anything with a schema, whether or not it is in the model.
    pub(crate) fn of(&self, name: &QualifiedName) -> String {
        self.join(&name.schema, &name.name)
    }

    /// Anything with a schema.
    pub(crate) fn join(&self, schema: &str, name: &str) -> String {
        if self.says_schema(schema) { [schema, ".", name].concat() } else { name.to_owned() }
    }

    /// Whether the names of what stands in this schema say it.
    pub(crate) fn says_schema(&self, schema: &str) -> bool {
        self.several_schemas || self.home.as_ref().is_some_and(|home| home != schema)
    }
}

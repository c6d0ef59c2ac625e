//! Names for new objects: short enough for the engine, and never those of something that exists or is being made.

use crate::model::{EngineName, Model, QualifiedName, Schema, Table, Tables};
use foldhash::{HashMap, HashSet};
use std::borrow::Cow;

/// Where a name has to be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// Tables, views and sequences.
    Relation,
    /// Indexes: with the relations in PostgreSQL and SQLite, in the table in MySQL and MariaDB.
    Index,
    /// Constraints: in the table in PostgreSQL, in the schema in MySQL and MariaDB.
    Constraint,
    /// Columns of a table.
    Column,
    /// Functions.
    Function,
}

/// The objects among which a name has to be unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Scope {
    /// Relations of a schema, with indexes where they share its names.
    Relations(String),
    /// Indexes of a table.
    Indexes(QualifiedName),
    /// Constraints of a schema.
    SchemaConstraints(String),
    /// Constraints of a table.
    Constraints(QualifiedName),
    /// Columns of a table.
    Columns(QualifiedName),
    /// Functions of a schema.
    Functions(String),
}

/// Names in use, looked up when one of their scope is asked for.
#[derive(Debug)]
pub(super) struct Names<'a> {
    model: &'a Model,
    tables: &'a Tables<'a>,
    taken: HashMap<Scope, HashSet<Cow<'a, str>>>,
}

impl<'a> Names<'a> {
    /// The names of a model.
    pub(super) fn new(model: &'a Model, tables: &'a Tables<'a>) -> Self {
        Self { model, tables, taken: HashMap::default() }
    }

    /// The wanted name, or the nearest one that is free and fits; it counts as taken from now on.
    pub(super) fn fresh(&mut self, spaces: &[Space], at: &QualifiedName, wanted: &str) -> String {
        let scopes: Vec<Scope> = spaces.iter().map(|space| self.scope(*space, at)).collect();
        for scope in &scopes {
            if !self.taken.contains_key(scope) {
                let names = self.existing(scope);
                self.taken.insert(scope.clone(), names);
            }
        }
        let mut attempt = 1_u32;
        loop {
            let suffix = if attempt == 1 { String::new() } else { format!("_{attempt}") };
            let name = format!("{}{suffix}", self.shorten(wanted, suffix.len()));
            let compared = self.compared(&name);
            let is_taken = |scope: &Scope| self.taken.get(scope).is_some_and(|taken| taken.contains(&compared));
            if !scopes.iter().any(is_taken) {
                for scope in scopes {
                    self.taken.entry(scope).or_default().insert(Cow::Owned(compared.to_string()));
                }
                return name;
            }
            attempt += 1;
        }
    }

    fn scope(&self, space: Space, at: &QualifiedName) -> Scope {
        let mysql = self.model.engine.name.is_mysql_family();
        match space {
            Space::Index if mysql => Scope::Indexes(at.clone()),
            Space::Relation | Space::Index => Scope::Relations(at.schema.clone()),
            Space::Constraint if mysql => Scope::SchemaConstraints(at.schema.clone()),
            Space::Constraint => Scope::Constraints(at.clone()),
            Space::Column => Scope::Columns(at.clone()),
            Space::Function => Scope::Functions(at.schema.clone()),
        }
    }

    /// The names of a scope that are in use before anything is planned.
    fn existing(&self, scope: &Scope) -> HashSet<Cow<'a, str>> {
        let schema = |name: &str| self.model.schemas.iter().find(|schema| schema.name == name);
        let table = |name: &QualifiedName| self.tables.find(name).map(|of| of.table);
        let names: Vec<&'a str> = match scope {
            Scope::Relations(name) => schema(name).map(|schema| self.relations(schema)).unwrap_or_default(),
            Scope::Indexes(name) => table(name).map(|table| indexes(table).collect()).unwrap_or_default(),
            Scope::SchemaConstraints(name) => {
                let tables = schema(name).map(|schema| schema.tables.as_slice()).unwrap_or_default();
                tables.iter().flat_map(constraints).collect()
            }
            Scope::Constraints(name) => table(name).map(|table| constraints(table).collect()).unwrap_or_default(),
            Scope::Columns(name) => {
                let columns = table(name).map(|table| table.columns.as_slice()).unwrap_or_default();
                columns.iter().map(|column| column.name.as_str()).collect()
            }
            Scope::Functions(name) => {
                let functions = schema(name).map(|schema| schema.functions.as_slice()).unwrap_or_default();
                functions.iter().map(|function| function.name.as_str()).collect()
            }
        };
        names.into_iter().map(|name| self.compared(name)).collect()
    }

    fn relations(&self, schema: &'a Schema) -> Vec<&'a str> {
        let own = schema.views.iter().map(|view| &view.name);
        let own = own.chain(schema.sequences.iter().map(|sequence| &sequence.name));
        let own = own.chain(schema.enums.iter().map(|kind| &kind.name));
        let own = own.chain(schema.domains.iter().map(|domain| &domain.name));
        let own = own.chain(schema.composite_types.iter().map(|kind| &kind.name));
        let own = own.chain(schema.tables.iter().map(|table| &table.name));
        let mut names: Vec<&str> = own.map(String::as_str).collect();
        // Partitions can stand in another schema than their table.
        let partitions = self.tables.iter().flat_map(|of| {
            of.table.partitioning.iter().flat_map(move |partitioning| partitioning.all(&of.schema.name))
        });
        for (_, partition) in partitions.filter(|(other, _)| *other == schema.name) {
            names.push(&partition.name);
            names.extend(partition.local_indexes.iter().map(|index| index.name.as_str()));
        }
        if !self.model.engine.name.is_mysql_family() {
            names.extend(schema.views.iter().flat_map(|view| &view.indexes).map(|index| index.name.as_str()));
            names.extend(schema.tables.iter().flat_map(indexes));
        }
        names
    }

    /// A name as the engine compares it.
    fn compared<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.model.engine.name == EngineName::PostgreSql {
            Cow::Borrowed(name)
        } else {
            Cow::Owned(name.to_lowercase())
        }
    }

    /// Cuts a name so that it fits with a suffix: 63 bytes in PostgreSQL, 64 characters in MySQL and MariaDB.
    fn shorten<'n>(&self, name: &'n str, reserved: usize) -> &'n str {
        let fits = |end: usize| match self.model.engine.name {
            EngineName::PostgreSql => end + reserved <= 63,
            EngineName::MySql | EngineName::MariaDb => name[..end].chars().count() + reserved <= 64,
            EngineName::Sqlite => true,
        };
        let ends = name.char_indices().map(|(start, character)| start + character.len_utf8());
        let end = ends.take_while(|end| fits(*end)).last().unwrap_or(0);
        &name[..end]
    }
}

fn indexes(table: &Table) -> impl Iterator<Item = &str> {
    table.indexes.iter().map(|index| index.name.as_str())
}

fn constraints(table: &Table) -> impl Iterator<Item = &str> {
    let keys = table.foreign_keys.iter().map(|key| key.name.as_ref());
    let checks = table.check_constraints.iter().map(|check| check.name.as_ref());
    let unique = table.unique_constraints.iter().map(|unique| unique.name.as_ref());
    let primary = table.primary_key.iter().map(|key| key.name.as_ref());
    let exclusions = table.exclusion_constraints.iter().map(|exclusion| Some(&exclusion.name));
    keys.chain(checks).chain(unique).chain(primary).chain(exclusions).flatten().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Engine;

    fn model(engine: EngineName) -> Model {
        let mut model = Model::new(Engine {
            name: engine,
            version: "17.0".to_owned(),
            variant: None,
            encoding: None,
            collation: None,
            settings: std::collections::BTreeMap::new(),
        });
        let mut schema = Schema::new("public");
        schema.tables.push(Table::new("orders_idx"));
        model.schemas.push(schema);
        model
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let model = model(EngineName::PostgreSql);
        let tables = Tables::new(&model);
        let mut names = Names::new(&model, &tables);
        let at = QualifiedName::new("public", "orders");
        assert_eq!(names.fresh(&[Space::Index], &at, "orders_idx"), "orders_idx_2");
        assert_eq!(names.fresh(&[Space::Index], &at, "orders_idx"), "orders_idx_3");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let model = model(EngineName::PostgreSql);
        let tables = Tables::new(&model);
        let mut names = Names::new(&model, &tables);
        let at = QualifiedName::new("public", "orders");
        let name = names.fresh(&[Space::Index], &at, &"é".repeat(40));
        assert_eq!(name.len(), 62);
        let again = names.fresh(&[Space::Index], &at, &"é".repeat(40));
        assert!(again.len() <= 63 && again.ends_with("_2"));
    }
}

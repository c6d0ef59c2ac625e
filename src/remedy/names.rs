//! Names for new objects: short enough for the engine, and never those of something that exists or is being made.

use crate::model::{EngineName, Model, QualifiedName};
use std::collections::HashSet;

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

/// Every name in use.
#[derive(Debug)]
pub(super) struct Names {
    engine: EngineName,
    taken: HashSet<(String, String)>,
}

impl Names {
    /// The names of a model.
    pub(super) fn new(model: &Model) -> Self {
        let mut names = Self { engine: model.engine.name, taken: HashSet::new() };
        for schema in &model.schemas {
            let here = |name: &str| QualifiedName::new(&schema.name, name);
            let relations = schema
                .views
                .iter()
                .map(|view| &view.name)
                .chain(schema.sequences.iter().map(|sequence| &sequence.name))
                .chain(schema.enums.iter().map(|kind| &kind.name))
                .chain(schema.domains.iter().map(|domain| &domain.name))
                .chain(schema.composite_types.iter().map(|kind| &kind.name));
            for name in relations {
                names.take(Space::Relation, &here(name), name);
            }
            for function in &schema.functions {
                names.take(Space::Function, &here(&function.name), &function.name);
            }
            for view in &schema.views {
                for index in &view.indexes {
                    names.take(Space::Index, &here(&view.name), &index.name);
                }
            }
            for table in &schema.tables {
                let at = here(&table.name);
                names.take(Space::Relation, &at, &table.name);
                for column in &table.columns {
                    names.take(Space::Column, &at, &column.name);
                }
                for index in &table.indexes {
                    names.take(Space::Index, &at, &index.name);
                }
                let constraints = table
                    .foreign_keys
                    .iter()
                    .map(|key| key.name.as_ref())
                    .chain(table.check_constraints.iter().map(|check| check.name.as_ref()))
                    .chain(table.unique_constraints.iter().map(|unique| unique.name.as_ref()))
                    .chain(std::iter::once(table.primary_key.as_ref().and_then(|key| key.name.as_ref())))
                    .chain(table.exclusion_constraints.iter().map(|exclusion| Some(&exclusion.name)));
                for name in constraints.flatten() {
                    names.take(Space::Constraint, &at, name);
                }
                for partition in table.partitioning.iter().flat_map(|partitioning| &partitioning.partitions) {
                    names.take(Space::Relation, &at, &partition.name);
                    for index in &partition.local_indexes {
                        names.take(Space::Index, &at, &index.name);
                    }
                }
            }
        }
        names
    }

    /// The wanted name, or the nearest one that is free and fits; it counts as taken from now on.
    pub(super) fn fresh(&mut self, spaces: &[Space], at: &QualifiedName, wanted: &str) -> String {
        let mut attempt = 1_u32;
        loop {
            let suffix = if attempt == 1 { String::new() } else { format!("_{attempt}") };
            let name = format!("{}{suffix}", self.shorten(wanted, suffix.len()));
            let free = spaces.iter().all(|space| !self.taken.contains(&self.key(*space, at, &name)));
            if free {
                for space in spaces {
                    self.take(*space, at, &name);
                }
                return name;
            }
            attempt += 1;
        }
    }

    fn take(&mut self, space: Space, at: &QualifiedName, name: &str) {
        let key = self.key(space, at, name);
        self.taken.insert(key);
    }

    fn key(&self, space: Space, at: &QualifiedName, name: &str) -> (String, String) {
        let mysql = self.engine.is_mysql_family();
        let scope = match space {
            Space::Index if mysql => format!("index\0{}\0{}", at.schema, at.name),
            Space::Relation | Space::Index => format!("relation\0{}", at.schema),
            Space::Constraint if mysql => format!("constraint\0{}", at.schema),
            Space::Constraint => format!("constraint\0{}\0{}", at.schema, at.name),
            Space::Column => format!("column\0{}\0{}", at.schema, at.name),
            Space::Function => format!("function\0{}", at.schema),
        };
        let name = if self.engine == EngineName::PostgreSql { name.to_owned() } else { name.to_lowercase() };
        (scope, name)
    }

    /// Cuts a name so that it fits with a suffix: 63 bytes in PostgreSQL, 64 characters in MySQL and MariaDB.
    fn shorten<'n>(&self, name: &'n str, reserved: usize) -> &'n str {
        let fits = |end: usize| match self.engine {
            EngineName::PostgreSql => end + reserved <= 63,
            EngineName::MySql | EngineName::MariaDb => name[..end].chars().count() + reserved <= 64,
            EngineName::Sqlite => true,
        };
        let ends = name.char_indices().map(|(start, character)| start + character.len_utf8());
        let end = ends.take_while(|end| fits(*end)).last().unwrap_or(0);
        &name[..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Engine, Schema, Table};

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
        let mut names = Names::new(&model(EngineName::PostgreSql));
        let at = QualifiedName::new("public", "orders");
        assert_eq!(names.fresh(&[Space::Index], &at, "orders_idx"), "orders_idx_2");
        assert_eq!(names.fresh(&[Space::Index], &at, "orders_idx"), "orders_idx_3");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let mut names = Names::new(&model(EngineName::PostgreSql));
        let at = QualifiedName::new("public", "orders");
        let name = names.fresh(&[Space::Index], &at, &"é".repeat(40));
        assert_eq!(name.len(), 62);
        let again = names.fresh(&[Space::Index], &at, &"é".repeat(40));
        assert!(again.len() <= 63 && again.ends_with("_2"));
    }
}

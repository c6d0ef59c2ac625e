//! Names for objects that a remedy adds: by the pattern that the schema's own names follow, within the engine's limit,
//! and not taken yet.

use super::Context;
use crate::model::{EngineName, Schema};
use std::collections::{BTreeMap, HashSet};

/// Longest identifier that every engine keeps whole: 63 bytes in PostgreSQL, 64 characters in MySQL and MariaDB.
const LIMIT: usize = 63;

const INDEX_PATTERNS: [Pattern; 7] = [
    |table, columns| format!("{table}_{}_idx", columns.join("_")),
    |table, columns| format!("idx_{table}_{}", columns.join("_")),
    |table, columns| format!("ix_{table}_{}", columns.join("_")),
    |table, columns| format!("index_{table}_on_{}", columns.join("_and_")),
    |table, columns| format!("{table}_{}_index", columns.join("_")),
    |table, columns| format!("idx_{table}_{}_id", columns.join("_")),
    |_, columns| format!("idx_{}", columns.join("_")),
];

const FOREIGN_KEY_PATTERNS: [Pattern; 5] = [
    |table, columns| format!("{table}_{}_fkey", columns.join("_")),
    |table, columns| format!("fk_{table}_{}", columns.join("_")),
    |table, columns| format!("{table}_{}_fk", columns.join("_")),
    |table, columns| format!("{table}_{}_foreign", columns.join("_")),
    |table, columns| format!("FK_{table}_{}", columns.join("_")),
];

const UNIQUE_PATTERNS: [Pattern; 5] = [
    |table, columns| format!("{table}_{}_key", columns.join("_")),
    |table, columns| format!("uq_{table}_{}", columns.join("_")),
    |table, columns| format!("{table}_{}_unique", columns.join("_")),
    |table, columns| format!("{table}_{}_uq", columns.join("_")),
    |table, columns| format!("uk_{table}_{}", columns.join("_")),
];

type Pattern = fn(&str, &[String]) -> String;

/// The naming patterns and taken names of every schema.
#[derive(Debug)]
pub(super) struct Names<'a> {
    schemas: BTreeMap<&'a str, SchemaNames<'a>>,
}

#[derive(Debug)]
struct SchemaNames<'a> {
    index: Pattern,
    foreign_key: Pattern,
    unique: Pattern,
    taken: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Learns from the names there are.
    pub(super) fn new(context: Context<'a>) -> Self {
        let engine = context.model.engine.name;
        let schemas = context.model.schemas.iter();
        Self { schemas: schemas.map(|schema| (schema.name.as_str(), SchemaNames::new(engine, schema))).collect() }
    }

    /// For an index.
    pub(super) fn index(&self, schema: &str, table: &str, columns: &[String]) -> String {
        self.free(schema, self.schemas.get(schema).map_or(INDEX_PATTERNS[0], |names| names.index)(table, columns))
    }

    /// For a foreign key.
    pub(super) fn foreign_key(&self, schema: &str, table: &str, columns: &[String]) -> String {
        let pattern = self.schemas.get(schema).map_or(FOREIGN_KEY_PATTERNS[0], |names| names.foreign_key);
        self.free(schema, pattern(table, columns))
    }

    /// For a unique constraint.
    pub(super) fn unique(&self, schema: &str, table: &str, columns: &[String]) -> String {
        self.free(schema, self.schemas.get(schema).map_or(UNIQUE_PATTERNS[0], |names| names.unique)(table, columns))
    }

    /// For a check constraint.
    pub(super) fn check(&self, schema: &str, table: &str, columns: &[String]) -> String {
        self.free(schema, format!("{table}_{}_check", columns.join("_")))
    }

    fn free(&self, schema: &str, wanted: String) -> String {
        let wanted = fit(wanted);
        let is_taken = |name: &str| self.schemas.get(schema).is_some_and(|names| names.taken.contains(name));
        if !is_taken(&wanted) {
            return wanted;
        }
        (2_u32..1000).map(|number| fit(format!("{wanted}_{number}"))).find(|name| !is_taken(name)).unwrap_or(wanted)
    }
}

impl<'a> SchemaNames<'a> {
    fn new(engine: EngineName, schema: &'a Schema) -> Self {
        let (mut indexes, mut foreign_keys, mut uniques) = ([0; 7], [0; 5], [0; 5]);
        let mut taken = HashSet::new();
        taken.extend(schema.views.iter().map(|view| view.name.as_str()));
        taken.extend(schema.views.iter().flat_map(|view| &view.indexes).map(|index| index.name.as_str()));
        taken.extend(schema.sequences.iter().map(|sequence| sequence.name.as_str()));
        for table in &schema.tables {
            taken.insert(&table.name);
            taken.extend(table.check_constraints.iter().filter_map(|check| check.name.as_deref()));
            for index in &table.indexes {
                taken.insert(&index.name);
                let columns: Vec<String> = index.key.iter().filter_map(|part| part.column.clone()).collect();
                if !index.primary && !index.automatic && columns.len() == index.key.len() {
                    if index.unique {
                        count(&mut uniques, &UNIQUE_PATTERNS, &table.name, &columns, &index.name);
                    } else {
                        count(&mut indexes, &INDEX_PATTERNS, &table.name, &columns, &index.name);
                    }
                }
            }
            for key in &table.foreign_keys {
                if let Some(name) = &key.name {
                    taken.insert(name);
                    count(&mut foreign_keys, &FOREIGN_KEY_PATTERNS, &table.name, &key.columns, name);
                }
            }
        }
        let prefixed = usize::from(engine.is_mysql_family());
        Self {
            index: INDEX_PATTERNS[best(&indexes, 0)],
            foreign_key: FOREIGN_KEY_PATTERNS[best(&foreign_keys, prefixed)],
            unique: UNIQUE_PATTERNS[best(&uniques, 0)],
            taken,
        }
    }
}

fn count(counts: &mut [u32], patterns: &[Pattern], table: &str, columns: &[String], name: &str) {
    for (count, pattern) in counts.iter_mut().zip(patterns) {
        *count += u32::from(pattern(table, columns) == name);
    }
}

/// The first pattern with the most names; `usual` when no name follows any.
fn best(counts: &[u32], usual: usize) -> usize {
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 { usual } else { counts.iter().position(|&count| count == most).unwrap_or(usual) }
}

/// Cut to the limit; what was cut is told apart by a checksum.
fn fit(name: String) -> String {
    if name.len() <= LIMIT {
        return name;
    }
    let checksum = name.bytes().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let mut end = LIMIT - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{checksum:08x}", name.get(..end).unwrap_or_default().trim_end_matches('_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Engine, Index, KeyPart, Model, Table, Tables};
    use crate::settings::Settings;
    use crate::survey::Survey;

    #[test]
    fn names_follow_the_schema_and_fit() {
        let engine = Engine {
            name: EngineName::PostgreSql,
            version: "17.0".to_owned(),
            variant: None,
            encoding: None,
            collation: None,
            settings: BTreeMap::new(),
        };
        let mut model = Model::new(engine);
        let mut schema = Schema::new("public");
        let mut table = Table::new("orders");
        table.indexes.push(Index { key: vec![KeyPart::column("a")], ..Index::new("idx_orders_a") });
        schema.tables.push(table);
        model.schemas.push(schema);
        let (tables, settings) = (Tables::new(&model), Settings::default());
        let survey = Survey::new(&model, &tables, &settings);
        let names = Names::new(Context { model: &model, tables: &tables, survey: &survey, settings: &settings });
        assert_eq!(names.index("public", "orders", &["b".to_owned()]), "idx_orders_b");
        assert_eq!(names.index("public", "orders", &["a".to_owned()]), "idx_orders_a_2");
        assert_eq!(names.foreign_key("public", "orders", &["b".to_owned()]), "orders_b_fkey");
        let long = names.unique("public", &"t".repeat(70), &["b".to_owned()]);
        assert_eq!(long.len(), LIMIT);
    }
}

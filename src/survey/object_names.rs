//! The patterns that the names of indexes and constraints follow.

use crate::model::{EngineName, Schema};

const INDEX_PATTERNS: [Pattern; 10] = [
    |table, columns| format!("{table}_{}_idx", columns.join("_")),
    |table, columns| format!("idx_{table}_{}", columns.join("_")),
    |table, columns| format!("ix_{table}_{}", columns.join("_")),
    |table, columns| format!("index_{table}_on_{}", columns.join("_and_")),
    |table, columns| format!("{table}_{}_index", columns.join("_")),
    |table, columns| format!("idx_{table}_{}_id", columns.join("_")),
    |_, columns| format!("idx_{}", columns.join("_")),
    |table, columns| format!("{table}_idx_{}", columns.join("_")),
    |table, columns| format!("{table}_IDX_{}", columns.join("_")),
    |_, columns| format!("by_{}", columns.join("_")),
];

const FOREIGN_KEY_PATTERNS: [Pattern; 7] = [
    |table, columns| format!("{table}_{}_fkey", columns.join("_")),
    |table, columns| format!("fk_{table}_{}", columns.join("_")),
    |table, columns| format!("{table}_{}_fk", columns.join("_")),
    |table, columns| format!("{table}_{}_foreign", columns.join("_")),
    |table, columns| format!("FK_{table}_{}", columns.join("_")),
    |table, columns| format!("{table}_fk_{}", columns.join("_")),
    |table, columns| format!("{table}_FK_{}", columns.join("_")),
];

const UNIQUE_PATTERNS: [Pattern; 5] = [
    |table, columns| format!("{table}_{}_key", columns.join("_")),
    |table, columns| format!("uq_{table}_{}", columns.join("_")),
    |table, columns| format!("{table}_{}_unique", columns.join("_")),
    |table, columns| format!("{table}_{}_uq", columns.join("_")),
    |table, columns| format!("uk_{table}_{}", columns.join("_")),
];

const PRIMARY_KEY_PATTERNS: [Pattern; 4] = [
    |table, _| format!("{table}_pkey"),
    |table, _| format!("pk_{table}"),
    |table, _| format!("{table}_pk"),
    |table, _| format!("PK_{table}"),
];

type Pattern = fn(&str, &[&str]) -> String;

/// How the names of a schema's indexes and constraints are made from the names of table and columns.
#[derive(Clone, Copy, Debug)]
pub struct ObjectNaming {
    index: Pattern,
    foreign_key: Pattern,
    unique: Pattern,
    primary_key: Pattern,
}

impl ObjectNaming {
    /// What is usual where no name follows any pattern.
    pub(crate) fn usual(engine: EngineName) -> Self {
        Self {
            index: INDEX_PATTERNS[0],
            foreign_key: FOREIGN_KEY_PATTERNS[usize::from(engine.is_mysql_family())],
            unique: UNIQUE_PATTERNS[0],
            primary_key: PRIMARY_KEY_PATTERNS[0],
        }
    }

    /// The patterns that most names of a schema follow.
    pub(super) fn of(engine: EngineName, schema: &Schema) -> Self {
        let (mut indexes, mut foreign_keys, mut uniques, mut primary_keys) = ([0; 10], [0; 7], [0; 5], [0; 4]);
        for table in &schema.tables {
            if let Some(name) = table.primary_key.as_ref().and_then(|key| key.name.as_ref()) {
                count(&mut primary_keys, &PRIMARY_KEY_PATTERNS, &table.name, &[], name);
            }
            for index in table.indexes.iter().filter(|index| !index.primary && !index.automatic) {
                let columns: Vec<&str> = index.key.iter().filter_map(|part| part.column.as_deref()).collect();
                if columns.len() < index.key.len() {
                    continue;
                }
                if index.unique {
                    count(&mut uniques, &UNIQUE_PATTERNS, &table.name, &columns, &index.name);
                } else {
                    // Some mark the indexes of foreign keys, which changes no pattern.
                    let name = index.name.replacen("_fk_", "_", 1);
                    count(&mut indexes, &INDEX_PATTERNS, &table.name, &columns, &name);
                }
            }
            for key in &table.foreign_keys {
                if let Some(name) = &key.name {
                    let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
                    count(&mut foreign_keys, &FOREIGN_KEY_PATTERNS, &table.name, &columns, name);
                }
            }
        }
        let usual = Self::usual(engine);
        Self {
            index: most(&indexes).map_or(usual.index, |at| INDEX_PATTERNS[at]),
            foreign_key: most(&foreign_keys).map_or(usual.foreign_key, |at| FOREIGN_KEY_PATTERNS[at]),
            unique: most(&uniques).map_or(usual.unique, |at| UNIQUE_PATTERNS[at]),
            primary_key: most(&primary_keys).map_or(usual.primary_key, |at| PRIMARY_KEY_PATTERNS[at]),
        }
    }

    /// For a primary key.
    pub fn primary_key(&self, table: &str) -> String {
        (self.primary_key)(table, &[])
    }

    /// For an index.
    pub fn index(&self, table: &str, columns: &[&str]) -> String {
        (self.index)(table, columns)
    }

    /// For a foreign key.
    pub fn foreign_key(&self, table: &str, columns: &[&str]) -> String {
        (self.foreign_key)(table, columns)
    }

    /// For a unique constraint.
    pub fn unique(&self, table: &str, columns: &[&str]) -> String {
        (self.unique)(table, columns)
    }
}

fn count(counts: &mut [u32], patterns: &[Pattern], table: &str, columns: &[&str], name: &str) {
    for (count, pattern) in counts.iter_mut().zip(patterns) {
        *count += u32::from(pattern(table, columns) == name);
    }
}

/// The first position with the highest count above 0.
fn most(counts: &[u32]) -> Option<usize> {
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    counts.iter().position(|&count| count == most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, KeyPart, Table};

    #[test]
    fn names_follow_those_there_are() {
        let mut schema = Schema::new("public");
        let mut table = Table::new("orders");
        table.indexes.push(Index { key: vec![KeyPart::column("a")], ..Index::new("idx_orders_a") });
        schema.tables.push(table);
        let naming = ObjectNaming::of(EngineName::PostgreSql, &schema);
        assert_eq!(naming.index("orders", &["b"]), "idx_orders_b");
        assert_eq!(naming.foreign_key("orders", &["b"]), "orders_b_fkey");
        assert_eq!(ObjectNaming::of(EngineName::MySql, &schema).foreign_key("orders", &["b"]), "fk_orders_b");
    }
}

//! The patterns that the names of indexes and constraints follow.

use crate::model::{EngineName, Schema};

const INDEX_PATTERNS: [Pattern; 10] = [
    Pattern::new("", "_", "_idx"),
    Pattern::new("idx_", "_", ""),
    Pattern::new("ix_", "_", ""),
    Pattern { between: "_and_", ..Pattern::new("index_", "_on_", "") },
    Pattern::new("", "_", "_index"),
    Pattern::new("idx_", "_", "_id"),
    Pattern { says_table: false, ..Pattern::new("idx_", "", "") },
    Pattern::new("", "_idx_", ""),
    Pattern::new("", "_IDX_", ""),
    Pattern { says_table: false, ..Pattern::new("by_", "", "") },
];

const FOREIGN_KEY_PATTERNS: [Pattern; 7] = [
    Pattern::new("", "_", "_fkey"),
    Pattern::new("fk_", "_", ""),
    Pattern::new("", "_", "_fk"),
    Pattern::new("", "_", "_foreign"),
    Pattern::new("FK_", "_", ""),
    Pattern::new("", "_fk_", ""),
    Pattern::new("", "_FK_", ""),
];

const UNIQUE_PATTERNS: [Pattern; 5] = [
    Pattern::new("", "_", "_key"),
    Pattern::new("uq_", "_", ""),
    Pattern::new("", "_", "_unique"),
    Pattern::new("", "_", "_uq"),
    Pattern::new("uk_", "_", ""),
];

/// Without columns.
const PRIMARY_KEY_PATTERNS: [Pattern; 4] = [
    Pattern::new("", "", "_pkey"),
    Pattern::new("pk_", "", ""),
    Pattern::new("", "", "_pk"),
    Pattern::new("PK_", "", ""),
];

/// What a name is made of, one after the other.
#[derive(Clone, Copy, Debug)]
struct Pattern {
    before: &'static str,
    says_table: bool,
    middle: &'static str,
    /// Stands between columns.
    between: &'static str,
    after: &'static str,
}

impl Pattern {
    const fn new(before: &'static str, middle: &'static str, after: &'static str) -> Self {
        Self { before, says_table: true, middle, between: "_", after }
    }

    fn name(&self, table: &str, columns: &[&str]) -> String {
        let table = if self.says_table { table } else { "" };
        [self.before, table, self.middle, &columns.join(self.between), self.after].concat()
    }

    fn fits(&self, name: &str, table: &str, columns: &[&str]) -> bool {
        let table = if self.says_table { table } else { "" };
        let betweens = self.between.len() * columns.len().saturating_sub(1);
        let columns_length = columns.iter().map(|column| column.len()).sum::<usize>() + betweens;
        if name.len() != self.before.len() + table.len() + self.middle.len() + columns_length + self.after.len() {
            // Most patterns are told apart by their length alone.
            return false;
        }
        let mut rest = name.strip_suffix(self.after);
        for part in [self.before, table, self.middle] {
            rest = rest.and_then(|rest| rest.strip_prefix(part));
        }
        for (at, column) in columns.iter().enumerate() {
            let between = if at == 0 { "" } else { self.between };
            rest = rest.and_then(|rest| rest.strip_prefix(between)?.strip_prefix(column));
        }
        rest == Some("")
    }
}

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
        self.primary_key.name(table, &[])
    }

    /// For an index.
    pub fn index(&self, table: &str, columns: &[&str]) -> String {
        self.index.name(table, columns)
    }

    /// For a foreign key.
    pub fn foreign_key(&self, table: &str, columns: &[&str]) -> String {
        self.foreign_key.name(table, columns)
    }

    /// For a unique constraint.
    pub fn unique(&self, table: &str, columns: &[&str]) -> String {
        self.unique.name(table, columns)
    }
}

fn count(counts: &mut [u32], patterns: &[Pattern], table: &str, columns: &[&str], name: &str) {
    for (count, pattern) in counts.iter_mut().zip(patterns) {
        *count += u32::from(pattern.fits(name, table, columns));
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
    fn patterns_fit_the_names_that_they_make() {
        for pattern in INDEX_PATTERNS.iter().chain(&FOREIGN_KEY_PATTERNS).chain(&UNIQUE_PATTERNS) {
            let name = pattern.name("orders", &["a", "b"]);
            assert!(pattern.fits(&name, "orders", &["a", "b"]), "{name}");
            assert!(
                !pattern.fits(&name, "orders", &["a"]) && !pattern.fits(&name, "orders", &["a", "b", "c"]),
                "{name}"
            );
        }
        let primary_keys = PRIMARY_KEY_PATTERNS.map(|pattern| pattern.name("orders", &[]));
        assert_eq!(primary_keys, ["orders_pkey", "pk_orders", "orders_pk", "PK_orders"]);
        assert_eq!(INDEX_PATTERNS[3].name("orders", &["a", "b"]), "index_orders_on_a_and_b");
        assert_eq!(INDEX_PATTERNS[6].name("orders", &["a", "b"]), "idx_a_b");
    }

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

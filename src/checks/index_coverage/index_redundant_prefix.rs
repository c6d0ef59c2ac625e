//! An index whose look-ups a longer one answers as well.

use crate::checks::coverage::{equivalent, is_secondary, referenced_indexes, serves_instead};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-redundant-prefix",
    summary: "An index is the beginning of another one, which serves instead",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 4,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "valid secondary btree indexes that back no constraint",
    options: &[],
    peers: &[
        "skeema dupe-index",
        "postgres_dba i2",
        "pg-index-health",
        "PgHero",
        "pt-duplicate-key-checker",
        "MySQL sys schema",
        "active_record_doctor",
        "database_consistency",
        "SchemaCrawler",
        "Azimutt",
        "pglinter B002",
    ],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/multiple-column-indexes.html"],
    documentation: r"
## What it does

Reports a btree index whose columns are the first columns of another valid index, in the same order and directions (or
all reversed), under the same condition, and whose included columns the other one holds as well.

## Why

The longer index answers every query that the shorter one answers. The shorter one only costs writes and memory.

## Not reported

- Unique indexes, unless the longer one is unique over the same columns: uniqueness of `(a)` does not follow from that
  of `(a, b)`.
- Prefix indexes, unless the other one holds as much of the column or more.
- Full-text, spatial, hash, GIN and other indexes whose first columns do not serve alone.
- The replica identity, and indexes next to an invisible or invalid longer one.
- Exact duplicates; they are `index-duplicate`.

If the longer index is at least twice as big and the shorter one is the one that is used, the finding is information.

## Fix

Drop the shorter index; the longer one serves its queries.

## Example

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE INDEX orders_placed_on_total_idx ON orders (placed_on, total);
```

A plain index beside a unique key on the same column:

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, code varchar(20) NOT NULL, CONSTRAINT customers_code_key UNIQUE (code));
CREATE INDEX customers_code_idx ON customers (code);
```

Uniqueness is not a prefix, and `a` is no beginning of `ab`:

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, a integer NOT NULL, ab integer NOT NULL, b integer NOT NULL);
CREATE UNIQUE INDEX parts_a_key ON parts (a);
CREATE INDEX parts_a_b_idx ON parts (a, b);
CREATE INDEX parts_ab_idx ON parts (ab);
CREATE INDEX parts_b_ab_idx ON parts (b, ab);
```

```sql,passes,postgresql
CREATE TABLE parts (id integer PRIMARY KEY, a integer NOT NULL, ab integer NOT NULL, b integer NOT NULL, c text NOT NULL);
CREATE UNIQUE INDEX parts_a_key ON parts (a);
CREATE INDEX parts_a_b_idx ON parts (a, b);
CREATE INDEX parts_ab_idx ON parts (ab);
CREATE INDEX parts_ab_desc_b_idx ON parts (ab DESC NULLS LAST, b);
CREATE INDEX parts_b_idx ON parts (b) WHERE a > 0;
CREATE INDEX parts_b_a_idx ON parts (b, a);
CREATE INDEX parts_c_idx ON parts (c text_pattern_ops);
CREATE INDEX parts_c_b_idx ON parts (c, b);
CREATE INDEX parts_c_hash_idx ON parts USING hash (c);
```

```sql,passes,mysql,mariadb
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, a varchar(40) NOT NULL, b integer NOT NULL, c text NOT NULL);
CREATE INDEX parts_a_idx ON parts (a);
CREATE INDEX parts_a10_idx ON parts (a(10), b);
CREATE FULLTEXT INDEX parts_c_idx ON parts (c);
```

The shorter index is the one that is used, and the longer one is much bigger:

```sql,fires,postgresql,severity=info
CREATE TABLE parts (id integer PRIMARY KEY, maker integer NOT NULL, description text NOT NULL);
INSERT INTO parts SELECT number, number % 5000, repeat('long ', 40) || number FROM generate_series(1, 20000) AS number;
CREATE INDEX parts_maker_idx ON parts (maker);
CREATE INDEX parts_maker_description_idx ON parts (maker, description);
ANALYZE parts;
SET enable_seqscan = off;
SELECT id FROM parts WHERE maker = 17;
```

An invisible index serves nothing:

```sql,passes,mysql
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE INDEX orders_placed_on_total_idx ON orders (placed_on, total) INVISIBLE;
```

```sql,passes,mariadb>=10.6
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE INDEX orders_placed_on_total_idx ON orders (placed_on, total) IGNORED;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = context.model.engine.name;
    let referenced = referenced_indexes(context.tables);
    for table in context.tables.base() {
        let name = table.qualified_name();
        let candidates = table.indexes.iter().filter(|index| is_secondary(engine, index) && index.method == "btree");
        for index in candidates {
            let object = || Object::index(table, &index.name);
            let longer = table
                .indexes
                .iter()
                .filter(|other| other.name != index.name && serves_instead(other, index) && !equivalent(other, index))
                .min_by_key(|other| (other.key.len(), other.include.len(), other.name.as_str()));
            let Some(longer) =
                longer.filter(|_| !index.replica_identity && !referenced.contains(&(&name, index.name.as_str())))
            else {
                verdicts.pass_in(table, object);
                continue;
            };
            let (own, others) = (columns(index), columns(longer));
            let message = if own == others {
                let unique = if longer.unique { ", and is unique" } else { "" };
                format!("{} holds the same, ({others}){unique}", longer.name)
            } else {
                format!("({own}) is the beginning of {} ({others})", longer.name)
            };
            let change = Change::DropIndex { table: table.qualified_name(), name: index.name.clone() };
            let finding = Finding::new(&RULE, object(), message).with([change]).leaves_count();
            verdicts.fail(if is_the_cheaper_one(context, table, index, longer) {
                finding.severity(Severity::Info)
            } else {
                finding
            });
        }
    }
}

fn columns(index: &Index) -> String {
    let parts = index.key.iter().filter_map(|part| {
        let name = part.column.as_deref().or(part.expression.as_deref())?;
        Some(part.prefix_length.map_or_else(|| name.to_owned(), |length| format!("{name}({length})")))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Whether the longer index is at least twice as big and used less.
fn is_the_cheaper_one(context: Context<'_>, table: TableRef<'_>, index: &Index, longer: &Index) -> bool {
    let statistics =
        |name: &str| context.model.statistics.as_ref().and_then(|all| all.index(&table.schema.name, &table.name, name));
    let (Some(short), Some(long)) = (statistics(&index.name), statistics(&longer.name)) else { return false };
    let bigger = short.bytes.zip(long.bytes).is_some_and(|(short, long)| short > 0 && long >= 2 * short);
    let used = short.scans.zip(long.scans).is_some_and(|(short, long)| short > 0 && short >= long);
    bigger && used
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KeyPart;

    #[test]
    fn parts_of_columns_are_told_from_columns() {
        let mut index = Index::new("users_email_idx");
        index.key = vec![KeyPart { prefix_length: Some(20), ..KeyPart::column("email") }, KeyPart::column("id")];
        assert_eq!(columns(&index), "email(20), id");
    }
}

//! Two indexes that hold the same.

use crate::checks::coverage::{equivalent, is_secondary, referenced_indexes};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, Partitioning, QualifiedName, UnseenKind};
use std::collections::{BTreeSet, HashSet};

pub(super) static RULE: Rule = Rule {
    id: "index-duplicate",
    summary: "An index holds the same as another one",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "valid secondary indexes of tables, single partitions and materialized views that back no constraint",
    options: &[],
    peers: &[
        "pg-index-health",
        "splinter 0009",
        "Azimutt",
        "Bytebase",
        "pt-duplicate-key-checker",
        "MySQL sys schema",
        "skeema",
        "db_verifier i1001",
    ],
    references: &["https://docs.percona.com/percona-toolkit/pt-duplicate-key-checker.html"],
    documentation: r#"
## What it does

Compares the indexes of a table: method, columns or expressions with operator class, collation and prefix length,
condition, included columns and uniqueness. Directions may be reversed as a whole: an index on `(a, b DESC)` read
backwards is one on `(a DESC, b)`.

## Why

Every write maintains both, both fill the cache, and no query gains anything.

## Not reported

- Indexes that differ in uniqueness, condition, operator class, collation, prefix length or in where NULLs sort. A plain
  index beside a unique one is `index-redundant-prefix`.
- A unique index beside that of a DEFERRABLE constraint, which neither foreign keys nor `ON CONFLICT` can use.
- Invalid and invisible indexes.

Of equal indexes the one to keep is the primary key, then one that backs a constraint, then one that foreign keys stand
on, the replica identity, the clustered one, and else the first by name.

## Fix

Drop the one that is reported, which backs no constraint; the one that stays serves every query and key.

## Example

```sql,fires,postgresql,mysql,mariadb,sqlite
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE INDEX orders_placed_on_2_idx ON orders (placed_on);
```

```sql,passes,postgresql,sqlite,mysql,mariadb>=10.8
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_total_idx ON orders (placed_on, total);
CREATE INDEX orders_total_placed_on_idx ON orders (total, placed_on);
CREATE INDEX orders_placed_on_total_desc_idx ON orders (placed_on, total DESC);
```

MariaDB before 10.8 reads DESC and forgets it:

```sql,passes,mariadb<10.8
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_total_idx ON orders (placed_on, total);
CREATE INDEX orders_total_placed_on_idx ON orders (total, placed_on);
```

The same order, read backwards:

```sql,fires,postgresql
CREATE TABLE orders (id integer PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_total_idx ON orders (placed_on, total DESC);
CREATE INDEX orders_placed_on_total_2_idx ON orders (placed_on DESC, total);
```

```sql,fires,postgresql
CREATE TABLE orders (id integer PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE MATERIALIZED VIEW days AS SELECT placed_on, count(*) AS orders FROM orders GROUP BY placed_on;
CREATE UNIQUE INDEX days_placed_on_idx ON days (placed_on);
CREATE UNIQUE INDEX days_placed_on_2_idx ON days (placed_on);
```

Indexes of one partition, beside each other and beside its part of the parent's:

```sql,fires,postgresql
CREATE TABLE visits (customer_id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE INDEX visits_2030_customer_id_idx ON visits_2030 (customer_id);
CREATE INDEX visits_2030_customer_id_2_idx ON visits_2030 (customer_id);
```

```sql,fires,postgresql
CREATE TABLE visits (customer_id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01') PARTITION BY LIST (customer_id);
CREATE TABLE visits_2030_rest PARTITION OF visits_2030 DEFAULT;
CREATE INDEX visits_at_idx ON visits (at);
CREATE INDEX visits_2030_rest_at_2_idx ON visits_2030_rest (at);
```

```sql,passes,postgresql
CREATE TABLE visits (customer_id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE INDEX visits_at_idx ON visits (at);
CREATE INDEX visits_2030_customer_id_idx ON visits_2030 (customer_id);
```

```sql,passes,postgresql
CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL, born_on date, gone_at timestamptz, UNIQUE (id, name));
CREATE INDEX people_name_idx ON people (name);
CREATE INDEX people_name_pattern_idx ON people (name text_pattern_ops);
CREATE INDEX people_name_c_idx ON people (name COLLATE "C");
CREATE INDEX people_lower_name_idx ON people (lower(name));
CREATE INDEX people_present_idx ON people (name) WHERE gone_at IS NULL;
CREATE INDEX people_hash_idx ON people USING hash (name);
CREATE INDEX people_include_idx ON people (name) INCLUDE (born_on);
CREATE INDEX people_born_on_idx ON people (born_on DESC);
CREATE INDEX people_born_on_last_idx ON people (born_on DESC NULLS LAST);
```

How full its pages are makes no difference:

```sql,fires,postgresql
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE INDEX orders_placed_on_2_idx ON orders (placed_on) WITH (fillfactor = 70);
```

Uniqueness that a constraint checks late is another one:

```sql,passes,postgresql
CREATE TABLE orders (id integer PRIMARY KEY, number integer NOT NULL, CONSTRAINT orders_late UNIQUE (number) DEFERRABLE);
CREATE UNIQUE INDEX orders_number_idx ON orders (number);
```

The server keeps the index on which a foreign key stands, and that is the one which was there first:

```sql,fires,postgresql
CREATE TABLE orders (id integer PRIMARY KEY, number integer NOT NULL);
CREATE UNIQUE INDEX orders_number_idx ON orders (number);
CREATE TABLE parcels (id integer PRIMARY KEY, order_number integer NOT NULL REFERENCES orders (number));
CREATE INDEX parcels_order_number_idx ON parcels (order_number);
CREATE UNIQUE INDEX orders_again_idx ON orders (number);
```

A twin that the optimizer does not see is on its way out:

```sql,passes,mysql
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE INDEX orders_placed_on_2_idx ON orders (placed_on) INVISIBLE;
```

```sql,passes,mariadb>=10.6
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, total integer NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE INDEX orders_placed_on_2_idx ON orders (placed_on) IGNORED;
```
"#,
    check,
};

/// Indexes that foreign keys stand on.
type Held<'m> = HashSet<(&'m QualifiedName, &'m str)>;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let held = referenced_indexes(context.tables);
    for table in context.tables.base() {
        let referenced: Vec<BTreeSet<&String>> =
            context.tables.referenced_by(table.id).map(|(_, key)| key.referenced_columns.iter().collect()).collect();
        let place = (table.schema.name.as_str(), table.name.as_str());
        judge(context, verdicts, place, &table.indexes, &[], &referenced, &held);
        if let Some(partitioning) = &table.partitioning {
            let above: Vec<&Index> = table.indexes.iter().collect();
            judge_partitions(context, verdicts, &table.schema.name, partitioning, &above, &held);
        }
    }
    for schema in &context.model.schemas {
        for view in &schema.views {
            judge(context, verdicts, (&schema.name, &view.name), &view.indexes, &[], &[], &held);
        }
    }
}

/// Indexes that partitions have for themselves, beside those that they have as parts of an index above them.
fn judge_partitions(
    context: Context<'_>,
    verdicts: &mut Verdicts,
    schema: &str,
    partitioning: &Partitioning,
    above: &[&Index],
    held: &Held<'_>,
) {
    for partition in &partitioning.partitions {
        let schema = partition.schema.as_deref().unwrap_or(schema);
        judge(context, verdicts, (schema, &partition.name), &partition.local_indexes, above, &[], held);
        if let Some(below) = &partition.partitioning {
            let above: Vec<&Index> = above.iter().copied().chain(&partition.local_indexes).collect();
            judge_partitions(context, verdicts, schema, below, &above, held);
        }
    }
}

fn judge(
    context: Context<'_>,
    verdicts: &mut Verdicts,
    (schema, table): (&str, &str),
    indexes: &[Index],
    above: &[&Index],
    referenced: &[BTreeSet<&String>],
    held: &Held<'_>,
) {
    let name = QualifiedName::new(schema, table);
    let is_held = |index: &Index| held.contains(&(&name, index.name.as_str()));
    let engine = context.model.engine.name;
    let rank = |index: &Index| {
        let columns: BTreeSet<_> = index.key.iter().filter_map(|part| part.column.as_ref()).collect();
        let is_target = index.unique && referenced.contains(&columns);
        let backs = !is_secondary(engine, index);
        (!index.primary, !backs, !is_held(index), !is_target, !index.replica_identity, !index.clustered)
    };
    for index in indexes.iter().filter(|index| is_secondary(engine, index)) {
        let object = Object::index_of(schema, table, &index.name);
        // A part of an index above cannot be dropped alone, so that it is the one to keep.
        let part = above.iter().find(|other| other.is_usable() && equivalent(index, other));
        let kept = indexes
            .iter()
            .filter(|other| other.name != index.name && other.is_usable() && equivalent(index, other))
            .min_by_key(|other| (rank(other), other.name.as_str()))
            .filter(|other| (rank(other), other.name.as_str()) < (rank(index), index.name.as_str()));
        match (part, kept) {
            // The server does not drop what a foreign key stands on.
            _ if is_held(index) => verdicts.pass(object),
            (None, None) => verdicts.pass(object),
            (Some(above), _) => {
                let change = Change::DropIndex { table: QualifiedName::new(schema, table), name: index.name.clone() };
                let message = format!("holds the same as the partition's part of {}", above.name);
                verdicts.fail(Finding::new(&RULE, object, message).with([change]));
            }
            (None, Some(other)) => {
                let change = Change::DropIndex { table: QualifiedName::new(schema, table), name: index.name.clone() };
                verdicts.fail(Finding::new(&RULE, object, format!("holds the same as {}", other.name)).with([change]));
            }
        }
    }
}

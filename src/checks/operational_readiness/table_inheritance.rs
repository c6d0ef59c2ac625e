use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "table-inheritance",
    summary: "A table inherits from another, so that keys do not span both",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 2,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Partitions],
    denominator: "tables",
    options: &[],
    peers: &["pg-index-health", "Don't Do This"],
    references: &["https://www.postgresql.org/docs/current/ddl-inherit.html#DDL-INHERIT-CAVEATS"],
    documentation: r"
## What it does

Reports tables that inherit from another table (`INHERITS`) and are no partitions.

## Why

Primary keys, unique constraints and foreign keys hold in each table by itself: the same key can stand in parent and child,
and a foreign key to the parent does not see the child's rows.

## Not reported

Partitions, and tables that belong to an extension.

## Fix

Make the children partitions, or tables with keys of their own. That is a redesign, so no step is written.

## Example

```sql,fires
CREATE TABLE cities (id bigint PRIMARY KEY, name text);
CREATE TABLE capitals (state text) INHERITS (cities);
```

```sql,passes
CREATE TABLE events (id bigint, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
```

A child that belongs to an extension:

```sql,passes
CREATE EXTENSION btree_gist;
CREATE TABLE metrics (id bigint PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE metrics_chunk () INHERITS (metrics);
ALTER EXTENSION btree_gist ADD TABLE metrics_chunk;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let object = Object::table(table);
        let parents = table.table.inheritance.as_ref().map(|inheritance| inheritance.parents.as_slice());
        match parents {
            Some(parents) if !parents.is_empty() => {
                let names: Vec<&str> = parents.iter().map(|parent| parent.name.as_str()).collect();
                let message = format!("inherits from {}: no key or foreign key holds across both", names.join(", "));
                let advice = "make the parent a partitioned table, or join two tables by a foreign key";
                verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
            }
            _ => verdicts.pass(object),
        }
    }
}

//! A materialized view that cannot be refreshed while it is read.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "matview-no-unique-index",
    summary: "A materialized view has no unique index, so a refresh blocks its readers",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "materialized views",
    options: &[],
    peers: &["postgres-language-server"],
    references: &["https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html"],
    documentation: r"
## What it does

Reports a materialized view without a unique index over plain columns and all rows.

## Why

`REFRESH MATERIALIZED VIEW CONCURRENTLY` needs one. Without it every refresh locks readers out until it is done.

## Not reported

Views with such an index. Small views refresh in no time either way.

## Fix

Create a unique index on what identifies its rows. What that is stands in no catalog, so no step is written.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, placed_on date NOT NULL);
CREATE MATERIALIZED VIEW order_days AS SELECT placed_on, count(*) AS orders FROM orders GROUP BY placed_on;
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, placed_on date NOT NULL);
CREATE MATERIALIZED VIEW order_days AS SELECT placed_on, count(*) AS orders FROM orders GROUP BY placed_on;
CREATE UNIQUE INDEX order_days_placed_on_idx ON order_days (placed_on);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        for view in schema.views.iter().filter(|view| view.materialized) {
            let object = Object::view(&schema.name, &view.name);
            let fits = |index: &Index| {
                index.unique && index.is_usable() && index.predicate.is_none() && index.plain_columns().is_some()
            };
            if view.indexes.iter().any(fits) {
                verdicts.pass(object);
            } else {
                let message = "has no unique index over plain columns, so it cannot be refreshed concurrently";
                verdicts.fail(
                    Finding::new(&RULE, object, message).advise("create a unique index on what identifies its rows"),
                );
            }
        }
    }
}

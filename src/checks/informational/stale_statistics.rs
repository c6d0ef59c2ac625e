//! The planner knows nothing, or no longer the truth, about a table.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "stale-statistics",
    summary: "The planner knows nothing, or no longer the truth, about a table",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[],
    denominator: "tables with 1,000 rows or more",
    options: &[],
    peers: &["pg-index-health", "postgres_dba"],
    references: &["https://www.postgresql.org/docs/current/planner-stats.html"],
    documentation: r"
## What it does

Finds tables of 1,000 rows or more that were never analysed, or of which a fifth of the rows changed since.

## Why

The planner then guesses, and a query that took milliseconds yesterday reads the whole table today. This tool's own checks that use statistics are as blind.

## Not reported

Small tables. The counts are the server's estimates.

## Fix

`ANALYZE` the table, and see why autovacuum does not come to it. It changes no schema, so no step is written.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY, number bigint) WITH (autovacuum_enabled = false);
INSERT INTO orders SELECT g, g FROM generate_series(1, 5000) AS g;
ANALYZE orders;
UPDATE orders SET number = 0;
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY, number bigint);
INSERT INTO orders SELECT g, g FROM generate_series(1, 5000) AS g;
SELECT pg_sleep(1.5);
ANALYZE orders;
```
",
    check,
};

const ENOUGH: u64 = 1_000;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for table in context.tables.base().filter(|table| table.table.partitioning.is_none()) {
        let Some(known) = statistics.table(&table.schema.name, &table.table.name) else { continue };
        let changed = known.modified_since_analyze.unwrap_or(0);
        let rows = known.rows.unwrap_or(0).max(changed);
        if rows < ENOUGH {
            continue;
        }
        let object = Object::table(table);
        let message = match &known.analyzed {
            None if known.rows.is_none() => "was never analysed".to_owned(),
            _ if changed * 5 >= rows => format!("about {changed} of {rows} rows changed since it was analysed"),
            _ => {
                verdicts.pass(object);
                continue;
            }
        };
        verdicts
            .fail(Finding::new(&RULE, object, message).advise("ANALYZE the table, and see why autovacuum does not"));
    }
}

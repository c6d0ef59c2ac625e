//! A table carries many dead rows.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "table-bloat",
    summary: "A table carries many dead rows",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[],
    denominator: "tables with 10,000 dead rows or more",
    options: &[],
    peers: &["pghero", "pg-index-health", "splinter", "postgres_dba"],
    references: &["https://www.postgresql.org/docs/current/routine-vacuuming.html"],
    documentation: r"
## What it does

Compares the dead rows that the server counts with the living ones: reports tables with at least 10,000 dead rows that make up a fifth of the table.

## Why

Every scan reads dead rows too. That autovacuum does not keep up mostly means a transaction or a replication slot that is held open.

## Not reported

Small numbers. The counts are the server's estimates.

## Fix

Let autovacuum come more often for this table, or find the transaction that holds it back; `VACUUM FULL` and `pg_repack`
write it anew. It changes no schema, so no step is written.

## Example

```sql,fires
CREATE TABLE jobs (id bigint, done boolean) WITH (autovacuum_enabled = false);
INSERT INTO jobs SELECT g, false FROM generate_series(1, 30000) AS g;
ANALYZE jobs;
UPDATE jobs SET done = true WHERE id <= 20000;
```

```sql,passes
CREATE TABLE jobs (id bigint PRIMARY KEY, done boolean);
INSERT INTO jobs SELECT g, false FROM generate_series(1, 3000) AS g;
ANALYZE jobs;
```
",
    check,
};

const MANY: u64 = 10_000;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for table in context.tables.base() {
        let Some(known) = statistics.table(&table.schema.name, &table.table.name) else { continue };
        let (Some(dead), Some(rows)) = (known.dead_rows, known.rows) else { continue };
        if dead < MANY {
            continue;
        }
        let object = Object::table(table);
        if dead * 4 < rows {
            verdicts.pass(object);
            continue;
        }
        let message = format!("about {dead} dead rows beside {rows} living ones");
        let advice = "VACUUM the table; then look for transactions and replication slots that are held open";
        verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
    }
}

//! A big table that is often read as a whole.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index};

pub(super) static RULE: Rule = Rule {
    id: "table-seq-scanned",
    summary: "A table of 10 000 rows or more is often read as a whole",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[],
    denominator: "tables of 10 000 rows or more with usage counters",
    options: &[],
    peers: &["pg-index-health", "PgHero", "MySQL sys schema", "Azimutt"],
    references: &["https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW"],
    documentation: r"
## What it does

Compares scans of the whole table with scans of its indexes, and reports a table of which more than five in a hundred read it
whole.

## Why

Some query lacks an index, or asks for most of the rows.

## Not reported

Smaller tables, and tables that were never read. Nightly jobs read whole tables on purpose.
MySQL and MariaDB count the rows that were read and not the scans, so nothing is said there.

## Fix

Look for the queries that read it and lack an index; `--workload` names them. No step is written without them.

## Example

```sql,fires,postgresql
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
INSERT INTO orders SELECT number, date '2024-01-01' + number % 300 FROM generate_series(1, 20000) AS number;
ANALYZE orders;
SELECT count(*) FROM orders WHERE placed_on > '2024-06-01';
SELECT count(*) FROM orders WHERE placed_on > '2024-07-01';
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
```

Most reads go through an index:

```sql,passes,postgresql
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
INSERT INTO orders SELECT number, date '2024-01-01' + number % 300 FROM generate_series(1, 20000) AS number;
ANALYZE orders;
DO 'BEGIN FOR number IN 1..100 LOOP PERFORM FROM orders WHERE id = number; END LOOP; END';
```
",
    check,
};

const BIG: u64 = 10_000;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for table in context.tables.base() {
        let Some(known) = statistics.table(&table.schema.name, &table.name) else { continue };
        if known.rows.is_none_or(|rows| rows < BIG) {
            continue;
        }
        let object = Object::table(table);
        let Some(whole) = known.sequential_scans else {
            verdicts.unknown(object, "no usage counters");
            continue;
        };
        let scans = |index: &Index| {
            statistics.index(&table.schema.name, &table.name, &index.name).and_then(|index| index.scans)
        };
        let by_index: u64 = table.table.indexes.iter().filter_map(scans).sum();
        if whole.saturating_mul(19) > by_index && whole > 0 {
            let message = format!("read as a whole {whole} times, through an index {by_index} times");
            verdicts.fail(
                Finding::new(&RULE, object, message).advise("look for the queries that read it and lack an index"),
            );
        } else {
            verdicts.pass(object);
        }
    }
}

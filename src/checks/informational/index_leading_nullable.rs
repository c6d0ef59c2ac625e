//! An index that consists of NULLs for the most part.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-leading-nullable",
    summary: "The first column of an index is NULL in more than half of the rows",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[UnseenKind::Indexes],
    denominator: "indexes with statistics on a nullable first column",
    options: &[],
    peers: &["pg-index-health"],
    references: &["https://www.postgresql.org/docs/current/indexes-partial.html"],
    documentation: r"
## What it does

Reports an index without condition whose first column is NULL in most rows, as the statistics tell.

## Why

A partial index `WHERE column IS NOT NULL` has less than half its size and serves the same look-ups.

## Not reported

- Unique and partial indexes.
- Columns without statistics.

Queries for `IS NULL` need the whole index.

## Fix

Limit the index to the rows that have a value (`WHERE … IS NOT NULL`), unless queries look for NULL. What they look for is
not in the catalog, so no step is written.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, voucher integer);
CREATE INDEX orders_voucher_idx ON orders (voucher);
INSERT INTO orders SELECT n, CASE WHEN n % 9 = 0 THEN n END FROM generate_series(1, 300) AS n;
ANALYZE orders;
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, voucher integer);
CREATE INDEX orders_voucher_idx ON orders (voucher) WHERE voucher IS NOT NULL;
INSERT INTO orders SELECT n, CASE WHEN n % 9 = 0 THEN n END FROM generate_series(1, 300) AS n;
ANALYZE orders;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for table in context.tables.base() {
        for index in table.table.indexes.iter().filter(|index| !index.unique && index.is_usable()) {
            let first = index.key.first().and_then(|part| part.column.as_deref());
            let known = first.and_then(|name| statistics.column(&table.schema.name, &table.name, name));
            let Some(nulls) = known.and_then(|known| known.null_fraction).filter(|nulls| *nulls > 0.0) else {
                continue;
            };
            let object = Object::index(table, &index.name);
            if nulls > 0.5 && index.predicate.is_none() {
                let name = first.unwrap_or_default();
                let message = format!("{name} is NULL in {:.0} % of the rows", nulls * 100.0);
                verdicts.fail(Finding::new(&RULE, object, message).advise(format!("limit it to {name} IS NOT NULL")));
            } else {
                verdicts.pass(object);
            }
        }
    }
}

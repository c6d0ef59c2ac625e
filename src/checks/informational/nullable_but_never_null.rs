//! A column that may be NULL and never is.

use crate::checks::columns::is_set_null;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName};

pub(super) static RULE: Rule = Rule {
    id: "nullable-but-never-null",
    summary: "A nullable column holds no NULL in a table of 1 000 rows or more",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[],
    denominator: "nullable columns of analysed tables with 1 000 rows or more",
    options: &[],
    peers: &["Azimutt"],
    references: &["https://www.postgresql.org/docs/current/view-pg-stats.html"],
    documentation: r"
## What it does

Reads from the planner's statistics which nullable columns hold no NULL.

## Why

A NOT NULL constraint that already holds costs nothing and keeps it so; the planner and every reader can rely on it.

## Not reported

- Tables below 1 000 rows or without statistics.
- Generated columns, and tables of which the sample saw nothing.
- References that a delete sets to NULL.

## Fix

Make the column NOT NULL, if it is meant to be; the step looks for NULL first.

## Example

```sql,fires
CREATE TABLE customers (id integer PRIMARY KEY, city text);
INSERT INTO customers SELECT n, 'city ' || n FROM generate_series(1, 2000) AS n;
ANALYZE customers;
```

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, city text);
INSERT INTO customers SELECT n, CASE WHEN n % 9 > 0 THEN 'city ' || n END FROM generate_series(1, 2000) AS n;
CREATE TABLE towns (id integer PRIMARY KEY, name text);
INSERT INTO towns VALUES (1, 'one');
ANALYZE;
```

Nobody was deleted yet:

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id) ON DELETE SET NULL);
INSERT INTO customers SELECT generate_series(1, 2000);
INSERT INTO orders SELECT n, n FROM generate_series(1, 2000) AS n;
ANALYZE;
```
",
    check,
};

const ENOUGH_ROWS: u64 = 1_000;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for table in context.tables.base() {
        let rows = statistics.table(&table.schema.name, &table.name).and_then(|table| table.rows);
        if rows.is_none_or(|rows| rows < ENOUGH_ROWS) {
            continue;
        }
        let judged =
            |column: &&Column| column.nullable && column.generated.is_none() && !is_set_null(table, &column.name);
        for column in table.columns.iter().filter(judged) {
            let known = statistics.column(&table.schema.name, &table.name, &column.name);
            let Some(nulls) = known.and_then(|known| known.null_fraction) else { continue };
            let object = Object::column(table, &column.name);
            if nulls > 0.0 {
                verdicts.pass(object);
            } else {
                let message = format!("may be NULL, but none of about {} rows is", rows.unwrap_or_default());
                let change =
                    Change::SetNotNull { table: table.qualified_name(), column: column.name.clone(), fill: None };
                verdicts.fail(Finding::new(&RULE, object, message).with([change]));
            }
        }
    }
}

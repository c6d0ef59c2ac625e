//! A table without rows.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "empty-or-unused-table",
    summary: "By the server's estimate, a table is empty although others are not",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Statistics,
    reads: &[],
    denominator: "tables with a row estimate, when any has rows",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "Azimutt", "pglinter B006", "Eessaar"],
    references: &["https://www.postgresql.org/docs/current/monitoring-stats.html"],
    documentation: r"
## What it does

Reports tables that the statistics call empty in a database that holds rows. That is an estimate: MySQL and MariaDB count again
some time after a change, PostgreSQL when the table is analysed, so that a table with a few new rows can pass for empty.

## Why

They are left over from a feature that is gone, or belong to one that does not work.

## Not reported

- Tables that were never analysed. Before PostgreSQL 14 the catalog does not tell an empty table from one of those.
- A database without any rows: a fresh environment.

## Fix

Ask whether anybody still writes or reads it, archive it, then drop it. Nothing in a catalog proves that, so no step is
written.

## Example

```sql,fires,postgresql>=14
CREATE TABLE orders (id integer PRIMARY KEY);
CREATE TABLE vouchers (id integer PRIMARY KEY);
INSERT INTO orders VALUES (1), (2), (3);
ANALYZE;
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY);
CREATE TABLE vouchers (id integer NOT NULL PRIMARY KEY);
INSERT INTO orders VALUES (1), (2), (3);
ANALYZE TABLE orders, vouchers;
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY);
CREATE TABLE vouchers (id integer NOT NULL PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    if statistics.tables.iter().all(|table| table.rows.unwrap_or(0) == 0) {
        return;
    }
    for table in context.tables.base() {
        let object = Object::table(table);
        match statistics.table(&table.schema.name, &table.name).and_then(|table| table.rows) {
            None => verdicts.unknown(object, "its rows were never counted"),
            Some(0) => {
                let message = "has no rows by the server's estimate";
                verdicts
                    .fail(Finding::new(&RULE, object, message).advise("find out whether anything still writes to it"));
            }
            Some(_) => verdicts.pass(object),
        }
    }
}

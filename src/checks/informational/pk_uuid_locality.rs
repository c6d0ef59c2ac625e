//! Random keys that scatter inserts.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "pk-uuid-locality",
    summary: "Rows are clustered or indexed by random UUIDs",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Statistics,
    reads: &[UnseenKind::Constraints],
    denominator: "primary keys of one UUID",
    options: &[],
    peers: &["Azimutt"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/innodb-index-types.html"],
    documentation: r"
## What it does

Reports UUIDs stored as 36 characters in an InnoDB primary key, and random UUIDs as the default of a primary key in
PostgreSQL tables of a million rows or more.

## Why

Random keys put each new row on another page. In InnoDB every secondary index repeats the 36 characters besides.

## Not reported

- `BINARY(16)` and native UUID columns in MySQL and MariaDB.
- Time-ordered UUIDs (`uuidv7()`), and small tables in PostgreSQL.

## Fix

Use UUIDs ordered by time (version 7) for new rows; in MySQL store them as BINARY(16). Old rows can stay, so no step is
written.

## Example

```sql,fires,mysql,mariadb
CREATE TABLE orders (id char(36) NOT NULL PRIMARY KEY);
```

```sql,fires,postgresql
CREATE TABLE orders (id uuid PRIMARY KEY DEFAULT md5('x')::uuid, total integer);
ALTER TABLE orders ALTER COLUMN id DROP DEFAULT;
CREATE FUNCTION gen_random_uuid_copy() RETURNS uuid LANGUAGE sql AS 'SELECT md5(random()::text)::uuid';
ALTER TABLE orders ALTER COLUMN id SET DEFAULT gen_random_uuid_copy();
INSERT INTO orders (total) VALUES (1);
ANALYZE orders;
UPDATE pg_class SET reltuples = 2000000, relpages = 1 WHERE relname = 'orders';
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id binary(16) NOT NULL PRIMARY KEY);
CREATE TABLE parcels (id bigint NOT NULL PRIMARY KEY);
```

```sql,passes,postgresql
CREATE TABLE orders (id uuid PRIMARY KEY);
CREATE TABLE parcels (id bigint PRIMARY KEY);
```
",
    check,
};

const BIG: u64 = 1_000_000;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let Some(key) = table.table.primary_key.as_ref().filter(|key| key.columns.len() == 1) else { continue };
        let Some(column) = key.columns.first().and_then(|name| table.table.column(name)) else { continue };
        let text = matches!(column.data_type.as_str(), "char(36)" | "varchar(36)");
        let binary = matches!(column.data_type.as_str(), "binary(16)" | "uuid");
        if !text && !binary {
            continue;
        }
        let object = Object::column(table, &column.name);
        if context.model.engine.name.is_mysql_family() {
            if text {
                let message = format!("the table is clustered by {}", column.data_type);
                verdicts.fail(Finding::new(&RULE, object, message).advise("store it as BINARY(16), ordered by time"));
            } else {
                verdicts.pass(object);
            }
            continue;
        }
        let random = column.default.as_ref().is_some_and(|default| {
            let text = default.expression.to_lowercase();
            text.contains("random_uuid") || text.contains("uuid_generate_v4")
        });
        let statistics = context.model.statistics.as_ref();
        let rows = statistics.and_then(|all| all.table(&table.schema.name, &table.name)).and_then(|table| table.rows);
        if random && rows.is_some_and(|rows| rows >= BIG) {
            let message = format!("about {} rows are keyed by random UUIDs", rows.unwrap_or_default());
            verdicts.fail(Finding::new(&RULE, object, message).advise("use time-ordered UUIDs (uuidv7) for new rows"));
        } else {
            verdicts.pass(object);
        }
    }
}

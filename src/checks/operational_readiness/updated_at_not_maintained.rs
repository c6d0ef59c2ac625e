use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, TableRef, UnseenKind};
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    id: "updated-at-not-maintained",
    summary: "The database keeps the update timestamp of some tables, but not of this one",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Triggers, UnseenKind::Functions],
    denominator: "tables with an update timestamp, in schemas where the database keeps one of them",
    options: &[],
    peers: &[],
    references: &[
        "https://www.postgresql.org/docs/current/plpgsql-trigger.html",
        "https://dev.mysql.com/doc/refman/8.4/en/timestamp-initialization.html",
    ],
    documentation: r"
## What it does

Where at least one table of a schema has its update timestamp kept by the database (a trigger before update, `ON UPDATE
CURRENT_TIMESTAMP`), expects the same of the others.

## Why

Whoever has seen it work on one table relies on it on the next, and a correction by hand then leaves the old moment behind.

## Not reported

Schemas in which the application keeps all of them.

## Fix

Keep the column as its siblings are kept: by the trigger that the schema has, or by `ON UPDATE CURRENT_TIMESTAMP`.

## Example

```sql,fires,postgresql
CREATE TABLE customers (id bigint PRIMARY KEY, updated_at timestamptz);
CREATE TABLE orders (id bigint PRIMARY KEY, updated_at timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at := now(); RETURN NEW; END';
CREATE TRIGGER customers_touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch();
```

```sql,fires,mysql,mariadb
CREATE TABLE customers (id bigint PRIMARY KEY, updated_at datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
CREATE TABLE orders (id bigint PRIMARY KEY, updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE items (id bigint PRIMARY KEY, updated_at datetime(3) NULL COMMENT 'it''s the last change');
```

```sql,passes
CREATE TABLE customers (id bigint PRIMARY KEY, a integer, b integer, updated_at date);
CREATE TABLE orders (id bigint PRIMARY KEY, a integer, b integer, updated_at date);
```

```sql,passes,postgresql
CREATE TABLE customers (id bigint PRIMARY KEY, updated_at timestamptz);
CREATE TABLE orders (id bigint PRIMARY KEY, updated_at timestamptz);
```

```sql,passes,mysql,mariadb
CREATE TABLE customers (id bigint PRIMARY KEY, updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
CREATE TABLE orders (id bigint PRIMARY KEY, updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let timestamps = |table: TableRef<'_>| &context.survey.timestamps[table.id.0];
    let maintained: HashSet<&str> = context
        .tables
        .base()
        .filter(|table| timestamps(*table).maintained_by.is_some())
        .map(|table| table.schema.name.as_str())
        .collect();
    for table in context.tables.base().filter(|table| maintained.contains(table.schema.name.as_str())) {
        let Some(name) = &timestamps(table).updated else { continue };
        let object = Object::column(table, name);
        if timestamps(table).maintained_by.is_some() {
            verdicts.pass(object);
            continue;
        }
        let message =
            format!("nothing in the database keeps {name} current, as it does for other tables of the schema");
        let holds_moment = table.table.column(name).is_some_and(|column| column.base_type().contains("time"));
        let finding = Finding::new(&RULE, object, message);
        verdicts.fail(if holds_moment {
            let change = Change::MaintainUpdatedAt { table: table.qualified_name(), column: name.clone() };
            finding.with([change])
        } else {
            finding.advise("a date cannot hold the moment of a change: widen the column first")
        });
    }
}

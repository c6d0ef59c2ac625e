use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, TableRef, UnseenKind};
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    id: "table-comment-missing",
    summary: "A table has no comment, though others have one",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Comments],
    denominator: "tables of schemas in which at least one table has a comment",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "tbls", "Bytebase"],
    references: &["https://www.postgresql.org/docs/current/sql-comment.html"],
    documentation: r"
## What it does

Where one table of a schema has a comment, expects one on every table.

## Why

A comment in the catalog is the only documentation that travels with every dump and that every client shows.

## Not reported

Schemas without any comment: nobody chose to document there.

## Fix

`COMMENT ON TABLE` (PostgreSQL) or a `COMMENT` of the table, in one sentence. Only a person knows it, so no step is written.

## Example

```sql,fires,postgresql
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE customers (id bigint PRIMARY KEY);
COMMENT ON TABLE orders IS 'What customers bought';
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id bigint PRIMARY KEY) COMMENT 'What customers bought';
CREATE TABLE customers (id bigint PRIMARY KEY);
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE customers (id bigint PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let commented = |table: TableRef<'_>| table.table.comment.as_deref().is_some_and(|text| !text.trim().is_empty());
    let schemas: HashSet<&str> =
        context.tables.base().filter(|table| commented(*table)).map(|table| table.schema.name.as_str()).collect();
    for table in context.tables.base().filter(|table| schemas.contains(table.schema.name.as_str())) {
        let object = Object::table(table);
        if commented(table) {
            verdicts.pass(object);
        } else {
            let advice = "say in one sentence what one row of the table is";
            verdicts.fail(Finding::new(&RULE, object, "has no comment").advise(advice));
        }
    }
}

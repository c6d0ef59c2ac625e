//! A table has comments on some of its columns, but not on all.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "column-comment-missing",
    summary: "A table has comments on some of its columns, but not on all",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    denominator: "columns of tables in which at least half of the columns have a comment",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "tbls", "Bytebase"],
    references: &["https://www.postgresql.org/docs/current/sql-comment.html"],
    documentation: r"
## What it does

Where at least half of the columns of a table have a comment, reports the table with those that have none.

## Why

Whoever reads a half-documented table cannot tell a column that needs no explanation from one that was added later.

## Not reported

Tables in which few columns have a comment. Keys and audit timestamps explain themselves.

## Example

```sql,fires,postgresql
CREATE TABLE orders (id bigint PRIMARY KEY, number text, total numeric, note text);
COMMENT ON COLUMN orders.number IS 'Printed on the invoice';
COMMENT ON COLUMN orders.total IS 'In euros, tax included';
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id bigint PRIMARY KEY, number varchar(20) COMMENT 'Printed on the invoice', total decimal(9, 2) COMMENT 'In euros', note varchar(80));
```

```sql,passes,postgresql
CREATE TABLE orders (id bigint PRIMARY KEY, number text, created_at timestamptz);
COMMENT ON COLUMN orders.number IS 'Printed on the invoice';
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id bigint PRIMARY KEY, number varchar(20) COMMENT 'Printed on the invoice', created_at datetime);
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY, number integer, total integer);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let timestamps = &context.survey.timestamps[table.id.0];
        let explains_itself = |name: &String| {
            let keys = table.table.foreign_keys.iter().flat_map(|key| &key.columns);
            let primary = table.table.primary_key.iter().flat_map(|key| &key.columns);
            keys.chain(primary).any(|column| column == name)
                || timestamps.created.as_ref() == Some(name)
                || timestamps.updated.as_ref() == Some(name)
        };
        let columns: Vec<_> = table.table.columns.iter().filter(|column| !explains_itself(&column.name)).collect();
        let silent: Vec<&str> = columns
            .iter()
            .filter(|column| column.comment.as_deref().is_none_or(|text| text.trim().is_empty()))
            .map(|column| column.name.as_str())
            .collect();
        if columns.is_empty() || silent.len() * 2 > columns.len() {
            continue;
        }
        let object = Object::table(table);
        if silent.is_empty() {
            verdicts.pass(object);
        } else {
            verdicts.fail(Finding::new(&RULE, object, format!("no comment on {}", silent.join(", "))));
        }
    }
}

//! Columns without a comment.

use crate::checks::columns::{is_key, several};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, UnseenKind};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "column-comment-missing",
    summary: "Columns have no comment, though others have one",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Comments],
    denominator: "tables of schemas in which one column in ten has a comment",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "tbls", "Bytebase"],
    references: &[
        "https://www.postgresql.org/docs/current/sql-comment.html",
        "https://dev.mysql.com/doc/refman/8.4/en/create-table.html",
    ],
    documentation: r"
## What it does

Where at least one column in ten of a schema has a comment, reports the tables with columns that have none. All columns of a
table are one finding.

## Why

Units, allowed values and the meaning of NULL stand nowhere else in a catalog.

## Not reported

- Schemas with hardly any comment: nobody chose to document there.
- Columns of primary and foreign keys and the moments of creation and change, which say what they are.

## Fix

`COMMENT ON COLUMN` (PostgreSQL) or a `COMMENT` of the column, in one sentence. Only a person knows it, so no step is
written.

## Example

```sql,fires,postgresql
CREATE TABLE orders (id bigint PRIMARY KEY, weight integer, height integer);
COMMENT ON COLUMN orders.weight IS 'Grams';
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id bigint PRIMARY KEY, weight integer COMMENT 'Grams', height integer);
```

```sql,passes,postgresql
CREATE TABLE orders (id bigint PRIMARY KEY, weight integer, created_at timestamptz NOT NULL);
COMMENT ON COLUMN orders.weight IS 'Grams';
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id bigint PRIMARY KEY, weight integer COMMENT 'Grams', created_at timestamp NOT NULL);
```

```sql,passes
CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY, weight integer, height integer);
```
",
    check,
};

/// Of so many columns one has to have a comment before others are missed.
const USUAL: usize = 10;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for table in context.tables.base() {
        let (commented, all) = counts.entry(&table.schema.name).or_default();
        *commented += table.table.columns.iter().filter(|column| is_commented(column)).count();
        *all += table.table.columns.len();
    }
    for table in context.tables.base() {
        let (commented, all) = counts.get(table.schema.name.as_str()).copied().unwrap_or_default();
        if commented == 0 || commented * USUAL < all {
            continue;
        }
        let timestamps = context.survey.timestamps.get(table.id.0);
        let is_known = |name: &str| {
            let of = timestamps
                .is_some_and(|of| [&of.created, &of.updated].into_iter().flatten().any(|known| known == name));
            of || is_key(table, name)
        };
        let silent: Vec<&str> = table
            .table
            .columns
            .iter()
            .filter(|column| !is_commented(column) && !is_known(&column.name))
            .map(|column| column.name.as_str())
            .collect();
        let object = || Object::table(table);
        if silent.is_empty() {
            verdicts.pass_in(table, object);
        } else {
            let message = format!("{} columns have no comment: {}", silent.len(), several(&silent));
            let message = if silent.len() == 1 { format!("{} has no comment", several(&silent)) } else { message };
            let advice = "say what a value means: its unit, its list of values, what NULL stands for";
            verdicts.fail(Finding::new(&RULE, object(), message).advise(advice));
        }
    }
}

fn is_commented(column: &Column) -> bool {
    column.comment.as_deref().is_some_and(|text| !text.trim().is_empty())
}

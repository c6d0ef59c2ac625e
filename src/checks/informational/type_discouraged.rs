//! A column has a type that the manual or practice advises against.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName};

pub(super) static RULE: Rule = Rule {
    id: "type-discouraged",
    summary: "A column has a type that the manual or practice advises against",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "columns",
    options: &[],
    peers: &["pg-index-health", "Don't Do This", "squawk", "schemalint", "skeema"],
    references: &[
        "https://wiki.postgresql.org/wiki/Don%27t_Do_This",
        "https://dev.mysql.com/doc/refman/8.4/en/numeric-type-syntax.html",
    ],
    documentation: r"
## What it does

Finds in PostgreSQL `char(n)`, `json`, `timetz`, `xml` and `timestamp(0)`; in MySQL and MariaDB `FLOAT(M,D)`, `YEAR(2)`, `ZEROFILL`.

## Why

`char(n)` pads with blanks that comparisons ignore and lengths do not; `json` is parsed again at every look, `jsonb` once; `timestamp(0)` rounds into the future. MySQL deprecated the display of numbers in their types, and they mislead about what fits.

## Not reported

`char(1)` to `char(3)`: codes of fixed length. Lengths of integers without ZEROFILL, which old dumps are full of.

## Fix

Choose the type that the message names when the table is changed next. Most such changes rewrite the table, so no step is
written.

## Example

```sql,fires,postgresql
CREATE TABLE t (id bigint PRIMARY KEY, name char(20), payload json);
```

```sql,fires,mysql,mariadb
CREATE TABLE t (id bigint PRIMARY KEY, price float(7, 2), number int(6) zerofill);
```

```sql,passes,postgresql
CREATE TABLE t (id bigint PRIMARY KEY, country char(2), payload jsonb, name text);
```

```sql,passes,mysql,mariadb
CREATE TABLE t (id bigint PRIMARY KEY, price decimal(7, 2), number int, name char(20));
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let postgres = context.model.engine.name == EngineName::PostgreSql;
    for table in context.tables.base() {
        for column in &table.table.columns {
            let object = || Object::column(table, &column.name);
            let why = if postgres { postgres_reason(column) } else { mysql_reason(column) };
            match why {
                Some(why) => {
                    let message = format!("{} is {}: {why}", column.name, column.data_type);
                    verdicts.fail(Finding::new(&RULE, object(), message));
                }
                None => verdicts.pass_in(table, object),
            }
        }
    }
}

/// Characters of a code of fixed length.
const CODE: u32 = 3;

fn postgres_reason(column: &Column) -> Option<&'static str> {
    let length = |text: &str| text.split_once('(').and_then(|(_, rest)| rest.split(')').next()?.parse::<u32>().ok());
    match column.base_type() {
        "character" if length(&column.data_type).is_none_or(|length| length > CODE) => {
            Some("padded with blanks; use text")
        }
        "json" => Some("parsed again at every look; use jsonb"),
        "time with time zone" => Some("a time zone without a date has no offset; use timestamptz"),
        "xml" => Some("has no operators for comparison and no index"),
        "timestamp with time zone" | "timestamp without time zone" if length(&column.data_type) == Some(0) => {
            Some("rounds to the nearest second, which may lie in the future; use date_trunc")
        }
        _ => None,
    }
}

fn mysql_reason(column: &Column) -> Option<&'static str> {
    let lower = column.data_type.to_lowercase();
    if lower.contains("zerofill") {
        return Some("a way to print numbers, not to store them; deprecated");
    }
    if (lower.starts_with("float(") || lower.starts_with("double(")) && lower.contains(',') {
        return Some("rounds on the way in; deprecated; use decimal");
    }
    (lower == "year(2)").then_some("two digits for a year")
}

use crate::checks::columns::names_a_day;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, QualifiedName};
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "timestamp-without-time-zone",
    summary: "A timestamp column does not say which moment it means",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "columns of type timestamp or time with time zone, and both kinds of timestamp",
    options: &[],
    peers: &[
        "pg-index-health",
        "schemalint",
        "squawk",
        "Eessaar",
        "Don't Do This",
        "dbcritic",
        "SchemaCrawler additional lints",
    ],
    references: &["https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_timestamp_.28without_time_zone.29"],
    documentation: r"
## What it does

Counts columns of type `timestamp` (without time zone) and `timetz` against those of type `timestamptz`.

## Why

A `timestamp` is a picture of a clock: two sessions with different time zones read different moments from it, and arithmetic
across a change of daylight saving time is wrong. `timestamptz` takes the same eight bytes and means one moment.

## Not reported

Frameworks that store UTC in `timestamp` columns by default are common, so the finding is for information and printed once
per schema; every column counts in the score.

## Fix

Change the type to `timestamptz` under the time zone that the values were written in; in UTC and without `USING` PostgreSQL
rewrites nothing.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY, placed timestamp NOT NULL, created_at timestamptz, updated_at timestamptz);
CREATE INDEX orders_placed_idx ON orders (placed);
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY, placed timestamptz NOT NULL, due date, opens time);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let mut failed: Vec<(Object, &Column, QualifiedName)> = Vec::new();
        for table in context.tables.base_of(&schema.name) {
            for column in table.table.columns.iter().filter(|column| column.generated.is_none()) {
                match column.base_type() {
                    "timestamp with time zone" => verdicts.pass(Object::column(table, &column.name)),
                    "timestamp without time zone" | "time with time zone" => {
                        failed.push((Object::column(table, &column.name), column, table.qualified_name()));
                    }
                    _ => {}
                }
            }
        }
        let count = failed.len();
        for (position, (object, column, table)) in failed.into_iter().enumerate() {
            let others = match count {
                1 => String::new(),
                _ => format!("; {count} such columns in schema {}", schema.name),
            };
            let message = format!("{} is {}{others}", column.name, column.data_type);
            let mut finding = Finding::new(&RULE, object, message);
            if position > 0 {
                finding = finding.printed_under(RULE.id);
            }
            verdicts.fail(if names_a_day(&split(&column.name)) {
                finding.advise("a day has no time zone: keep it as date")
            } else if column.data_type.starts_with("timestamp") && column.array_dimensions == 0 {
                let data_type = column.data_type.replace("without", "with");
                finding.with([Change::ChangeType { table, column: column.name.clone(), data_type, with: Vec::new() }])
            } else {
                finding.advise("keep the moment as timestamptz, or the time of day as time")
            });
        }
    }
}

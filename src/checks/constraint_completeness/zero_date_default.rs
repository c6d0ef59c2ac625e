use crate::checks::columns::{default_of, now};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, ColumnDefault, EngineName};

pub(super) static RULE: Rule = Rule {
    id: "zero-date-default",
    summary: "The default is a date that does not exist",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Defect,
    weight: 3,
    severity: Severity::Warning,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "date, datetime and timestamp columns with a default",
    options: &[],
    peers: &["skeema"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sqlmode_no_zero_date"],
    documentation: r"
## What it does

Reports temporal columns whose default is `0000-00-00`, or a date with the month or day 00.

## Why

The strict mode that servers have had as their default since MySQL 5.7 refuses such a date, so that an `ALTER TABLE` or a restored
dump fails on it. Drivers turn it into NULL, into an error, or into the year before 1.

## Not reported

Real dates, however far away.

## Fix

Remove the default; a creation or update timestamp gets the current moment instead. An `INSERT` that leaves a `NOT NULL`
column without a default out fails, so that code has to name a value before. Rows that hold the date already have to be
looked at by a person.

## Example

```sql,fires
SET SESSION sql_mode = '';
CREATE TABLE visits (id int NOT NULL PRIMARY KEY, seen datetime NULL DEFAULT '0000-00-00 00:00:00');
```

```sql,passes
CREATE TABLE visits (id int NOT NULL PRIMARY KEY, seen datetime NULL DEFAULT '1970-01-01 00:00:00', made datetime NOT NULL DEFAULT CURRENT_TIMESTAMP);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for column in table.table.columns.iter().filter(|column| is_temporal(column) && column.generated.is_none()) {
            let Some(default) = default_of(column) else { continue };
            let object = Object::column(table, &column.name);
            if !is_no_date(column, default) {
                verdicts.pass(object);
                continue;
            }
            let text = bare(default);
            let stamps = &context.survey.timestamps[table.id.0];
            let is_stamp = [&stamps.created, &stamps.updated].contains(&&Some(column.name.clone()));
            let change = Change::SetDefault {
                table: table.qualified_name(),
                column: column.name.clone(),
                expression: now(context.model.engine.name, &column.data_type).filter(|_| is_stamp),
            };
            let message = format!("the default of {} is {text}, which is no date", column.name);
            let advice = "then look for rows that hold the date, and give them a real one or NULL";
            verdicts.fail(Finding::new(&RULE, object, message).with([change]).advise(advice));
        }
    }
}

/// Whether a default is a date with the year, month or day zero.
pub(super) fn is_no_date(column: &Column, default: &ColumnDefault) -> bool {
    let text = bare(default);
    is_temporal(column) && (text.starts_with("0000-") || text.contains("-00"))
}

fn bare(default: &ColumnDefault) -> &str {
    default.expression.trim_matches(['\'', '(', ')', ' '])
}

fn is_temporal(column: &Column) -> bool {
    matches!(column.base_type(), "date" | "datetime" | "timestamp")
}

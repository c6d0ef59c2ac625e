use super::boolean_without_default::no;
use crate::checks::columns::{checks_of, default_of, explains_null, is_boolean, is_copy, refuses_null};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "not-null-boolean",
    summary: "A boolean has a third value: NULL",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "boolean, tinyint(1) and bit(1) columns that are not generated",
    options: &[],
    peers: &["database_consistency", "Eessaar", "GitLab guidelines"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL"],
    documentation: r"
## What it does

Finds boolean columns that can be NULL.

## Why

`WHERE NOT active` leaves out the rows where it is NULL, and so does `WHERE active`: they vanish from both lists.

## Not reported

Columns whose comment says that NULL means something (`unknown`, `null`, `three`), columns that a check names together with
IS NULL, and columns of which a check asks IS NOT NULL. Copies and archives hold what the tables they come from allow.

## Fix

Look at what NULL means in the rows that have it, fill them, then set the default and NOT NULL.

## Example

```sql,fires
CREATE TABLE customers (id integer PRIMARY KEY, active boolean, created_at timestamp, updated_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE customers (id int PRIMARY KEY, active boolean, created_at datetime, updated_at datetime);
```

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, active boolean NOT NULL DEFAULT true);
CREATE TABLE customers_backup (id integer PRIMARY KEY, active boolean);
```

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY, active boolean NOT NULL, consent boolean);
COMMENT ON COLUMN customers.consent IS 'NULL: was never asked';
```

A check that allows NULL on purpose:

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE people (
    id integer PRIMARY KEY,
    asked_on date,
    consent boolean,
    CHECK (consent IS NULL OR asked_on IS NOT NULL)
);
```

A check that refuses it:

```sql,passes,postgresql,sqlite,mysql>=8.0.16,mariadb
CREATE TABLE people (
    id integer PRIMARY KEY,
    asked_on date,
    consent boolean,
    CHECK (consent IS NOT NULL AND asked_on > '2020-01-01')
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| !is_copy(context, *table)) {
        for column in table.table.columns.iter().filter(|column| is_judged(column)) {
            let object = Object::column(table, &column.name);
            if is_accepted(table, column) {
                verdicts.pass(object);
                continue;
            }
            let no = no(context.model.engine.name, column).to_owned();
            let (name, column_name) = (table.qualified_name(), column.name.clone());
            let default = default_of(column).is_none().then(|| Change::SetDefault {
                table: name.clone(),
                column: column_name.clone(),
                expression: Some(no.clone()),
            });
            let fill = default_of(column).map_or(no, |default| default.expression.clone());
            let not_null = Change::SetNotNull { table: name, column: column_name, fill: Some(fill) };
            verdicts.fail(
                Finding::new(&RULE, object, format!("{} can be true, false and NULL", column.name))
                    .with(default)
                    .with([not_null])
                    .advise("look at what NULL means in the rows that have it before they are filled"),
            );
        }
    }
}

/// Whether the rule says anything about a column.
pub(super) fn is_judged(column: &Column) -> bool {
    is_boolean(column) && column.generated.is_none()
}

/// Whether the column cannot be NULL, or is meant to.
pub(super) fn is_accepted(table: TableRef<'_>, column: &Column) -> bool {
    let checked = checks_of(table, &column.name).any(|check| check.expression.to_uppercase().contains("IS NULL"));
    refuses_null(table, column) || explains_null(column) || checked
}

use crate::checks::columns::is_boolean;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "not-null-boolean",
    summary: "A boolean has a third value: NULL",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "boolean, tinyint(1) and bit(1) columns that are not generated",
    options: &[],
    peers: &["database_consistency"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL"],
    documentation: r"
## What it does

Finds boolean columns that can be NULL.

## Why

`WHERE NOT active` leaves out the rows where it is NULL, and so does `WHERE active`: they vanish from both lists.

## Not reported

Columns whose comment says that NULL means something (`unknown`, `null`, `three`), and columns that a check names together with
IS NULL.

## Example

```sql,fires
CREATE TABLE customers (id integer PRIMARY KEY, active boolean, created_at timestamp, updated_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE customers (id int PRIMARY KEY, active boolean, created_at datetime, updated_at datetime);
```

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, active boolean NOT NULL DEFAULT true);
```

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY, active boolean NOT NULL, consent boolean);
COMMENT ON COLUMN customers.consent IS 'NULL: was never asked';
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let booleans = table.table.columns.iter().filter(|column| is_boolean(column) && column.generated.is_none());
        for column in booleans {
            let object = Object::column(table, &column.name);
            let comment = column.comment.as_deref().unwrap_or_default().to_lowercase();
            let explained = ["null", "unknown", "three", "tri-state"].iter().any(|word| comment.contains(word));
            let checked = table.check_constraints.iter().any(|check| {
                check.columns.contains(&column.name) && check.expression.to_uppercase().contains("IS NULL")
            });
            if !column.nullable || explained || checked {
                verdicts.pass(object);
                continue;
            }
            let no = match context.model.engine.name {
                EngineName::PostgreSql if column.data_type.starts_with("bit") => "B'0'",
                EngineName::PostgreSql => "false",
                _ => "0",
            };
            let (name, column_name) = (table.qualified_name(), column.name.clone());
            let default = column.default.is_none().then(|| Change::SetDefault {
                table: name.clone(),
                column: column_name.clone(),
                expression: Some(no.to_owned()),
            });
            let fill = column.default.as_ref().filter(|default| !default.expression.eq_ignore_ascii_case("null"));
            let fill = fill.map_or(no.to_owned(), |default| default.expression.clone());
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

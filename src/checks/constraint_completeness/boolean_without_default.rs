use crate::checks::columns::{default_of, is_boolean};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName};
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "boolean-without-default",
    summary: "A boolean that must be set has no default",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "boolean, tinyint(1) and bit(1) columns that are NOT NULL and not generated",
    options: &[],
    peers: &[],
    references: &["https://www.postgresql.org/docs/current/ddl-default.html"],
    documentation: r"
## What it does

Finds boolean columns that are NOT NULL without a default.

## Why

Every insert has to name the flag, so that adding one breaks code that does not know it yet. Nearly every flag has a value that
it starts with.

## Not reported

Flags that a person has to decide on each time: consent, acceptance of terms, opting in or out.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, active boolean NOT NULL);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, active boolean NOT NULL DEFAULT true, accepted_terms boolean NOT NULL);
```
",
    check,
};

/// Words of flags that somebody decides on each time.
const DECIDED: [&str; 11] =
    ["consent", "consented", "accepted", "accepts", "agreed", "agrees", "agreement", "opt", "opted", "gdpr", "terms"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let booleans = table.table.columns.iter();
        for column in booleans.filter(|column| is_boolean(column) && !column.nullable && column.generated.is_none()) {
            let object = Object::column(table, &column.name);
            if default_of(column).is_some() || split(&column.name).iter().any(|word| DECIDED.contains(&word.as_str())) {
                verdicts.pass(object);
                continue;
            }
            let set = Change::SetDefault {
                table: table.qualified_name(),
                column: column.name.clone(),
                expression: Some(no(context.model.engine.name, column).to_owned()),
            };
            let message = format!("{} is NOT NULL without a default", column.name);
            verdicts.fail(Finding::new(&RULE, object, message).with([set]));
        }
    }
}

/// The literal for false.
pub(super) fn no(engine: EngineName, column: &Column) -> &'static str {
    match engine {
        EngineName::PostgreSql if column.data_type.starts_with("bit") => "B'0'",
        EngineName::PostgreSql => "false",
        _ => "0",
    }
}

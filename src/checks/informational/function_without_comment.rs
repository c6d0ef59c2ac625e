//! A function has no comment, though others have one.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, Function};

pub(super) static RULE: Rule = Rule {
    id: "function-without-comment",
    summary: "A function has no comment, though others have one",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    denominator: "functions of schemas in which at least half of the functions have a comment",
    options: &[],
    peers: &["pg-index-health"],
    references: &["https://www.postgresql.org/docs/current/sql-comment.html"],
    documentation: r"
## What it does

Where at least half of the functions and procedures of a schema have a comment, reports the others.

## Why

What a function is for cannot be read from its arguments, and who calls it stands in no catalog.

## Not reported

Schemas in which few functions have a comment; functions of triggers, which the trigger explains.

## Example

```sql,fires,postgresql
CREATE FUNCTION a() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION b() RETURNS integer LANGUAGE sql AS 'SELECT 2';
COMMENT ON FUNCTION a() IS 'The first number';
```

```sql,fires,mysql,mariadb
CREATE FUNCTION a() RETURNS int DETERMINISTIC COMMENT 'The first number' RETURN 1;
CREATE FUNCTION b() RETURNS int DETERMINISTIC RETURN 2;
```

```sql,passes,postgresql
CREATE FUNCTION a() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION b() RETURNS integer LANGUAGE sql AS 'SELECT 2';
```

```sql,passes,mysql,mariadb
CREATE FUNCTION a() RETURNS int DETERMINISTIC RETURN 1;
CREATE FUNCTION b() RETURNS int DETERMINISTIC RETURN 2;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let of_trigger =
            |function: &&Function| function.result.as_deref().is_some_and(|result| result.ends_with("trigger"));
        let functions: Vec<&Function> = schema.functions.iter().filter(|function| !of_trigger(function)).collect();
        let is_silent = |function: &Function| function.comment.as_deref().is_none_or(|text| text.trim().is_empty());
        let silent = functions.iter().filter(|function| is_silent(function)).count();
        if functions.is_empty() || silent * 2 > functions.len() {
            continue;
        }
        for function in functions {
            let name = format!("{}({})", function.name, function.arguments);
            let object = Object::in_schema(&schema.name, ObjectKind::Function, name);
            if is_silent(function) {
                verdicts.fail(Finding::new(&RULE, object, "has no comment"));
            } else {
                verdicts.pass(object);
            }
        }
    }
}

//! Functions without a comment.

use crate::checks::columns::several;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Function, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "function-without-comment",
    summary: "Functions of a schema have no comment",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Functions, UnseenKind::Comments],
    denominator: "schemas with functions",
    options: &[],
    peers: &["pg-index-health"],
    references: &[
        "https://www.postgresql.org/docs/current/sql-comment.html",
        "https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html",
    ],
    documentation: r"
## What it does

Counts the functions, procedures and aggregates of each schema without a comment.

## Why

What a function does to which tables cannot be seen from its name and arguments, and its body is the last place that people look
at who only call it.

## Not reported

Trigger functions, which nobody calls; functions of extensions.

## Fix

`COMMENT ON FUNCTION`, or `COMMENT` of the routine, in one sentence. Only a person knows it, so no step is written.

## Example

```sql,fires,postgresql
CREATE FUNCTION price(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2';
```

```sql,fires,mysql,mariadb
CREATE FUNCTION price(pieces int) RETURNS int DETERMINISTIC RETURN pieces * 2;
```

```sql,passes,postgresql
CREATE FUNCTION price(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2';
COMMENT ON FUNCTION price(integer) IS 'Price of so many pieces';
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
```

```sql,passes,mysql,mariadb
CREATE FUNCTION price(pieces int) RETURNS int DETERMINISTIC COMMENT 'Price of so many pieces' RETURN pieces * 2;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let callable = || schema.functions.iter().filter(|function| is_called(function));
        let count = callable().count();
        if count == 0 {
            continue;
        }
        let silent: Vec<&str> = callable()
            .filter(|function| function.comment.as_deref().is_none_or(|text| text.trim().is_empty()))
            .map(|function| function.name.as_str())
            .collect();
        let object = Object::schema(&schema.name);
        if silent.is_empty() {
            verdicts.pass(object);
        } else {
            let message = format!("{} of {count} functions have no comment: {}", silent.len(), several(&silent));
            verdicts.fail(Finding::new(&RULE, object, message).advise("say in one sentence what each is for"));
        }
    }
}

fn is_called(function: &Function) -> bool {
    !function.result.as_deref().is_some_and(|result| result.ends_with("trigger"))
}

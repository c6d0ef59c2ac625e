//! A function runs with the rights of its owner and the search path of its caller.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "function-search-path",
    summary: "A function runs with the rights of its owner and the search path of its caller",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "functions with SECURITY DEFINER",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY"],
    documentation: r"
## What it does

Finds functions with `SECURITY DEFINER` that do not set `search_path`.

## Why

The caller chooses the search path, puts a table or operator of the same name in front, and the function uses it with the rights of its owner.

## Not reported

Functions that set `search_path`, and functions that run with the rights of their caller.

## Example

```sql,fires
CREATE TABLE t (id bigint PRIMARY KEY);
CREATE FUNCTION rows_of_t() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.t';
```

```sql,passes
CREATE TABLE t (id bigint PRIMARY KEY);
CREATE FUNCTION rows_of_t() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT count(*) FROM public.t';
CREATE FUNCTION plain() RETURNS integer LANGUAGE sql AS 'SELECT 1';
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        for function in schema.functions.iter().filter(|function| function.security_definer) {
            let name = format!("{}({})", function.name, function.arguments);
            let object = Object::in_schema(&schema.name, ObjectKind::Function, name);
            if function.settings.iter().any(|setting| setting.starts_with("search_path")) {
                verdicts.pass(object);
                continue;
            }
            let message = "SECURITY DEFINER without a search_path of its own";
            let advice = "ALTER FUNCTION … SET search_path = '', with every name in the body qualified by its schema";
            verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
        }
    }
}

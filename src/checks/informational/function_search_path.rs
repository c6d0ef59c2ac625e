//! Functions that run with their owner's rights and the caller's search path.

use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, Function, QualifiedName, Schema, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "function-search-path",
    summary: "A function runs with the rights of its owner and the search path of its caller",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Functions],
    denominator: "functions and procedures with SECURITY DEFINER",
    options: &[],
    peers: &["splinter 0011", "splinter 0028"],
    references: &["https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY"],
    documentation: r"
## What it does

Reports `SECURITY DEFINER` functions and procedures that do not set `search_path`. The remedy sets it to the schema that the
function stands in, with temporary objects last.

## Why

The caller chooses in which schema the function finds its tables, functions and operators. A caller who can create one of these,
if only as a temporary table, makes the owner run it.

## Not reported

- Functions with the caller's rights.
- Functions of extensions.

## Fix

Set `search_path` for the function to the schemas that it uses, with `pg_temp` last.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, paid boolean NOT NULL);
CREATE FUNCTION pay(integer, note text DEFAULT '') RETURNS void LANGUAGE sql SECURITY DEFINER
    AS 'UPDATE orders SET paid = true WHERE id = $1';
```

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, paid boolean NOT NULL);
CREATE FUNCTION pay(number integer) RETURNS void LANGUAGE sql SECURITY DEFINER
    AS 'UPDATE orders SET paid = true WHERE id = $1';
CREATE FUNCTION pay(numbers integer[]) RETURNS void LANGUAGE sql SECURITY DEFINER
    AS 'UPDATE orders SET paid = true WHERE id = ANY ($1)';
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, paid boolean NOT NULL);
CREATE FUNCTION pay(integer) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS 'UPDATE orders SET paid = true WHERE id = $1';
CREATE FUNCTION unpaid() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders WHERE NOT paid';
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        for function in schema.functions.iter().filter(|function| function.security_definer) {
            let name = format!("{}({})", function.name, function.arguments);
            let object = Object::in_schema(&schema.name, ObjectKind::Function, name);
            if function.settings.iter().any(|setting| setting.starts_with("search_path=")) {
                verdicts.pass(object);
                continue;
            }
            let message = "runs with the rights of its owner and finds what it names in the search path of its caller";
            let finding = Finding::new(&RULE, object, message);
            verdicts.fail(match change(schema, function) {
                Some(change) => finding.with([change]),
                None => finding.advise("set search_path for it, with pg_temp last"),
            });
        }
    }
}

/// Sets the path, when the function can be told from its namesakes.
fn change(schema: &Schema, function: &Function) -> Option<Change> {
    let namesakes = schema.functions.iter().filter(|other| other.name == function.name).count();
    // Arguments are known as they were declared; those with a default cannot be repeated in ALTER.
    let has_default = function.arguments.contains(" DEFAULT ");
    let arguments = match (namesakes, has_default) {
        (1, _) => None,
        (_, false) => Some(function.arguments.clone()),
        (_, true) => return None,
    };
    Some(Change::SetSearchPath {
        function: QualifiedName::new(&schema.name, &function.name),
        arguments,
        path: vec![schema.name.clone(), "pg_temp".to_owned()],
    })
}

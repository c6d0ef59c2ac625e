//! Everybody may create objects in a schema.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "public-create",
    summary: "Everybody may create objects in a schema",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "schemas",
    options: &[],
    peers: &["pglinter", "splinter"],
    references: &["https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS"],
    documentation: r"
## What it does

Reports schemas in which `PUBLIC` has the right `CREATE`, as it had in `public` before PostgreSQL 15.

## Why

Anybody who can connect can put a function or operator into the search path of everybody else (CVE-2018-1058).

## Not reported

Schemas without that grant.

## Example

```sql,fires
GRANT CREATE ON SCHEMA public TO PUBLIC;
CREATE TABLE orders (id bigint PRIMARY KEY);
```

```sql,passes
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE TABLE orders (id bigint PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let object = Object::schema(&schema.name);
        if schema.public_create {
            let advice = "REVOKE CREATE ON SCHEMA … FROM PUBLIC, and grant it to the role that runs the migrations";
            verdicts.fail(Finding::new(&RULE, object, "PUBLIC may create objects here").advise(advice));
        } else {
            verdicts.pass(object);
        }
    }
}

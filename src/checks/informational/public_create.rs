//! Schemas in which everybody may create objects.

use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, QualifiedName};

pub(super) static RULE: Rule = Rule {
    id: "public-create",
    summary: "Every role may create objects in a schema",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "schemas",
    options: &[],
    peers: &["pglinter S003", "splinter"],
    references: &[
        "https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS",
        "https://wiki.postgresql.org/wiki/A_Guide_to_CVE-2018-1058:_Protect_Your_Search_Path",
    ],
    documentation: r"
## What it does

Reports schemas in which `CREATE` is granted to `PUBLIC`. Before PostgreSQL 15 that is how every database comes with its schema
`public`, and an upgrade does not change it.

## Why

Any role that may connect can put a function or an operator there that others call without knowing, with their rights.

## Not reported

Schemas in which single roles may create objects.

## Fix

`REVOKE CREATE ON SCHEMA … FROM PUBLIC`, after granting it to the roles that need it.

## Example

```sql,fires
GRANT CREATE ON SCHEMA public TO PUBLIC;
CREATE TABLE orders (id integer PRIMARY KEY);
```

```sql,passes
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO pg_monitor;
CREATE TABLE orders (id integer PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let object = Object::schema(&schema.name);
        if schema.public_create {
            let change = Change::RevokePublicCreate { schema: QualifiedName::new(&schema.name, &schema.name) };
            verdicts.fail(Finding::new(&RULE, object, "CREATE is granted to PUBLIC").with([change]));
        } else {
            verdicts.pass(object);
        }
    }
}

//! Extensions in the schema public.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "extension-in-public",
    summary: "An extension keeps its objects in the schema public",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Extensions],
    denominator: "extensions",
    options: &[],
    peers: &["splinter 0014"],
    references: &["https://www.postgresql.org/docs/current/sql-alterextension.html"],
    documentation: r"
## What it does

Reports extensions whose objects stand in `public`.

## Why

Hundreds of functions and operators hide the application's own, and rights on the schema are rights on both.

## Not reported

Extensions in any other schema.

Moving one breaks code that names its objects without a schema, until the search path has the new schema, and some extensions
cannot be moved; so no step is planned.

## Fix

`ALTER EXTENSION … SET SCHEMA` where the extension can be moved, and add the schema to the search paths that use it. The code
decides, so no step is written.

## Example

```sql,fires
CREATE EXTENSION hstore SCHEMA public;
CREATE TABLE orders (id integer PRIMARY KEY);
```

```sql,passes
CREATE SCHEMA extensions;
CREATE EXTENSION hstore SCHEMA extensions;
CREATE TABLE orders (id integer PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for extension in &context.model.extensions {
        let object = Object::in_schema(&extension.schema, ObjectKind::Other, &extension.name);
        if extension.schema == "public" {
            let advice = "put new extensions into a schema of their own, and move this one when the search path has it";
            verdicts.fail(Finding::new(&RULE, object, "its objects stand in public").advise(advice));
        } else {
            verdicts.pass(object);
        }
    }
}

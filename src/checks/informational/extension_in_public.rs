//! An extension lives in the schema public.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "extension-in-public",
    summary: "An extension lives in the schema public",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "extensions",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/sql-createextension.html"],
    documentation: r"
## What it does

Finds extensions in the schema `public`.

## Why

Their functions and types stand among those of the application: they are in every list, and a dump of the schema cannot be told apart from them.

## Not reported

Extensions in a schema of their own, and those of the system.

## Example

```sql,fires
CREATE EXTENSION btree_gist;
```

```sql,passes
CREATE SCHEMA extensions;
CREATE EXTENSION btree_gist SCHEMA extensions;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for extension in &context.model.extensions {
        let object = Object::in_schema(&extension.schema, ObjectKind::Other, &extension.name);
        if extension.schema == "public" {
            let advice = "ALTER EXTENSION … SET SCHEMA extensions, where the extension allows it";
            verdicts.fail(Finding::new(&RULE, object, "its objects stand in schema public").advise(advice));
        } else {
            verdicts.pass(object);
        }
    }
}

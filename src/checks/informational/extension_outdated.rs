//! An extension is older than the version that is installed beside it.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "extension-outdated",
    summary: "An extension is older than the version that is installed beside it",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[UnseenKind::Extensions],
    denominator: "extensions",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/view-pg-available-extensions.html"],
    documentation: r"
## What it does

Compares the version of each extension with the one whose files lie on the server.

## Why

After an upgrade of the server the library is new and the SQL objects are old: functions are missing that the manual describes, and some fixes of security come only with the update.

## Not reported

Extensions whose files are not there any more, or not visible.

## Fix

`ALTER EXTENSION … UPDATE`, after a look at its release notes; no step is written.

## Example

```sql,fires
CREATE EXTENSION btree_gist VERSION '1.2';
```

```sql,passes
CREATE EXTENSION btree_gist;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for extension in &context.model.extensions {
        let Some(available) = statistics.extension_versions.get(&extension.name) else { continue };
        let object = Object::in_schema(&extension.schema, ObjectKind::Other, &extension.name);
        if *available == extension.version {
            verdicts.pass(object);
            continue;
        }
        let message = format!("version {}, and {available} lies beside it", extension.version);
        let advice = "ALTER EXTENSION … UPDATE, after a look at its release notes";
        verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
    }
}

//! A policy calls a function of the session again for each row.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "rls-initplan",
    summary: "A policy calls a function of the session again for each row",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "policies",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    documentation: r"
## What it does

Finds policies that call `current_setting(…)` or a function of a schema `auth` directly, not inside a sub-select.

## Why

The planner evaluates `(SELECT current_setting(…))` once per query and the bare call once per row: a scan of a million rows makes a million calls.

## Not reported

Calls inside `(SELECT …)`; constants such as `current_user`.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY, tenant text);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (tenant = current_setting('app.tenant'));
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY, tenant text);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (tenant = (SELECT current_setting('app.tenant')));
CREATE POLICY mine ON orders FOR SELECT USING (tenant = current_user);
```
",
    check,
};

const CALLS: &[&str] = &["current_setting(", "auth.uid(", "auth.jwt(", "auth.role(", "auth.email("];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for policy in &table.table.policies {
            let object = Object::inside(table, ObjectKind::Policy, &policy.name);
            let bare = [&policy.using, &policy.with_check].into_iter().flatten().find_map(|text| bare_call(text));
            match bare {
                Some(call) => {
                    let message = format!("calls {call}…) for each row; (SELECT {call}…)) is evaluated once");
                    verdicts.fail(Finding::new(&RULE, object, message));
                }
                None => verdicts.pass(object),
            }
        }
    }
}

/// A call that does not stand right behind SELECT.
fn bare_call(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    CALLS.iter().copied().find(|call| {
        lower.match_indices(call).any(|(position, _)| {
            let before = lower.get(..position).unwrap_or_default().trim_end();
            let whole = !before.ends_with(|character: char| character.is_alphanumeric() || character == '_')
                || before.ends_with("select");
            whole && !before.ends_with("select")
        })
    })
}

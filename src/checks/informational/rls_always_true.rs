//! A policy lets everybody write every row.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, PolicyCommand};

pub(super) static RULE: Rule = Rule {
    id: "rls-always-true",
    summary: "A policy lets everybody write every row",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "policies for writing",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/sql-createpolicy.html"],
    documentation: r"
## What it does

Finds permissive policies for INSERT, UPDATE, DELETE or ALL whose condition is `true`.

## Why

Permissive policies are joined by OR: one that is always true undoes all the others.

## Not reported

Policies for SELECT: rows that everybody may read are common. Restrictive policies.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY anybody ON orders FOR UPDATE USING (true);
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY, owner text);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY anybody ON orders FOR SELECT USING (true);
CREATE POLICY own ON orders FOR UPDATE USING (owner = current_user);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let is_true = |condition: &Option<String>| {
        condition.as_deref().is_some_and(|text| text.trim_matches(['(', ')', ' ']).eq_ignore_ascii_case("true"))
    };
    for table in context.tables.base() {
        let writing =
            table.table.policies.iter().filter(|policy| policy.command != PolicyCommand::Select && policy.permissive);
        for policy in writing {
            let object = Object::inside(table, ObjectKind::Policy, &policy.name);
            if is_true(&policy.with_check) || (policy.with_check.is_none() && is_true(&policy.using)) {
                let message = format!("{} lets {} write every row", policy.name, policy.roles.join(", "));
                verdicts.fail(Finding::new(&RULE, object, message));
            } else {
                verdicts.pass(object);
            }
        }
    }
}

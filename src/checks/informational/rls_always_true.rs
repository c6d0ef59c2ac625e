//! Policies that let everybody write everything.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, Policy, PolicyCommand, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "rls-always-true",
    summary: "A policy lets every role write every row",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Policies],
    denominator: "permissive policies for writing, for roles that anybody may have",
    options: &[],
    peers: &["splinter 0024"],
    references: &["https://www.postgresql.org/docs/current/sql-createpolicy.html"],
    documentation: r"
## What it does

Reports permissive policies for INSERT, UPDATE, DELETE or all commands whose condition is the constant `true`, for PUBLIC or the
roles `anon` and `authenticated`.

## Why

Permissive policies add up: this one makes all others on the table superfluous, and row security with them.

## Not reported

- Policies for reading: some tables are public.
- Policies for a role of its own, such as an administrator's.
- Restrictive policies; tables whose row security is off, which is `rls-policy-disabled`.

## Fix

Say in the policy whose rows may be written, or grant the role the right and drop the policy. Only a person knows the
condition, so no step is written.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON orders USING (true);
```

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY anything_new ON orders FOR INSERT WITH CHECK (true);
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY readable ON orders FOR SELECT USING (true);
CREATE POLICY operators ON orders TO pg_monitor USING (true);
CREATE POLICY own_orders ON orders FOR UPDATE USING (owner = current_user) WITH CHECK (true);
```
",
    check,
};

/// Roles that everybody has who can connect.
const EVERYBODY: [&str; 3] = ["public", "anon", "authenticated"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| table.row_security) {
        for policy in table.table.policies.iter().filter(|policy| policy.permissive) {
            let everybody = policy.roles.iter().any(|role| EVERYBODY.contains(&role.as_str()));
            if policy.command == PolicyCommand::Select || !everybody {
                continue;
            }
            let object = Object::inside(table, ObjectKind::Policy, &policy.name);
            if is_open(policy) {
                let message = format!("lets {} write every row", policy.roles.join(", "));
                let advice = "say in its condition whose rows they are, or drop it";
                verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
            } else {
                verdicts.pass(object);
            }
        }
    }
}

/// Whether neither the old nor the new row is checked.
fn is_open(policy: &Policy) -> bool {
    let is_true = |expression: &Option<String>| {
        expression.as_deref().is_some_and(|text| text.trim_matches(['(', ')', ' ']).eq_ignore_ascii_case("true"))
    };
    match policy.command {
        PolicyCommand::Insert => is_true(&policy.with_check),
        _ => is_true(&policy.using) && (policy.with_check.is_none() || is_true(&policy.with_check)),
    }
}

//! A table has policies, but row security is off.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "rls-policy-disabled",
    summary: "A table has policies, but row security is off",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Error,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "tables with a policy",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    documentation: r"
## What it does

Finds tables with policies whose row security is not enabled.

## Why

The policies read as if they protected the rows. They do nothing.

## Not reported

Tables whose row security is enabled.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY, owner text);
CREATE POLICY own ON orders USING (owner = current_user);
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY, owner text);
CREATE POLICY own ON orders USING (owner = current_user);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| !table.table.policies.is_empty()) {
        let object = Object::table(table);
        if table.table.row_security {
            verdicts.pass(object);
            continue;
        }
        let names: Vec<&str> = table.table.policies.iter().map(|policy| policy.name.as_str()).collect();
        let message = format!("row security is off, so that {} does nothing", names.join(", "));
        let advice = "ALTER TABLE … ENABLE ROW LEVEL SECURITY, after a test with the role of the application";
        verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
    }
}

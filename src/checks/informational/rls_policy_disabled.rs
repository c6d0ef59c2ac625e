//! Policies that are not in force.

use crate::checks::columns::several;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "rls-policy-disabled",
    summary: "A table has policies, but its row security is off",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Error,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Policies],
    denominator: "tables with policies",
    options: &[],
    peers: &["splinter 0007"],
    references: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    documentation: r"
## What it does

Reports tables with policies whose row security is not enabled.

## Why

`CREATE POLICY` does not switch row security on. Whoever may read the table reads every row, while the policies look as if they
kept people apart.

## Not reported

Tables without policies.

## Fix

`ALTER TABLE … ENABLE ROW LEVEL SECURITY`, after a test that the policies let through what should pass.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
CREATE POLICY own_orders ON orders USING (owner = current_user);
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
CREATE POLICY own_orders ON orders USING (owner = current_user);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| !table.policies.is_empty()) {
        let object = Object::table(table);
        if table.row_security {
            verdicts.pass(object);
        } else {
            let names: Vec<&str> = table.table.policies.iter().map(|policy| policy.name.as_str()).collect();
            let message = format!("row security is off, so its policies do nothing: {}", several(&names));
            let change = Change::EnableRowSecurity { table: table.qualified_name() };
            verdicts.fail(Finding::new(&RULE, object, message).with([change]));
        }
    }
}

//! Row security without policies.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "rls-enabled-no-policy",
    summary: "Row security is on, but no policy shows a row",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Policies],
    denominator: "tables with row security",
    options: &[],
    peers: &["splinter 0008", "schemalint"],
    references: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    documentation: r"
## What it does

Reports tables with row security that no permissive policy opens.

## Why

Nobody but the owner and roles that bypass row security sees or writes a row. Either the policies were forgotten, or the roles
that use the table bypass row security and it protects nothing.

## Not reported

Tables with at least one permissive policy. Shutting everybody out can be meant: accept those tables in the configuration.

## Fix

Add the policies that are missing, or say in a comment that nobody is to read it by this way. Only a person knows them, so no
step is written.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders USING (owner = current_user);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| table.row_security) {
        let object = Object::table(table);
        if table.policies.iter().any(|policy| policy.permissive) {
            verdicts.pass(object);
            continue;
        }
        let message = match table.policies.len() {
            0 => "row security is on and there is no policy",
            _ => "row security is on and every policy restricts; none permits",
        };
        let advice = "add a policy for each role that uses the table, or accept that it is shut";
        verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
    }
}

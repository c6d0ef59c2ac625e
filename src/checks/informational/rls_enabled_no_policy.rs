//! Row security is on without any policy: only owner and superusers see rows.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "rls-enabled-no-policy",
    summary: "Row security is on without any policy: only owner and superusers see rows",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "tables with row security",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    documentation: r"
## What it does

Finds tables with row security and no policy.

## Why

Without a policy nobody but the owner sees a row, and nothing says so: queries come back empty.

## Not reported

Tables with a policy. To deny everything can be the purpose; then ignore the finding and say why.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
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
    for table in context.tables.base().filter(|table| table.table.row_security) {
        let object = Object::table(table);
        if table.table.policies.is_empty() {
            verdicts.fail(Finding::new(&RULE, object, "row security is on and no policy lets anybody see a row"));
        } else {
            verdicts.pass(object);
        }
    }
}

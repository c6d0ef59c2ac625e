//! Tables of one schema belong to different roles.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "owner-mixed",
    summary: "Tables of one schema belong to different roles",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "schemas with two tables or more",
    options: &[],
    peers: &["pglinter"],
    references: &["https://www.postgresql.org/docs/current/ddl-priv.html"],
    documentation: r"
## What it does

Reports a schema whose tables have different owners, once per schema.

## Why

Only the owner may alter a table: the next migration fails half-way at the table that somebody made by hand.

## Not reported

Schemas whose tables all belong to one role, whoever owns the schema.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE customers (id bigint PRIMARY KEY);
ALTER TABLE customers OWNER TO pg_monitor;
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE customers (id bigint PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in context.model.schemas.iter().filter(|schema| schema.tables.len() > 1) {
        let mut owners: BTreeMap<&str, u32> = BTreeMap::new();
        for owner in schema.tables.iter().filter_map(|table| table.owner.as_deref()) {
            *owners.entry(owner).or_default() += 1;
        }
        let object = Object::schema(&schema.name);
        if owners.len() < 2 {
            verdicts.pass(object);
            continue;
        }
        let counts: Vec<String> = owners.iter().map(|(owner, count)| format!("{owner} ({count})")).collect();
        let message = format!("its tables belong to {}", counts.join(", "));
        let advice = "ALTER TABLE … OWNER TO the role that runs the migrations";
        verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
    }
}

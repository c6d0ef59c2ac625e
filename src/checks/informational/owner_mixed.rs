//! Tables of one schema with different owners.

use crate::checks::columns::several;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "owner-mixed",
    summary: "The tables of a schema belong to different roles",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Roles],
    denominator: "schemas with tables",
    options: &[],
    peers: &["pglinter B011", "pglinter S005"],
    references: &["https://www.postgresql.org/docs/current/ddl-priv.html"],
    documentation: r"
## What it does

Reports a schema in which some tables belong to another role than most. Each schema is one finding.

## Why

Only the owner may alter a table. A migration that runs as one role stops at the first table of another, usually one that
somebody made by hand; and who owns a table is not bound by its row security.

## Not reported

Schemas in which no role owns more than half of the tables: which owner is meant cannot be told, so they are reported without
a remedy.

## Fix

Give the tables to the role that owns most of the schema, which should be the one that runs migrations, and grant their old
owners the rights on the rows, which an application, views or functions may rest on. Where no role owns most, a person has to
choose. A table with row security that does not bind its owner is left where it is: the old owner would see other rows.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY);
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE parcels (id integer PRIMARY KEY);
ALTER TABLE parcels OWNER TO pg_monitor;
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY);
CREATE TABLE customers (id integer PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut count = 0;
        for table in schema.tables.iter().filter(|table| table.is_base()) {
            if let Some(owner) = &table.owner {
                owners.entry(owner).or_default().push(&table.name);
                count += 1;
            }
        }
        let object = Object::schema(&schema.name);
        if owners.len() < 2 {
            if count > 0 {
                verdicts.pass(object);
            }
            continue;
        }
        let usual = owners.iter().find(|(_, tables)| tables.len() * 2 > count).map(|(owner, _)| *owner);
        let others = owners.iter().filter(|(owner, _)| Some(**owner) != usual);
        let described: Vec<String> =
            others.map(|(owner, tables)| format!("{owner} owns {}", several(tables))).collect();
        let Some(usual) = usual else {
            let message = format!("the tables belong to {} roles: {}", owners.len(), described.join("; "));
            verdicts.fail(Finding::new(&RULE, object, message).advise("give them to the role that runs migrations"));
            continue;
        };
        let changes = context
            .tables
            .base()
            .filter(|table| {
                table.schema.name == schema.name && table.table.owner.as_deref().is_some_and(|own| own != usual)
            })
            .map(|table| Change::SetOwner { table: table.qualified_name(), owner: usual.to_owned() });
        let message = format!("most tables belong to {usual}, but {}", described.join("; "));
        verdicts.fail(Finding::new(&RULE, object, message).with(changes));
    }
}

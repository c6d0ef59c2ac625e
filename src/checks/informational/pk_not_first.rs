//! A primary key that does not come first.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "pk-not-first",
    summary: "The first column of a table is not part of its primary key",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "tables with a primary key",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "Eessaar"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS"],
    documentation: r"
## What it does

Points out tables whose primary key does not begin with, or contain, the first column.

## Why

Readers look for the key at the top. Nothing else depends on it.

## Not reported

Tables whose first column belongs to the primary key.

## Fix

Put it first when the table is next rebuilt; it is worth no rebuild of its own, so no step is written.

## Example

```sql,fires
CREATE TABLE orders (placed_on date NOT NULL, id integer NOT NULL PRIMARY KEY);
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let (Some(key), Some(first)) = (&table.primary_key, table.columns.first()) else { continue };
        let object = Object::table(table);
        if key.columns.contains(&first.name) {
            verdicts.pass(object);
        } else {
            let message = format!("starts with {}; the primary key is {}", first.name, key.columns.join(", "));
            verdicts.fail(
                Finding::new(&RULE, object, message)
                    .advise("nothing to do but to put it first when the table is next rebuilt"),
            );
        }
    }
}

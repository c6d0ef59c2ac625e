//! A sequence that outlives its column.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, QualifiedName};
use std::collections::BTreeMap;
pub(super) static RULE: Rule = Rule {
    id: "sequence-not-owned",
    summary: "A column takes its numbers from a sequence that no column owns",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "columns with a default from a sequence",
    options: &[],
    peers: &["schemalint", "pg-index-health"],
    references: &["https://www.postgresql.org/docs/current/sql-createsequence.html"],
    documentation: r"
## What it does

Reports a column default that takes from a sequence without `OWNED BY`.

## Why

Dropping the table leaves the sequence behind, and tools that copy or restart the sequences of a table miss it.

## Not reported

Sequences that feed several columns, which share it on purpose.

## Fix

`ALTER SEQUENCE … OWNED BY` the column that draws from it, unless several do. No step is written, as sharing may be meant.

## Example

```sql,fires
CREATE SEQUENCE order_numbers;
CREATE TABLE orders (id bigint PRIMARY KEY DEFAULT nextval('order_numbers'));
```

```sql,passes
CREATE TABLE orders (id serial PRIMARY KEY);
CREATE SEQUENCE shared_numbers;
CREATE TABLE letters (id bigint PRIMARY KEY DEFAULT nextval('shared_numbers'));
CREATE TABLE parcels (id bigint PRIMARY KEY DEFAULT nextval('shared_numbers'));
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let sequence_of = |column: &Column| column.default.as_ref().and_then(|default| default.sequence.clone());
    let mut users: BTreeMap<QualifiedName, usize> = BTreeMap::new();
    for name in context.tables.iter().flat_map(|table| table.table.columns.iter().filter_map(sequence_of)) {
        *users.entry(name).or_default() += 1;
    }
    for table in context.tables.base() {
        for column in &table.table.columns {
            let Some(name) = sequence_of(column) else { continue };
            let object = Object::column(table, &column.name);
            let sequence = context
                .model
                .schemas
                .iter()
                .filter(|schema| schema.name == name.schema)
                .flat_map(|schema| &schema.sequences)
                .find(|sequence| sequence.name == name.name);
            match sequence {
                None => verdicts.unknown(object, format!("the sequence {} is not in the model", name.name)),
                Some(sequence) if sequence.owned_by.is_none() && users.get(&name) == Some(&1) => {
                    let message = format!("takes its numbers from {}, which no column owns", name.name);
                    let advice = format!("ALTER SEQUENCE … OWNED BY {}.{}", table.name, column.name);
                    verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
                }
                Some(_) => verdicts.pass(object),
            }
        }
    }
}

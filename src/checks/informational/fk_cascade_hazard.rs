//! A delete that takes more with it than one expects.

use crate::checks::relations::is_part_of;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Action, EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-cascade-hazard",
    summary: "A delete cascades through several tables, or into records that should stay",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys with ON DELETE CASCADE",
    options: &[],
    peers: &["Bytebase", "Eessaar"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK"],
    documentation: r"
## What it does

Reports a cascading foreign key from which a delete runs on through three tables or more, and one whose child is named an
audit, ledger, invoice or payment table.

## Why

One `DELETE` then removes rows in tables that nobody had in mind, holds locks on all of them, and leaves no trace.

## Not reported

Shorter chains. Parts of a record, `invoice_lines` of `invoices`: what decides is whether the record may go. Cascades that exist to erase a person's data are meant to be long: ignore them.

## Fix

Let the key that leads into records refuse (`RESTRICT`), or break the chain where a person should decide. No step is written,
as the chain may be meant.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE invoices (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT invoices_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY);
CREATE TABLE order_items (
    id integer NOT NULL PRIMARY KEY,
    order_id integer NOT NULL,
    CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE
);
CREATE TABLE invoices (id integer NOT NULL PRIMARY KEY);
CREATE TABLE invoice_lines (
    id integer NOT NULL PRIMARY KEY,
    invoice_id integer NOT NULL,
    CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id) ON DELETE CASCADE
);
```
",
    check,
};

/// A chain of this many cascades is worth knowing.
const DEEP: usize = 3;
const RECORDS: [&str; 4] = ["audit", "ledger", "invoice", "payment"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let depths = depths(context);
    for table in context.tables.base() {
        for key in table.foreign_keys.iter().filter(|key| key.on_delete == Action::Cascade) {
            let object = Object::foreign_key(table, key);
            let depth = depths.get(table.id.0).copied().unwrap_or(0) + 1;
            let name = table.name.to_lowercase();
            let is_part = is_part_of(&table.name, &key.referenced_table.name);
            let record = RECORDS.iter().find(|word| name.contains(*word) && !is_part);
            if let Some(word) = record {
                let message = format!("a delete in {} removes {word} rows", key.referenced_table.name);
                verdicts.fail(
                    Finding::new(&RULE, object, message)
                        .advise("refuse the delete, or keep the record without its parent"),
                );
            } else if depth >= DEEP {
                let message = format!("a delete in {} runs on through {depth} tables", key.referenced_table.name);
                verdicts.fail(
                    Finding::new(&RULE, object, message).advise("make sure that every table of the chain is meant"),
                );
            } else {
                verdicts.pass(object);
            }
        }
    }
}

/// Per table, how many cascades a delete of its rows sets off, one after the other. A cycle counts up to the limit.
fn depths(context: Context<'_>) -> Vec<usize> {
    let mut depths = vec![0; context.tables.len()];
    for _ in 0..DEEP {
        for table in context.tables.iter() {
            let below = context
                .tables
                .referenced_by(table.id)
                .filter(|(child, key)| key.on_delete == Action::Cascade && child.id != table.id)
                .filter_map(|(child, _)| depths.get(child.id.0).map(|depth| depth + 1))
                .max();
            if let Some(slot) = depths.get_mut(table.id.0) {
                *slot = below.unwrap_or(0).min(DEEP);
            }
        }
    }
    depths
}

//! Two foreign keys to one parent of which one contains the other.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-overlapping",
    summary: "Two foreign keys refer to one parent, and the columns of one are among those of the other",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys",
    options: &[],
    peers: &["pg-index-health", "db_verifier fk1011"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK"],
    documentation: r"
## What it does

Reports a foreign key whose columns are part of another key's to the same parent, such as `(customer_id)` beside
`(tenant_id, customer_id)`.

## Why

The larger key checks everything that the smaller one checks. Both are checked on every write.

## Not reported

- Keys that only share a column, such as `(tenant_id, sender_id)` and `(tenant_id, recipient_id)`.
- Keys over the same columns; that is `fk-duplicate`.

## Fix

Where both say the same, keep the larger key only. Composite keys that share a tenant are right as they are, so no step is
written.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, tenant integer NOT NULL, CONSTRAINT customers_tenant_id_key UNIQUE (tenant, id));
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    tenant integer NOT NULL,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
    CONSTRAINT orders_tenant_customer_id_fkey FOREIGN KEY (tenant, customer_id) REFERENCES customers (tenant, id) ON DELETE CASCADE
);
```

```sql,passes
CREATE TABLE users (tenant integer NOT NULL, id integer NOT NULL, PRIMARY KEY (tenant, id));
CREATE TABLE messages (
    id integer NOT NULL PRIMARY KEY,
    tenant integer NOT NULL,
    sender_id integer NOT NULL,
    recipient_id integer NOT NULL,
    CONSTRAINT messages_sender_fkey FOREIGN KEY (tenant, sender_id) REFERENCES users (tenant, id) ON DELETE CASCADE,
    CONSTRAINT messages_recipient_fkey FOREIGN KEY (tenant, recipient_id) REFERENCES users (tenant, id) ON DELETE CASCADE
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let object = Object::foreign_key(table, key);
            let larger = table.foreign_keys.iter().find(|other| {
                other.referenced_table == key.referenced_table
                    && other.columns.len() > key.columns.len()
                    && key.columns.iter().all(|column| other.columns.contains(column))
            });
            match larger {
                None => verdicts.pass(object),
                Some(other) => {
                    let message = format!(
                        "({}) is part of ({}), which refers to {} as well",
                        key.columns.join(", "),
                        other.columns.join(", "),
                        key.referenced_table.name
                    );
                    verdicts.fail(
                        Finding::new(&RULE, object, message).advise("keep the larger key only, if both are valid"),
                    );
                }
            }
        }
    }
}

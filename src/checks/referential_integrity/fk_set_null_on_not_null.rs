//! `SET NULL` on columns that refuse NULL.

use crate::checks::relations::{arrow, change_delete_action, delete_action};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Action, EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-set-null-on-not-null",
    summary: "A foreign key sets columns to NULL on delete that are NOT NULL",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 6,
    severity: Severity::Error,
    engines: &[EngineName::PostgreSql, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys with ON DELETE SET NULL",
    options: &[],
    peers: &[],
    references: &["https://www.postgresql.org/docs/current/sql-createtable.html"],
    documentation: r"
## What it does

Reports a foreign key with `ON DELETE SET NULL` one of whose columns is `NOT NULL`. MySQL and MariaDB refuse to create
such a key.

## Why

The declaration is accepted and every delete of a parent that has children fails with an error about the NOT NULL
constraint, far from its cause.

## Not reported

Columns of a composite key that are left out of `SET NULL (columns)` (PostgreSQL 15).

## Fix

Change the action to one that can be carried out, or allow NULL.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id) ON DELETE SET NULL
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

```sql,passes,postgresql,sqlite
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer REFERENCES customers (id) ON DELETE SET NULL);
```

```sql,passes,postgresql>=15
CREATE TABLE users (tenant_id integer NOT NULL, id integer NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE posts (
    id integer PRIMARY KEY,
    tenant_id integer NOT NULL,
    user_id integer,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE SET NULL (user_id)
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for key in table.foreign_keys.iter().filter(|key| key.on_delete == Action::SetNull) {
            let object = || Object::foreign_key(table, key);
            let set = if key.on_delete_columns.is_empty() { &key.columns } else { &key.on_delete_columns };
            let refusing: Vec<_> = set
                .iter()
                .filter(|name| table.column(name).is_some_and(|column| !column.nullable || column.not_null_unvalidated))
                .map(String::as_str)
                .collect();
            if refusing.is_empty() {
                verdicts.pass_in(table, object);
                continue;
            }
            let message = format!(
                "a delete of the parent of {} sets {} to NULL, which is NOT NULL",
                arrow(key),
                refusing.join(", ")
            );
            let finding = Finding::new(&RULE, object(), message);
            let change = match context.tables.find(&key.referenced_table) {
                Some(parent) => {
                    change_delete_action(context, table, key, delete_action(context, table, parent, &key.columns))
                }
                None => Err("choose another delete action, or allow NULL"),
            };
            verdicts.fail(match change {
                Ok(change) => finding.with([change]),
                Err(advice) => finding.advise(advice),
            });
        }
    }
}

//! `SET DEFAULT` without a default that could be a parent.

use crate::checks::relations::{arrow, change_delete_action};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Action, EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-set-default-unusable",
    summary: "A foreign key sets columns to a default that they do not have",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 3,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys with ON DELETE SET DEFAULT",
    options: &[],
    peers: &[],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html"],
    documentation: r"
## What it does

Reports a foreign key with `ON DELETE SET DEFAULT` when one of the columns it sets has no default, or NULL. InnoDB shows
the action and refuses the delete instead, so in MySQL every such key is reported. MariaDB stores `RESTRICT` in its place,
so nothing can be seen there.

## Why

The key promises that children move to a fallback parent. In fact they lose their parent, or the delete fails.

## Not reported

Keys whose columns have a default other than NULL.

## Fix

Change the action to `SET NULL` where the columns may be empty, else to `RESTRICT`.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET DEFAULT
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

```sql,passes,postgresql,sqlite
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL DEFAULT 1 REFERENCES customers (id) ON DELETE SET DEFAULT
);
```

```sql,passes,mysql
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mysql = context.model.engine.name == EngineName::MySql;
    for table in context.tables.base() {
        for key in table.foreign_keys.iter().filter(|key| key.on_delete == Action::SetDefault) {
            let object = || Object::foreign_key(table, key);
            let set = if key.on_delete_columns.is_empty() { &key.columns } else { &key.on_delete_columns };
            let without: Vec<_> = set
                .iter()
                .filter(|name| {
                    table.column(name).is_none_or(|column| {
                        column.default.as_ref().is_none_or(|default| default.expression.eq_ignore_ascii_case("null"))
                    })
                })
                .map(String::as_str)
                .collect();
            if without.is_empty() && !mysql {
                verdicts.pass_in(table, object);
                continue;
            }
            let message = if mysql {
                format!("InnoDB does not carry out SET DEFAULT of {}; deletes of the parent are refused", arrow(key))
            } else {
                format!("{} sets columns without a default: {}", arrow(key), without.join(", "))
            };
            let nullable = set.iter().all(|name| table.column(name).is_some_and(|column| column.nullable));
            let on_delete = if nullable { Action::SetNull } else { Action::Restrict };
            let finding = Finding::new(&RULE, object(), message);
            verdicts.fail(match change_delete_action(context, table, key, on_delete) {
                Ok(change) => finding.with([change]),
                Err(advice) => finding.advise(advice),
            });
        }
    }
}

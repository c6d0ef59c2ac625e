//! A foreign key into another schema.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-cross-schema",
    summary: "A foreign key refers to a table of another schema",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys",
    options: &[],
    peers: &["pglinter B007"],
    references: &["https://www.postgresql.org/docs/current/ddl-schemas.html"],
    documentation: r"
## What it does

Points out foreign keys whose parent stands in another schema, in MySQL and MariaDB another database.

## Why

The schemas can no longer be dumped, moved or granted apart. In a modular monolith that may be the plan.

## Not reported

Keys inside one schema.

## Fix

Keep it where both schemas are deployed together. Else copy what is needed and drop the key; no step is written.

## Example

```sql,fires,postgresql
CREATE SCHEMA billing;
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE billing.accounts (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
```

```sql,fires,mysql,mariadb
CREATE SCHEMA other_schema;
CREATE TABLE other_schema.customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES other_schema.customers (id) ON DELETE CASCADE
);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let object = Object::foreign_key(table, key);
            let parent = &key.referenced_table;
            if parent.schema == table.schema.name {
                verdicts.pass(object);
            } else {
                let message = format!("refers to {}.{}", parent.schema, parent.name);
                verdicts.fail(
                    Finding::new(&RULE, object, message).advise("keep both schemas together in dumps and grants"),
                );
            }
        }
    }
}

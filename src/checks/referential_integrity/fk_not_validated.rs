//! A foreign key that existing rows were never checked against.

use crate::checks::relations::{arrow, is_being_validated};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-not-validated",
    summary: "A foreign key was added NOT VALID and never validated",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 6,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys",
    options: &[],
    peers: &["pg-index-health", "db_verifier c1001", "PgHero"],
    references: &["https://www.postgresql.org/docs/current/sql-altertable.html"],
    documentation: r"
## What it does

Reports a foreign key that is enforced for new rows but was never checked against the rows that were there.

## Why

`NOT VALID` is the first half of adding a constraint without blocking writes. Without the second half orphans may stay
in the table, and the planner may not rely on the relation.

## Not reported

Keys that are `NOT ENFORCED` or whose triggers are disabled: PostgreSQL calls them not validated as well, and
`fk-not-enforced` reports them. Keys that were being validated while the catalog was read, as far as the role sees what others run.

## Fix

Look for rows without a parent, mend them, then `VALIDATE CONSTRAINT`, which reads the table while others write.

## Example

```sql,fires
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)
    ON DELETE CASCADE NOT VALID;
```

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL);
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_id_fkey;
```

```sql,passes,postgresql>=18
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id) NOT ENFORCED);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let object = || Object::foreign_key(table, key);
            let validating =
                key.name.as_deref().is_some_and(|name| is_being_validated(context, table, |it| it.constraint == name));
            if key.validated || !key.enforced || !key.disabled_triggers_on.is_empty() || validating {
                verdicts.pass_in(table, object);
                continue;
            }
            let message = format!("existing rows were never checked against {} (NOT VALID)", arrow(key));
            let validate =
                key.name.clone().map(|name| Change::ValidateConstraint { table: table.qualified_name(), name });
            verdicts.fail(Finding::new(&RULE, object(), message).with(validate));
        }
    }
}

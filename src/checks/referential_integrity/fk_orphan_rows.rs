//! Child rows whose parent does not exist.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, ForeignKeyRows, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-orphan-rows",
    summary: "Rows refer to parents that do not exist, in spite of a foreign key",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 8,
    severity: Severity::Error,
    engines: &EngineName::ALL,
    needs: Needs::Data,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys that are not known to hold: not validated or not enforced in PostgreSQL, every one elsewhere",
    options: &[],
    peers: &["SQLite foreign_key_check"],
    references: &["https://sqlite.org/pragma.html#pragma_foreign_key_check"],
    documentation: r"
## What it does

Looks for rows without a parent under the foreign keys whose rows the catalog does not vouch for. Only table data can tell,
so every such key is unknown without `--data`. With it, up to a million rows of each child table are compared, and up to a
thousand orphans counted.

## Why

PostgreSQL knows that a validated key holds. MySQL, MariaDB and SQLite never check rows again that were loaded while
checks were off, and keep no record of it.

## Not reported

- Validated and enforced keys of PostgreSQL, which hold.
- Children of soft-deleted parents: the parent row is there.

## Fix

Delete the rows, give them a parent or NULL, in batches, then validate the key. Only a person knows which, so no step is
written.

## Example

```sql,fires,postgresql
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL);
INSERT INTO orders VALUES (1, 7);
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE NOT VALID;
```

```sql,fires,mysql,mariadb
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
SET foreign_key_checks = 0;
INSERT INTO orders VALUES (1, 7);
```

```sql,fires,sqlite
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
PRAGMA foreign_keys = OFF;
INSERT INTO orders VALUES (1, 7);
```

A reference that is NULL in one of its columns refers to nothing and is no orphan:

```sql,passes
CREATE TABLE regions (country integer NOT NULL, code integer NOT NULL, PRIMARY KEY (country, code));
CREATE TABLE shops (
    id integer NOT NULL PRIMARY KEY, country integer, region integer,
    CONSTRAINT shops_region_fkey FOREIGN KEY (country, region) REFERENCES regions (country, code)
);
INSERT INTO shops VALUES (1, 5, NULL);
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
    let vouches = context.model.engine.name == EngineName::PostgreSql;
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            if vouches && key.validated && key.enforced && key.disabled_triggers_on.is_empty() {
                continue;
            }
            let object = || Object::foreign_key(table, key);
            let Some(data) = &context.model.data else {
                verdicts.unknown(object(), "needs --data: only the rows can tell");
                continue;
            };
            match data.foreign_key(&table.qualified_name(), &key.columns) {
                Some(ForeignKeyRows { orphans: Some(0), complete: true, .. }) => verdicts.pass_in(table, object),
                Some(ForeignKeyRows { orphans: Some(0), .. }) => {
                    verdicts.unknown(object(), "no orphan among the rows looked at, but there are more rows");
                }
                Some(ForeignKeyRows { orphans: Some(orphans), .. }) => {
                    let message = format!(
                        "{orphans}{} rows refer to no row of {}",
                        if *orphans >= 1000 { " or more" } else { "" },
                        key.referenced_table.name
                    );
                    let advice =
                        "delete these rows, set the columns to NULL or insert the parents; then validate the key";
                    verdicts.fail(Finding::new(&RULE, object(), message).advise(advice));
                }
                found => {
                    let reason =
                        found.and_then(|rows| rows.reason.as_deref()).unwrap_or("the key is not in the answers");
                    verdicts.unknown(object(), format!("the rows could not be read: {reason}"));
                }
            }
        }
    }
}

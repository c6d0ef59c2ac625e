//! Two foreign keys that say the same.

use crate::checks::relations::{arrow, same_relation};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, ForeignKey, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-duplicate",
    summary: "Two foreign keys declare the same relation",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 4,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys",
    options: &[],
    peers: &["pg-index-health", "db_verifier fk1010", "tbls duplicateRelations", "pt-duplicate-key-checker"],
    references: &["https://docs.percona.com/percona-toolkit/pt-duplicate-key-checker.html"],
    documentation: r"
## What it does

Reports a foreign key of a table to a parent for which another one pairs the same columns, in any order. Of the two, the
one that is not validated is reported, else the one whose name sorts last: two copies of a schema then get the same answer, which
the order of creation would not give.

## Why

Every write is checked twice, and when the two have different actions it is hard to say which one governs.

## Not reported

Keys that pair other columns of the same two tables.

Two keys of which one is not validated, or whose actions differ, look like a change of action half-way through; they are
information.

## Fix

Finish a change of action that stopped half-way. Else drop the one that is reported, which locks both tables for a moment.
No step is written in SQLite.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
    CONSTRAINT orders_customer_id_fkey_2 FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

```sql,passes
CREATE TABLE users (id integer NOT NULL PRIMARY KEY);
CREATE TABLE messages (
    id integer NOT NULL PRIMARY KEY,
    sender_id integer NOT NULL,
    recipient_id integer NOT NULL,
    CONSTRAINT messages_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT messages_recipient_id_fkey FOREIGN KEY (recipient_id) REFERENCES users (id) ON DELETE CASCADE
);
```

A change of action half-way through:

```sql,fires,severity=info
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE RESTRICT,
    CONSTRAINT orders_customer_id_fkey_2 FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

```sql,fires,postgresql,severity=info
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_new FOREIGN KEY (customer_id) REFERENCES customers (id)
    ON DELETE CASCADE NOT VALID;
```

Partitions have copies of the parent's key:

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE visits (customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE, at date NOT NULL)
    PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE TABLE visits_2031 PARTITION OF visits FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for (position, key) in table.foreign_keys.iter().enumerate() {
            let object = || Object::foreign_key(table, key);
            let rank = |key: &ForeignKey, position: usize| (!key.validated, position);
            let better = table.foreign_keys.iter().enumerate().find(|(other_position, other)| {
                *other_position != position
                    && same_relation(key, other)
                    && rank(other, *other_position) < rank(key, position)
            });
            let Some((_, better)) = better else {
                verdicts.pass_in(table, object);
                continue;
            };
            let message = format!("{} is declared by {} as well", arrow(key), called(better));
            let finding = Finding::new(&RULE, object(), message);
            let alike = key.on_delete == better.on_delete
                && key.on_update == better.on_update
                && key.validated == better.validated;
            verdicts.fail(if !alike {
                finding.severity(Severity::Info).advise("finish the change of the key and drop the old one")
            } else if context.model.engine.name == EngineName::Sqlite {
                finding.advise("leave one of the two out when the table is next rebuilt")
            } else {
                finding.with([Change::DropForeignKey {
                    table: table.qualified_name(),
                    name: key.name.clone(),
                    columns: key.columns.clone(),
                }])
            });
        }
    }
}

fn called(key: &ForeignKey) -> &str {
    key.name.as_deref().unwrap_or("another key")
}

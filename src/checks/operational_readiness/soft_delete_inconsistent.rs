use crate::checks::columns::type_in;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, NewColumn, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, ForeignKey, QualifiedName, TableRef, UnseenKind};
use crate::survey::{SoftDelete, TableClass, singular, split};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "soft-delete-inconsistent",
    summary: "Rows are marked as deleted, but not the rows that belong to them",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "entity tables with a mandatory foreign key to a table that marks rows as deleted",
    options: &[],
    peers: &[],
    references: &["https://github.com/jhawthorn/discard#working-with-associations"],
    documentation: r"
## What it does

Where a table marks rows as deleted (`deleted_at`, `is_deleted` and the like), looks at the entity tables whose rows cannot
exist without one of its rows, and expects the same mark there.

## Why

Queries on the child that forget to join the parent show rows of a parent that is gone. Two ways of marking in one schema make
every query a guess.

## Not reported

Tables that depend on further tables whose rows are not marked (`cart_items` of `carts` and `products`): they go with these. Logs,
junction tables and copies; orders, invoices, payments and other records of business with their parts, which stay when a
customer or product goes; optional references; schemas in which nothing is marked.

## Fix

Add the mark under the name and type that the parent has; queries and deletes of the parent have to use it.

## Example

```sql,fires,sqlite
CREATE TABLE customers (id integer PRIMARY KEY, code integer NOT NULL, deleted_at timestamp);
CREATE TABLE addresses (
    id integer PRIMARY KEY, street varchar(80), town varchar(80),
    customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX addresses_customer_id_idx ON addresses (customer_id);
```

```sql,fires,postgresql
CREATE TABLE customers (id bigint PRIMARY KEY, code integer NOT NULL, deleted_at timestamptz);
CREATE TABLE addresses (
    id bigint PRIMARY KEY, street text, town text,
    customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX addresses_customer_id_idx ON addresses (customer_id);
```

```sql,fires,mysql,mariadb
CREATE TABLE customers (id bigint PRIMARY KEY, code int NOT NULL, deleted_at datetime);
CREATE TABLE addresses (
    id bigint PRIMARY KEY, street varchar(80), town varchar(80), customer_id bigint NOT NULL,
    CONSTRAINT fk_addresses_customer_id FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, code integer NOT NULL, deleted_at timestamp);
CREATE TABLE addresses (
    id integer PRIMARY KEY, street varchar(80), town varchar(80), customer_id integer NOT NULL REFERENCES customers (id),
    deleted_at timestamp
);
CREATE TABLE carts (id integer PRIMARY KEY, a integer, b integer);
CREATE TABLE cart_holders (
    id integer PRIMARY KEY, amount integer, price integer, note varchar(80),
    cart_id integer NOT NULL REFERENCES carts (id), customer_id integer NOT NULL REFERENCES customers (id)
);
CREATE TABLE notes (id integer PRIMARY KEY, a integer, b integer, customer_id integer REFERENCES customers (id));
CREATE TABLE orders (id integer PRIMARY KEY, a integer, b integer, c integer, customer_id integer NOT NULL REFERENCES customers (id));
CREATE TABLE customer_events (id integer PRIMARY KEY, a integer, b integer, customer_id integer NOT NULL REFERENCES customers (id));
```

A ledger keeps what was booked:

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, code integer NOT NULL, deleted_at timestamp);
CREATE TABLE ledger_entries (
    id integer PRIMARY KEY, amount integer, booked_on date, note varchar(80),
    customer_id integer NOT NULL REFERENCES customers (id)
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let marks: BTreeMap<&QualifiedName, &SoftDelete> =
        context.survey.soft_deletes.iter().map(|mark| (&mark.table, mark)).collect();
    for table in context.tables.base() {
        if context.survey.class(table.id) != TableClass::Entity || is_record(&table.table.name) {
            continue;
        }
        let name = table.qualified_name();
        let mandatory = |key: &ForeignKey| {
            key.columns.iter().all(|column| table.table.column(column).is_some_and(|column| !column.nullable))
        };
        let parents = table.table.foreign_keys.iter().filter(|key| key.referenced_table != name && mandatory(key));
        let marked: Option<Vec<_>> = parents.map(|key| marks.get(&key.referenced_table)).collect();
        let Some(parent) = marked.and_then(|marked| marked.first().copied()) else { continue };
        let object = Object::table(table);
        match marks.get(&name) {
            Some(own) if own.timestamp == parent.timestamp => verdicts.pass(object),
            Some(own) => {
                let message = format!(
                    "marks deleted rows by {}, but {} by {}: one by a moment, the other by a flag",
                    own.column, parent.table.name, parent.column
                );
                verdicts.fail(Finding::new(&RULE, object, message).advise("choose one way for the whole schema"));
            }
            None => {
                let message = format!(
                    "belongs to {}, whose deleted rows are marked by {}, but has no such column",
                    parent.table.name, parent.column
                );
                let column = context.tables.find(&parent.table).and_then(|table| table.table.column(&parent.column));
                let change = column.map(|column| add(table, column));
                let advice = "skip it where rows are deleted for good on purpose, and say so in the configuration";
                verdicts.fail(Finding::new(&RULE, object, message).with(change).advise(advice));
            }
        }
    }
}

/// Words of tables whose rows say what was agreed or paid.
const RECORDS: [&str; 13] = [
    "order",
    "purchase",
    "sale",
    "invoice",
    "payment",
    "refund",
    "receipt",
    "transaction",
    "ledger",
    "journal",
    "contract",
    "booking",
    "shipment",
];

fn is_record(table: &str) -> bool {
    split(table).iter().any(|word| RECORDS.contains(&singular(word).as_str()))
}

/// The parent's column again.
fn add(table: TableRef<'_>, like: &Column) -> Change {
    let default = like.default.as_ref().map(|default| default.expression.clone());
    Change::AddColumn {
        table: table.qualified_name(),
        column: NewColumn {
            name: like.name.clone(),
            data_type: type_in(table.table, &like.data_type).to_owned(),
            not_null: !like.nullable && default.is_some(),
            fill: default.clone().filter(|_| !like.nullable),
            default,
            on_update: None,
        },
    }
}

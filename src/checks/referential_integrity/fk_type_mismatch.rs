//! A referencing column whose type is not the referenced column's.

use crate::checks::relations::{TypeMatch, compare_types, unify_types};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-type-mismatch",
    summary: "The columns of a foreign key have another type than those they refer to",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys whose columns are known on both sides",
    options: &[],
    peers: &[
        "pg-index-health",
        "db_verifier fk1001",
        "SchemaCrawler",
        "Azimutt",
        "active_record_doctor",
        "database_consistency",
        "pglinter B008",
        "Eessaar",
    ],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK"],
    documentation: r"
## What it does

Compares the types of each referencing and referenced column. PostgreSQL accepts a key from `integer` to `bigint` or from
`varchar` to `text`; SQLite accepts anything and compares by type affinity.

## Why

A child of type `integer` cannot refer to a parent key beyond 2 147 483 647: inserts start to fail on the day the parent
outgrows it. In SQLite a text `'1'` in a column without affinity never equals the number 1.

## Not reported

- Domains over the type of the other side.
- MySQL and MariaDB, which refuse such keys themselves.

A child narrower than its parent is an error. A child that is wider, usual half-way through a change to `bigint`, and
types that differ only in length are information.

## Fix

Widen the narrower side to the type of the other, together with the columns that refer to it. Where neither type holds the
other, a person has to choose.

## Example

```sql,fires,postgresql,severity=error
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

```sql,fires,postgresql,severity=info
CREATE TABLE countries (code varchar(20) PRIMARY KEY);
CREATE TABLE towns (id bigint PRIMARY KEY, country_code varchar(10) NOT NULL REFERENCES countries (code) ON DELETE RESTRICT);
CREATE INDEX towns_country_code_idx ON towns (country_code);
```

```sql,fires,postgresql,severity=info
CREATE TABLE countries (code varchar(10) PRIMARY KEY);
CREATE TABLE towns (id bigint PRIMARY KEY, country_code varchar(20) NOT NULL REFERENCES countries (code) ON DELETE RESTRICT);
CREATE TABLE rivers (id bigint PRIMARY KEY, country_code text NOT NULL REFERENCES countries (code) ON DELETE RESTRICT);
CREATE INDEX towns_country_code_idx ON towns (country_code);
CREATE INDEX rivers_country_code_idx ON rivers (country_code);
```

```sql,fires,sqlite
CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

```sql,passes,postgresql
CREATE DOMAIN customer_key AS bigint;
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id customer_key NOT NULL REFERENCES customers (id));
CREATE TABLE returns (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers (id));
```

```sql,passes,sqlite
CREATE TABLE customers (id INTEGER PRIMARY KEY, code VARCHAR(10) NOT NULL UNIQUE);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    customer_code TEXT NOT NULL REFERENCES customers (code)
);
```

A child that is wider, as half-way through a change to `bigint`:

```sql,fires,postgresql,severity=info
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let Some(parent) = context.tables.find(&key.referenced_table) else { continue };
            let pairs: Vec<_> = key
                .columns
                .iter()
                .zip(&key.referenced_columns)
                .filter_map(|(child, referenced)| Some((table.column(child)?, parent.column(referenced)?)))
                .collect();
            if pairs.is_empty() || pairs.len() != key.columns.len() {
                continue;
            }
            let object = || Object::foreign_key(table, key);
            let different: Vec<_> = pairs
                .into_iter()
                .map(|(child, referenced)| (child, referenced, compare_types(context, child, referenced)))
                .filter(|(.., verdict)| *verdict != TypeMatch::Same)
                .collect();
            if different.is_empty() {
                verdicts.pass_in(table, object);
                continue;
            }
            let facts: Vec<_> = different
                .iter()
                .map(|(child, referenced, _)| {
                    format!(
                        "{} is {}, but {}.{} is {}",
                        child.name,
                        named(&child.data_type),
                        parent.name,
                        referenced.name,
                        named(&referenced.data_type)
                    )
                })
                .collect();
            let any = |wanted| different.iter().any(|(.., verdict)| *verdict == wanted);
            let severity = if any(TypeMatch::ChildNarrower) {
                Severity::Error
            } else if any(TypeMatch::Different) {
                Severity::Warning
            } else {
                Severity::Info
            };
            let changes: Vec<_> = different
                .iter()
                .filter_map(|(child, referenced, _)| unify_types(context, (table, child), (parent, referenced)))
                .collect();
            let mut finding = Finding::new(&RULE, object(), facts.join("; ")).severity(severity);
            if changes.len() == different.len() {
                finding = finding.with(changes);
            } else {
                finding = finding.advise("decide which type both sides should have");
            }
            verdicts.fail(finding);
        }
    }
}

fn named(data_type: &str) -> &str {
    if data_type.is_empty() { "declared without a type" } else { data_type }
}

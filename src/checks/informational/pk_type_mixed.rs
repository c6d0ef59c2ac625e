//! Primary keys of different types.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef, UnseenKind};
use crate::survey::TableClass;
use std::collections::BTreeMap;
pub(super) static RULE: Rule = Rule {
    id: "pk-type-mixed",
    summary: "Identifiers have another type here than in most tables",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "single-column identifiers of entity tables",
    options: &[],
    peers: &["pg-index-health", "Azimutt"],
    references: &["https://www.postgresql.org/docs/current/datatype-numeric.html"],
    documentation: r"
## What it does

Finds the most common type of single-column primary keys named like an identifier, and reports those of another type.

## Why

Code that handles identifiers has to know each table, and references between them need care.

## Not reported

- Lookup, junction, log and archive tables.
- Schemas in which no type has more than half of the tables.
- `integer` beside `bigint` where the key counts by itself: `pk-int-exhaustible` widens it, so that all are to be `bigint`.

During a change to `bigint` or UUID both types are normal.

## Fix

Use one type for new tables; `pk-int-exhaustible` widens the keys that need it. No step is written for the rest.

## Example

```sql,fires,postgresql,mysql,mariadb
CREATE TABLE customers (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, city varchar(40) NOT NULL, born_on date NOT NULL, street varchar(40) NOT NULL);
CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY, total bigint NOT NULL, placed_on date NOT NULL, note varchar(40) NOT NULL, weight bigint NOT NULL);
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, height bigint NOT NULL, sent_on date NOT NULL, note varchar(40) NOT NULL, weight bigint NOT NULL);
```

```sql,fires,sqlite
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, born_on TEXT NOT NULL, street TEXT NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL, placed_on TEXT NOT NULL, note TEXT NOT NULL, weight INTEGER NOT NULL);
CREATE TABLE parcels (id TEXT NOT NULL PRIMARY KEY, height INTEGER NOT NULL, sent_on TEXT NOT NULL, note TEXT NOT NULL, weight INTEGER NOT NULL);
```

```sql,passes,postgresql
CREATE TABLE customers (id serial PRIMARY KEY, name varchar(40) NOT NULL, city varchar(40) NOT NULL, born_on date NOT NULL, street varchar(40) NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, total bigint NOT NULL, placed_on date NOT NULL, note varchar(40) NOT NULL, weight bigint NOT NULL);
CREATE TABLE parcels (id bigserial PRIMARY KEY, height bigint NOT NULL, sent_on date NOT NULL, note varchar(40) NOT NULL, weight bigint NOT NULL);
```

A copy of a key has that key's type:

```sql,passes,postgresql
CREATE TABLE customers (id serial PRIMARY KEY, name varchar(40) NOT NULL, city varchar(40) NOT NULL, born_on date NOT NULL, street varchar(40) NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, total bigint NOT NULL, placed_on date NOT NULL, note varchar(40) NOT NULL, weight bigint NOT NULL);
CREATE TABLE order_texts (order_id integer PRIMARY KEY, height bigint NOT NULL, sent_on date NOT NULL, note varchar(40) NOT NULL, weight bigint NOT NULL);
```

```sql,passes,mysql,mariadb
CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL, city varchar(40) NOT NULL, born_on date NOT NULL, street varchar(40) NOT NULL);
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, total bigint NOT NULL, placed_on date NOT NULL, note varchar(40) NOT NULL, weight bigint NOT NULL);
CREATE TABLE parcels (id bigint AUTO_INCREMENT PRIMARY KEY, height bigint NOT NULL, sent_on date NOT NULL, note varchar(40) NOT NULL, weight bigint NOT NULL);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, city varchar(40) NOT NULL, born_on date NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, total integer NOT NULL, placed_on date NOT NULL, note varchar(40) NOT NULL);
```
",
    check,
};

/// An identifier with its type, and with the type that it is to get.
struct Key<'m> {
    table: TableRef<'m>,
    column: &'m Column,
    now: &'m str,
    then: &'m str,
}

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let keys: Vec<Key<'_>> = context
        .tables
        .base()
        .filter(|table| context.survey.class(table.id) == TableClass::Entity)
        .filter_map(|table| {
            let key = table.table.primary_key.as_ref().filter(|key| key.columns.len() == 1)?;
            let column = table.table.column(key.columns.first()?)?;
            let lower = column.name.to_lowercase();
            let identifier = lower.ends_with("id") || lower.ends_with("key");
            let now = match column.base_type() {
                "int" => "integer",
                base => base,
            };
            // What counts by itself is to be widened, whatever it is now.
            let widened = context.model.engine.name != EngineName::Sqlite
                && column.is_auto_generated()
                && ["tinyint", "smallint", "mediumint", "integer"].contains(&now);
            let then = if widened { "bigint" } else { now };
            identifier.then_some(Key { table, column, now, then })
        })
        .collect();
    let Some(usual) = self::usual(keys.iter().map(|key| key.then)) else { return };
    let usual_now = self::usual(keys.iter().map(|key| key.now));
    for Key { table, column, now, then } in &keys {
        let object = Object::table(*table);
        if *then == usual || usual_now.is_some_and(|usual| *now == usual) {
            verdicts.pass(object);
        } else {
            let message = format!("{} is {then}; most identifiers here are {usual}", column.name);
            verdicts.fail(Finding::new(&RULE, object, message).advise("use one type for new tables"));
        }
    }
}

/// The type of more than half of them.
fn usual<'t>(types: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for base in types {
        *counts.entry(base).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    counts.into_iter().find(|(_, count)| count * 2 > all).map(|(base, _)| base)
}

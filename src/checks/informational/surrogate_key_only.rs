//! A table whose rows only a generated number tells apart.

use crate::checks::columns::is_reference;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};
use crate::survey::{TableClass, singular, split};
pub(super) static RULE: Rule = Rule {
    id: "surrogate-key-only",
    summary: "The only unique key of an entity is a generated identifier",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::Indexes, UnseenKind::ForeignKeys],
    denominator: "entity tables with a primary key, of things that are and not of what happens",
    options: &[],
    peers: &["Eessaar", "DbDeo"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS"],
    documentation: r"
## What it does

Reports an entity table whose primary key is generated and which has no other unique key.

## Why

The same thing can be stored twice under two numbers, and nothing in the schema says what makes two rows the same.

## Not reported

Lookup, junction, log, archive and framework tables, tables of what happens and may happen twice (payments, comments,
sessions, bans), and tables whose key is not generated or refers to another table.

## Fix

Declare unique what makes two rows the same, if anything does. Only a person knows that, so no step is written.

## Example

```sql,fires,postgresql
CREATE TABLE customers (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL, city text NOT NULL, street text NOT NULL, born_on date NOT NULL
);
```

```sql,fires,mysql,mariadb
CREATE TABLE customers (
    id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(40) NOT NULL, city varchar(40) NOT NULL, street varchar(40) NOT NULL, born_on date NOT NULL
);
```

```sql,fires,sqlite
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, city TEXT NOT NULL, street TEXT NOT NULL, born_on TEXT NOT NULL
);
```

```sql,passes
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY,
    name varchar(40) NOT NULL, number varchar(20) NOT NULL,
    CONSTRAINT customers_number_key UNIQUE (number)
);
```

```sql,passes,postgresql
CREATE TABLE payments (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_number text, amount numeric, note text, paid_on date);
```

```sql,passes,mysql,mariadb
CREATE TABLE payments (id int AUTO_INCREMENT PRIMARY KEY, order_number varchar(20), amount int, note varchar(40), paid_on date);
```

```sql,passes,sqlite
CREATE TABLE film (film_id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, year INTEGER, length INTEGER);
CREATE TABLE film_text (film_id INTEGER PRIMARY KEY, title TEXT, description TEXT, language TEXT, summary TEXT);
```
",
    check,
};

/// Words of tables whose rows say what happened: the same may happen again.
const HAPPENINGS: [&str; 16] = [
    "payment",
    "refund",
    "shipment",
    "movement",
    "transaction",
    "comment",
    "attachment",
    "cart",
    "session",
    "sess",
    "message",
    "notification",
    "visit",
    "ban",
    "banned",
    "reading",
];

fn happens(table: &str) -> bool {
    split(table).iter().any(|word| HAPPENINGS.contains(&singular(word).as_str()))
}

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| context.survey.class(table.id) == TableClass::Entity) {
        if happens(&table.name) {
            continue;
        }
        let Some(key) = &table.primary_key else { continue };
        let generated = key.columns.iter().all(|name| {
            let own = table.qualified_name();
            let mut inferred = context.survey.relations_of(&own);
            let refers = is_reference(table, name) || inferred.any(|relation| relation.column == *name);
            table.column(name).filter(|_| !refers).is_some_and(|column| {
                column.is_auto_generated()
                    || column.default.as_ref().is_some_and(|default| default.expression.to_lowercase().contains("uuid"))
            })
        });
        let others = table.indexes.iter().any(|index| index.guarantees_unique() && !index.primary)
            || !table.unique_constraints.is_empty()
            || !table.exclusion_constraints.is_empty();
        let object = Object::table(table);
        if generated && !others {
            let message = format!("only the generated {} tells two rows apart", key.columns.join(", "));
            let advice = "declare unique what makes two rows the same, if anything does";
            verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
        } else {
            verdicts.pass(object);
        }
    }
}

use super::renamed;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef, UnseenKind};
use crate::survey::{TableClass, key_words, split};

pub(super) static RULE: Rule = Rule {
    id: "pk-column-name",
    summary: "A primary key's column is named in another way than most",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "primary keys over one column, where at least 70 % are named in one way: id, or the table's name and id",
    options: &[],
    peers: &["Bytebase", "Azimutt"],
    references: &["https://github.com/azimuttapp/azimutt"],
    documentation: r"
## What it does

Tells apart primary keys called `id`, those called for their table (`customer_id`), and others, and finds those that differ from
a large majority.

## Why

Joins, generated code and object-relational mappers count on one way.

## Not reported

Tables that extend another by sharing its key, declared or most likely, lookup tables with a code for their key, keys that mean
something and that the database does not make (`settings.name`, `password_resets.email`), tables of libraries, keys called for
what the table hands out (`invoice_numbers.number`). Nothing where no way has 70 %.

## Fix

Rename the column as most keys are named, together with the code that uses it.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, a integer, b integer);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, number integer, c integer, d integer);
CREATE TABLE visits (id integer NOT NULL PRIMARY KEY, pages integer, e integer, f integer);
CREATE TABLE parcels (parcel_id integer NOT NULL PRIMARY KEY, weight integer, g integer, h integer);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, a integer, b integer);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, number integer, c integer, d integer);
CREATE TABLE visits (id integer NOT NULL PRIMARY KEY, pages integer, e integer, f integer);
CREATE TABLE countries (code char(2) NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE password_resets (email varchar(80) NOT NULL PRIMARY KEY, token varchar(80) NOT NULL, c integer, d integer);
CREATE TABLE customer_notes (customer_id integer NOT NULL PRIMARY KEY, note varchar(80) NOT NULL, e integer, FOREIGN KEY (customer_id) REFERENCES customers (id));
```

A copy of another table's texts, without a foreign key:

```sql,passes
CREATE TABLE actor (actor_id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, a integer, b integer);
CREATE TABLE film (film_id integer NOT NULL PRIMARY KEY, year integer, c integer, d integer);
CREATE TABLE language (language_id integer NOT NULL PRIMARY KEY, speakers integer, e integer, f integer);
CREATE TABLE film_text (film_id integer NOT NULL PRIMARY KEY, title varchar(80), description varchar(800), g integer);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, a integer, b integer);
CREATE TABLE parcels (parcel_id integer NOT NULL PRIMARY KEY, weight integer, g integer, h integer);
```

A table that hands out numbers:

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, a integer, b integer);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, note varchar(40), c integer, d integer);
CREATE TABLE visits (id integer NOT NULL PRIMARY KEY, pages integer, e integer, f integer);
CREATE TABLE invoice_numbers (number integer NOT NULL PRIMARY KEY, taken_at timestamp, order_year integer, g integer);
```
",
    check,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Id,
    Table,
    Other,
}

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let keys: Vec<(TableRef<'_>, &str, Way)> =
        context.tables.base().filter_map(|table| judged(context, table)).collect();
    let count = |way: Way| keys.iter().filter(|(.., own)| *own == way).count();
    let usual = [Way::Id, Way::Table].into_iter().find(|way| count(*way) * 10 >= keys.len() * 7);
    let Some(usual) = usual.filter(|_| !keys.is_empty()) else { return };
    for (table, column, way) in keys {
        let object = Object::column(table, column);
        if way == usual {
            verdicts.pass(object);
            continue;
        }
        let to =
            if usual == Way::Id { "id".to_owned() } else { format!("{}_id", key_words(&table.table.name).join("_")) };
        let finding = Finding::new(&RULE, object, format!("the key is called {column}; {to} would be as elsewhere"));
        verdicts.fail(match renamed::column(table, column, to) {
            Some(change) => finding.with([change]),
            None => finding.advise("the usual name is taken by another column"),
        });
    }
}

fn judged<'m>(context: Context<'_>, table: TableRef<'m>) -> Option<(TableRef<'m>, &'m str, Way)> {
    let [column] = table.table.primary_key.as_ref()?.columns.as_slice() else { return None };
    let name = table.qualified_name();
    let extends = table.foreign_keys.iter().any(|key| key.columns.as_slice() == [column.as_str()])
        || context.survey.relations_of(&name).any(|relation| relation.column == *column);
    let class = context.survey.class(table.id);
    let words = split(column);
    // `id`, `uuid`, `oid`, `customerid`: what else a key is called says what it means.
    let is_natural = class == TableClass::Lookup || !words.last().is_some_and(|last| last.ends_with("id"));
    let natural = is_natural && !table.table.column(column).is_some_and(Column::is_auto_generated);
    if extends || natural || class == TableClass::ThirdParty {
        return None;
    }
    if hands_out(&words, &table.table.name) {
        return None;
    }
    let way = if *words == ["id"] {
        Way::Id
    } else if words.split_last().is_some_and(|(last, rest)| last == "id" && names(rest, &table.table.name)) {
        Way::Table
    } else {
        Way::Other
    };
    Some((table, column, way))
}

/// Whether words name a table, in the singular or as it is written, or by its last words.
fn names(words: &[String], table: &str) -> bool {
    let written = split(table);
    let one = key_words(table);
    !words.is_empty() && (written.ends_with(words) || one.ends_with(words))
}

/// Whether the key has the name of what each row is: `invoice_numbers.number`.
fn hands_out(words: &[String], table: &str) -> bool {
    let one = key_words(table);
    words.len() < one.len() && one.ends_with(words)
}

//! Names that say nothing.

use crate::checks::columns::several;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, QualifiedName, Table, TableRef};
use crate::survey::{OfNames, singular, split};
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule {
    id: "name-generic",
    summary: "A name says nothing, or means different things in different tables",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables, and schemas with foreign keys",
    options: &[],
    peers: &["DbDeo", "Eessaar"],
    references: &["https://www.sqlstyle.guide/#naming-conventions"],
    documentation: r"
## What it does

Reports tables with a name of one or two letters or of an empty word (`data`, `misc`, `table1`), tables with such columns, and
schemas in which one column name refers to different tables. The findings of a table are one, and so are those of a schema.

## Why

What nobody can guess has to be looked up by every reader, and a name with two meanings is joined wrongly sooner or later.

## Not reported

- Short names with a settled meaning: `id`, `ip`, `no`, `x`, `dy`, `cm`, `os`.
- The empty words beside others: `order_data` says more than `data`. `data` and `value` as columns.
- References to their own table, references named after the role that all targets share (`owner_id`, `parent_id`), and those
  that say a word of each target: `type_id` to `order_types` and `parcel_types`.

## Fix

Say in a comment what it holds until a better name is possible; name new references after what they refer to. No step is
written.

## Example

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, qz varchar(40), field1 varchar(40));
```

```sql,fires
CREATE TABLE misc (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
```

```sql,fires
CREATE TABLE shops (id integer NOT NULL PRIMARY KEY, opened_on date NOT NULL);
CREATE TABLE depots (id integer NOT NULL PRIMARY KEY, opened_on date NOT NULL);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY, place_id integer NOT NULL,
    CONSTRAINT orders_place_id_fkey FOREIGN KEY (place_id) REFERENCES shops (id)
);
CREATE INDEX orders_place_id_idx ON orders (place_id);
CREATE TABLE parcels (
    id integer NOT NULL PRIMARY KEY, place_id integer NOT NULL,
    CONSTRAINT parcels_place_id_fkey FOREIGN KEY (place_id) REFERENCES depots (id)
);
CREATE INDEX parcels_place_id_idx ON parcels (place_id);
```

```sql,passes
CREATE TABLE parcel_types (id integer NOT NULL PRIMARY KEY, label varchar(40) NOT NULL);
CREATE TABLE order_types (id integer NOT NULL PRIMARY KEY, label varchar(40) NOT NULL);
CREATE TABLE order_data (
    id integer NOT NULL PRIMARY KEY, x integer, y integer, ip varchar(40), data varchar(40), type_id integer NOT NULL,
    CONSTRAINT order_data_type_id_fkey FOREIGN KEY (type_id) REFERENCES order_types (id)
);
CREATE INDEX order_data_type_id_idx ON order_data (type_id);
CREATE TABLE parcels (
    id integer NOT NULL PRIMARY KEY, type_id integer NOT NULL, parent_id integer,
    CONSTRAINT parcels_type_id_fkey FOREIGN KEY (type_id) REFERENCES parcel_types (id),
    CONSTRAINT parcels_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES parcels (id)
);
CREATE INDEX parcels_type_id_idx ON parcels (type_id);
CREATE INDEX parcels_parent_id_idx ON parcels (parent_id);
```
",
    check,
};

/// Words that say nothing by themselves.
const EMPTY: [&str; 18] = [
    "table",
    "column",
    "col",
    "field",
    "fld",
    "attr",
    "attribute",
    "foo",
    "bar",
    "baz",
    "misc",
    "stuff",
    "thing",
    "dummy",
    "xxx",
    "temp",
    "tmp",
    "test",
];
/// Words that say nothing as the name of a table.
const EMPTY_TABLES: [&str; 4] = ["data", "info", "value", "object"];
/// Short names that everybody knows.
const SHORT: [&str; 46] = [
    "id", "pk", "fk", "ip", "no", "nr", "to", "by", "at", "on", "in", "is", "os", "ts", "tz", "db", "dn", "cn", "ou",
    "uf", "qr", "ok", "up", "ad", "ph", "mm", "cm", "km", "kg", "mg", "px", "lo", "hi", "gb", "mb", "ct", "tx", "rx",
    "tv", "hp", "bp", "st", "us", "eu", "uk", "go",
];
/// Single letters with a meaning in geometry and statistics.
const LETTERS: [&str; 11] = ["x", "y", "z", "m", "n", "w", "h", "r", "g", "b", "a"];
/// Roles: who plays them differs from table to table.
const ROLES: [&str; 12] =
    ["parent", "owner", "source", "target", "origin", "subject", "object", "root", "previous", "next", "from", "to"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mut is_empty = OfNames::new(is_empty_column);
    for table in context.tables.base() {
        let object = Object::table(table);
        let names = table.table.columns.iter().map(|column| column.name.as_str());
        let columns: Vec<&str> = names.filter(|name| is_empty.of(name)).collect();
        let own = is_empty_table(table.table);
        if !own && columns.is_empty() {
            verdicts.pass(object);
            continue;
        }
        let message = match (own, columns.is_empty()) {
            (true, true) => "its name does not say what it holds".to_owned(),
            (true, false) => format!("its name does not say what it holds, nor do those of {}", several(&columns)),
            _ => format!("columns whose names do not say what they hold: {}", several(&columns)),
        };
        verdicts
            .fail(Finding::new(&RULE, object, message).advise("say it in a comment until a better name is possible"));
    }
    for schema in &context.model.schemas {
        let tables: Vec<TableRef<'_>> = context.tables.base_of(&schema.name).collect();
        if tables.iter().all(|table| table.foreign_keys.is_empty()) {
            continue;
        }
        let ambiguous = ambiguous(&tables);
        let object = Object::schema(&schema.name);
        if ambiguous.is_empty() {
            verdicts.pass(object);
        } else {
            let message = format!("one name refers to different tables: {}", several(&ambiguous));
            verdicts.fail(Finding::new(&RULE, object, message).advise("name a reference after what it refers to"));
        }
    }
}

fn is_empty_column(name: &str) -> bool {
    let lower = name.to_lowercase();
    let coordinate = lower.len() == 2 && lower.ends_with(['x', 'y', 'z']);
    let short = name.chars().count() <= 2
        && !coordinate
        && !SHORT.contains(&lower.as_str())
        && !LETTERS.contains(&lower.as_str());
    short || is_empty(name, &[])
}

fn is_empty_table(table: &Table) -> bool {
    table.name.chars().count() <= 2 || is_empty(&table.name, &EMPTY_TABLES)
}

/// Whether a name is an empty word, with or without a number.
fn is_empty(name: &str, more: &[&str]) -> bool {
    let words = split(name);
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !word.chars().all(|character| character.is_ascii_digit()))
        .collect();
    matches!(words.as_slice(), [only] if EMPTY.contains(only) || more.contains(only))
}

/// Names of columns that refer to several tables, with those.
fn ambiguous(tables: &[TableRef<'_>]) -> Vec<String> {
    let mut targets: BTreeMap<&str, BTreeSet<&QualifiedName>> = BTreeMap::new();
    for table in tables {
        let own = table.qualified_name();
        for key in &table.table.foreign_keys {
            if let ([column], true) = (key.columns.as_slice(), key.referenced_table != own) {
                targets.entry(column).or_default().insert(&key.referenced_table);
            }
        }
    }
    let several_targets = targets.into_iter().filter(|(_, parents)| parents.len() > 1);
    several_targets
        .filter(|(column, parents)| {
            let words = split(column);
            let role = words.iter().any(|word| ROLES.contains(&word.as_str()));
            let mut stem =
                words.iter().map(|word| singular(word)).filter(|word| !matches!(word.as_str(), "id" | "uuid" | "code"));
            let stem = stem.next_back();
            let says = |parent: &&&QualifiedName| {
                split(&parent.name).iter().map(|word| singular(word)).any(|word| Some(word) == stem)
            };
            let shared = parents.iter().filter(says).count() == parents.len();
            !role && stem.is_some() && !shared
        })
        .map(|(column, parents)| {
            let names: Vec<&str> = parents.iter().map(|parent| parent.name.as_str()).collect();
            format!("{column} ({})", names.join(", "))
        })
        .collect()
}

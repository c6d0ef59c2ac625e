//! A column has a name that says nothing.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "name-generic",
    summary: "A column has a name that says nothing",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "columns",
    options: &[],
    peers: &["DbDeo", "Eessaar"],
    references: &[],
    documentation: r"
## What it does

Finds columns named `data1`, `field`, `value2`, `misc`, `temp`, `foo`, `col3`, and names of one letter.

## Why

A name that says nothing is explained again to everyone who joins, and gets a second meaning from the next.

## Not reported

Coordinates and formulas (`x`, `y`, `z`, `r`, `g`, `b`); `value` in tables of settings and in triples of attributes; `data` of JSON, which is named for its form.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, field1 varchar(20), misc varchar(20), q integer);
```

```sql,passes
CREATE TABLE points (id integer PRIMARY KEY, x integer, y integer, label varchar(20), value integer);
```
",
    check,
};

const EMPTY: &[&str] = &[
    "misc", "temp", "tmp", "foo", "bar", "baz", "stuff", "thing", "col", "column", "field", "attr", "dummy", "junk",
    "various",
];

const LETTERS: &[&str] = &["x", "y", "z", "r", "g", "b", "a", "h", "w", "v", "k", "n", "m"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for column in &table.table.columns {
            let stem = column.name.trim_end_matches(|character: char| character.is_ascii_digit() || character == '_');
            let lower = stem.to_lowercase();
            let letter = column.name.chars().count() == 1 && !LETTERS.contains(&lower.as_str());
            let object = Object::column(table, &column.name);
            if EMPTY.contains(&lower.as_str()) || letter {
                verdicts.fail(Finding::new(&RULE, object, format!("{} says nothing about its values", column.name)));
            } else {
                verdicts.pass(object);
            }
        }
    }
}

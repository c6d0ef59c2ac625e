//! Columns that repeat with a number.

use crate::checks::columns::{is_reference, several};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, TableRef};
use crate::survey::split;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "incrementing-columns",
    summary: "Columns of one table repeat with a number",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "SchemaSpy", "DbDeo", "sqlcheck 1007"],
    references: &["https://en.wikipedia.org/wiki/First_normal_form"],
    documentation: r"
## What it does

Reports columns of one type whose names differ in a final number only, when the numbers follow each other: `phone1`, `phone2`.
All of a table's columns are one finding.

## Why

A fourth value needs a new column, a search has to look in all of them, and nothing keeps two of them from being equal. A table
with one row per value has none of these.

## Not reported

- Lines of an address, coordinates, and names whose number is part of a term: `sha256`, `ipv4`, `utf8`, `oauth2`, `iso2`.
- Two columns that both refer to other rows: the two ends of a relation.

## Fix

Move them to a table with one row per value. It takes code that reads them so, so no step is written.

## Example

```sql,fires
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY, phone1 varchar(20), phone2 varchar(20), phone3 varchar(20)
);
```

```sql,passes
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY,
    address_line1 varchar(40), address_line2 varchar(40),
    x1 integer, x2 integer,
    sha1 varchar(40), sha2 varchar(64),
    rating1 integer, rating2 varchar(20),
    score1 integer, score9 integer
);
```

```sql,passes
CREATE TABLE places (id integer NOT NULL PRIMARY KEY);
CREATE TABLE distances (
    place0 integer NOT NULL,
    place1 integer NOT NULL,
    length integer NOT NULL,
    PRIMARY KEY (place0, place1),
    CONSTRAINT distances_place0_fkey FOREIGN KEY (place0) REFERENCES places (id),
    CONSTRAINT distances_place1_fkey FOREIGN KEY (place1) REFERENCES places (id)
);
```
",
    check,
};

/// Last words before a number that belongs to the name.
const TERMS: [&str; 18] = [
    "line", "address", "addr", "street", "sha", "md", "utf", "ipv", "ip", "oauth", "iso", "base", "alpha", "crc", "mp",
    "win", "level", "lat",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let object = Object::table(table);
        let groups = groups(table);
        if groups.is_empty() {
            verdicts.pass(object);
        } else {
            let message = format!("repeats {}", several(&groups));
            verdicts.fail(Finding::new(&RULE, object, message).advise("move them to a table with one row per value"));
        }
    }
}

/// Each group as its first and last column: `phone1 to phone3`.
fn groups(table: TableRef<'_>) -> Vec<String> {
    let mut members: BTreeMap<(&str, &str), Vec<(u32, &str)>> = BTreeMap::new();
    for column in &table.table.columns {
        let base = column.name.trim_end_matches(|character: char| character.is_ascii_digit());
        let Some(Ok(number)) = column.name.get(base.len()..).map(str::parse) else { continue };
        let words = split(base);
        let term = words.last().is_none_or(|word| word.len() < 2 || TERMS.contains(&word.as_str()));
        if !term {
            members.entry((base, &column.data_type)).or_default().push((number, &column.name));
        }
    }
    let mut groups = Vec::new();
    for (_, mut columns) in members {
        columns.sort_unstable();
        let numbers = || columns.iter().map(|(number, _)| *number);
        let consecutive = numbers().zip(numbers().skip(1)).all(|(one, next)| one + 1 == next);
        let ends = columns.len() == 2 && columns.iter().all(|(_, name)| is_reference(table, name));
        if let ([(first, start), .., (_, end)], false) = (columns.as_slice(), ends)
            && consecutive
            && *first <= 1
        {
            groups.push(format!("{start} to {end}"));
        }
    }
    groups
}

//! A table with very many columns, or with one.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts};
use crate::model::{EngineName, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "wide-table",
    summary: "A table has more than fifty columns, or a single one",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys, UnseenKind::Constraints],
    denominator: "tables",
    options: &[RuleOption {
        name: "max_columns",
        values: Values::Number,
        meaning: "columns that a table may have; 50",
    }],
    peers: &["Azimutt", "tbls", "DbDeo", "pg-index-health", "SchemaCrawler"],
    references: &["https://www.postgresql.org/docs/current/limits.html"],
    documentation: r"
## What it does

Reports tables with more than fifty columns, and tables with one column.

## Why

A very wide table usually describes several things: parts of it are empty in most rows, and every change of one part writes the
whole row anew. A table of one column says nothing about what it holds.

## Not reported

A single column that is the primary key, or to which a foreign key refers: a list of permitted values.

## Fix

Move groups of columns that are read apart, or are empty for most rows, to tables of their own. That is a redesign, so no
step is written.

## Example

```sql,fires
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY, a1 integer, a2 integer, a3 integer, a4 integer, a5 integer, a6 integer, a7 integer,
    b1 integer, b2 integer, b3 integer, b4 integer, b5 integer, b6 integer, b7 integer, b8 integer, b9 integer,
    c1 integer, c2 integer, c3 integer, c4 integer, c5 integer, c6 integer, c7 integer, c8 integer, c9 integer,
    d1 integer, d2 integer, d3 integer, d4 integer, d5 integer, d6 integer, d7 integer, d8 integer, d9 integer,
    e1 integer, e2 integer, e3 integer, e4 integer, e5 integer, e6 integer, e7 integer, e8 integer, e9 integer,
    f1 integer, f2 integer, f3 integer, f4 integer, f5 integer, f6 integer, f7 integer, f8 integer, f9 integer
);
```

```sql,fires
CREATE TABLE visits (counted_on date);
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
CREATE TABLE colours (name varchar(20) NOT NULL PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let option = context.settings.option(RULE.id, "max_columns").and_then(toml::Value::as_integer);
    let most = option.and_then(|most| usize::try_from(most).ok()).unwrap_or(50);
    for table in context.tables.base() {
        let object = Object::table(table);
        let count = table.table.columns.len();
        if count > most {
            let advice = "look for groups of columns that are empty together: each is a table";
            verdicts.fail(Finding::new(&RULE, object, format!("has {count} columns")).advise(advice));
        } else if count == 1 && !is_list(context, table) {
            let advice = "find out what one row stands for, and whether anything still uses it";
            verdicts.fail(Finding::new(&RULE, object, "has a single column").advise(advice));
        } else {
            verdicts.pass(object);
        }
    }
}

/// Whether a table of one column lists the values that others may take.
fn is_list(context: Context<'_>, table: TableRef<'_>) -> bool {
    table.table.primary_key.is_some() || context.tables.referenced_by(table.id).next().is_some()
}

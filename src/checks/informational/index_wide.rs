//! An index over many columns.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-wide",
    summary: "An index that is not unique has more than three columns",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "btree indexes that are not unique",
    options: &[RuleOption {
        name: "max_columns",
        values: Values::Number,
        meaning: "key columns that are still fine; default 3",
    }],
    peers: &["strong_migrations", "Bytebase"],
    references: &["https://www.postgresql.org/docs/current/indexes-multicolumn.html"],
    documentation: r"
## What it does

Reports a btree index over more columns than the option `max_columns` allows.

## Why

The later columns rarely narrow a search, and each makes every entry bigger.

## Not reported

Unique indexes, and columns that are only included. An index that covers a query completely is wide on purpose.

## Fix

Leave out the columns that no query compares, sorts by or reads from the index alone. That takes the statements, so no step
is written.

## Example

```sql,fires
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, a integer NOT NULL, b integer NOT NULL, c integer NOT NULL, d integer NOT NULL);
CREATE INDEX parts_a_b_c_d_idx ON parts (a, b, c, d);
```

```sql,passes
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, a integer NOT NULL, b integer NOT NULL, c integer NOT NULL, d integer NOT NULL);
CREATE INDEX parts_a_b_c_idx ON parts (a, b, c);
CREATE UNIQUE INDEX parts_a_b_c_d_key ON parts (a, b, c, d);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let option = context.settings.option(RULE.id, "max_columns").and_then(toml::Value::as_integer);
    let most = option.and_then(|most| usize::try_from(most).ok()).unwrap_or(3);
    for table in context.tables.base() {
        for index in table.table.indexes.iter().filter(|index| !index.unique && index.method == "btree") {
            let object = Object::index(table, &index.name);
            if index.key.len() > most {
                let message = format!("has {} key columns", index.key.len());
                verdicts
                    .fail(Finding::new(&RULE, object, message).advise("leave out the columns that no query compares"));
            } else {
                verdicts.pass(object);
            }
        }
    }
}

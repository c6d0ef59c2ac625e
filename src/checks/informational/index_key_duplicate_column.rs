//! A column twice in one index.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-key-duplicate-column",
    summary: "A column stands twice in the key of an index",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "indexes over several columns",
    options: &[],
    peers: &["Bytebase"],
    references: &["https://www.postgresql.org/docs/current/indexes-multicolumn.html"],
    documentation: r"
## What it does

Reports an index whose key holds the same column twice.

## Why

The second entry adds nothing but size.

## Not reported

Columns that appear with different operator classes or collations, which serve different searches. MySQL and MariaDB refuse
such indexes.

## Fix

Create the index again with each column once, then drop the old one. Which of the two places was meant is not in the catalog,
so no step is written.

## Example

```sql,fires
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, a integer NOT NULL, b integer NOT NULL);
CREATE INDEX parts_a_b_a_idx ON parts (a, b, a);
```

```sql,passes
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, a integer NOT NULL, b integer NOT NULL);
CREATE INDEX parts_a_b_idx ON parts (a, b);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for index in table.table.indexes.iter().filter(|index| index.key.len() > 1) {
            let object = Object::index(table, &index.name);
            let repeated = index.key.iter().enumerate().find(|(position, part)| {
                part.column.is_some()
                    && index.key.iter().take(*position).any(|earlier| {
                        earlier.column == part.column
                            && earlier.operator_class == part.operator_class
                            && earlier.collation == part.collation
                    })
            });
            match repeated.and_then(|(_, part)| part.column.as_deref()) {
                None => verdicts.pass(object),
                Some(column) => {
                    let message = format!("{column} stands in the key twice");
                    verdicts.fail(Finding::new(&RULE, object, message).advise("create it again with each column once"));
                }
            }
        }
    }
}

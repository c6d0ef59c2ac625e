//! A partial index that leaves nothing out.

use crate::checks::coverage::{is_secondary, names_column, not_null_columns};
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-pointless-predicate",
    summary: "A partial index leaves out NULLs of a column that has none",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Defect,
    weight: 1,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "valid partial indexes",
    options: &[],
    peers: &["pg-index-health"],
    references: &["https://www.postgresql.org/docs/current/indexes-partial.html"],
    documentation: r"
## What it does

Reports a partial index whose whole condition is `column IS NOT NULL`, for columns that are NOT NULL.

## Why

The condition leaves no row out, and keeps the planner from using the index where it cannot prove the condition.

## Not reported

- Conditions that leave something out besides.
- PostgreSQL 18 columns whose NOT NULL is not validated: they may hold NULLs.

## Fix

Create the index without the condition, then drop the old one.

## Example

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on) WHERE placed_on IS NOT NULL;
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date, paid_on date, total integer NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on) WHERE placed_on IS NOT NULL;
CREATE INDEX orders_total_idx ON orders (total) WHERE total IS NOT NULL AND paid_on IS NULL;
```

A NOT NULL that is not validated leaves NULLs in:

```sql,passes,postgresql>=18
CREATE TABLE orders (id integer PRIMARY KEY, placed_on date);
ALTER TABLE orders ADD CONSTRAINT orders_placed_on_not_null NOT NULL placed_on NOT VALID;
CREATE INDEX orders_placed_on_idx ON orders (placed_on) WHERE placed_on IS NOT NULL;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base() {
        for index in table.indexes.iter().filter(|index| index.is_usable()) {
            let Some(predicate) = &index.predicate else { continue };
            let object = Object::index(table, &index.name);
            let named = not_null_columns(predicate).filter(|named| !named.is_empty());
            let pointless = named.is_some_and(|named| {
                named.iter().all(|written| {
                    table.columns.iter().any(|column| {
                        names_column(written, &column.name) && !column.nullable && !column.not_null_unvalidated
                    })
                })
            });
            if !pointless {
                verdicts.pass(object);
                continue;
            }
            let message = format!("the condition {predicate} holds for every row");
            let finding = Finding::new(&RULE, object, message);
            let plain = !index.unique && index.include.is_empty() && is_secondary(context.model.engine.name, index);
            verdicts.fail(if plain {
                let columns: Vec<String> = index.key.iter().filter_map(|part| part.column.clone()).collect();
                let add = Change::AddIndex {
                    table: table.qualified_name(),
                    name: names.index(&table.schema.name, &table.name, &columns),
                    method: index.method.clone(),
                    key: index.key.clone(),
                    predicate: None,
                };
                finding.with([add, Change::DropIndex { table: table.qualified_name(), name: index.name.clone() }])
            } else {
                finding.advise("create the index again without the condition")
            });
        }
    }
}

//! A table with very many indexes.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "table-too-many-indexes",
    summary: "A table has more than twenty indexes, or indexes bigger than its rows",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "tables with an index",
    options: &[],
    peers: &["Azimutt", "Bytebase", "sqlcheck", "DbDeo"],
    references: &["https://www.postgresql.org/docs/current/indexes-intro.html"],
    documentation: r"
## What it does

Counts the indexes of each table, and compares their size with that of the rows where the engine tells both and they exceed
16 megabytes.

## Why

Each insert writes to every index, and most updates do, too.

## Not reported

Small tables. Tables that are read far more than written can afford many indexes.

## Fix

Drop those that nothing uses or that repeat others, which `index-unused`, `index-duplicate` and `index-redundant-prefix`
name; no step is written here.

## Example

```sql,fires
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, a integer, b integer, c integer, d integer, e integer, f integer);
CREATE INDEX parts_a_b_idx ON parts (a, b);
CREATE INDEX parts_a_c_idx ON parts (a, c);
CREATE INDEX parts_a_d_idx ON parts (a, d);
CREATE INDEX parts_a_e_idx ON parts (a, e);
CREATE INDEX parts_a_f_idx ON parts (a, f);
CREATE INDEX parts_b_a_idx ON parts (b, a);
CREATE INDEX parts_b_c_idx ON parts (b, c);
CREATE INDEX parts_b_d_idx ON parts (b, d);
CREATE INDEX parts_b_e_idx ON parts (b, e);
CREATE INDEX parts_b_f_idx ON parts (b, f);
CREATE INDEX parts_c_a_idx ON parts (c, a);
CREATE INDEX parts_c_b_idx ON parts (c, b);
CREATE INDEX parts_c_d_idx ON parts (c, d);
CREATE INDEX parts_c_e_idx ON parts (c, e);
CREATE INDEX parts_c_f_idx ON parts (c, f);
CREATE INDEX parts_d_a_idx ON parts (d, a);
CREATE INDEX parts_d_b_idx ON parts (d, b);
CREATE INDEX parts_d_c_idx ON parts (d, c);
CREATE INDEX parts_d_e_idx ON parts (d, e);
CREATE INDEX parts_d_f_idx ON parts (d, f);
CREATE INDEX parts_e_a_idx ON parts (e, a);
CREATE INDEX parts_e_b_idx ON parts (e, b);
```

```sql,passes
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, a integer, b integer);
CREATE INDEX parts_a_idx ON parts (a);
CREATE INDEX parts_b_idx ON parts (b);
```
",
    check,
};

const MOST: usize = 20;
const WORTH_COMPARING: u64 = 16 << 20;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| !table.indexes.is_empty()) {
        let object = Object::table(table);
        let count = table.indexes.len();
        let known = context.model.statistics.as_ref().and_then(|all| all.table(&table.schema.name, &table.name));
        let sizes = known.and_then(|known| known.index_bytes.zip(known.bytes));
        let heavier = sizes.filter(|(indexes, rows)| *indexes > WORTH_COMPARING && indexes > rows);
        if count > MOST {
            verdicts.fail(
                Finding::new(&RULE, object, format!("has {count} indexes")).advise("drop those that nothing uses"),
            );
        } else if let Some((indexes, rows)) = heavier {
            let message = format!("its {count} indexes take {} MB, its rows {} MB", indexes >> 20, rows >> 20);
            verdicts.fail(Finding::new(&RULE, object, message).advise("drop those that nothing uses"));
        } else {
            verdicts.pass(object);
        }
    }
}

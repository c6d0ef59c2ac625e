//! The order of the columns wastes a tenth of each row.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName};

pub(super) static RULE: Rule = Rule {
    id: "column-alignment",
    summary: "The order of the columns wastes a tenth of each row",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[],
    denominator: "tables with 100,000 rows or more",
    options: &[],
    peers: &["postgres_dba", "atlas"],
    references: &["https://www.postgresql.org/docs/current/storage-page-layout.html"],
    documentation: r"
## What it does

Adds up the padding that alignment puts between fixed-length columns, and compares it with the same columns from the widest to the narrowest. Reports tables of 100,000 rows or more in which that saves a tenth of the fixed part of a row.

## Why

A `bigint` starts at a multiple of eight bytes: after a `boolean` it leaves seven empty. In a table of a billion rows that is gigabytes of memory and disk.

## Not reported

Small tables, and tables whose size is not known. Columns of varying length end the calculation, since what follows them has no fixed place. The order can only be changed by writing the table anew, so it is advice for the next one.

## Fix

Order the columns by falling width when the table is next rebuilt; nothing else changes it, so no step is written.

## Example

```sql,fires
CREATE TABLE readings (
    good boolean NOT NULL, id bigint PRIMARY KEY, late boolean NOT NULL, sensor bigint NOT NULL, lost boolean NOT NULL, taken bigint NOT NULL
);
INSERT INTO readings SELECT true, g, true, g, true, g FROM generate_series(1, 100000) AS g;
ANALYZE readings;
```

```sql,passes
CREATE TABLE readings (
    id bigint PRIMARY KEY, sensor bigint NOT NULL, taken bigint NOT NULL, good boolean NOT NULL, late boolean NOT NULL, lost boolean NOT NULL
);
INSERT INTO readings SELECT g, g, g, true, true, true FROM generate_series(1, 100000) AS g;
ANALYZE readings;
```
",
    check,
};

const MANY: u64 = 100_000;

/// Bytes of the header of a row, aligned.
const HEADER: u32 = 24;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for table in context.tables.base() {
        let known = statistics.table(&table.schema.name, &table.table.name);
        if known.and_then(|known| known.rows).is_none_or(|rows| rows < MANY) {
            continue;
        }
        let widths: Vec<(u32, u32)> = table.table.columns.iter().map_while(width).collect();
        let mut sorted = widths.clone();
        sorted.sort_by_key(|(_, alignment)| std::cmp::Reverse(*alignment));
        let (now, best) = (HEADER + bytes(&widths), HEADER + bytes(&sorted));
        let object = Object::table(table);
        if (now - best) * 10 < now {
            verdicts.pass(object);
            continue;
        }
        let message = format!("the fixed part of a row takes {now} bytes; {best} with the widest columns first");
        let advice = "the order of columns changes only when the table is written anew: keep it for that day";
        verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
    }
}

/// Bytes and alignment of a type of fixed length.
fn width(column: &Column) -> Option<(u32, u32)> {
    if column.array_dimensions > 0 {
        return None;
    }
    Some(match column.base_type() {
        "boolean" => (1, 1),
        "smallint" => (2, 2),
        "integer" | "date" | "real" => (4, 4),
        "bigint"
        | "double precision"
        | "timestamp with time zone"
        | "timestamp without time zone"
        | "time without time zone"
        | "money" => (8, 8),
        "uuid" => (16, 1),
        _ => return None,
    })
}

/// Bytes of columns in this order, each at a multiple of its alignment.
fn bytes(columns: &[(u32, u32)]) -> u32 {
    let end = columns.iter().fold(0_u32, |end, (bytes, alignment)| end.next_multiple_of(*alignment) + bytes);
    end.next_multiple_of(8)
}

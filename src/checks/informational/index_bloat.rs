//! An index takes at least twice the room that its entries need.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-bloat",
    summary: "An index takes at least twice the room that its entries need",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[UnseenKind::Indexes],
    denominator: "B-tree indexes of 16 MB or more over columns of fixed length, of tables whose rows are counted",
    options: &[],
    peers: &["pg-index-health", "pghero", "postgres_dba"],
    references: &[
        "https://www.postgresql.org/docs/current/btree.html",
        "https://www.postgresql.org/docs/current/sql-reindex.html",
    ],
    documentation: r"
## What it does

Estimates the room of a B-tree from the number of rows and the width of its columns, pages filled to 90 %, and compares it with the size of the index.

## Why

After many updates and deletes pages are half empty: they fill memory and are read like full ones.

## Not reported

Indexes with a column of varying length, an expression or a condition, whose room cannot be told from the catalog. Small indexes. An estimate, not a measurement: pgstattuple measures.

## Fix

`REINDEX INDEX CONCURRENTLY` writes it anew beside the traffic. It changes no schema, so no step is written.

## Example

```sql,fires
CREATE TABLE readings (id bigint, sensor bigint);
CREATE INDEX readings_sensor_idx ON readings (sensor) WITH (fillfactor = 10);
INSERT INTO readings SELECT g, (g * 7919) % 1000003 FROM generate_series(1, 200000) AS g;
REINDEX INDEX readings_sensor_idx;
VACUUM ANALYZE readings;
```

```sql,passes
CREATE TABLE readings (id bigint PRIMARY KEY, sensor bigint);
INSERT INTO readings SELECT g, g FROM generate_series(1, 10000) AS g;
VACUUM ANALYZE readings;
```
",
    check,
};

const WORTH: u64 = 16 << 20;

/// Bytes of a page, of its header, of an entry's header and of its pointer in the page (B-tree page layout).
const PAGE: u64 = 8192;
const PAGE_OVERHEAD: u64 = 40;
const ENTRY_OVERHEAD: u64 = 12;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for table in context.tables.base() {
        let known = statistics.table(&table.schema.name, &table.table.name);
        let Some(rows) = known.and_then(|known| known.rows) else { continue };
        for index in table.table.indexes.iter().filter(|index| index.method == "btree" && index.predicate.is_none()) {
            let Some(entry) = statistics.index(&table.schema.name, &table.table.name, &index.name) else { continue };
            let Some(bytes) = entry.bytes.filter(|bytes| *bytes >= WORTH) else { continue };
            let names = index
                .key
                .iter()
                .map(|part| part.column.as_deref())
                .chain(index.include.iter().map(|name| Some(name.as_str())));
            let width: Option<u64> = names.map(|name| width(table.table.column(name?)?)).sum();
            let Some(width) = width else { continue };
            let per_page = (PAGE - PAGE_OVERHEAD) * 9 / 10 / (ENTRY_OVERHEAD + width.next_multiple_of(8));
            let needed = rows.div_ceil(per_page.max(1)) * PAGE;
            let object = Object::index(table, &index.name);
            if bytes < needed * 2 {
                verdicts.pass(object);
                continue;
            }
            let message = format!("takes {} MB where about {} MB would do", bytes >> 20, needed >> 20);
            verdicts.fail(
                Finding::new(&RULE, object, message)
                    .advise("REINDEX INDEX CONCURRENTLY writes it anew beside the traffic"),
            );
        }
    }
}

/// Bytes of a value of a type of fixed length.
fn width(column: &Column) -> Option<u64> {
    if column.array_dimensions > 0 {
        return None;
    }
    Some(match column.base_type() {
        "boolean" => 1,
        "smallint" => 2,
        "integer" | "date" | "real" => 4,
        "bigint" | "double precision" | "timestamp with time zone" | "timestamp without time zone" => 8,
        "uuid" => 16,
        _ => return None,
    })
}

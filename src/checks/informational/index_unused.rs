//! An index that no query has used.

use crate::checks::coverage::is_secondary;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};
pub(super) static RULE: Rule = Rule {
    id: "index-unused",
    summary: "No query has used an index for a month or more",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Usage,
    reads: &[UnseenKind::Indexes, UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "secondary indexes with usage counters of 30 days or more",
    options: &[],
    peers: &[
        "pg-index-health",
        "splinter 0005",
        "Azimutt",
        "PgHero",
        "MySQL sys schema",
        "postgres_dba i1",
        "pglinter B004",
    ],
    references: &["https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW"],
    documentation: r"
## What it does

Reports an index of one megabyte or more without a scan since the counters were reset, at least 30 days ago.

## Why

Every write maintains it.

## Not reported

- Primary keys, unique indexes, and indexes behind constraints or the replica identity.
- Indexes that start with a column of a foreign key: deletes of the parent need them.
- Younger counters: unknown.

Each standby counts for itself, and a report may run once a year. Ask every server before you drop an index.

## Fix

Watch it over the longest cycle of the business and on every replica, hide it where the engine can (`INVISIBLE`, `IGNORED`),
then drop it. Counters of one server do not prove that, so no step is written.

## Example

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
```
",
    check,
};

const MEGABYTE: u64 = 1 << 20;
const MONTH: u32 = 30;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = context.model.engine.name;
    let Some(statistics) = &context.model.statistics else { return };
    let days = statistics.counters_age_days;
    for table in context.tables.base() {
        let candidates = table
            .table
            .indexes
            .iter()
            .filter(|index| is_secondary(engine, index) && !index.unique && !index.replica_identity);
        for index in candidates {
            let object = Object::index(table, &index.name);
            let known = statistics.index(&table.schema.name, &table.name, &index.name);
            let first = index.key.first().and_then(|part| part.column.as_ref());
            let relation = first.is_some_and(|first| table.foreign_keys.iter().any(|key| key.columns.contains(first)));
            let scans = known.and_then(|known| known.scans);
            match (scans, days) {
                (Some(0), Some(days)) if days >= MONTH => {
                    let big = known.and_then(|known| known.bytes).is_some_and(|bytes| bytes >= MEGABYTE);
                    if relation || !big {
                        verdicts.pass(object);
                        continue;
                    }
                    let where_ = if statistics.standby { "this standby" } else { "this server" };
                    let message = format!("no scan on {where_} in {days} days");
                    let advice = "make sure that no other server and no yearly report uses it, then drop it";
                    verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
                }
                (Some(0), _) => verdicts.unknown(object, "the counters are younger than 30 days"),
                (Some(_), _) => verdicts.pass(object),
                (None, _) => verdicts.unknown(object, "no usage counters"),
            }
        }
    }
}

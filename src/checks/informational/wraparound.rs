//! A table was not frozen for a long time: transaction numbers may run out.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "wraparound",
    summary: "A table was not frozen for a long time: transaction numbers may run out",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[],
    denominator: "tables",
    options: &[],
    peers: &["pghero", "Azimutt", "postgres_dba"],
    references: &["https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND"],
    documentation: r"
## What it does

Reads the age of the oldest transaction number in each table, and reports those above 1.2 billion of the two billion there are; an error above 1.8 billion.

## Why

At the end the server refuses every write until the tables are vacuumed, which takes hours.

## Not reported

Younger tables: autovacuum freezes them at 200 million by default, and much older ones mean that it cannot.

## Fix

`VACUUM (FREEZE)` the tables that hold the oldest transactions, and find what keeps autovacuum from it. It changes no schema,
so no step is written.

## Example

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY);
```

```sql,fires,own-server,postgresql
CREATE TABLE orders (id bigint PRIMARY KEY) WITH (autovacuum_enabled = false);
UPDATE pg_class SET relfrozenxid = (((txid_current() % 4294967296) + 4294967296 - 1300000000) % 4294967296)::text::xid WHERE relname = 'orders';
```

```sql,fires,own-server,postgresql,severity=error
CREATE TABLE orders (id bigint PRIMARY KEY) WITH (autovacuum_enabled = false);
UPDATE pg_class SET relfrozenxid = (((txid_current() % 4294967296) + 4294967296 - 1900000000) % 4294967296)::text::xid WHERE relname = 'orders';
```
",
    check,
};

const WARNING: u64 = 1_200_000_000;
const ERROR: u64 = 1_800_000_000;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(statistics) = &context.model.statistics else { return };
    for table in context.tables.base() {
        let known = statistics.table(&table.schema.name, &table.table.name);
        let Some(age) = known.and_then(|known| known.frozen_age) else { continue };
        let object = Object::table(table);
        if age < WARNING {
            verdicts.pass(object);
            continue;
        }
        let message = format!("its oldest transaction number is {age} transactions old, of at most two billion");
        let advice = "VACUUM (FREEZE) the table now; then look for what keeps autovacuum from it";
        let finding = Finding::new(&RULE, object, message).advise(advice);
        verdicts.fail(if age >= ERROR { finding.severity(Severity::Error) } else { finding });
    }
}

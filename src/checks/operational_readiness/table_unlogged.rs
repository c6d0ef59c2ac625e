use crate::checks::columns::several;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Persistence, QualifiedName, TableRef};
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "table-unlogged",
    summary: "An unlogged table is emptied after a crash and missing on standbys",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 4,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables",
    options: &[],
    peers: &["db_verifier"],
    references: &["https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED"],
    documentation: r"
## What it does

Reports `UNLOGGED` tables, and tables with an `UNLOGGED` partition.

## Why

The server truncates them after a crash, does not replicate them and does not put them into base backups. Where that is not
meant, it is noticed on the worst day.

## Not reported

Tables whose name says that they may be lost: staging, cache, temporary.

## Fix

`ALTER TABLE … SET LOGGED` for what must survive a crash. It writes the table anew under an exclusive lock, so that a big one
is better swapped.

## Example

```sql,fires
CREATE UNLOGGED TABLE payments (id bigint PRIMARY KEY, amount numeric(12, 2) NOT NULL);
```

```sql,fires
CREATE TABLE payments (at date NOT NULL, amount numeric(12, 2) NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE payments_2030 PARTITION OF payments FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE UNLOGGED TABLE payments_rest PARTITION OF payments DEFAULT;
```

```sql,passes
CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric(12, 2) NOT NULL);
CREATE UNLOGGED TABLE page_cache (id bigint PRIMARY KEY, page text);
CREATE UNLOGGED TABLE staging_orders (id bigint PRIMARY KEY, raw text);
```
",
    check,
};

/// Words of names of tables that may be lost.
const EXPENDABLE: &[&str] = &[
    "staging",
    "stage",
    "stg",
    "cache",
    "cached",
    "tmp",
    "temp",
    "temporary",
    "scratch",
    "import",
    "session",
    "sessions",
];

/// Whether a table may be lost, by its name or that of its schema.
pub(in crate::checks) fn is_expendable(table: TableRef<'_>) -> bool {
    let words = split(&table.table.name);
    words.iter().chain(&*split(&table.schema.name)).any(|word| EXPENDABLE.contains(&word.as_str()))
}

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let object = Object::table(table);
        let expendable = is_expendable(table);
        let is_unlogged = |persistence| persistence == Persistence::Unlogged && !expendable;
        let parts = table.table.partitioning.iter().flat_map(|partitioning| partitioning.all(&table.schema.name));
        let lost: Vec<QualifiedName> = parts
            .filter(|(_, partition)| is_unlogged(partition.persistence))
            .map(|(schema, partition)| QualifiedName::new(schema, &partition.name))
            .collect();
        let logged = |table: &QualifiedName| Change::SetLogged { table: table.clone() };
        if is_unlogged(table.table.persistence) {
            let message = "unlogged: empty after a crash, absent from standbys and backups";
            verdicts.fail(Finding::new(&RULE, object, message).with([logged(&table.qualified_name())]));
        } else if lost.is_empty() {
            verdicts.pass(object);
        } else {
            let names: Vec<&str> = lost.iter().map(|partition| partition.name.as_str()).collect();
            let message =
                format!("unlogged in {}: empty after a crash, absent from standbys and backups", several(&names));
            verdicts.fail(Finding::new(&RULE, object, message).with(lost.iter().map(logged)));
        }
    }
}

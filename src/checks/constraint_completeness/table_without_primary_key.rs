use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, Index, Persistence, TableRef, UnseenKind};
use crate::survey::TableClass;

pub(super) static RULE: Rule = Rule {
    id: "table-without-primary-key",
    summary: "A table has no primary key",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 10,
    severity: Severity::Error,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "ordinary and partitioned tables",
    options: &[],
    peers: &[
        "pg-index-health",
        "splinter",
        "SchemaCrawler",
        "Azimutt",
        "skeema",
        "schemalint",
        "active_record_doctor",
        "Bytebase",
        "pglinter B001",
        "dbcritic",
        "db_verifier no1001",
        "sqlcheck 1003",
        "Eessaar",
    ],
    references: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS",
        "https://dev.mysql.com/doc/refman/8.4/en/create-table-gipks.html",
    ],
    documentation: r"
## What it does

Finds tables without a primary key.

## Why

Nothing tells two equal rows apart: duplicates cannot be deleted one by one, replication cannot say which row changed, and
tools cannot page through the table.

## Not reported

Junction tables with a unique key over columns that are NOT NULL pass; elsewhere such a key softens the finding to a warning,
and the remedy makes it the primary key. A partitioned table whose partitions all have keys, unlogged tables and copies are
noted only.

## Fix

Make a unique key over columns that are NOT NULL the primary key, or the `AUTO_INCREMENT` column of the table; a table with neither
gets a generated column as its own, and the invisible one that MySQL generated becomes visible.

## Example

```sql,fires
CREATE TABLE readings (sensor integer NOT NULL, reading integer, created_at timestamp, updated_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE readings (sensor int NOT NULL, reading int, created_at datetime, updated_at datetime);
```

```sql,fires,postgresql,severity=warning
CREATE TABLE readings (sensor integer NOT NULL, taken_on date NOT NULL, reading integer NOT NULL, CONSTRAINT readings_key UNIQUE (sensor, taken_on));
```

```sql,fires,mysql,severity=info
SET sql_generate_invisible_primary_key = ON;
CREATE TABLE readings (sensor int NOT NULL, reading int, created_at datetime, updated_at datetime);
```

```sql,passes
CREATE TABLE readings (sensor integer NOT NULL, taken_on date NOT NULL, reading integer NOT NULL, PRIMARY KEY (sensor, taken_on));
```

```sql,passes
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY);
CREATE TABLE a_b (
    a_id integer NOT NULL,
    b_id integer NOT NULL,
    UNIQUE (a_id, b_id),
    FOREIGN KEY (a_id) REFERENCES a (id) ON DELETE CASCADE,
    FOREIGN KEY (b_id) REFERENCES b (id) ON DELETE CASCADE
);
```

Partitions with keys of their own, a table that may be lost, and a copy:

```sql,fires,postgresql,severity=info
CREATE TABLE readings (sensor integer NOT NULL, taken_on date NOT NULL, reading integer) PARTITION BY RANGE (taken_on);
CREATE TABLE readings_2030 PARTITION OF readings (PRIMARY KEY (sensor, taken_on)) FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
```

```sql,fires,postgresql,severity=info
CREATE UNLOGGED TABLE raw_readings (sensor integer, reading integer, created_at timestamptz, updated_at timestamptz);
```

```sql,fires,postgresql,sqlite,severity=info
CREATE TABLE readings_backup (sensor integer NOT NULL, reading integer, created_at timestamp, updated_at timestamp);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let object = Object::table(table);
        let generated = table.primary_key.as_ref().is_some_and(|key| {
            key.columns.iter().all(|column| table.table.column(column).is_some_and(|column| column.system_generated))
        });
        if table.primary_key.is_some() && !generated {
            verdicts.pass(object);
        } else if [UnseenKind::Constraints, UnseenKind::Indexes, UnseenKind::Partitions]
            .iter()
            .any(|kind| context.model.is_unseen_of(*kind, &table.qualified_name()))
        {
            verdicts.unknown(object, "not all of its constraints, indexes and partitions could be read");
        } else {
            judge(context, verdicts, table, generated);
        }
    }
}

fn judge(context: Context<'_>, verdicts: &mut Verdicts, table: TableRef<'_>, generated: bool) {
    let object = Object::table(table);
    let candidates = table.table.indexes.iter().filter(|index| is_candidate(table, index));
    let candidate = candidates.min_by_key(|index| rank(table, index));
    let class = context.survey.class(table.id);
    let partitions_have_keys = table.partitioning.as_ref().is_some_and(|partitioning| {
        !partitioning.partitions.is_empty() && partitioning.partitions.iter().all(|partition| partition.primary_key)
    });
    if class == TableClass::Junction && candidate.is_some() {
        verdicts.pass(object);
        return;
    }
    let message = match candidate {
        Some(index) => format!("no primary key, though {} would do", index.name),
        None if generated => "no primary key of its own; the server added an invisible one".to_owned(),
        None => "no primary key and no unique key over columns that are NOT NULL".to_owned(),
    };
    let name = Names::new(context).primary_key(&table.schema.name, &table.name);
    let candidate_columns = candidate.map(|index| index.key_columns().flatten().map(str::to_owned).collect());
    // A table has one such column at most, so that no other can number its rows.
    let counted = table.columns.iter().find(|column| column.auto_increment && !column.system_generated);
    // A key of a partitioned table contains its partition key.
    let counted = counted.filter(|column| {
        table.partitioning.as_ref().is_none_or(|key| key.columns.iter().all(|other| *other == column.name))
    });
    let change = match candidate_columns.or_else(|| Some(vec![counted?.name.clone()])) {
        Some(columns) => Change::AddPrimaryKey { table: table.qualified_name(), name, columns },
        None => Change::AddSurrogateKey { table: table.qualified_name(), column: surrogate(table), name },
    };
    let finding = Finding::new(&RULE, object, message);
    let finding = if generated
        || partitions_have_keys
        || table.persistence == Persistence::Unlogged
        || class == TableClass::Clone
    {
        finding.severity(Severity::Info)
    } else if candidate.is_some() {
        finding.severity(Severity::Warning)
    } else {
        finding
    };
    verdicts.fail(finding.with([change]));
}

/// How well an index would do as the primary key: numbers of its own before the parent's key before anything that people
/// write, which can change.
fn rank(table: TableRef<'_>, index: &Index) -> u8 {
    let columns: Vec<&str> = index.key_columns().flatten().collect();
    let counts = |column: &Column| {
        let sequence = column.default.as_ref().is_some_and(|default| default.sequence.is_some());
        column.identity.is_some() || column.auto_increment || sequence
    };
    match columns[..] {
        [only] if table.column(only).is_some_and(counts) => 0,
        _ if table.foreign_keys.iter().any(|key| key.columns == columns) => 1,
        _ => 2,
    }
}

/// Whether an index could back the primary key: unique over whole columns of the user that are NOT NULL.
fn is_candidate(table: TableRef<'_>, index: &Index) -> bool {
    index.unique
        && !index.exclusion
        && index.is_usable()
        && index.predicate.is_none()
        && index.method == "btree"
        && index.plain_columns().is_some_and(|columns| {
            let own = |column: &&str| {
                table.table.column(column).is_some_and(|column| !column.nullable && !column.system_generated)
            };
            columns.iter().all(own)
        })
}

fn surrogate(table: TableRef<'_>) -> String {
    ["id", "row_id", "surrogate_id", "surrogate_key"]
        .into_iter()
        .find(|name| table.table.columns.iter().all(|column| !column.name.eq_ignore_ascii_case(name)))
        .unwrap_or("brownfield_id")
        .to_owned()
}

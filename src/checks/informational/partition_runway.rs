//! Partitions that end one day.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "partition-runway",
    summary: "Rows beyond the last range partition are refused",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Partitions],
    denominator: "tables partitioned by range",
    options: &[],
    peers: &[],
    references: &["https://www.postgresql.org/docs/current/ddl-partitioning.html"],
    documentation: r"
## What it does

Reports a table partitioned by range without a default partition (PostgreSQL) or one up to `MAXVALUE` (MySQL, MariaDB), and
says where its last partition ends.

## Why

On the day the data passes that bound every insert fails, unless a job has added partitions in time.

## Not reported

Tables with such a catch-all partition, and tables partitioned otherwise. If a job adds partitions, ignore the finding.

## Fix

Add partitions ahead of time, by a job or `pg_partman`, or one for the rest. How long each should be is a matter of
retention, so no step is written.

## Example

```sql,fires,postgresql
CREATE TABLE visits (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
```

```sql,fires,mysql,mariadb
CREATE TABLE visits (at date NOT NULL) PARTITION BY RANGE (YEAR(at)) (PARTITION p2030 VALUES LESS THAN (2031));
```

```sql,passes,postgresql
CREATE TABLE visits (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE TABLE visits_rest PARTITION OF visits DEFAULT;
```

```sql,passes,mysql,mariadb
CREATE TABLE visits (at date NOT NULL) PARTITION BY RANGE (YEAR(at))
    (PARTITION p2030 VALUES LESS THAN (2031), PARTITION rest VALUES LESS THAN MAXVALUE);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let Some(partitioning) = table.table.partitioning.as_ref().filter(|it| it.strategy.starts_with("range")) else {
            continue;
        };
        let object = Object::table(table);
        let bounds: Vec<&str> = partitioning.partitions.iter().filter_map(|part| part.bound.as_deref()).collect();
        let open = bounds.iter().any(|bound| {
            let upper = bound.to_uppercase();
            upper == "DEFAULT" || upper.contains("MAXVALUE")
        });
        if open {
            verdicts.pass(object);
            continue;
        }
        let message = match bounds.iter().max() {
            Some(last) => format!("the last partition is {last}; rows beyond it are refused"),
            None => "has no partition, so every row is refused".to_owned(),
        };
        verdicts.fail(Finding::new(&RULE, object, message).advise("add partitions ahead of time, or one for the rest"));
    }
}

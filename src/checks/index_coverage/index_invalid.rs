//! An index that is there and not usable.

use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, Partitioning, QualifiedName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-invalid",
    summary: "An index is invalid: writes may pay for it, queries cannot use it",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Defect,
    weight: 6,
    severity: Severity::Error,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Partitions],
    denominator: "indexes of tables, partitions and materialized views",
    options: &[],
    peers: &["pg-index-health", "PgHero", "postgres_dba i4", "db_verifier i1002"],
    references: &["https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"],
    documentation: r"
## What it does

Reports an index that PostgreSQL marks as not valid or not ready. On a partitioned table that means that some partition
lacks the index.

## Why

A `CREATE INDEX CONCURRENTLY` that failed leaves such an index behind. Queries never use it; a unique one does not
guarantee uniqueness; if it is ready, every write still maintains it.

## Not reported

Indexes whose build was running while the catalog was read.

An index named `…_ccnew` or `…_ccold` is left over from a failed `REINDEX CONCURRENTLY` and is dropped; any other is built
again.

## Fix

Rebuild it with `REINDEX INDEX CONCURRENTLY`, attach the partition that lacks it, or drop what an interrupted rebuild left
behind.

## Example

```sql,fires
CREATE TABLE visits (customer_id integer NOT NULL, at date NOT NULL, PRIMARY KEY (customer_id, at)) PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE INDEX visits_at_idx ON ONLY visits (at);
```

```sql,passes
CREATE TABLE visits (customer_id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE INDEX visits_at_idx ON visits (at);
CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS visits FROM visits;
CREATE UNIQUE INDEX totals_visits_idx ON totals (visits);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for index in &table.indexes {
            judge(verdicts, Object::index(table, &index.name), &table.qualified_name(), index);
        }
        if let Some(partitioning) = &table.partitioning {
            judge_partitions(verdicts, &table.schema.name, partitioning);
        }
    }
    for schema in &context.model.schemas {
        for view in &schema.views {
            for index in &view.indexes {
                let object = Object::index_of(&schema.name, &view.name, &index.name);
                judge(verdicts, object, &QualifiedName::new(&schema.name, &view.name), index);
            }
        }
    }
}

fn judge_partitions(verdicts: &mut Verdicts, schema: &str, partitioning: &Partitioning) {
    for partition in &partitioning.partitions {
        let schema = partition.schema.as_deref().unwrap_or(schema);
        for index in &partition.local_indexes {
            let object = Object::index_of(schema, &partition.name, &index.name);
            judge(verdicts, object, &QualifiedName::new(schema, &partition.name), index);
        }
        if let Some(below) = &partition.partitioning {
            judge_partitions(verdicts, schema, below);
        }
    }
}

fn judge(verdicts: &mut Verdicts, object: Object, table: &QualifiedName, index: &Index) {
    if (index.valid && index.ready) || index.build_in_progress {
        verdicts.pass(object);
        return;
    }
    let message = if index.missing_partitions.is_empty() {
        format!("is {}: its build did not finish", if index.valid { "not ready" } else { "not valid" })
    } else {
        let names: Vec<_> = index.missing_partitions.iter().map(|partition| partition.name.as_str()).collect();
        format!("is not valid: partitions without it: {}", names.join(", "))
    };
    let leftover = index.name.trim_end_matches(|c: char| c.is_ascii_digit());
    let leftover = leftover.ends_with("_ccnew") || leftover.ends_with("_ccold");
    let change = if leftover && index.constraint.is_none() {
        Change::DropIndex { table: table.clone(), name: index.name.clone() }
    } else {
        Change::RepairIndex { table: table.clone(), name: index.name.clone() }
    };
    verdicts.fail(Finding::new(&RULE, object, message).with([change]));
}

//! An index that starts with a column of two or three values.

use crate::checks::coverage::is_secondary;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef, UnseenKind};
use crate::survey::is_searched_by_ranges;

pub(super) static RULE: Rule = Rule {
    id: "index-leading-boolean",
    summary: "An index starts with a column that has two or three values",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Types],
    denominator: "valid btree indexes that are not unique",
    options: &[],
    peers: &["pg-index-health"],
    references: &["https://www.postgresql.org/docs/current/indexes-partial.html"],
    documentation: r"
## What it does

Reports an index without condition whose first column is boolean, or an enum that holds at most three values as the
statistics tell.

## Why

Half of the entries share their first value, so the index narrows nothing by itself. Where one value is rare, a partial
index on the rest is a fraction of the size.

## Not reported

- Partial and unique indexes.
- Enums without statistics.
- In MySQL and MariaDB, which have no partial indexes, a flag before a column that is searched by ranges: comparing the flag and
  then reading a range is what the index is for.

Which value queries ask for is not in the catalog, so no index is proposed.

## Fix

Index the rest `WHERE` the column has the rare value that queries ask for, or put a more selective column first. Which value
that is does not stand in the catalog, so no step is written.

## Example

```sql,fires,postgresql,sqlite
CREATE TABLE jobs (id integer NOT NULL PRIMARY KEY, done boolean NOT NULL, run_at date NOT NULL);
CREATE INDEX jobs_done_run_at_idx ON jobs (done, run_at);
```

```sql,fires,mysql,mariadb
CREATE TABLE jobs (id integer NOT NULL PRIMARY KEY, done boolean NOT NULL, queue integer NOT NULL);
CREATE INDEX jobs_done_queue_idx ON jobs (done, queue);
```

```sql,passes,mysql,mariadb
CREATE TABLE jobs (id integer NOT NULL PRIMARY KEY, done boolean NOT NULL, run_at date NOT NULL);
CREATE INDEX jobs_done_run_at_idx ON jobs (done, run_at);
```

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE jobs (id integer NOT NULL PRIMARY KEY, done boolean NOT NULL, queue integer NOT NULL);
CREATE INDEX jobs_queue_done_idx ON jobs (queue, done);
```

```sql,passes,postgresql,sqlite
CREATE TABLE jobs (id integer NOT NULL PRIMARY KEY, done boolean NOT NULL, run_at date NOT NULL);
CREATE INDEX jobs_done_idx ON jobs (done) WHERE NOT done;
```
",
    check,
};

/// An enum with at most this many values in use narrows as little as a boolean.
const FEW_VALUES: f64 = 3.0;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = context.model.engine.name;
    for table in context.tables.base() {
        for index in &table.indexes {
            if index.unique || index.method != "btree" || !is_secondary(engine, index) {
                continue;
            }
            let object = || Object::index(table, &index.name);
            let first = index.key.first().and_then(|part| part.column.as_deref());
            let column = first.and_then(|name| table.table.column(name));
            let second = index.key.get(1).and_then(|part| table.table.column(part.column.as_deref()?));
            let before_range = engine.is_mysql_family() && second.is_some_and(is_searched_by_ranges);
            let few = column
                .filter(|column| index.predicate.is_none() && !before_range && has_few_values(context, table, column));
            match few {
                None => verdicts.pass_in(table, object),
                Some(column) => {
                    let message = format!("starts with {} ({}) and has no condition", column.name, column.data_type);
                    let advice = if engine.is_mysql_family() {
                        "put a more selective column first"
                    } else {
                        "index the rest WHERE the column has the rare value that queries ask for"
                    };
                    verdicts.fail(Finding::new(&RULE, object(), message).advise(advice));
                }
            }
        }
    }
}

fn has_few_values(context: Context<'_>, table: TableRef<'_>, column: &Column) -> bool {
    let data_type = column.data_type.to_lowercase();
    if matches!(data_type.as_str(), "boolean" | "bool" | "tinyint(1)") {
        return true;
    }
    let is_enum =
        !column.values.is_empty()
            || column.user_type.as_ref().is_some_and(|name| {
                context.model.schemas.iter().any(|schema| {
                    schema.name == name.schema && schema.enums.iter().any(|known| known.name == name.name)
                })
            });
    let distinct = context
        .model
        .statistics
        .as_ref()
        .and_then(|all| all.column(&table.schema.name, &table.name, &column.name))
        .and_then(|statistics| statistics.distinct);
    is_enum && column.array_dimensions == 0 && distinct.is_some_and(|count| count > 0.0 && count <= FEW_VALUES)
}

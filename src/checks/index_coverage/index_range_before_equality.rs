//! A column that is searched by ranges before others in an index.

use crate::checks::coverage::is_secondary;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, Index, SortOrder, TableRef, UnseenKind};
use crate::survey::is_searched_by_ranges;

pub(super) static RULE: Rule = Rule {
    id: "index-range-before-equality",
    summary: "An index has a column that is searched by ranges before its last column",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Constraints],
    denominator: "valid btree indexes over several columns that are not unique",
    options: &[],
    peers: &["pg-index-health"],
    references: &["https://use-the-index-luke.com/sql/where-clause/searching-for-ranges"],
    documentation: r"
## What it does

Reports a btree index in which a timestamp, date, range, floating-point column or an amount with decimals stands before the last
column.

## Why

Such columns are usually searched by ranges, and the columns after a range no longer narrow the search: the index reads
the whole range. The other order, equality first, reads only the rows that match.

## Not reported

- Columns followed by nothing but what is sorted by or searched by ranges too: columns of the primary key (keyset pagination),
  expressions, other timestamps, columns in descending order.
- The partition key in the first position.
- Unique indexes.

Only the queries can prove it, so no other order is proposed.

## Fix

Put the columns that are compared for equality first, once the statements that ran show them (`--workload`); without that
proof no step is written.

## Example

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, shop integer NOT NULL);
CREATE INDEX orders_placed_on_shop_idx ON orders (placed_on, shop);
```

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, shop integer NOT NULL);
CREATE INDEX orders_shop_placed_on_idx ON orders (shop, placed_on);
CREATE INDEX orders_placed_on_id_idx ON orders (placed_on, id);
CREATE UNIQUE INDEX orders_placed_on_shop_key ON orders (placed_on, shop);
CREATE TABLE bans (id integer NOT NULL PRIMARY KEY, host varchar(40) NOT NULL, expires_on date, lifted_on date);
CREATE INDEX bans_host_expires_on_lifted_on_idx ON bans (host, expires_on, lifted_on);
```

An index to sort by:

```sql,passes,postgresql,sqlite
CREATE TABLE runs (id integer NOT NULL PRIMARY KEY, shop integer NOT NULL, planned_on date, closed_on date, started_on date);
CREATE INDEX runs_shop_planned_on_idx ON runs (shop, planned_on, coalesce(closed_on, '2038-01-19') DESC, started_on DESC, id);
CREATE INDEX runs_closed_on_shop_idx ON runs (closed_on DESC, shop DESC);
```

```sql,passes,postgresql
CREATE TABLE visits (at date NOT NULL, customer integer NOT NULL) PARTITION BY RANGE (at);
CREATE INDEX visits_at_customer_idx ON visits (at, customer);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = context.model.engine.name;
    for table in context.tables.base() {
        for index in &table.indexes {
            if index.method != "btree" || index.unique || index.key.len() < 2 || !is_secondary(engine, index) {
                continue;
            }
            let object = Object::index(table, &index.name);
            match early_range(table, index) {
                None => verdicts.pass(object),
                Some(column) => {
                    let message = format!("{} ({}) stands before the last column", column.name, column.data_type);
                    let advice = "if queries compare the later columns by equality, put these first";
                    verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
                }
            }
        }
    }
}

fn early_range<'t>(table: TableRef<'t>, index: &Index) -> Option<&'t Column> {
    let primary = table.table.primary_key.as_ref().map_or(&[][..], |key| &key.columns);
    let partition_key = table.table.partitioning.as_ref().map_or(&[][..], |partitioning| &partitioning.columns);
    index.key.iter().enumerate().take(index.key.len() - 1).find_map(|(position, part)| {
        let column = table.table.column(part.column.as_deref()?)?;
        let rest = index.key.get(position + 1..).unwrap_or_default();
        let sorted = rest.iter().all(|part| {
            let column = part.column.as_ref().map(|name| (name, table.table.column(name)));
            column.is_none_or(|(name, column)| {
                part.order == SortOrder::Descending
                    || primary.contains(name)
                    || column.is_some_and(is_searched_by_ranges)
            })
        });
        let partitioned = position == 0 && partition_key.contains(&column.name);
        (is_searched_by_ranges(column) && !sorted && !partitioned).then_some(column)
    })
}

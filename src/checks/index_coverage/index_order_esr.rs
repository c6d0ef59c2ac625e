//! An index whose columns stand in the wrong order for a query.

use crate::checks::access::{Exempt, Judged, described, exempt, pairs};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, TableRef, UnseenKind};
use crate::survey::Lookup;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    id: "index-order-esr",
    summary: "An index has the columns that a query needs, with a range before an equality or the sort order",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Workload,
    reads: &[UnseenKind::Indexes],
    denominator: "pairs of a costly query and a table in which it compares or sorts by two columns or more",
    options: &[],
    peers: &["sqlcheck"],
    references: &["https://use-the-index-luke.com/sql/where-clause/searching-for-ranges"],
    documentation: r"
## What it does

Reads the statements that ran, given by `--workload`, and asks whether an index serves the columns of each in the order
equality, sort, range. Reports a statement when none does, although an index has all of the columns: with a range before
an equality, or with another column between those to sort by. Judged are the same statements and tables as by
`query-pattern-uncovered`; `index-range-before-equality` is the part that can be seen without a workload.

## Why

Columns after a range no longer narrow the search, and a sort after a range cannot use the index.

## Not reported

- Tables below 1 000 rows. When the number of rows is unknown, the pair is.
- Statements that another index serves, or that find one row by a unique key.
- Lists of values: `IN` is an equality as long as nothing is sorted.
- Columns that do not narrow the search: booleans, three distinct values or fewer.
- Statements that could not be parsed, and everything without a workload: unknown.

## Fix

Add the index in the better order. The old one stays, as other queries may need it, unless it is the start of the new one.

## Example

```sql,workload
SELECT id FROM orders WHERE customer_number = 17 AND placed_on > '2024-01-01';
```

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_number integer NOT NULL, placed_on date NOT NULL);
CREATE INDEX orders_placed_on_customer_number_idx ON orders (placed_on, customer_number);
INSERT INTO orders (id, customer_number, placed_on)
WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 49)
SELECT a.i * 50 + b.i, a.i, CAST(CASE WHEN b.i % 7 = 0 THEN '2024-02-01' WHEN b.i % 7 = 1 THEN '2024-03-01'
    WHEN b.i % 7 = 2 THEN '2024-04-01' WHEN b.i % 7 = 3 THEN '2024-05-01' ELSE '2024-06-01' END AS date)
FROM n AS a CROSS JOIN n AS b;
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_number integer NOT NULL, placed_on date NOT NULL);
CREATE INDEX orders_placed_on_customer_number_idx ON orders (placed_on, customer_number);
CREATE INDEX orders_customer_number_placed_on_idx ON orders (customer_number, placed_on);
INSERT INTO orders (id, customer_number, placed_on)
WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 49)
SELECT a.i * 50 + b.i, a.i, CAST('2024-01-01' AS date) FROM n AS a CROSS JOIN n AS b;
```

A list of values, a look-up by a key, and a range that another query orders by:

```sql,workload
SELECT id FROM orders WHERE customer_number IN (17, 18) AND placed_on = '2024-01-01';
SELECT placed_on FROM orders WHERE id = 5 AND customer_number = 17;
SELECT id FROM orders WHERE placed_on > '2024-01-01' ORDER BY placed_on, customer_number;
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_number integer NOT NULL, placed_on date NOT NULL);
CREATE INDEX orders_placed_on_customer_number_idx ON orders (placed_on, customer_number);
INSERT INTO orders (id, customer_number, placed_on)
WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 49)
SELECT a.i * 50 + b.i, a.i, CAST('2024-01-01' AS date) FROM n AS a CROSS JOIN n AS b;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for pair in pairs(context, verdicts) {
        let lookups: Vec<&Lookup> = pair.pattern.lookups.iter().filter(|lookup| columns(lookup) >= 2).collect();
        if lookups.is_empty() {
            continue;
        }
        match exempt(context, pair.table) {
            Some(Exempt::Passes) => verdicts.pass(pair.object()),
            Some(Exempt::Unknown(reason)) => verdicts.unknown(pair.object(), reason),
            None => match lookups.iter().find_map(|lookup| misordered(context, pair.table, lookup)) {
                Some((lookup, index)) => {
                    let key = lookup.key();
                    let wanted: Vec<&str> = key.iter().filter_map(|part| part.column.as_deref()).collect();
                    let has: Vec<&str> = index.key_columns().flatten().collect();
                    let message = format!(
                        "{} has ({}), and ({}) is the order that serves: {}",
                        index.name,
                        has.join(", "),
                        wanted.join(", "),
                        described(context, pair.query)
                    );
                    let advice = "keep the old index as long as other queries need its order";
                    verdicts.fail(Finding::new(&RULE, pair.object(), message).with(lookup.changes()).advise(advice));
                }
                None => verdicts.pass(pair.object()),
            },
        }
    }
}

/// Columns that a look-up compares or sorts by, each counted once.
fn columns(lookup: &Lookup) -> usize {
    let equality = lookup.equality.iter().map(|equality| &equality.column);
    let all = equality.chain(&lookup.range).chain(lookup.sort.iter().map(|part| &part.column));
    all.collect::<BTreeSet<_>>().len()
}

fn misordered<'a>(context: Context<'a>, table: TableRef<'a>, lookup: &'a Lookup) -> Option<(Judged<'a>, &'a Index)> {
    let judged = Judged::new(context, table, lookup);
    if judged.is_covered() {
        return None;
    }
    let index = judged.misordered()?;
    Some((judged, index))
}

//! A costly query that no index serves.

use crate::checks::access::{Exempt, Judged, described, exempt, is_costly, pairs};
use crate::checks::columns::several;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "query-pattern-uncovered",
    summary: "No index starts with any column that a costly query compares",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 8,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Workload,
    reads: &[UnseenKind::Indexes],
    denominator: "pairs of a costly query and a table that it reads",
    options: &[],
    peers: &["PgHero", "dexter", "index_advisor", "MySQL sys schema"],
    references: &["https://www.postgresql.org/docs/current/pgstatstatements.html"],
    documentation: r"
## What it does

Reads the statements that ran, given by `--workload`, and asks whether some index of each table starts with a column that
the statement compares for equality, with `IN` or `IS NULL`, or as a range. Reports a statement of which none does, when it
takes a hundredth of all time or more, or looks at a hundred rows for each one that it returns. A file of plain statements
says nothing of their cost: whoever wrote it chose them.

Judged are the 200 statements that took the most time, of those that ran five times or more.

## Why

A query without such an index reads the whole table each time.

## Not reported

- Tables below 1 000 rows. When the number of rows is unknown, the pair is.
- Columns inside of functions, `<>`, and `LIKE` with a wildcard in front: an ordinary index serves none of them. Outside of
  MySQL and MariaDB this is every `LIKE`.
- Columns that do not narrow the search: booleans, three distinct values or fewer, a search for NULL where many are.
- Joins whose other side is read first, by conditions of its own.
- Statements that join conditions by OR or could not be parsed, and joins with views and subqueries: unknown.
- Everything without a workload: unknown.

## Fix

Add the index that is named: columns compared for equality first, then those that are sorted by, then at most one range.

## Example

```sql,workload
SELECT id, placed_on FROM orders WHERE customer_number = 17 ORDER BY placed_on DESC LIMIT 10;
```

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_number integer NOT NULL, placed_on date NOT NULL);
INSERT INTO orders (id, customer_number, placed_on)
WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 49)
SELECT a.i * 50 + b.i, a.i, CAST('2024-01-01' AS date) FROM n AS a CROSS JOIN n AS b;
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_number integer NOT NULL, placed_on date NOT NULL);
CREATE INDEX orders_customer_number_idx ON orders (customer_number);
INSERT INTO orders (id, customer_number, placed_on)
WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 49)
SELECT a.i * 50 + b.i, a.i, CAST('2024-01-01' AS date) FROM n AS a CROSS JOIN n AS b;
```

A table of few rows:

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_number integer NOT NULL, placed_on date NOT NULL);
INSERT INTO orders VALUES (1, 17, CAST('2024-01-01' AS date));
```

What no ordinary index serves, and a join that starts at the other table:

```sql,workload
SELECT o.id FROM orders AS o WHERE lower(o.note) = 'x' AND o.state <> 'paid';
SELECT o.id FROM orders AS o JOIN customers AS c ON c.number = o.customer_number WHERE o.id = 5;
SELECT o.id FROM orders AS o WHERE o.is_open = true;
```

```sql,passes
CREATE TABLE customers (number integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_number integer NOT NULL,
    note varchar(40) NOT NULL,
    state varchar(10) NOT NULL,
    is_open boolean NOT NULL
);
INSERT INTO orders (id, customer_number, note, state, is_open)
WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 49)
SELECT a.i * 50 + b.i, a.i, 'n', 's', a.i > b.i FROM n AS a CROSS JOIN n AS b;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for pair in pairs(context, verdicts) {
        let compares = pair.pattern.lookups.iter().filter(|lookup| lookup.compares());
        let lookups: Vec<Judged<'_>> = compares.map(|lookup| Judged::new(context, pair.table, lookup)).collect();
        if lookups.is_empty() {
            continue;
        }
        match exempt(context, pair.table) {
            Some(Exempt::Passes) => verdicts.pass(pair.object()),
            Some(Exempt::Unknown(reason)) => verdicts.unknown(pair.object(), reason),
            None => match lookups.iter().find(|lookup| !lookup.is_led_to()) {
                Some(lookup) if is_costly(context, pair.query) => {
                    let message = format!(
                        "no index starts with {}, which it compares: {}",
                        several(&lookup.compared()),
                        described(context, pair.query)
                    );
                    verdicts.fail(Finding::new(&RULE, pair.object(), message).with(lookup.changes()));
                }
                _ => verdicts.pass(pair.object()),
            },
        }
    }
}

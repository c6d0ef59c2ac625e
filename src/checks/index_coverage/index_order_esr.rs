//! An index whose columns stand in the wrong order for a query.

use crate::checks::{Context, Dimension, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "index-order-esr",
    summary: "An index has the columns that a query needs, with a range before an equality or the sort order",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Workload,
    denominator: "pairs of a costly query and a table in which it compares or sorts by two columns or more",
    options: &[],
    peers: &["sqlcheck"],
    references: &["https://use-the-index-luke.com/sql/where-clause/searching-for-ranges"],
    documentation: r"
## What it does

Asks whether the columns of an index stand in the order equality, sort, range that a query needs. The catalog does not
hold the queries, so every schema is unknown until a workload is given; `index-range-before-equality` is the part that can
be seen without one.

## Why

Columns after a range no longer narrow the search, and a sort after a range cannot use the index.

## Not reported

Nothing is reported without a workload.

## Example

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL, status integer NOT NULL);
CREATE INDEX orders_placed_on_status_idx ON orders (placed_on, status);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in context.model.schemas.iter().filter(|schema| !schema.tables.is_empty()) {
        verdicts.unknown(Object::schema(&schema.name), "needs a workload: the catalog does not hold the queries");
    }
}

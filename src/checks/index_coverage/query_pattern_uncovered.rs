//! A costly query that no index serves.

use crate::checks::{Context, Dimension, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "query-pattern-uncovered",
    summary: "No index starts with any column that a costly query compares",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 8,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Workload,
    denominator: "pairs of a costly query and a table that it reads",
    options: &[],
    peers: &["PgHero", "dexter", "index_advisor", "MySQL sys schema"],
    references: &["https://www.postgresql.org/docs/current/pgstatstatements.html"],
    documentation: r"
## What it does

Asks whether some index starts with a column that a costly query compares. The catalog does not hold the queries, so
every schema is unknown until a workload is given.

## Why

A query without such an index reads the whole table each time.

## Not reported

Nothing is reported without a workload.

## Example

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in context.model.schemas.iter().filter(|schema| !schema.tables.is_empty()) {
        verdicts.unknown(Object::schema(&schema.name), "needs a workload: the catalog does not hold the queries");
    }
}

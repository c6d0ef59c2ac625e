//! A spatial index that the optimizer ignores.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "spatial-index-no-srid",
    summary: "A spatial index on a column without SRID is never used",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Defect,
    weight: 3,
    severity: Severity::Warning,
    engines: &[EngineName::MySql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "spatial indexes (MySQL 8.0 and later)",
    options: &[],
    peers: &["skeema dupe-index"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/spatial-index-optimization.html"],
    documentation: r"
## What it does

Reports a `SPATIAL` index on a column that is not restricted to one spatial reference system.

## Why

Since MySQL 8.0 the optimizer ignores such an index, because values of different systems cannot be compared. Writes still
maintain it.

## Not reported

MySQL 5.7 and MariaDB, which have no such restriction.

## Fix

Give the column the SRID that its values have, after a look at `ST_SRID` of the rows. It rewrites the table, and the SRID is
not in the catalog, so no step is written.

## Example

```sql,fires
CREATE TABLE places (id integer NOT NULL PRIMARY KEY, position point NOT NULL, SPATIAL INDEX places_position_idx (position));
```

```sql,passes
CREATE TABLE places (id integer NOT NULL PRIMARY KEY, position point NOT NULL SRID 4326, SPATIAL INDEX places_position_idx (position));
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    if context.model.engine.version_numbers().0 < 8 {
        return;
    }
    for table in context.tables.base() {
        for index in table.indexes.iter().filter(|index| index.method == "spatial") {
            let object = Object::index(table, &index.name);
            let loose = index
                .key_columns()
                .flatten()
                .filter_map(|name| table.column(name))
                .find(|column| column.srid.is_none());
            match loose {
                None => verdicts.pass(object),
                Some(column) => {
                    let message = format!("{} has no SRID, so the optimizer ignores the index", column.name);
                    let advice = format!(
                        "find the reference system in use (SELECT DISTINCT ST_SRID({0})), then MODIFY {0} with that SRID",
                        column.name
                    );
                    verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
                }
            }
        }
    }
}

//! An index that the optimizer does not see.

use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-invisible",
    summary: "An index is invisible to the optimizer and still maintained",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "indexes",
    options: &[],
    peers: &["skeema"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/invisible-indexes.html"],
    documentation: r"
## What it does

Reports indexes that are `INVISIBLE` (MySQL) or `IGNORED` (MariaDB).

## Why

That is how one rehearses a drop. Forgotten there, the index costs every write and serves no query.

## Not reported

Visible indexes. While a rehearsal runs, ignore the finding.

## Fix

Drop it when the rehearsal has lasted long enough, or make it visible again.

## Example

```sql,fires,mysql
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on) INVISIBLE;
```

```sql,fires,mariadb>=10.6
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
ALTER TABLE orders ALTER INDEX orders_placed_on_idx IGNORED;
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for index in &table.table.indexes {
            let object = Object::index(table, &index.name);
            if index.visible {
                verdicts.pass(object);
            } else {
                let change = Change::DropIndex { table: table.qualified_name(), name: index.name.clone() };
                let message = "the optimizer does not see it, and every write maintains it";
                verdicts.fail(Finding::new(&RULE, object, message).with([change]));
            }
        }
    }
}

//! A view cannot be read: something that it names is gone.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "view-invalid",
    summary: "A view cannot be read: something that it names is gone",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Error,
    engines: &[EngineName::MySql, EngineName::MariaDb, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "views",
    options: &[],
    peers: &[],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/view-restrictions.html"],
    documentation: r"
## What it does

Finds views that the engine itself calls broken, because a table, a column or a function that they name does not exist, or their definer lost the right to it.

## Why

The view stands in the catalog and every query on it fails. A dump cannot be restored, since the view cannot be made.

## Not reported

PostgreSQL, which lets nothing go that a view needs.

## Fix

Make the view anew for the tables as they are, or drop it. Which one is a matter of meaning, so no step is written.

## Example

```sql,fires,mysql,mariadb
CREATE TABLE orders (id bigint PRIMARY KEY, total int);
CREATE VIEW totals AS SELECT id, total FROM orders;
ALTER TABLE orders DROP COLUMN total;
```

```sql,fires,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, total integer);
CREATE VIEW totals AS SELECT id, total FROM gone;
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, total integer);
CREATE VIEW totals AS SELECT id, total FROM orders;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        for view in &schema.views {
            let object = Object::in_schema(&schema.name, ObjectKind::View, &view.name);
            match &view.broken {
                Some(why) => {
                    let finding = Finding::new(&RULE, object, format!("cannot be read: {why}"));
                    verdicts.fail(finding.advise("make it anew for the tables as they are, or drop it"));
                }
                None => verdicts.pass(object),
            }
        }
    }
}

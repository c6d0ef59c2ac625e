//! A view on a table with row security shows all of its rows.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "security-definer-view",
    summary: "A view on a table with row security shows all of its rows",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "views that read a table with row security, PostgreSQL 15 and later",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/sql-createview.html"],
    documentation: r"
## What it does

Finds views without `security_invoker` that read a table with row security.

## Why

The view reads with the rights of its owner, whom the policies of the table do not hold back: whoever may read the view sees every row.

## Not reported

Views that read no table with row security. Before PostgreSQL 15 there is no such option.

## Example

```sql,fires,postgresql>=15
CREATE TABLE orders (id bigint PRIMARY KEY, owner text);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (owner = current_user);
CREATE VIEW all_orders AS SELECT id FROM orders;
```

```sql,passes,postgresql>=15
CREATE TABLE orders (id bigint PRIMARY KEY, owner text);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (owner = current_user);
CREATE VIEW own_orders WITH (security_invoker = true) AS SELECT id FROM orders;
CREATE TABLE products (id bigint PRIMARY KEY);
CREATE VIEW all_products AS SELECT id FROM products;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    if context.model.engine.version_numbers().0 < 15 {
        return;
    }
    for schema in &context.model.schemas {
        for view in schema.views.iter().filter(|view| !view.materialized) {
            let guarded =
                view.reads.iter().filter_map(|name| context.tables.find(name)).find(|table| table.table.row_security);
            let Some(guarded) = guarded else { continue };
            let object = Object::in_schema(&schema.name, ObjectKind::View, &view.name);
            if view.security_invoker {
                verdicts.pass(object);
                continue;
            }
            let message =
                format!("shows rows of {} past its policies, with the rights of the view's owner", guarded.table.name);
            let advice = "ALTER VIEW … SET (security_invoker = true), unless showing all rows is its purpose";
            verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
        }
    }
}

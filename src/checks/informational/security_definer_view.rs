//! Views that go round row security.

use crate::checks::columns::several;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, QualifiedName, View};
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule {
    id: "security-definer-view",
    summary: "A view reads a table with row security with the rights of its owner",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "views that read tables with row security, directly or through other views, from PostgreSQL 15 on",
    options: &[],
    peers: &["splinter 0010"],
    references: &["https://www.postgresql.org/docs/current/sql-createview.html"],
    documentation: r"
## What it does

Reports views without `security_invoker` that read a table with row security. Before PostgreSQL 15 a view has no other way.

## Why

Such a view sees what its owner sees, which is usually everything: who may read the view reads round the policies.

## Not reported

- Views on tables without row security: there, a view with its owner's rights is how one shows part of a table.
- Materialized views, which hold what their owner saw when they were refreshed.

Where the view is the very means by which a role is shown more, accept it in the configuration.

## Fix

Set `security_invoker`, from PostgreSQL 15 on, after a test that the readers may read what it shows.

## Example

```sql,fires,postgresql>=15
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders USING (owner = current_user);
CREATE VIEW recent_orders AS SELECT id FROM orders;
CREATE VIEW latest_orders AS SELECT id FROM recent_orders;
```

```sql,passes,postgresql>=15
CREATE TABLE orders (id integer PRIMARY KEY, owner name NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders USING (owner = current_user);
CREATE VIEW recent_orders WITH (security_invoker = true) AS SELECT id FROM orders;
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE VIEW recent_customers AS SELECT id FROM customers;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    if context.model.engine.version_numbers() < (15, 0, 0) {
        return;
    }
    let views: BTreeMap<QualifiedName, &View> = context
        .model
        .schemas
        .iter()
        .flat_map(|schema| schema.views.iter().map(|view| (QualifiedName::new(&schema.name, &view.name), view)))
        .collect();
    for (name, view) in views.iter().filter(|(_, view)| !view.materialized) {
        let secured: Vec<&str> = tables_of(&views, name)
            .into_iter()
            .filter(|table| context.tables.find(table).is_some_and(|table| table.row_security))
            .map(|table| table.name.as_str())
            .collect();
        if secured.is_empty() {
            continue;
        }
        let object = Object::view(&name.schema, &name.name);
        if view.security_invoker {
            verdicts.pass(object);
        } else {
            let owner = view.owner.as_deref().unwrap_or("its owner");
            let message = format!("reads {} with the rights of {owner}", several(&secured));
            let change = Change::SetSecurityInvoker { view: name.clone() };
            verdicts.fail(Finding::new(&RULE, object, message).with([change]));
        }
    }
}

/// The tables that a view reads, also through other views, by name.
fn tables_of<'v>(views: &'v BTreeMap<QualifiedName, &'v View>, name: &'v QualifiedName) -> BTreeSet<&'v QualifiedName> {
    let mut tables = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut next = vec![name];
    while let Some(name) = next.pop() {
        if !seen.insert(name) {
            continue;
        }
        match views.get(name) {
            Some(view) => next.extend(&view.reads),
            None => {
                tables.insert(name);
            }
        }
    }
    tables
}

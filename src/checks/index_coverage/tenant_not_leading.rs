//! The tenant column in an index, but not first.

use crate::checks::coverage::is_secondary;
use crate::checks::names::Names;
use crate::checks::relations::superseded;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, KeyPart, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "tenant-not-leading",
    summary: "An index holds the tenant column, but does not start with it",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::ForeignKeys, UnseenKind::Constraints],
    denominator: "valid indexes over several columns, not unique, of tables with the tenant column",
    options: &[],
    peers: &[],
    references: &["https://use-the-index-luke.com/sql/where-clause/the-equals-operator/concatenated-keys"],
    documentation: r"
## What it does

In a schema that keeps tenants apart by a column, reports an index over several columns that holds that column in a later
position.

## Why

Every query of the application is for one tenant. An index that starts with the tenant reads that tenant's entries only,
and keeps them together on disk.

## Not reported

- Indexes without the tenant column.
- Indexes that start with a column that refers to another table: it is more selective than the tenant.
- Unique indexes.

Queries across tenants may need the other order; check before you drop it.

## Fix

Create the index with the tenant first, then drop the old one.

## Example

```sql,fires
CREATE TABLE tenants (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    tenant_id integer NOT NULL,
    shelf integer NOT NULL,
    CONSTRAINT orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX orders_tenant_id_idx ON orders (tenant_id);
CREATE INDEX orders_shelf_tenant_id_idx ON orders (shelf, tenant_id);
CREATE TABLE invoices (
    id integer NOT NULL PRIMARY KEY,
    tenant_id integer NOT NULL,
    CONSTRAINT invoices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX invoices_tenant_id_idx ON invoices (tenant_id);
CREATE TABLE parcels (
    id integer NOT NULL PRIMARY KEY,
    tenant_id integer NOT NULL,
    CONSTRAINT parcels_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX parcels_tenant_id_idx ON parcels (tenant_id);
```

```sql,passes
CREATE TABLE tenants (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    tenant_id integer NOT NULL,
    shelf integer NOT NULL,
    CONSTRAINT orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX orders_tenant_id_shelf_idx ON orders (tenant_id, shelf);
CREATE TABLE invoices (
    id integer NOT NULL PRIMARY KEY,
    tenant_id integer NOT NULL,
    order_id integer NOT NULL,
    CONSTRAINT invoices_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE
);
CREATE INDEX invoices_order_id_tenant_id_idx ON invoices (order_id, tenant_id);
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, tenant_id integer NOT NULL, shelf integer NOT NULL);
CREATE UNIQUE INDEX parcels_shelf_tenant_id_key ON parcels (shelf, tenant_id);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(tenancy) = &context.survey.tenancy else { return };
    let engine = context.model.engine.name;
    let names = Names::new(context);
    for table in tenancy.tables.iter().filter_map(|name| context.tables.find(name)).filter(|table| table.is_base()) {
        let own = table.qualified_name();
        let refers = |column: &str| {
            table.foreign_keys.iter().any(|key| key.columns.first().is_some_and(|first| first == column))
                || context.survey.relations.iter().any(|relation| relation.table == own && relation.column == column)
        };
        for index in &table.table.indexes {
            if index.unique || index.key.len() < 2 || index.method != "btree" || !is_secondary(engine, index) {
                continue;
            }
            let object = Object::index(table, &index.name);
            let position = index.key_columns().position(|name| name == Some(tenancy.column.as_str()));
            let first = index.key.first().and_then(|part| part.column.as_deref());
            let Some(position) = position.filter(|&position| position > 0 && !first.is_some_and(refers)) else {
                verdicts.pass(object);
                continue;
            };
            let message = format!("{} stands in position {}", tenancy.column, position + 1);
            let finding = Finding::new(&RULE, object, message);
            let plain = index.include.is_empty() && index.key.iter().all(|part| part.column.is_some());
            verdicts.fail(if plain {
                let mut key: Vec<KeyPart> = index.key.clone();
                let tenant = key.remove(position);
                key.insert(0, tenant);
                let drops = superseded(engine, table, &key, index.predicate.as_ref());
                let columns: Vec<String> = key.iter().filter_map(|part| part.column.clone()).collect();
                let add = Change::AddIndex {
                    table: table.qualified_name(),
                    name: names.index(&table.schema.name, &table.name, &columns),
                    method: index.method.clone(),
                    key,
                    predicate: index.predicate.clone(),
                };
                finding
                    .with([add, Change::DropIndex { table: table.qualified_name(), name: index.name.clone() }])
                    .with(drops)
            } else {
                finding.advise(format!("put {} first", tenancy.column))
            });
        }
    }
}

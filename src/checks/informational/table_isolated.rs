//! A table that nothing relates to.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, QualifiedName, UnseenKind};
use crate::survey::TableClass;
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    id: "table-isolated",
    summary: "No relation, declared or inferred, leads to or from a table",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "entity tables of schemas with several tables",
    options: &[],
    peers: &["pg-index-health", "tbls", "SchemaCrawler additional lints", "db_verifier fk1007"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK"],
    documentation: r"
## What it does

Reports a table without any foreign key in or out, to which no inferred relation or polymorphic pair belongs either.

## Why

It is unused, or its relations exist only in the application's code.

## Not reported

- Lookup, log, archive and framework tables.
- Tables named after configuration, settings, preferences, metadata, queues, jobs or caches.
- The only table of a schema.

## Fix

Declare the relations that it has, or move what nothing needs out of the schema. No step is written.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, city varchar(40) NOT NULL, born_on date);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE TABLE vehicles (id integer NOT NULL PRIMARY KEY, plate varchar(40) NOT NULL, bought_on date NOT NULL, price integer NOT NULL, wheels integer NOT NULL);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, city varchar(40) NOT NULL, born_on date);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE TABLE app_settings (id integer NOT NULL PRIMARY KEY, title varchar(40) NOT NULL, opened_on date NOT NULL, slots integer NOT NULL);
```
",
    check,
};

const STAND_ALONE: [&str; 10] =
    ["config", "setting", "queue", "job", "cache", "session", "lock", "parameter", "metadata", "preference"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let outside = context.model.outside.iter().flat_map(|schema| &schema.tables);
    let referenced_from_outside: HashSet<&QualifiedName> =
        outside.flat_map(|table| &table.foreign_keys).map(|key| &key.referenced_table).collect();
    for table in context.tables.base() {
        if context.survey.class(table.id) != TableClass::Entity || table.schema.tables.len() < 2 {
            continue;
        }
        let own = table.qualified_name();
        let lower = table.name.to_lowercase();
        let related = !table.foreign_keys.is_empty()
            || context.tables.referenced_by(table.id).next().is_some()
            || referenced_from_outside.contains(&own)
            || context
                .survey
                .relations
                .iter()
                .any(|relation| relation.table == own || relation.referenced_table == own)
            || context.survey.polymorphic.iter().any(|pair| pair.table == own);
        if related || STAND_ALONE.iter().any(|word| lower.contains(word)) {
            verdicts.pass(Object::table(table));
        } else {
            let message = "no foreign key and no inferred relation leads to or from it";
            let advice = "find out who uses it; declare its relations or drop it";
            verdicts.fail(Finding::new(&RULE, Object::table(table), message).advise(advice));
        }
    }
}

//! A column that refers to another table, declared or not, without an index.

use crate::checks::coverage::cover;
use crate::checks::names::Names;
use crate::checks::relations::{SCORED, arrow, index_instead, index_urgency, resolve};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "relation-column-unindexed",
    summary: "No index serves look-ups along a relation",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 10,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::ForeignKeys],
    denominator: "foreign keys and inferred relations of confidence 0.90 or more",
    options: &[],
    peers: &["active_record_doctor", "GitLab guidelines", "Azimutt"],
    references: &["https://github.com/gregnavis/active_record_doctor#indexing-unindexed-foreign-keys"],
    documentation: r"
## What it does

Applies the test of `fk-missing-index` to every relation, whether a foreign key declares it or its name and type show it.

## Why

The rows that belong to a parent are the most common look-up there is. Without an index on the referring column each one
reads the whole table.

## Not reported

- Columns that the start of a primary key, unique key or other index serves.
- Relations that `fk-missing-index` reports: they count here too, but are printed once.

Tables below 1 000 rows, and logs, are reported as information.

## Fix

Add an index that starts with the column, without blocking writes where the engine can.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL, placed_on date NOT NULL);
CREATE INDEX orders_customer_id_placed_on_idx ON orders (customer_id, placed_on);
CREATE TABLE carts (customer_id integer NOT NULL, position integer NOT NULL, PRIMARY KEY (customer_id, position));
```

A small table, and a log:

```sql,fires,postgresql,sqlite,severity=info
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL);
INSERT INTO customers VALUES (1, 'Ada');
INSERT INTO orders VALUES (1, 1), (2, 1);
ANALYZE;
```

```sql,fires,severity=info
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE login_log (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    let name =
        |table: crate::model::TableRef<'_>, columns: &[String]| names.index(&table.schema.name, &table.name, columns);
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let parent = context.tables.find(&key.referenced_table);
            let referenced = parent.as_ref().map(|parent| (parent.table, key.referenced_columns.as_slice()));
            let object = Object::foreign_key(table, key);
            if cover(table.table, &key.columns, referenced).suffices() {
                verdicts.pass(object);
            } else {
                let message = format!("no usable index starts with the columns of {}", arrow(key));
                let add = index_instead(context.model.engine.name, table, name(table, &key.columns), &key.columns);
                let mut finding = Finding::new(&RULE, object, message).with(add);
                if context.model.engine.name != EngineName::MySql {
                    finding = finding.printed_under("fk-missing-index");
                }
                verdicts.fail(graded(finding, index_urgency(context, table, parent)));
            }
        }
    }
    for relation in context.survey.relations.iter().filter(|relation| relation.confidence >= SCORED || relation.pinned)
    {
        let Some((child, parent)) = resolve(context, relation) else { continue };
        let object = Object::inside(child, ObjectKind::Relation, &relation.column);
        let columns = [relation.column.clone()];
        if !child.is_base() {
            continue;
        }
        if cover(child.table, &columns, None).suffices() {
            verdicts.pass(object);
        } else {
            let message =
                format!("no usable index starts with it, although it refers to {} ({})", parent.name, relation.why);
            let add = index_instead(context.model.engine.name, child, name(child, &columns), &columns);
            let finding = Finding::new(&RULE, object, message).with(add);
            verdicts.fail(graded(finding, index_urgency(context, child, Some(parent))));
        }
    }
}

fn graded(finding: Finding, severity: Option<Severity>) -> Finding {
    match severity {
        Some(severity) => finding.severity(severity),
        None => finding,
    }
}

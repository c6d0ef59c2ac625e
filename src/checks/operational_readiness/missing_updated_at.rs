use super::{is_small, timestamp_column, usual_column};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, TableRef};
use crate::survey::{TableClass, counts_to_moment, singular, split};

pub(super) static RULE: Rule = Rule {
    id: "missing-updated-at",
    summary: "A table does not record when its rows were last changed",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 4,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "entity tables with more than three columns: no junction, lookup, log, copy or library table, no movements and readings",
    options: &[],
    peers: &["active_record_doctor", "schemalint", "Bytebase"],
    references: &["https://github.com/gregnavis/active_record_doctor"],
    documentation: r"
## What it does

Looks for a temporal column whose name says updated, modified, changed, edited or, as in Odoo, write. A number with such a
name counts seconds.

## Why

Caches, exports and synchronisation ask for what changed since yesterday; without it they read everything.

## Not reported

Append-only tables (logs, events, versions, `stock_movements`, readings), junction and lookup tables, copies, tables of libraries, tables of up to three
columns with their key, not counting the one that marks deleted rows.

## Fix

Add the column under the name and type that most tables of the schema use, kept current by the database where it keeps the
others.

## Example

```sql,fires
CREATE TABLE customers (id integer PRIMARY KEY, code integer, age integer, created_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE customers (id int PRIMARY KEY, code int, age int, created_at datetime);
```

In SQLite, a STRICT table gets a text where others have a `datetime`:

```sql,fires,sqlite
CREATE TABLE customers (id integer PRIMARY KEY, code integer, age integer, created_at text) STRICT;
CREATE TABLE orders (id integer PRIMARY KEY, code integer, created_at datetime, updated_at datetime);
```

```sql,passes
CREATE TABLE invoices (id integer PRIMARY KEY, code integer, age integer, created_at integer, updated_at integer);
CREATE TABLE node (nid integer PRIMARY KEY, title varchar(40), created integer NOT NULL, changed bigint NOT NULL);
CREATE TABLE customers (id integer PRIMARY KEY, code integer, age integer, last_modified timestamp);
CREATE TABLE login_events (id integer PRIMARY KEY, a integer, b integer, created_at timestamp);
CREATE TABLE stock_movements (id integer PRIMARY KEY, a integer, b integer, created_at timestamp);
CREATE TABLE res_partner (id integer PRIMARY KEY, a integer, b integer, create_date timestamp, write_date timestamp);
```
",
    check,
};

/// Last words of tables whose rows say what happened, and are not changed after.
const ONLY_ADDED_TO: [&str; 5] = ["movement", "posting", "reading", "measurement", "visit"];

fn is_only_added_to(table: &str) -> bool {
    split(table).last().is_some_and(|word| ONLY_ADDED_TO.contains(&singular(word).as_str()))
}

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let usual = usual_column(context, true);
    for table in context.tables.base() {
        if context.survey.class(table.id) != TableClass::Entity
            || is_small(context, table)
            || is_only_added_to(&table.table.name)
        {
            continue;
        }
        let counts = table.table.columns.iter().any(|column| counts_to_moment(column, true));
        if counts || context.survey.timestamps[table.id.0].updated.is_some() {
            verdicts.pass(Object::table(table));
            continue;
        }
        let finding = Finding::new(&RULE, Object::table(table), "no column records when a row was last changed");
        verdicts.fail(match timestamp_column(context, table, true, &usual) {
            Some(change) => {
                let maintain: Vec<Change> = maintained(context, table, &change);
                finding.with(std::iter::once(change).chain(maintain)).advise("keep it current in every statement")
            }
            None => finding.advise("the usual name is taken by a column of another type: rename one of them"),
        });
    }
}

/// A trigger for the new column, where the database keeps such columns of the schema current.
fn maintained(context: Context<'_>, table: TableRef<'_>, added: &Change) -> Vec<Change> {
    let Change::AddColumn { column, .. } = added else { return Vec::new() };
    let others = context.tables.base().filter(|other| other.schema.name == table.schema.name);
    let usual = others.into_iter().any(|other| context.survey.timestamps[other.id.0].maintained_by.is_some());
    let moment = column.data_type.to_lowercase().contains("time");
    if !usual || !moment || column.on_update.is_some() {
        return Vec::new();
    }
    // Tables that inherit get the column, and no trigger.
    let children = table.inheritance.iter().flat_map(|inheritance| &inheritance.children);
    std::iter::once(&table.qualified_name())
        .chain(children)
        .map(|table| Change::MaintainUpdatedAt { table: table.clone(), column: column.name.clone() })
        .collect()
}

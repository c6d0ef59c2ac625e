use super::{is_small, timestamp_column, usual_column};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::TableClass;

pub(super) static RULE: Rule = Rule {
    id: "missing-created-at",
    summary: "A table does not record when its rows were made",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "entity tables with more than three columns: no junction, lookup, log, copy or library table",
    options: &[],
    peers: &["active_record_doctor", "schemalint", "Bytebase", "tbls"],
    references: &["https://github.com/gregnavis/active_record_doctor"],
    documentation: r"
## What it does

Looks for a temporal column whose name says created, inserted or added.

## Why

It is the first thing that is asked after an incident, and it cannot be found out later.

## Not reported

Junction, lookup and log tables, copies, tables of libraries, tables of up to three columns. In SQLite, which has no temporal
type, the name decides alone.

The remedy takes the name and type that most tables of the schema use. Rows that exist get their other timestamp or else the
moment of the migration: an upper bound, to be replaced by a better one where it is known.

## Example

```sql,fires
CREATE TABLE customers (id integer PRIMARY KEY, code integer, age integer, updated_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE customers (id int PRIMARY KEY, code int, age int, updated_at datetime);
```

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, code integer, age integer, date_added timestamp);
CREATE TABLE countries (code integer PRIMARY KEY, capital varchar(40));
CREATE TABLE login_events (id integer PRIMARY KEY, a integer, b integer, c integer);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let usual = usual_column(context, false);
    for table in context.tables.base() {
        if context.survey.class(table.id) != TableClass::Entity || is_small(table) {
            continue;
        }
        if context.survey.timestamps[table.id.0].created.is_some() {
            verdicts.pass(Object::table(table));
            continue;
        }
        let finding = Finding::new(&RULE, Object::table(table), "no column records when a row was made");
        verdicts.fail(match timestamp_column(context, table, false, &usual) {
            Some(change) => finding.with([change]),
            None => finding.advise("the usual name is taken by a column of another type: rename one of them"),
        });
    }
}

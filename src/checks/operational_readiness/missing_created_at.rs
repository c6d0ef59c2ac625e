use super::{is_small, timestamp_column, usual_column};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, TableRef};
use crate::survey::{TableClass, counts_to_moment, is_temporal, key_words, split};

pub(super) static RULE: Rule = Rule {
    id: "missing-created-at",
    summary: "A table does not record when its rows were made",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "entity tables with more than three columns: no junction, lookup, log, copy or library table",
    options: &[],
    peers: &["active_record_doctor", "schemalint", "Bytebase", "tbls", "Eessaar"],
    references: &["https://github.com/gregnavis/active_record_doctor"],
    documentation: r"
## What it does

Looks for a temporal column whose name says created, inserted or added, or for one that cannot be empty and gets the present
moment by default or is called for the table: `requested_at DEFAULT now()`, `invoice_date` of `invoices`. A number with such
a name counts seconds.

## Why

It is the first thing that is asked after an incident, and it cannot be found out later.

## Not reported

Junction, lookup and log tables, copies, tables of libraries, tables of up to three columns with their key, not counting the
one that marks deleted rows. In SQLite, which has no temporal type, the name decides alone.

## Fix

Add the column under the name and type that most tables of the schema use. Rows that exist get their other timestamp or else
the moment of the migration: an upper bound, to be replaced by a better one where it is known.

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
CREATE TABLE rental (id integer PRIMARY KEY, rental_date date NOT NULL, a integer, b integer);
CREATE TABLE tickets (id integer PRIMARY KEY, requested_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, a integer, b integer);
```

Seconds since 1970 in Yii and in Drupal:

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, code integer, age integer, created_at integer, updated_at integer);
CREATE TABLE node (nid integer PRIMARY KEY, title varchar(40), created integer NOT NULL, changed bigint NOT NULL);
```

A library's tables are not ours to judge:

```sql,passes
CREATE TABLE qrtz_triggers (id integer PRIMARY KEY, name varchar(40), state varchar(16), job varchar(40), data varchar(80));
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let usual = usual_column(context, false);
    for table in context.tables.base() {
        if context.survey.class(table.id) != TableClass::Entity || is_small(context, table) {
            continue;
        }
        let counts = table.table.columns.iter().any(|column| counts_to_moment(column, false));
        if counts || context.survey.timestamps[table.id.0].created.is_some() || has_moment_of_event(context, table) {
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

/// Words that go with a moment.
const MOMENTS: [&str; 5] = ["at", "on", "date", "time", "timestamp"];

/// Spellings of the present moment in a default.
const NOW: [&str; 5] = ["current_timestamp", "now(", "localtimestamp", "'now'", "unixepoch("];

/// Whether a column that cannot be empty holds when the row came to be, under a name of its own.
fn has_moment_of_event(context: Context<'_>, table: TableRef<'_>) -> bool {
    let updated = &context.survey.timestamps[table.id.0].updated;
    let own = key_words(&table.table.name);
    let temporal = table.table.columns.iter().filter(|column| is_temporal(context.model.engine.name, column));
    temporal.filter(|column| !column.nullable && column.on_update.is_none()).any(|column| {
        let default = column.default.as_ref().map(|default| default.expression.to_lowercase()).unwrap_or_default();
        let by_default = NOW.iter().any(|now| default.contains(now)) && updated.as_ref() != Some(&column.name);
        let words = split(&column.name);
        let named = words.split_last().is_some_and(|(last, rest)| MOMENTS.contains(&last.as_str()) && rest == own);
        by_default || named
    })
}

use super::renamed;
use crate::checks::columns::names_a_day;
use crate::checks::names::written;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName};
use crate::survey::{TableClass, Timestamps, split};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "timestamp-column-name",
    summary: "The name of a moment says day, or that of a day says moment",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 1,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "columns of a date or timestamp type",
    options: &[],
    peers: &["Eessaar"],
    references: &["https://docs.gitlab.com/ee/development/database/"],
    documentation: r"
## What it does

Finds timestamps called `…_on` or `…_date`, dates called `…_at`, and creation timestamps that are called otherwise than those of
most tables.

## Why

Whoever compares `paid_on` with a day finds only what was paid at midnight.

## Not reported

Tables of libraries, columns without a declared type, and moments of creation or change that are called as most tables call
theirs (`create_date` and `write_date` of Odoo).

## Fix

Rename the column to end in `_at` for a moment or `_on` for a day, together with the code that uses it.

## Example

```sql,fires,postgresql
CREATE TABLE bills (id integer NOT NULL PRIMARY KEY, paid_on timestamptz);
CREATE TABLE trips (id integer NOT NULL PRIMARY KEY, left_at date);
```

```sql,fires,sqlite
CREATE TABLE bills (id integer NOT NULL PRIMARY KEY, paid_on timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE bills (id int NOT NULL PRIMARY KEY, paid_on datetime);
```

```sql,passes
CREATE TABLE bills (id integer NOT NULL PRIMARY KEY, paid_on date, due date);
```

```sql,passes
CREATE TABLE res_users (id integer NOT NULL PRIMARY KEY, create_date timestamp NULL, write_date timestamp NULL);
CREATE TABLE res_partner (id integer NOT NULL PRIMARY KEY, create_date timestamp NULL, write_date timestamp NULL);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let usual_created = usual(context, |stamps| stamps.created.as_deref());
    let usual_updated = usual(context, |stamps| stamps.updated.as_deref());
    for table in context.tables.base().filter(|table| context.survey.class(table.id) != TableClass::ThirdParty) {
        let stamps = &context.survey.timestamps[table.id.0];
        let (created, updated) = (stamps.created.as_deref(), stamps.updated.as_deref());
        for column in table.table.columns.iter().filter(|column| !column.inherited) {
            let Some(day) = is_day(column) else { continue };
            let object = Object::column(table, &column.name);
            let own = Some(column.name.as_str());
            if own == created && created == usual_created || own == updated && updated == usual_updated {
                verdicts.pass(object);
                continue;
            }
            let words = split(&column.name);
            let last = words.last().map(String::as_str).unwrap_or_default();
            let (message, end) = match (day, last) {
                _ if words.len() < 2 => (String::new(), ""),
                // It is the type that is wrong there, not the name.
                (false, "on" | "date") if names_a_day(&words) => (String::new(), ""),
                (false, "on" | "date") => {
                    (format!("{} is a {}, and its name says day", column.name, column.data_type), "at")
                }
                (true, "at") => (format!("{} is a date, and its name says moment", column.name), "on"),
                _ => (String::new(), ""),
            };
            let other = usual_created.filter(|_| created == own);
            let (message, to) = match (message.is_empty(), other) {
                (false, _) => (message, replaced(context, &words, end)),
                (true, Some(usual)) if !day => {
                    (format!("the moment of creation is called {usual} in most tables"), usual.to_owned())
                }
                _ => {
                    verdicts.pass(object);
                    continue;
                }
            };
            let finding = Finding::new(&RULE, object, message);
            verdicts.fail(match renamed::column(table, &column.name, to) {
                Some(change) => finding.with([change]),
                None => finding.advise("choose a name that says whether it is a day or a moment"),
            });
        }
    }
}

/// Whether a column holds days (else moments); `None` when it holds neither.
fn is_day(column: &Column) -> Option<bool> {
    let base = column.base_type();
    if column.array_dimensions > 0 {
        None
    } else if base == "date" {
        Some(true)
    } else {
        (base.starts_with("timestamp") || base.starts_with("datetime")).then_some(false)
    }
}

/// The name that most of these moments have, where there are more than one.
fn usual<'c>(context: Context<'c>, stamp: impl Fn(&'c Timestamps) -> Option<&'c str>) -> Option<&'c str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in context.tables.base().filter_map(|table| stamp(&context.survey.timestamps[table.id.0])) {
        *counts.entry(name).or_default() += 1;
    }
    let (name, count) = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))?;
    (*count > 1 && count * 2 > counts.values().sum::<usize>()).then_some(*name)
}

/// The words with another end, written as the schema writes names.
fn replaced(context: Context<'_>, words: &[String], end: &str) -> String {
    let mut words = words.to_vec();
    words.pop();
    words.push(end.to_owned());
    written(&words, context.survey.naming.expected_style)
}

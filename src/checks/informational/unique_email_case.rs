//! A unique e-mail address that differs by case.

use crate::checks::columns::is_reference;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, UnseenKind};
use crate::survey::lower;

pub(super) static RULE: Rule = Rule {
    id: "unique-email-case",
    summary: "Unique e-mail addresses or user names may differ in upper and lower case only",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "unique keys on e-mail addresses and user names",
    options: &[],
    peers: &["active_record_doctor", "database_consistency"],
    references: &["https://www.postgresql.org/docs/current/citext.html"],
    documentation: r"
## What it does

Reports a unique key on a column named `email`, `username` or `login` that compares upper and lower case as different.

## Why

`Ann@example.org` and `ann@example.org` become two accounts of one person.

## Not reported

- Columns of type `citext` or with a collation of their own, and SQLite columns with `NOCASE`.
- Columns that have a unique index on `lower(column)` too.
- Keys that contain a mark of deleted rows which is NULL while a row lives: no two such rows are compared, which
  `unique-with-nullable` reports.
- Keys over further columns that are no references, tenants or marks of deleted rows: they may hold the value several times.

Applications that store lower case only are safe without it.

## Fix

Make `lower(…)` unique in place of the column, or use a collation that ignores case, after a look for addresses that differ
in case alone. These have to be merged by a person, so no step is written.

## Example

```sql,fires
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, email varchar(200) NOT NULL);
CREATE UNIQUE INDEX users_email_key ON users (email);
```

```sql,passes
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, email varchar(200) NOT NULL);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
```

```sql,passes
CREATE TABLE code_history (id integer NOT NULL PRIMARY KEY, username varchar(80) NOT NULL, step integer NOT NULL);
CREATE UNIQUE INDEX code_history_username_step_key ON code_history (username, step);
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, email varchar(200) NOT NULL, deleted_at timestamp);
CREATE UNIQUE INDEX customers_email_deleted_at_key ON customers (email, deleted_at);
```
",
    check,
};

const NAMES: [&str; 5] = ["email", "email_address", "username", "user_name", "login"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for column in table.columns.iter().filter(|column| NAMES.contains(&&*lower(&column.name))) {
            let name = column.name.to_lowercase();
            let mentions = |text: &str| text.to_lowercase().contains(&name);
            let unique = || table.indexes.iter().filter(|index| index.guarantees_unique());
            let folded = unique().any(|index| {
                index.key.iter().any(|part| {
                    part.expression.as_deref().is_some_and(mentions)
                        || (part.collation.is_some() && part.column.as_ref() == Some(&column.name))
                })
            });
            let own = table.qualified_name();
            let goes_with = |name: &str| {
                let tenant = context.survey.tenancy.as_ref().is_some_and(|tenancy| tenancy.column == name);
                let marks = context.survey.soft_deletes.iter().any(|mark| mark.table == own && mark.column == name);
                tenant || marks || is_reference(table, name)
            };
            // NULLs are never equal, so that rows without a mark are not compared at all.
            let binds = |index: &Index, key: &str| {
                let mark = context.survey.soft_deletes.iter().any(|mark| mark.table == own && mark.column == key);
                !mark || index.nulls_not_distinct || table.column(key).is_some_and(|column| !column.nullable)
            };
            let plain = unique().any(|index| {
                let columns: Vec<Option<&str>> = index.key_columns().collect();
                columns.contains(&Some(column.name.as_str()))
                    && columns
                        .iter()
                        .all(|key| key.is_some_and(|key| key == column.name || (goes_with(key) && binds(index, key))))
            });
            if !plain && !folded {
                continue;
            }
            let object = Object::column(table, &column.name);
            if folded || column.base_type().ends_with("citext") || column.collation.is_some() {
                verdicts.pass(object);
            } else {
                let message = "is unique, but values may differ in upper and lower case only";
                verdicts.fail(
                    Finding::new(&RULE, object, message).advise(format!("make lower({}) unique instead", column.name)),
                );
            }
        }
    }
}

//! A table that refers to itself and refuses deletes.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Action, EngineName, ForeignKey, UnseenKind};
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "fk-self-reference",
    summary: "A table refers to itself, and deletes of inner nodes are refused",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys of a table to itself",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "DbDeo", "sqlcheck"],
    references: &["https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-RECURSIVE"],
    documentation: r"
## What it does

Points out adjacency lists: a foreign key to the own table whose delete action is `NO ACTION` or `RESTRICT`.

## Why

A subtree can only be deleted from its leaves upwards, and reading it takes a recursive query.

## Not reported

Keys that cascade or set NULL. Columns that say by whom a row was made or changed (`added_by_id`): they make no tree.

## Fix

Delete subtrees from the leaves upwards, or set `ON DELETE CASCADE` or `SET NULL` where that is meant. No step is written.

## Example

```sql,fires
CREATE TABLE categories (
    id integer NOT NULL PRIMARY KEY,
    parent_id integer,
    CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id)
);
```

```sql,passes
CREATE TABLE categories (
    id integer NOT NULL PRIMARY KEY,
    parent_id integer,
    CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE TABLE users (
    id integer NOT NULL PRIMARY KEY,
    added_by_id integer,
    CONSTRAINT users_added_by_id_fkey FOREIGN KEY (added_by_id) REFERENCES users (id)
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let own = table.qualified_name();
        let says_who =
            |key: &&ForeignKey| key.columns.iter().any(|column| split(column).iter().any(|word| word == "by"));
        let own_keys = table.foreign_keys.iter().filter(|key| key.referenced_table == own);
        for key in own_keys.filter(|key| !says_who(key)) {
            let object = Object::foreign_key(table, key);
            if matches!(key.on_delete, Action::NoAction | Action::Restrict) {
                let message =
                    format!("({}) refers to its own table with {}", key.columns.join(", "), key.on_delete.sql());
                verdicts.fail(Finding::new(&RULE, object, message).advise("delete subtrees from the leaves upwards"));
            } else {
                verdicts.pass(object);
            }
        }
    }
}

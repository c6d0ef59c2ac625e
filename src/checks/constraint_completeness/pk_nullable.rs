use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "pk-nullable",
    summary: "A primary key accepts NULL",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Defect,
    weight: 6,
    severity: Severity::Warning,
    engines: &[EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "tables with a primary key",
    options: &[],
    peers: &[],
    references: &["https://sqlite.org/quirks.html#primary_keys_can_sometimes_contain_nulls"],
    documentation: r"
## What it does

Reports primary keys of SQLite with a column that is not declared `NOT NULL`.

## Why

SQLite lets such a column be NULL, in any number of rows, for the sake of old databases. Those rows have no key: they cannot be
referred to, and they are not told apart.

## Not reported

`INTEGER PRIMARY KEY`, which is the row's own number, and tables that are `STRICT` or `WITHOUT ROWID`: there a primary key
forbids NULL.

## Fix

Rebuild the table with NOT NULL on the columns of its key.

## Example

```sql,fires
CREATE TABLE countries (code TEXT PRIMARY KEY, name TEXT NOT NULL);
```

```sql,passes
CREATE TABLE countries (code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE regions (code TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let Some(key) = &table.table.primary_key else { continue };
        let nullable: Vec<&String> =
            key.columns.iter().filter(|name| table.column(name).is_some_and(|column| column.nullable)).collect();
        if nullable.is_empty() {
            verdicts.pass(Object::table(table));
            continue;
        }
        let names: Vec<&str> = nullable.iter().map(|name| name.as_str()).collect();
        let message = format!("the primary key accepts NULL in {}", names.join(", "));
        let changes = nullable.into_iter().map(|column| Change::SetNotNull {
            table: table.qualified_name(),
            column: column.clone(),
            fill: None,
        });
        verdicts.fail(Finding::new(&RULE, Object::table(table), message).with(changes));
    }
}

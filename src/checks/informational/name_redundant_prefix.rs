//! Names repeat what is known: `tbl_`, or the table in its columns.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::{singular, split};

pub(super) static RULE: Rule = Rule {
    id: "name-redundant-prefix",
    summary: "Names repeat what is known: `tbl_`, or the table in its columns",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "tables",
    options: &[],
    peers: &["Eessaar"],
    references: &[],
    documentation: r"
## What it does

Finds tables named `tbl_…` or `t_…`, and tables of which at least three columns, and more than half, start with the name of the table.

## Why

`orders.order_number` says order twice in every query. A prefix for the kind of object says what the place says already, and lies when a table becomes a view.

## Not reported

Keys: `order_id` in `orders` reads well in joins. A prefix that all tables of a schema share belongs to the application.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, order_number integer, order_total integer, order_note integer);
```

```sql,fires
CREATE TABLE tbl_orders (id integer PRIMARY KEY, number integer);
CREATE TABLE customers (id integer PRIMARY KEY, number integer);
```

```sql,passes
CREATE TABLE orders (order_id integer PRIMARY KEY, number integer, total integer, order_note integer);
```
",
    check,
};

/// Columns from which on a repetition is a habit.
const ENOUGH: usize = 3;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let object = Object::table(table);
        let words = split(&table.table.name);
        let kind = words.first().is_some_and(|word| matches!(word.as_str(), "tbl" | "tab")) && words.len() > 1;
        if kind {
            let message = format!("{} says that it is a table", table.table.name);
            verdicts.fail(Finding::new(&RULE, object, message));
            continue;
        }
        let mut own = words;
        if let Some(last) = own.last_mut() {
            *last = singular(last);
        }
        let keys: Vec<&String> = table
            .table
            .primary_key
            .iter()
            .flat_map(|key| &key.columns)
            .chain(table.table.foreign_keys.iter().flat_map(|key| &key.columns))
            .collect();
        let others: Vec<_> = table.table.columns.iter().filter(|column| !keys.contains(&&column.name)).collect();
        let repeats: Vec<&str> = others
            .iter()
            .filter(|column| {
                let words = split(&column.name);
                words.len() > own.len() && words.starts_with(&own)
            })
            .map(|column| column.name.as_str())
            .collect();
        if repeats.len() >= ENOUGH && repeats.len() * 2 > others.len() {
            let message = format!("{} repeat the name of the table", repeats.join(", "));
            verdicts.fail(Finding::new(&RULE, object, message));
        } else {
            verdicts.pass(object);
        }
    }
}

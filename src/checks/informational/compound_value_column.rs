//! A list in one text.

use crate::checks::columns::{is_json, is_text};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{ColumnStatistics, EngineName};
use crate::survey::{OfNames, split};

pub(super) static RULE: Rule = Rule {
    id: "compound-value-column",
    summary: "A text column seems to hold a list of values",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "text columns named like lists",
    options: &[],
    peers: &["sqlcheck 1001", "DbDeo"],
    references: &["https://en.wikipedia.org/wiki/First_normal_form"],
    documentation: r"
## What it does

Reports text columns whose name ends in `ids`, `uuids`, `list`, `csv` or `tags`. Where common values were sampled, it looks
whether they hold a comma, semicolon or bar.

## Why

No foreign key can check what such a text refers to, no ordinary index finds one element, and removing one means rewriting the
text. A table with one row per element, or an array where order matters, does all of this.

## Not reported

- Arrays and JSON, also where a check says that the text is JSON.
- Columns whose sampled common values hold no separator.

A text that is only searched as a whole is fine as it is.

## Fix

Keep one row per element in a table of their own. It takes code that splits the values, so no step is written.

## Example

```sql,fires
CREATE TABLE articles (id integer NOT NULL PRIMARY KEY, tag_ids varchar(200));
```

```sql,passes
CREATE TABLE articles (id integer NOT NULL PRIMARY KEY, wish_list_id integer, listed varchar(10), grids integer);
```

```sql,passes,postgresql
CREATE TABLE articles (id integer PRIMARY KEY, tags text[], author_ids jsonb);
```

```sql,passes,mysql,mariadb
CREATE TABLE articles (id integer NOT NULL PRIMARY KEY, tags json);
```

```sql,passes,sqlite
CREATE TABLE articles (id integer NOT NULL PRIMARY KEY, tags text CHECK (json_valid(tags)));
```
",
    check,
};

const NAMES: [&str; 5] = ["ids", "uuids", "list", "csv", "tags"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mut is_list = OfNames::new(is_named_list);
    for table in context.tables.base() {
        for column in table.table.columns.iter().filter(|column| is_list.of(&column.name) && is_text(column)) {
            let object = Object::column(table, &column.name);
            let known = context
                .model
                .statistics
                .as_ref()
                .and_then(|all| all.column(&table.schema.name, &table.name, &column.name));
            if is_json(table, column) || known.is_some_and(holds_single_values) {
                verdicts.pass(object);
            } else {
                let message = format!("seems to hold lists in {}", column.data_type);
                verdicts.fail(
                    Finding::new(&RULE, object, message).advise("keep one row per element in a table of their own"),
                );
            }
        }
    }
}

fn is_named_list(name: &str) -> bool {
    split(name).last().is_some_and(|word| NAMES.contains(&word.as_str()))
}

/// Whether values were sampled and none of them looks like a list.
fn holds_single_values(known: &ColumnStatistics) -> bool {
    !known.common_values.is_empty() && known.common_values.iter().all(|common| !common.value.contains([',', ';', '|']))
}

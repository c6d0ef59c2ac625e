//! Names that repeat what stands beside them.

use crate::checks::columns::{is_key, several};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Schema, TableRef};
use crate::survey::{key_words, singular, split};

pub(super) static RULE: Rule = Rule {
    id: "name-redundant-prefix",
    summary: "Names repeat that a table is a table, or the name of the table they stand in",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "schemas with tables, and tables",
    options: &[],
    peers: &["Eessaar"],
    references: &["https://www.sqlstyle.guide/#naming-conventions"],
    documentation: r"
## What it does

Reports a schema with tables whose names begin with `tbl`, `tb` or `table`, and a table of which two or more columns begin with
the table's own name: `customers.customer_name`. The first is one finding per schema, the second one per table.

## Why

The prefix tells nothing that its place does not tell, and makes every query longer.

## Not reported

- Columns of primary and foreign keys, and those that are named like a reference to the table itself (`customer_id`,
  `customer_code`): the same name on both sides is what makes joins readable.
- A single such column: `order_number` may be what people call it.
- Tables whose every column has the prefix, keys included: that is the schema's own convention.

A new name breaks running code, so no step is planned.

## Fix

Leave the prefix out of new names; a rename is rarely worth it, so no step is written.

## Example

```sql,fires
CREATE TABLE tbl_orders (id integer NOT NULL PRIMARY KEY, placed_on date NOT NULL);
```

```sql,fires
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY, customer_name varchar(40) NOT NULL, customer_city varchar(40) NOT NULL, born_on date
);
```

```sql,passes
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY, customer_code varchar(40) NOT NULL, customer_number integer NOT NULL, customised integer
);
CREATE TABLE tables (id integer NOT NULL PRIMARY KEY, seats integer NOT NULL);
CREATE TABLE parcels (parcel_id integer NOT NULL PRIMARY KEY, parcel_weight integer, parcel_height integer);
```
",
    check,
};

const TABLE_PREFIXES: [&str; 3] = ["tbl", "tb", "table"];
/// Last words of columns that other tables may carry under the same name.
const REFERENCES: [&str; 8] = ["id", "uuid", "guid", "code", "key", "no", "number", "ref"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        judge_schema(schema, verdicts);
    }
    for table in context.tables.base() {
        let object = Object::table(table);
        let own = key_words(&table.table.name);
        let repeating = repeating(table, &own);
        if repeating.len() < 2 || every_column_repeats(table, &own) {
            verdicts.pass(object);
        } else {
            let message = format!("{} columns begin with its own name: {}", repeating.len(), several(&repeating));
            verdicts
                .fail(Finding::new(&RULE, object, message).advise("leave the prefix out of the names of new columns"));
        }
    }
}

fn judge_schema(schema: &Schema, verdicts: &mut Verdicts) {
    let tables: Vec<&str> =
        schema.tables.iter().filter(|table| table.is_base()).map(|table| table.name.as_str()).collect();
    if tables.is_empty() {
        return;
    }
    let prefixed: Vec<&str> = tables
        .iter()
        .copied()
        .filter(|name| matches!(&*split(name), [first, _, ..] if TABLE_PREFIXES.contains(&first.as_str())))
        .collect();
    let object = Object::schema(&schema.name);
    if prefixed.is_empty() {
        verdicts.pass(object);
    } else {
        let message =
            format!("{} of {} tables say that they are tables: {}", prefixed.len(), tables.len(), several(&prefixed));
        verdicts.fail(Finding::new(&RULE, object, message).advise("leave the prefix out of the names of new tables"));
    }
}

/// Whether a name begins with the words of its table's name, the last of these in the singular, and goes on.
fn repeats(own: &[String], name: &str) -> bool {
    let first =
        name.chars().find(|character| character.is_alphanumeric()).and_then(|first| first.to_lowercase().next());
    if own.first().is_some_and(|word| word.chars().next() != first) {
        return false;
    }
    let words = split(name);
    // A word and its plural begin alike, which is cheaper to see than what the singular is.
    let same = |word: &String, own: &String| {
        word == own || (word.chars().next() == own.chars().next() && singular(word) == *own)
    };
    words.len() > own.len() && words.iter().zip(own).all(|(word, own)| same(word, own))
}

fn repeating<'m>(table: TableRef<'m>, own: &[String]) -> Vec<&'m str> {
    let is_reference = |name: &str| split(name).last().is_some_and(|word| REFERENCES.contains(&word.as_str()));
    let names = table.table.columns.iter().map(|column| column.name.as_str());
    names.filter(|name| repeats(own, name) && !is_key(table, name) && !is_reference(name)).collect()
}

fn every_column_repeats(table: TableRef<'_>, own: &[String]) -> bool {
    table.table.columns.iter().all(|column| repeats(own, &column.name))
}

//! Attributes as rows.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "eav-table",
    summary: "A table stores attributes as rows of entity, attribute and value",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "tables",
    options: &[],
    peers: &["sqlcheck", "DbDeo"],
    references: &["https://www.postgresql.org/docs/current/datatype-json.html"],
    documentation: r"
## What it does

Reports a table of few columns with a reference to an entity, the name of an attribute and its value.

## Why

No type, constraint or foreign key holds for such a value, and every query joins the table once per attribute.

## Not reported

Tables of settings, metadata, preferences, options and translations, where the attributes are open by nature.

## Fix

Give the attributes that are known columns of their own, or keep the rest in a JSON column. That is a redesign, so no step is
written.

## Example

```sql,fires
CREATE TABLE products (id integer NOT NULL PRIMARY KEY, title varchar(40) NOT NULL);
CREATE TABLE product_attributes (
    id integer NOT NULL PRIMARY KEY,
    product_id integer NOT NULL,
    attribute varchar(40) NOT NULL,
    value varchar(200) NOT NULL,
    CONSTRAINT product_attributes_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
```

```sql,passes
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, title varchar(40) NOT NULL);
CREATE TABLE user_settings (
    id integer NOT NULL PRIMARY KEY,
    user_id integer NOT NULL,
    name varchar(40) NOT NULL,
    value varchar(200) NOT NULL,
    CONSTRAINT user_settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
```
",
    check,
};

const ATTRIBUTES: [&str; 9] =
    ["attribute", "attribute_id", "attribute_name", "attr", "key", "name", "property", "field", "meta_key"];
const VALUES: [&str; 4] = ["value", "attribute_value", "meta_value", "val"];
const OPEN: [&str; 9] =
    ["setting", "metadata", "config", "preference", "option", "parameter", "translation", "propert", "label"];

/// A table with more columns holds more of an entity than one attribute.
const MOST_COLUMNS: usize = 8;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let object = Object::table(table);
        if table.columns.len() > MOST_COLUMNS {
            verdicts.pass(object);
            continue;
        }
        let named = |names: &[&str]| {
            table.table.columns.iter().find(|column| names.contains(&column.name.to_lowercase().as_str()))
        };
        let lower = table.name.to_lowercase();
        let key = table.primary_key.as_ref().map_or(&[][..], |key| &key.columns);
        let entity = table.table.foreign_keys.iter().find_map(|key| key.columns.first()).or_else(|| {
            let ids =
                table.table.columns.iter().filter(|column| column.name.ends_with("_id") || column.name.ends_with("Id"));
            ids.map(|column| &column.name).find(|name| !(key.len() == 1 && key.contains(name)))
        });
        match (entity, named(&ATTRIBUTES), named(&VALUES)) {
            (Some(entity), Some(attribute), Some(value)) if !OPEN.iter().any(|word| lower.contains(word)) => {
                let message = format!("({entity}, {}, {}) holds one attribute per row", attribute.name, value.name);
                let advice = "give attributes that are known columns of their own, and the rest one JSON column";
                verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
            }
            _ => verdicts.pass(object),
        }
    }
}

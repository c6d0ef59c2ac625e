//! A foreign key to columns that identify no row.

use crate::checks::coverage::is_unique_key;
use crate::checks::names::Names;
use crate::checks::relations::{arrow, indexes_unseen};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-parent-not-unique",
    summary: "A foreign key refers to columns that are not unique in the parent",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 5,
    severity: Severity::Warning,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys, UnseenKind::Indexes],
    denominator: "foreign keys whose parent is in the model",
    options: &[],
    peers: &["skeema fk-parent"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/ansi-diff-foreign-keys.html"],
    documentation: r"
## What it does

Reports a foreign key whose referenced columns are no primary or unique key of the parent, or one on a prefix only. InnoDB
accepts any index; MySQL 8.4 refuses new keys of this kind by default.

## Why

One child row can have several parents, so what a cascade or a restriction means is undefined. A dump of the schema no
longer loads into MySQL 8.4.

## Not reported

Keys to a unique key over the same columns in another order.

## Fix

Make the referenced columns unique, after a look for duplicates; an index that repeats the new one goes.

## Example

```sql,fires,mysql
SET SESSION restrict_fk_on_non_standard_key = OFF;
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, code varchar(20) NOT NULL, KEY customers_code_idx (code));
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_code varchar(20) NOT NULL,
    CONSTRAINT orders_customer_code_fkey FOREIGN KEY (customer_code) REFERENCES customers (code) ON DELETE CASCADE
);
```

```sql,fires,mariadb
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, code varchar(20) NOT NULL, KEY customers_code_idx (code));
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_code varchar(20) NOT NULL,
    CONSTRAINT orders_customer_code_fkey FOREIGN KEY (customer_code) REFERENCES customers (code) ON DELETE CASCADE
);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, code varchar(20) NOT NULL, UNIQUE KEY customers_code_key (code));
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_code varchar(20) NOT NULL,
    CONSTRAINT orders_customer_code_fkey FOREIGN KEY (customer_code) REFERENCES customers (code) ON DELETE CASCADE
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let Some(parent) = context.tables.find(&key.referenced_table) else { continue };
            let object = || Object::foreign_key(table, key);
            if is_unique_key(parent.table, &key.referenced_columns) {
                verdicts.pass_in(table, object);
            } else if let Some(reason) = indexes_unseen(context, parent) {
                verdicts.unknown(object(), reason);
            } else {
                let message = format!("{} refers to columns that are not unique", arrow(key));
                let change = Change::AddUnique {
                    table: parent.qualified_name(),
                    name: names.unique(&parent.schema.name, &parent.name, &key.referenced_columns),
                    columns: key.referenced_columns.clone(),
                    nulls_not_distinct: false,
                    predicate: None,
                    replaces: None,
                };
                // The plain index that let the key pass repeats the unique one.
                let repeated =
                    parent.indexes.iter().filter(|index| {
                        !index.unique
                            && index.predicate.is_none()
                            && index.key.len() <= key.referenced_columns.len()
                            && index.key.iter().zip(&key.referenced_columns).all(|(part, column)| {
                                part.column.as_ref() == Some(column) && part.prefix_length.is_none()
                            })
                    });
                let drops = repeated
                    .map(|index| Change::DropIndex { table: parent.qualified_name(), name: index.name.clone() });
                verdicts.fail(Finding::new(&RULE, object(), message).with([change]).with(drops));
            }
        }
    }
}

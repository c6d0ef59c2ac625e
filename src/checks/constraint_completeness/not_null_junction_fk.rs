use super::junction_without_unique::joined;
use crate::checks::columns::{is_set_null, refuses_null};
use crate::checks::relations::change_delete_action;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Action, EngineName, TableRef, UnseenKind};
use crate::survey::TableClass;

pub(super) static RULE: Rule = Rule {
    id: "not-null-junction-fk",
    summary: "A row of a junction table can lack one of its two sides",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys, UnseenKind::Constraints],
    denominator: "referring columns of junction tables",
    options: &[],
    peers: &["active_record_doctor", "Eessaar"],
    references: &["https://docs.gitlab.com/ee/development/database/not_null_constraints.html"],
    documentation: r"
## What it does

Finds referring columns of junction tables that can be NULL.

## Why

A row that joins something with nothing says nothing. It escapes the unique key, since NULL is never equal to NULL, and every
query through the table has to step over it.

## Not reported

Tables with more than two relations or with columns of their own are no junctions: there a leg may be optional.

## Fix

Delete the rows that lack a side, then make the column NOT NULL. A foreign key that sets the column to NULL on delete gets
`CASCADE` instead.

## Example

```sql,fires
CREATE TABLE products (id integer NOT NULL PRIMARY KEY);
CREATE TABLE categories (id integer NOT NULL PRIMARY KEY);
CREATE TABLE product_categories (
    id integer NOT NULL PRIMARY KEY,
    product_id integer NOT NULL,
    category_id integer,
    CONSTRAINT pc_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT pc_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE INDEX product_categories_product_idx ON product_categories (product_id);
CREATE INDEX product_categories_category_idx ON product_categories (category_id);
```

```sql,passes
CREATE TABLE products (id integer NOT NULL PRIMARY KEY);
CREATE TABLE categories (id integer NOT NULL PRIMARY KEY);
CREATE TABLE product_categories (
    product_id integer NOT NULL,
    category_id integer NOT NULL,
    PRIMARY KEY (category_id, product_id),
    CONSTRAINT pc_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT pc_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE INDEX product_categories_product_idx ON product_categories (product_id);
```

```sql,fires,postgresql,sqlite
CREATE TABLE products (id integer NOT NULL PRIMARY KEY);
CREATE TABLE categories (id integer NOT NULL PRIMARY KEY);
CREATE TABLE product_categories (
    product_id integer NOT NULL,
    category_id integer,
    id integer NOT NULL PRIMARY KEY,
    CONSTRAINT pc_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT pc_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE SET NULL
);
CREATE INDEX product_categories_product_idx ON product_categories (product_id);
CREATE INDEX product_categories_category_idx ON product_categories (category_id);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| context.survey.class(table.id) == TableClass::Junction) {
        for name in joined(context, table) {
            let Some(column) = table.column(name).filter(|column| column.generated.is_none()) else { continue };
            let object = Object::column(table, name);
            if refuses_null(table, column) {
                verdicts.pass(object);
            } else {
                let message = format!("{name} can be NULL, so a row can join nothing");
                let finding = Finding::new(&RULE, object, message).advise("delete the rows that lack a side first");
                verdicts.fail(finding.with(changes(context, table, name)));
            }
        }
    }
}

fn changes(context: Context<'_>, table: TableRef<'_>, column: &str) -> Vec<Change> {
    let name = table.qualified_name();
    let not_null = Change::SetNotNull { table: name.clone(), column: column.to_owned(), fill: None };
    if !is_set_null(table, column) {
        return vec![not_null];
    }
    let keys = table.table.foreign_keys.iter().filter(|key| key.columns.iter().any(|name| name == column));
    let cascade = keys
        .filter(|key| key.on_delete != Action::Cascade)
        .map(|key| change_delete_action(context, table, key, Action::Cascade));
    let Ok(cascade) = cascade.collect::<Result<Vec<Change>, _>>() else { return Vec::new() };
    // InnoDB refuses NOT NULL while the key still sets NULL, and the key changes last: one after the other.
    if context.model.engine.name.is_mysql_family() { cascade } else { cascade.into_iter().chain([not_null]).collect() }
}

use super::renamed;
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{CheckConstraint, EngineName, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "constraint-name-generated",
    summary: "A constraint has a name that the server numbered",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 1,
    severity: Severity::Info,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys, UnseenKind::Constraints],
    denominator: "foreign keys and checks",
    options: &[],
    peers: &["Bytebase", "Eessaar"],
    references: &["https://dev.mysql.com/doc/refman/9.7/en/create-table-foreign-keys.html"],
    documentation: r"
## What it does

Finds foreign keys and checks with names such as `orders_ibfk_1`, `orders_chk_1` and `CONSTRAINT_1`.

## Why

The number depends on the order in which constraints were made. The migration that drops `orders_ibfk_2` drops another key on
the next server.

## Not reported

Checks that the server adds by itself for JSON columns, and checks that MariaDB keeps with a column, which have the column's
name.

## Fix

Give the constraint a name of its own; MySQL and MariaDB drop a foreign key and add it anew in one statement.

## Example

```sql,fires
CREATE TABLE customers (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id int NOT NULL PRIMARY KEY, customer_id int NOT NULL, INDEX orders_customer_id_idx (customer_id), FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE RESTRICT);
```

```sql,fires
CREATE TABLE parts (id int NOT NULL PRIMARY KEY, price int NOT NULL, CHECK (price > 0));
```

```sql,passes
CREATE TABLE customers (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, extra json);
CREATE TABLE orders (id int NOT NULL PRIMARY KEY, customer_id int NOT NULL, CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id), CONSTRAINT orders_id_check CHECK (id > 0));
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base() {
        let (schema, own) = (&table.schema.name, &table.table.name);
        for key in &table.foreign_keys {
            let Some(name) = &key.name else { continue };
            let to = || names.foreign_key(schema, own, &key.columns);
            judge(context, verdicts, table, Object::foreign_key(table, key), name, to);
        }
        for check in table.check_constraints.iter().filter(|check| !check.automatic && !is_of_column(table, check)) {
            let Some(name) = &check.name else { continue };
            let object = Object::inside(table, ObjectKind::Constraint, name);
            judge(context, verdicts, table, object, name, || Names::check(own, &check.columns));
        }
    }
}

fn judge(
    context: Context<'_>,
    verdicts: &mut Verdicts,
    table: TableRef<'_>,
    object: Object,
    name: &str,
    to: impl FnOnce() -> String,
) {
    if !is_numbered(name, &table.table.name) {
        return verdicts.pass(object);
    }
    let finding = Finding::new(&RULE, object, format!("the server chose the name {name}"));
    verdicts.fail(match renamed::constraint(context, table, name, to()) {
        Some(change) => finding.with(std::iter::once::<Change>(change)),
        None => finding.advise("give it a name of its own"),
    });
}

fn is_numbered(name: &str, table: &str) -> bool {
    let start = |start: &str| name.to_lowercase().strip_prefix(start).map(str::to_owned);
    let table = table.to_lowercase();
    [format!("{table}_ibfk_"), format!("{table}_chk_"), "constraint_".to_owned(), String::new()]
        .iter()
        .filter_map(|prefix| start(prefix))
        .any(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether MariaDB keeps the check with a column, whose name it bears.
fn is_of_column(table: TableRef<'_>, check: &CheckConstraint) -> bool {
    check.name.as_ref().is_some_and(|name| table.table.column(name).is_some())
}

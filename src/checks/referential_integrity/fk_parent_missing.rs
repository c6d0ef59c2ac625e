//! A foreign key that points at nothing.

use crate::checks::coverage::is_unique_key;
use crate::checks::names::Names;
use crate::checks::relations::arrow;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, QualifiedName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-parent-missing",
    summary: "A foreign key refers to a table or key that does not exist",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 8,
    severity: Severity::Error,
    engines: &[EngineName::MySql, EngineName::MariaDb, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys",
    options: &[],
    peers: &["skeema fk-parent", "Azimutt"],
    references: &[
        "https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html",
        "https://sqlite.org/foreignkeys.html#fk_indexes",
    ],
    documentation: r"
## What it does

Reports a foreign key whose parent table is not there (MySQL and MariaDB allow it while `foreign_key_checks` is off, SQLite
always) and, in SQLite, one whose referenced columns are neither the primary key nor exactly a unique key of the parent.

## Why

Every insert into the child fails, or, with checks off, none is checked. SQLite answers the first change of either table
with `foreign key mismatch`.

## Not reported

- Parents in a schema that the reading did not cover: the verdict is unknown then.
- Parents that keep the history of a migration tool, which the model leaves out.

## Fix

Create the parent, or remove the key from the child. Where the parent is there and only its key is missing, the step makes
the columns unique. No step is written in MySQL and MariaDB.

## Example

```sql,fires,mysql,mariadb
SET foreign_key_checks = 0;
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```

```sql,fires,sqlite
CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

```sql,fires,sqlite
CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, customer_code TEXT NOT NULL REFERENCES customers (code) ON DELETE CASCADE);
CREATE INDEX orders_customer_code_idx ON orders (customer_code);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let object = || Object::foreign_key(table, key);
            let schema = &key.referenced_table.schema;
            let Some(parent) = context.tables.find(&key.referenced_table) else {
                let covered = context.model.schemas.iter().any(|known| known.name == *schema);
                if !covered || context.model.is_unseen(UnseenKind::Tables, schema) {
                    verdicts.unknown(object(), format!("the reading does not cover all of {schema}"));
                } else if is_migration_table(context, &key.referenced_table) {
                    verdicts.pass_in(table, object);
                } else {
                    let message = format!("{} refers to a table that does not exist", arrow(key));
                    let advice = "create the parent table, or drop the foreign key";
                    verdicts.fail(Finding::new(&RULE, object(), message).advise(advice));
                }
                continue;
            };
            let complete = !key.referenced_columns.is_empty()
                && key.referenced_columns.iter().all(|column| parent.column(column).is_some());
            let sqlite = context.model.engine.name == EngineName::Sqlite;
            if complete && (!sqlite || is_unique_key(parent.table, &key.referenced_columns)) {
                verdicts.pass_in(table, object);
            } else if complete {
                let message = format!("{} refers to columns that are no primary or unique key", arrow(key));
                let change = Change::AddUnique {
                    table: parent.qualified_name(),
                    name: names.unique(schema, &parent.name, &key.referenced_columns),
                    columns: key.referenced_columns.clone(),
                    nulls_not_distinct: false,
                    predicate: None,
                    replaces: None,
                };
                verdicts.fail(Finding::new(&RULE, object(), message).with([change]));
            } else {
                let message = format!("{} refers to columns that {} does not have", arrow(key), parent.name);
                verdicts.fail(Finding::new(&RULE, object(), message).advise("refer to a key of the parent"));
            }
        }
    }
}

fn is_migration_table(context: Context<'_>, name: &QualifiedName) -> bool {
    context.model.migration_tables.iter().any(|table| table.schema == name.schema && table.name == name.name)
}

//! A foreign key without a decision about deletes.

use crate::checks::relations::{arrow, change_delete_action, delete_action};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts};
use crate::model::{Action, Deferral, EngineName, ForeignKey, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-on-delete-unspecified",
    summary: "A foreign key leaves open what a delete of the parent does",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Coverage,
    weight: 4,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys",
    options: &[RuleOption {
        name: "accept_no_action",
        values: Values::Boolean,
        meaning: "`true` where the default action is the decision, so that nothing is judged; default `false`",
    }],
    peers: &["schemalint reference-actions", "database_consistency", "GitLab guidelines"],
    references: &["https://docs.gitlab.com/development/database/foreign_keys/"],
    documentation: r"
## What it does

Reports a foreign key whose delete action is the one that applies when nobody writes any: `NO ACTION` in PostgreSQL,
MySQL and SQLite, `RESTRICT` in MariaDB.

## Why

Whether the children of a deleted row go too, lose their reference or forbid the delete is a decision about the business.
The silent default is usually nobody's decision; the first delete in production then fails.

## Not reported

- Any action that the catalog shows to be written, `RESTRICT` included.
- Deferrable keys, where `NO ACTION` is what makes deferring possible.
- Nothing at all with the option `accept_no_action`.

MariaDB keeps no trace of whether `RESTRICT` was written: `information_schema` and `SHOW CREATE TABLE` show the same for it and
for no clause. Such a key is reported there and not counted, and no step changes it, since somebody may have chosen it. A
written `NO ACTION` does the same and shows.

The proposed action is cautious: rows that are part of their parent are deleted with it (`order_items` of `orders`,
junctions), references that may be NULL and belong to no primary or unique key become NULL, and everything else, records such
as invoices, payments and logs included, forbids the delete. Check it before you apply it.

## Fix

Say what a delete of the parent does: `CASCADE` for parts of it and for junctions, `SET NULL` for references that may be
empty, `RESTRICT` (in MariaDB `NO ACTION`) for everything else. The new key is validated before the old one goes.
No step is written in MariaDB.

## Example

```sql,fires,postgresql,mysql,sqlite
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

A column of the primary key may be NULL here, and still is not set to it:

```sql,fires,sqlite
CREATE TABLE orders (id INTEGER PRIMARY KEY);
CREATE TABLE items (order_id INTEGER REFERENCES orders (id), sku TEXT, PRIMARY KEY (order_id, sku));
```

MariaDB shows the same for `RESTRICT` and for no clause:

```sql,fires,mariadb,unscored
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer,
    shipped_to integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT orders_shipped_to_fkey FOREIGN KEY (shipped_to) REFERENCES customers (id) ON DELETE RESTRICT
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_shipped_to_idx ON orders (shipped_to);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL
);
```

```sql,passes,postgresql,mysql,sqlite
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE RESTRICT
);
```

```sql,passes,mariadb
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE NO ACTION
);
```

```sql,passes,postgresql,sqlite
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id) DEFERRABLE INITIALLY DEFERRED
);
```

```sql,passes,sqlite
CREATE TABLE customers (id INTEGER PRIMARY KEY);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers ON DELETE NO ACTION);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    if context.settings.option(RULE.id, "accept_no_action").and_then(toml::Value::as_bool) == Some(true) {
        return;
    }
    let engine = context.model.engine.name;
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let object = || Object::foreign_key(table, key);
            if is_decided(engine, key) {
                verdicts.pass_in(table, object);
                continue;
            }
            let message = format!("{} has the default delete action, {}", arrow(key), key.on_delete.sql());
            if engine == EngineName::MariaDb {
                let message = format!("{message}; whether it was written, MariaDB does not tell");
                let finding = Finding::new(&RULE, object(), message).unscored();
                verdicts.fail(finding.advise(
                    "decide what a delete of the parent does; NO ACTION forbids it like RESTRICT, and shows that it was written",
                ));
                continue;
            }
            let change = match context.tables.find(&key.referenced_table) {
                Some(parent) => {
                    change_delete_action(context, table, key, delete_action(context, table, parent, &key.columns))
                }
                None => Err("decide what a delete of the parent does"),
            };
            let finding = Finding::new(&RULE, object(), message);
            verdicts.fail(match change {
                Ok(change) => finding.with([change]),
                Err(advice) => finding.advise(advice),
            });
        }
    }
}

fn is_decided(engine: EngineName, key: &ForeignKey) -> bool {
    let default = if engine == EngineName::MariaDb { Action::Restrict } else { Action::NoAction };
    key.on_delete != default
        || key.on_delete_explicit == Some(true)
        || key.deferral != Deferral::NotDeferrable
        || key.period
}

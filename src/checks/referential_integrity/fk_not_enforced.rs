//! A foreign key that is declared and not enforced.

use crate::checks::relations::arrow;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-not-enforced",
    summary: "A foreign key is declared, but changes are not checked against it",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 8,
    severity: Severity::Error,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys",
    options: &[],
    peers: &[],
    references: &[
        "https://www.postgresql.org/docs/current/catalog-pg-trigger.html",
        "https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_foreign_key_checks",
    ],
    documentation: r"
## What it does

Reports a foreign key that the engine does not check: declared `NOT ENFORCED` (PostgreSQL 18), or with the internal
triggers that do the checking disabled on the child or the parent (PostgreSQL), or on a server whose global
`foreign_key_checks` is off (MySQL, MariaDB).

## Why

`ALTER TABLE … DISABLE TRIGGER ALL`, left behind by a bulk load, switches the check off and leaves the constraint looking
valid: the catalog still calls it validated, and orphans go in without an error.

## Not reported

- Keys that are enforced but not validated; that is `fk-not-validated`.
- SQLite, where enforcement belongs to each connection and is stored nowhere.

Subscribers of logical replication disable these triggers on purpose: ignore the finding there.

## Fix

Look for rows without a parent, mend them, then enable the triggers of the table, or from PostgreSQL 18 on enforce the
constraint. In MySQL and MariaDB set `foreign_key_checks` back to `ON`. No step is written in MySQL and
MariaDB.

## Example

```sql,fires,postgresql
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
ALTER TABLE orders DISABLE TRIGGER ALL;
```

```sql,fires,postgresql
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
ALTER TABLE customers DISABLE TRIGGER ALL;
```

```sql,fires,postgresql>=18
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE NOT ENFORCED
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

On a server of its own:

```sql,fires,mysql,mariadb,own-server
SET GLOBAL foreign_key_checks = OFF;
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```

```sql,passes,mysql,mariadb,postgresql
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let off = context
        .model
        .engine
        .settings
        .get("foreign_key_checks")
        .is_some_and(|value| matches!(value.to_ascii_uppercase().as_str(), "OFF" | "0"));
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let object = || Object::foreign_key(table, key);
            let what = arrow(key);
            if off {
                let message = format!("{what} is not checked: the server's global foreign_key_checks is OFF");
                let advice =
                    "SET GLOBAL foreign_key_checks = ON (and in the server's configuration), then look for orphans";
                verdicts.fail(Finding::new(&RULE, object(), message).advise(advice));
            } else if !key.disabled_triggers_on.is_empty() {
                let names: Vec<_> = key.disabled_triggers_on.iter().map(|table| table.name.as_str()).collect();
                let message =
                    format!("{what} is not checked: its internal triggers on {} are disabled", names.join(", "));
                let enable =
                    key.disabled_triggers_on.iter().map(|table| Change::EnableTriggers { table: table.clone() });
                verdicts.fail(Finding::new(&RULE, object(), message).with(enable));
            } else if !key.enforced {
                let enforce =
                    key.name.clone().map(|name| Change::EnforceConstraint { table: table.qualified_name(), name });
                let finding = Finding::new(&RULE, object(), format!("{what} is declared NOT ENFORCED"));
                verdicts.fail(finding.with(enforce));
            } else if context.model.is_unseen(UnseenKind::Enforcement, &table.schema.name) {
                verdicts.unknown(object(), "the role cannot see whether the server checks foreign keys");
            } else {
                verdicts.pass_in(table, object);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, Engine, ForeignKey, Model, QualifiedName, Schema, Table, Tables};
    use crate::settings::Settings;
    use crate::survey::Survey;

    #[test]
    fn a_server_that_checks_nothing_is_reported() {
        let settings = [("foreign_key_checks".to_owned(), "OFF".to_owned())].into();
        let engine = Engine {
            name: EngineName::MySql,
            version: "9.7.0".to_owned(),
            variant: None,
            encoding: None,
            collation: None,
            settings,
        };
        let mut model = Model::new(engine);
        let mut schema = Schema::new("shop");
        let mut table = Table::new("orders");
        table.foreign_keys.push(ForeignKey {
            name: Some("orders_customer_id_fkey".to_owned()),
            on_delete: Action::Cascade,
            ..ForeignKey::new(
                vec!["customer_id".to_owned()],
                QualifiedName::new("shop", "customers"),
                vec!["id".to_owned()],
            )
        });
        schema.tables.push(table);
        model.schemas.push(schema);
        let (tables, settings) = (Tables::new(&model), Settings::default());
        let survey = Survey::new(&model, &tables, &settings);
        let mut verdicts = Verdicts::new(&RULE, &model, &tables);
        check(Context { model: &model, tables: &tables, survey: &survey, settings: &settings }, &mut verdicts);
        assert_eq!(verdicts.finish(&settings).counts.failed, 1);
    }
}

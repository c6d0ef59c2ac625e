//! A composite foreign key that one NULL switches off.

use crate::checks::columns::default_of;
use crate::checks::coverage::{names_column, normal, not_null_columns, null_columns, split_at_word};
use crate::checks::names::Names;
use crate::checks::relations::{arrow, delete_action};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::quote::quote_identifier;
use crate::model::{Action, EngineName, ForeignKey, MatchType, Table, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-match-simple-nullable",
    summary: "A NULL in one column switches a composite foreign key off",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys, UnseenKind::Constraints],
    denominator: "composite foreign keys",
    options: &[],
    peers: &["pg-index-health", "db_verifier fk1002"],
    references: &["https://www.postgresql.org/docs/current/sql-createtable.html"],
    documentation: r"
## What it does

Reports a foreign key over several columns of which some may be NULL, unless it is `MATCH FULL` (PostgreSQL) or a check
constraint makes all of them NULL or none.

## Why

Under `MATCH SIMPLE`, the default, a row with a NULL in one column is not checked at all, whatever the others hold.

## Not reported

- Keys of one column, where NULL plainly means that there is no parent.
- Keys whose nullable columns a check constraint ties together: `(a IS NULL) = (b IS NULL)`, `num_nulls(a, b) IN (0, 2)` or
  `a IS NULL AND b IS NULL OR a IS NOT NULL AND b IS NOT NULL`.

When only one column may be NULL, as in `(tenant_id, assignee_id)` with an optional assignee, NULL usually means that there
is no parent. That is reported and not counted.

## Fix

Make the columns NOT NULL, or add a check that all of them are NULL or none; in PostgreSQL `MATCH FULL` says the same.

## Example

```sql,fires,postgresql,mysql,mariadb,sqlite
CREATE TABLE products (maker integer NOT NULL, model integer NOT NULL, PRIMARY KEY (maker, model));
CREATE TABLE offers (
    id integer NOT NULL PRIMARY KEY,
    maker integer,
    model integer,
    CONSTRAINT offers_maker_model_fkey FOREIGN KEY (maker, model) REFERENCES products (maker, model) ON DELETE CASCADE
);
CREATE INDEX offers_maker_model_idx ON offers (maker, model);
```

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE products (maker integer NOT NULL, model integer NOT NULL, PRIMARY KEY (maker, model));
CREATE TABLE offers (
    id integer NOT NULL PRIMARY KEY,
    maker integer,
    model integer,
    CONSTRAINT offers_whole_check CHECK ((maker IS NULL) = (model IS NULL)),
    CONSTRAINT offers_maker_model_fkey FOREIGN KEY (maker, model) REFERENCES products (maker, model) ON DELETE CASCADE
);
CREATE TABLE rents (
    id integer NOT NULL PRIMARY KEY,
    maker integer,
    model integer,
    CONSTRAINT rents_whole_check CHECK ((maker IS NULL AND model IS NULL) OR (maker IS NOT NULL AND model IS NOT NULL)),
    CONSTRAINT rents_maker_model_fkey FOREIGN KEY (maker, model) REFERENCES products (maker, model) ON DELETE CASCADE
);
CREATE TABLE sales (
    id integer NOT NULL PRIMARY KEY,
    maker integer NOT NULL,
    model integer NOT NULL,
    CONSTRAINT sales_maker_model_fkey FOREIGN KEY (maker, model) REFERENCES products (maker, model) ON DELETE CASCADE
);
```

```sql,passes,postgresql
CREATE TABLE products (maker integer NOT NULL, model integer NOT NULL, PRIMARY KEY (maker, model));
CREATE TABLE offers (
    id integer PRIMARY KEY,
    maker integer,
    model integer,
    FOREIGN KEY (maker, model) REFERENCES products (maker, model) MATCH FULL ON DELETE CASCADE
);
CREATE TABLE bids (
    id integer PRIMARY KEY,
    maker integer,
    model integer,
    CHECK (num_nulls(maker, model) IN (0, 2)),
    FOREIGN KEY (maker, model) REFERENCES products (maker, model) ON DELETE CASCADE
);
```

A default in one of them makes no check, which would refuse rows that leave both out:

```sql,fires,postgresql,mysql,mariadb,sqlite
CREATE TABLE products (maker integer NOT NULL, model integer NOT NULL, PRIMARY KEY (maker, model));
CREATE TABLE offers (
    id integer NOT NULL PRIMARY KEY,
    maker integer DEFAULT 1,
    model integer,
    CONSTRAINT offers_maker_model_fkey FOREIGN KEY (maker, model) REFERENCES products (maker, model) ON DELETE CASCADE
);
CREATE INDEX offers_maker_model_idx ON offers (maker, model);
```

An optional assignee of the same tenant:

```sql,fires,postgresql,mysql,mariadb,sqlite,unscored
CREATE TABLE people (tenant_id integer NOT NULL, number integer NOT NULL, PRIMARY KEY (tenant_id, number));
CREATE TABLE tasks (
    id integer NOT NULL PRIMARY KEY,
    tenant_id integer NOT NULL,
    assignee_number integer,
    CONSTRAINT tasks_assignee_fkey FOREIGN KEY (tenant_id, assignee_number) REFERENCES people (tenant_id, number)
);
CREATE INDEX tasks_assignee_idx ON tasks (tenant_id, assignee_number);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = context.model.engine.name;
    for table in context.tables.base() {
        for key in table.foreign_keys.iter().filter(|key| key.columns.len() > 1) {
            let object = || Object::foreign_key(table, key);
            let nullable: Vec<&String> =
                key.columns.iter().filter(|name| table.column(name).is_some_and(|column| column.nullable)).collect();
            if nullable.is_empty() || key.match_type == MatchType::Full || is_tied(table.table, &nullable) {
                verdicts.pass_in(table, object);
                continue;
            }
            let list = nullable.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
            let message = format!("{} is not checked when {list} is NULL", arrow(key));
            let finding = Finding::new(&RULE, object(), message);
            verdicts.fail(if nullable.len() == 1 {
                finding
                    .unscored()
                    .advise("if NULL means that there is no parent, nothing is wrong; else make it NOT NULL")
            } else if is_written_by_action(context, table, key) {
                finding.advise(
                    "make the columns NOT NULL; the server allows no check on columns that a foreign key's action sets",
                )
            } else if has_some_defaults(table.table, &nullable) {
                finding.advise(
                    "make the columns NOT NULL, or drop the default of the one that has it before a check ties them: a row \
                     that leaves them out would be refused",
                )
            } else {
                let tests: Vec<_> =
                    nullable.iter().map(|name| format!("({} IS NULL)", quote_identifier(engine, name))).collect();
                let pairs: Vec<_> =
                    tests.windows(2).filter_map(|pair| Some(format!("{} = {}", pair.first()?, pair.last()?))).collect();
                finding.with([Change::AddCheck {
                    table: table.qualified_name(),
                    name: Names::check(&table.name, &key.columns),
                    expression: pairs.join(" AND "),
                }])
            });
        }
    }
}

fn is_tied(table: &Table, nullable: &[&String]) -> bool {
    table.check_constraints.iter().filter(|check| check.enforced).any(|check| {
        let text = normal(&check.expression).to_lowercase();
        let counts = text.contains("num_nulls") || text.contains("num_nonnulls");
        let compares = text.contains('=') && text.matches("is null").count() >= nullable.len();
        nullable.iter().all(|name| check.columns.contains(name))
            && (counts || compares || is_all_or_none(&check.expression, nullable))
    })
}

/// Whether a condition is that all of the columns are NULL, or else none.
fn is_all_or_none(condition: &str, columns: &[&String]) -> bool {
    let text = normal(condition);
    let [one, other] = split_at_word(&text, " or ")[..] else { return false };
    let names_all = |tested: Option<Vec<String>>| {
        let all = |tested: Vec<String>| {
            columns.iter().all(|column| tested.iter().any(|written| names_column(written, column)))
        };
        tested.is_some_and(all)
    };
    [(one, other), (other, one)]
        .into_iter()
        .any(|(none, all)| names_all(null_columns(none)) && names_all(not_null_columns(all)))
}

/// Whether a row that leaves the columns out gets a value in some of them and NULL in others.
fn has_some_defaults(table: &Table, nullable: &[&String]) -> bool {
    let has = |name: &&&String| table.column(name).is_some_and(|column| default_of(column).is_some());
    let count = nullable.iter().filter(has).count();
    count > 0 && count < nullable.len()
}

/// MySQL and MariaDB refuse a check on a column that a referential action writes, of this key or another, or that the action
/// writes which a key without one is going to get.
fn is_written_by_action(context: Context<'_>, table: TableRef<'_>, key: &ForeignKey) -> bool {
    let writes = |action| matches!(action, Action::SetNull | Action::SetDefault);
    let planned = || {
        let parent = context.tables.find(&key.referenced_table).filter(|_| key.on_delete == Action::NoAction);
        parent.is_some_and(|parent| writes(delete_action(context, table, parent, &key.columns)))
    };
    let meets = |other: &&ForeignKey| other.columns.iter().any(|column| key.columns.contains(column));
    let mut others = table.foreign_keys.iter().filter(meets);
    context.model.engine.name.is_mysql_family()
        && (others.any(|key| writes(key.on_delete) || writes(key.on_update) || key.on_update == Action::Cascade)
            || planned())
}

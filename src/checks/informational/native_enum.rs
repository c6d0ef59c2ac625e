//! An enumerated type is in use (a preference, off by default).

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "native-enum",
    summary: "An enumerated type is in use (a preference, off by default)",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Types],
    denominator: "columns of an enumerated type",
    options: &[RuleOption {
        name: "report",
        values: Values::Boolean,
        meaning: "`true` to report enumerated types; off by default, since it is a preference",
    }],
    peers: &["schemalint", "skeema", "sqlcheck"],
    references: &[
        "https://www.postgresql.org/docs/current/datatype-enum.html",
        "https://dev.mysql.com/doc/refman/8.4/en/enum.html",
    ],
    documentation: r"
## What it does

Reports columns of an `ENUM` or `SET` type, when `report` is true.

## Why

Some teams keep lists in tables: a value of a type cannot be removed in PostgreSQL, and adding one in the middle copies the table in MySQL. Others prefer the type, because it takes no join. Both are fine; a schema that mixes them is not.

## Not reported

Everything, unless the option says so.

## Fix

Where one was chosen against, a lookup table or a text with a check takes its place. It is a matter of preference, so no step
is written.

## Example

```sql,fires,postgresql,report=true
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE orders (id bigint PRIMARY KEY, state state NOT NULL);
```

```sql,fires,mysql,mariadb,report=true
CREATE TABLE orders (id bigint PRIMARY KEY, state enum('new', 'paid') NOT NULL);
```

```sql,passes,postgresql
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE orders (id bigint PRIMARY KEY, state state NOT NULL);
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id bigint PRIMARY KEY, state enum('new', 'paid') NOT NULL);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    if context.settings.option(RULE.id, "report").and_then(toml::Value::as_bool) != Some(true) {
        return;
    }
    for table in context.tables.base() {
        for column in &table.table.columns {
            let is_enum = column.user_type.as_ref().is_some_and(|name| {
                let schema = context.model.schemas.iter().find(|schema| schema.name == name.schema);
                schema.is_some_and(|schema| schema.enums.iter().any(|kind| kind.name == name.name))
            });
            if is_enum || !column.values.is_empty() {
                let message = format!("{} is {}", column.name, column.data_type);
                verdicts.fail(Finding::new(&RULE, Object::column(table, &column.name), message));
            }
        }
    }
}

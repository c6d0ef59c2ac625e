use super::referencing;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};
use crate::survey::{TableClass, singular, split};

pub(super) static RULE: Rule = Rule {
    id: "pk-int-exhaustible",
    summary: "A generated primary key runs out of numbers at two billion rows",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 4,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "generated single-column primary keys of an integer type",
    options: &[],
    peers: &[
        "active_record_doctor",
        "database_consistency",
        "squawk",
        "strong_migrations",
        "dbcritic",
        "postgres-language-server",
        "GitLab guidelines",
    ],
    references: &["https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT"],
    documentation: r"
## What it does

Finds generated keys (identity, serial, AUTO_INCREMENT) of a type smaller than eight bytes.

## Why

At the last number every insert fails at once. Widening the column then rewrites the table and every table that refers to it,
under a lock that nobody can afford on that day. Gaps from rollbacks and failed inserts use up numbers too.

## Not reported

Lookup tables and tables of things that an organisation has few of (`roles`, `warehouses`, `countries`), unless the statistics show
them with 10,000 rows or more.

## Fix

Widen the columns that refer to the key first, then the key, to `bigint`. What this locks is said with each step.

On PostgreSQL 14 and later the remedy for a table that the statistics show as big (100,000 rows or 64 MiB) needs no such lock: a
second column is kept equal by a trigger, filled in batches, indexed concurrently, and takes the first one's place in a moment. The
column is then the table's last. Where something else hangs on the column, such as a check, a publication or a trigger that fires for
every update, the type is changed in place and the step says why.

## Example

```sql,fires,postgresql
CREATE TABLE orders (id serial PRIMARY KEY, placed_on date, created_at timestamptz, updated_at timestamptz);
```

What refers to it changes with it, however far away:

```sql,fires,postgresql
CREATE TABLE orders (id serial PRIMARY KEY, placed_on date, created_at timestamptz, updated_at timestamptz);
CREATE TABLE invoices (order_id integer PRIMARY KEY REFERENCES orders (id) ON DELETE CASCADE, number text);
CREATE TABLE reminders (id bigint PRIMARY KEY, order_id integer NOT NULL REFERENCES invoices (order_id) ON DELETE CASCADE);
CREATE INDEX reminders_order_id_idx ON reminders (order_id);
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, placed_on date, created_at datetime, updated_at datetime);
```

```sql,passes,postgresql
CREATE TABLE orders (id bigserial PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE invoices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE years (number integer PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE countries (id serial PRIMARY KEY, code text);
CREATE TABLE warehouses (id serial PRIMARY KEY, code text, city text, street text, opened_on date);
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, a int, b int, c int);
CREATE TABLE years (number int PRIMARY KEY, a int, b int, c int);
CREATE TABLE warehouses (id int AUTO_INCREMENT PRIMARY KEY, code char(4), city varchar(40), street varchar(40), opened_on date);
```
",
    check,
};

/// Last words of tables that stay small.
const SMALL: [&str; 20] = [
    "role",
    "permission",
    "country",
    "currency",
    "language",
    "locale",
    "region",
    "store",
    "shop",
    "warehouse",
    "department",
    "branch",
    "office",
    "category",
    "type",
    "status",
    "plan",
    "setting",
    "staff",
    "migration",
];

/// Rows below which a table does not grow towards the end of its numbers.
const FEW: u64 = 10_000;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let Some([name]) = table.table.primary_key.as_ref().map(|key| key.columns.as_slice()) else { continue };
        let Some(column) = table.table.column(name).filter(|column| column.is_auto_generated()) else { continue };
        let base = column.base_type();
        let integer = matches!(base, "smallint" | "integer" | "int" | "mediumint" | "tinyint" | "bigint");
        if !integer {
            continue;
        }
        let object = Object::column(table, name);
        let statistics = context.model.statistics.as_ref();
        let rows = statistics.and_then(|statistics| statistics.table(&table.schema.name, &table.table.name)?.rows);
        let last = split(&table.table.name).last().cloned().unwrap_or_default();
        let few = context.survey.class(table.id) == TableClass::Lookup || SMALL.contains(&singular(&last).as_str());
        let small = few && rows.is_none_or(|rows| rows < FEW);
        if base == "bigint" || small {
            verdicts.pass(object);
            continue;
        }
        let unsigned = column.data_type.to_lowercase().contains("unsigned");
        let data_type = if unsigned { "bigint unsigned" } else { "bigint" };
        let with = referencing(context, table, name);
        let message = match with.len() {
            0 => format!("{name} is {}, which ends at {}", column.data_type, largest(base, unsigned)),
            count => format!(
                "{name} is {}, which ends at {}; {count} referencing {} must be widened with it",
                column.data_type,
                largest(base, unsigned),
                if count == 1 { "column" } else { "columns" }
            ),
        };
        verdicts.fail(Finding::new(&RULE, object, message).with([Change::ChangeType {
            table: table.qualified_name(),
            column: name.clone(),
            data_type: data_type.to_owned(),
            with,
        }]));
    }
}

fn largest(base: &str, unsigned: bool) -> i64 {
    let signed = match base {
        "tinyint" => 127,
        "smallint" => 32_767,
        "mediumint" => 8_388_607,
        _ => 2_147_483_647,
    };
    if unsigned { signed * 2 + 1 } else { signed }
}

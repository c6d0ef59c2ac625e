use super::sound_default;
use crate::checks::columns::{is_copy, is_reference, now, null_means_never_changed, refuses_null, stamped_tables};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::quote::quote_identifier;
use crate::model::{Column, EngineName, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "not-null-audit-timestamp",
    summary: "The moment of creation or change can be missing",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "columns that record when a row was made or changed, in tables that belong to no framework",
    options: &[],
    peers: &["active_record_doctor", "schemalint"],
    references: &["https://github.com/gregnavis/active_record_doctor"],
    documentation: r"
## What it does

Finds creation and update timestamps that can be NULL.

## Why

A list sorted by `created_at` puts rows without one at an end or leaves them out, and a job that asks for what changed since
yesterday never sees a row whose `updated_at` is NULL.

## Not reported

Update timestamps of a schema in which all of them can be NULL, none has a default, and every creation timestamp is NOT NULL:
there NULL says that the row was never changed. A moment that belongs to a foreign key is the other row's, and NULL says
that there is none. Copies and archives hold what the tables they come from allow.

## Fix

Fill the rows that lack a moment with the table's other timestamp, or else with the moment of the migration, an upper bound
to be replaced by a better one where it is known; then set the default and NOT NULL.

## Example

```sql,fires,postgresql,sqlite
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, created_at timestamp, updated_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id int NOT NULL PRIMARY KEY, created_at datetime NULL, updated_at datetime NULL);
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, created_at date NOT NULL, updated_at date NULL);
CREATE TABLE items (id integer NOT NULL PRIMARY KEY, created_at date NOT NULL, updated_at date NULL);
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, created_at date NOT NULL, updated_at date NOT NULL);
CREATE TABLE orders_backup (id integer NOT NULL PRIMARY KEY, created_at date NULL, updated_at date NULL);
```

A moment of the key of a partitioned table:

```sql,passes,postgresql
CREATE TABLE parts (id integer, created_at timestamptz NOT NULL, PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at);
CREATE TABLE parts_of_all_time PARTITION OF parts DEFAULT;
CREATE TABLE part_references (
    id integer PRIMARY KEY,
    part_id integer,
    created_at timestamptz,
    CHECK ((part_id IS NULL) = (created_at IS NULL)),
    FOREIGN KEY (part_id, created_at) REFERENCES parts (id, created_at)
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let never_changed = null_means_never_changed(context);
    for table in stamped_tables(context).filter(|table| !is_copy(context, *table)) {
        let stamps = &context.survey.timestamps[table.id.0];
        let (created, updated) = (stamps.created.as_deref(), stamps.updated.as_deref());
        for (name, other) in [(created, updated), (updated, created)] {
            let Some(column) = name.and_then(|name| table.table.column(name)) else { continue };
            if column.generated.is_some() || is_reference(table, &column.name) {
                continue;
            }
            let object = Object::column(table, &column.name);
            if refuses_null(table, column) || never_changed && name == updated {
                verdicts.pass(object);
                continue;
            }
            let other = other.and_then(|name| table.table.column(name));
            let message = format!("{} can be NULL", column.name);
            verdicts.fail(
                Finding::new(&RULE, object, message)
                    .with(changes(context.model.engine.name, table, column, other))
                    .advise("look for a better moment for the rows that hold NULL than the one they are filled with"),
            );
        }
    }
}

fn changes(engine: EngineName, table: TableRef<'_>, column: &Column, other: Option<&Column>) -> Vec<Change> {
    let now = now(engine, &column.data_type);
    let moment = sound_default(column).map(|default| default.expression.clone()).or(now.clone());
    let fill = match (other.filter(|other| other.data_type == column.data_type), moment) {
        (Some(other), Some(moment)) => Some(format!("COALESCE({}, {moment})", quote_identifier(engine, &other.name))),
        (_, moment) => moment,
    };
    let (table, column_name) = (table.qualified_name(), column.name.clone());
    let default = now.filter(|_| sound_default(column).is_none()).map(|now| Change::SetDefault {
        table: table.clone(),
        column: column_name.clone(),
        expression: Some(now),
    });
    default.into_iter().chain([Change::SetNotNull { table, column: column_name, fill }]).collect()
}

use super::{not_null_boolean, sound_default};
use crate::checks::columns::{explains_null, is_copy, is_key, is_set_null, refuses_null};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, ColumnDefault, DefaultKind, EngineName, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "not-null-with-default",
    summary: "A column has a default and accepts NULL all the same",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "columns outside keys whose default is a constant or the current time",
    options: &[],
    peers: &["Eessaar"],
    references: &["https://docs.gitlab.com/ee/development/database/not_null_constraints.html"],
    documentation: r"
## What it does

Finds columns that have a default, a constant or the current time, and can be NULL.

## Why

Whoever gave the column a default knew a value for every row. NULL then gets in only by mistake, and every reader has to expect
it.

## Not reported

Columns whose comment says what NULL means, references that a delete sets to NULL, keys, generated columns, and defaults that
are wrong themselves: the word `'NULL'`, and a date that does not exist. Copies and archives. A boolean is counted here and printed under
`not-null-boolean`.

## Fix

Look at what NULL means in the rows that hold it: a moment that has not come yet, perhaps. If it means nothing, give those rows a
value, then make the column NOT NULL. The default is filled in where it is a constant and no statistics tell that rows hold NULL;
the current time never is, since it would say that something happened which did not.

## Example

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, quantity_left integer DEFAULT 0);
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, quantity_left integer NOT NULL DEFAULT 0, note varchar(20) DEFAULT NULL, remark varchar(20) DEFAULT 'NULL');
CREATE TABLE orders_backup (id integer NOT NULL PRIMARY KEY, quantity_left integer DEFAULT 0);
```

```sql,passes,postgresql
CREATE TABLE orders (id integer PRIMARY KEY, depth integer DEFAULT 0, made timestamptz NOT NULL DEFAULT now());
COMMENT ON COLUMN orders.depth IS 'NULL: not measured';
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| !is_copy(context, *table)) {
        for column in table.table.columns.iter().filter(|column| column.generated.is_none() && !column.inherited) {
            let Some(default) = sound_default(column).filter(|default| is_plain(default)) else { continue };
            if is_key(table, &column.name) && !column.nullable || is_set_null(table, &column.name) {
                continue;
            }
            let object = Object::column(table, &column.name);
            if refuses_null(table, column) || explains_null(column) {
                verdicts.pass(object);
                continue;
            }
            let message = format!("{} has the default {} and accepts NULL", column.name, default.expression);
            let finding = Finding::new(&RULE, object, message);
            let known =
                context.model.statistics.as_ref().and_then(|statistics| {
                    statistics.column(&table.schema.name, &table.name, &column.name)?.null_fraction
                });
            // Nothing but a constant says the same of rows that were there before.
            let fill =
                Some(default.expression.clone()).filter(|_| default.kind == DefaultKind::Literal && !is_now(default));
            let finding = match (known, fill) {
                (Some(0.0), _) => finding.with([not_null(table, column, None)]),
                (None, Some(fill)) => finding.with([not_null(table, column, Some(fill))]),
                _ => {
                    finding.advise("look at what NULL means in the rows that hold it before any value takes its place")
                }
            };
            let told = not_null_boolean::is_judged(column) && !not_null_boolean::is_accepted(table, column);
            let enabled = !context.settings.is_disabled(not_null_boolean::RULE.id);
            verdicts.fail(if told && enabled { finding.printed_under(not_null_boolean::RULE.id) } else { finding });
        }
    }
}

fn not_null(table: TableRef<'_>, column: &Column, fill: Option<String>) -> Change {
    Change::SetNotNull { table: table.qualified_name(), column: column.name.clone(), fill }
}

/// Whether a default is a constant or the current time.
fn is_plain(default: &ColumnDefault) -> bool {
    default.sequence.is_none() && (default.kind == DefaultKind::Literal || is_now(default))
}

fn is_now(default: &ColumnDefault) -> bool {
    let text = default.expression.to_lowercase();
    ["current_", "now(", "localtime", "curdate(", "datetime('now'", "statement_timestamp("]
        .iter()
        .any(|start| text.trim_start_matches('(').starts_with(start))
}

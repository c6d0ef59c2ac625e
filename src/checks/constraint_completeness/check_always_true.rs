use crate::checks::condition::{always_holding, is_never};
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{CheckConstraint, EngineName, TableRef, UnseenKind, is_unseen};

pub(super) static RULE: Rule = Rule {
    id: "check-always-true",
    summary: "A check constraint refuses no row, or does not look at the row",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Defect,
    weight: 3,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "check constraints",
    options: &[],
    peers: &[],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS"],
    documentation: r"
## What it does

Reports check constraints with `OR NULL` or `OR TRUE` at the top level, and those that name no column.

## Why

A check refuses a row only where its condition is false. `price > 0 OR NULL` is NULL where the price is negative, so the row
is accepted, although the schema seems to say otherwise.

## Not reported

Checks that are false for every row: they keep a table empty, usually the parent of other tables. `IS NULL OR …`, which is
the ordinary way to make a rule optional. Checks whose text the role cannot see.

## Fix

Add the check without the part that always holds, and drop the old one; a check that is nothing else is dropped.

## Example

```sql,fires
CREATE TABLE products (id integer NOT NULL PRIMARY KEY, price integer NOT NULL, CONSTRAINT positive CHECK (price > 0 OR NULL));
```

```sql,fires
CREATE TABLE products (id integer NOT NULL PRIMARY KEY, price integer NOT NULL, CONSTRAINT positive CHECK (price > 0 OR true));
```

```sql,fires,postgresql
CREATE TABLE products (id integer PRIMARY KEY, price integer NOT NULL, CONSTRAINT positive CHECK (price > 0 OR NULL), CONSTRAINT settled CHECK (1 < 2));
```

```sql,passes
CREATE TABLE products (id integer NOT NULL PRIMARY KEY, price integer, note varchar(20), CONSTRAINT positive CHECK (price IS NULL OR price > 0), CONSTRAINT told CHECK (note <> ' or null'));
```

```sql,passes,postgresql
CREATE TABLE products (id integer PRIMARY KEY, price integer, CHECK (price IS NULL OR price > 0), CHECK (false) NO INHERIT);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let own = table.table.check_constraints.iter().filter(|check| !check.automatic && !check.inherited);
        for check in own {
            let object = || Object::inside(table, ObjectKind::Constraint, called(check));
            if is_unseen(&check.expression) {
                verdicts.unknown(object(), "the role cannot see the condition");
            } else if let Some((weak, rest)) = always_holding(&check.expression) {
                let message = format!("{} always holds because of {weak}", check.expression);
                verdicts.fail(Finding::new(&RULE, object(), message).with(replace(table, check, rest)));
            } else if check.columns.is_empty() && !is_never(&check.expression) && !names_row(table, check) {
                let message = format!("{} names no column, so it says the same about every row", check.expression);
                verdicts.fail(Finding::new(&RULE, object(), message).with(replace(table, check, String::new())));
            } else {
                verdicts.pass_in(table, object);
            }
        }
    }
}

fn called(check: &CheckConstraint) -> String {
    check.name.clone().unwrap_or_else(|| format!("CHECK ({})", check.expression))
}

/// Whether the condition is about the row as a whole.
fn names_row(table: TableRef<'_>, check: &CheckConstraint) -> bool {
    check.expression.to_lowercase().contains(&table.name.to_lowercase())
}

fn replace(table: TableRef<'_>, check: &CheckConstraint, rest: String) -> Vec<Change> {
    let (name, columns) = (table.qualified_name(), &check.columns);
    let add = (!rest.is_empty()).then(|| Change::AddCheck {
        table: name.clone(),
        name: Names::check(&table.name, columns),
        expression: rest,
    });
    let drop =
        Change::DropCheck { table: name.clone(), name: check.name.clone(), expression: check.expression.clone() };
    add.into_iter().chain([drop]).collect()
}

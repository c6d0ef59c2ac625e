use crate::checks::relations::is_being_validated;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "check-not-validated",
    summary: "A check or NOT NULL constraint was added NOT VALID and never validated",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Defect,
    weight: 4,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "check constraints, and NOT NULL constraints that are not valid",
    options: &[],
    peers: &["pg-index-health", "db_verifier c1001", "PgHero"],
    references: &["https://www.postgresql.org/docs/current/sql-altertable.html"],
    documentation: r"
## What it does

Reports check constraints, and from PostgreSQL 18 on NOT NULL constraints, that are enforced for new rows but were never
checked against the rows that were there.

## Why

`NOT VALID` is the first half of adding a constraint without blocking writes. Without the second half rows that break the rule
may stay in the table.

## Not reported

Constraints that are `NOT ENFORCED`: PostgreSQL calls them not validated as well, and `check-not-enforced` reports them. Constraints that were being validated while the catalog was read, as far as the role sees what
others run.

## Fix

Look for the rows that break it, mend them, then `VALIDATE CONSTRAINT`, which reads the table while others write.

## Example

```sql,fires,postgresql>=18
CREATE TABLE products (id integer PRIMARY KEY, name text);
ALTER TABLE products ADD CONSTRAINT products_name_not_null NOT NULL name NOT VALID;
```

```sql,fires,postgresql
CREATE TABLE products (id integer PRIMARY KEY, price integer NOT NULL);
ALTER TABLE products ADD CONSTRAINT products_price_check CHECK (price > 0) NOT VALID;
```

```sql,passes,postgresql
CREATE TABLE products (id integer PRIMARY KEY, price integer NOT NULL);
ALTER TABLE products ADD CONSTRAINT products_price_check CHECK (price > 0) NOT VALID;
ALTER TABLE products VALIDATE CONSTRAINT products_price_check;
```

```sql,passes,postgresql>=18
CREATE TABLE products (id integer PRIMARY KEY, price integer NOT NULL, CONSTRAINT positive CHECK (price > 0) NOT ENFORCED);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for check in table.table.check_constraints.iter().filter(|check| !check.automatic && !check.inherited) {
            let Some(name) = &check.name else { continue };
            let object = || Object::inside(table, ObjectKind::Constraint, name);
            if check.validated || !check.enforced || is_being_validated(context, table, |it| it.constraint == *name) {
                verdicts.pass_in(table, object);
                continue;
            }
            let validate = Change::ValidateConstraint { table: table.qualified_name(), name: name.clone() };
            let message = format!("existing rows were never checked against {} (NOT VALID)", check.expression);
            verdicts.fail(Finding::new(&RULE, object(), message).with([validate]));
        }
        for column in table.table.columns.iter().filter(|column| column.not_null_unvalidated && !column.inherited) {
            let object = || Object::column(table, &column.name);
            if is_being_validated(context, table, |it| it.column.as_ref() == Some(&column.name)) {
                verdicts.pass_in(table, object);
                continue;
            }
            let not_null =
                Change::SetNotNull { table: table.qualified_name(), column: column.name.clone(), fill: None };
            let message = format!("existing rows of {} were never checked for NULL (NOT VALID)", column.name);
            verdicts.fail(Finding::new(&RULE, object(), message).with([not_null]));
        }
    }
}

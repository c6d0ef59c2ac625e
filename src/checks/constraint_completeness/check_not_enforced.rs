use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "check-not-enforced",
    summary: "A check constraint is declared and not enforced",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Defect,
    weight: 4,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql, EngineName::MySql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "check constraints",
    options: &[],
    peers: &[],
    references: &[
        "https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html",
        "https://www.postgresql.org/docs/18/sql-createtable.html",
    ],
    documentation: r"
## What it does

Reports check constraints that are `NOT ENFORCED` (MySQL 8.0.16, PostgreSQL 18).

## Why

The schema says that the rule holds; the server checks no row against it.

## Not reported

Constraints whose comment says that they only document (`document`, `not enforced`).

## Fix

Look for the rows that break it, mend them, then enforce the constraint.

## Example

```sql,fires,mysql
CREATE TABLE products (id int NOT NULL PRIMARY KEY, price int NOT NULL, CONSTRAINT positive CHECK (price > 0) NOT ENFORCED);
```

```sql,fires,postgresql>=18
CREATE TABLE products (id integer PRIMARY KEY, price integer NOT NULL, CONSTRAINT positive CHECK (price > 0) NOT ENFORCED);
```

```sql,passes
CREATE TABLE products (id integer NOT NULL PRIMARY KEY, price integer NOT NULL, CONSTRAINT positive CHECK (price > 0));
```

```sql,passes,postgresql>=18
CREATE TABLE products (id integer PRIMARY KEY, price integer NOT NULL, CONSTRAINT positive CHECK (price > 0) NOT ENFORCED);
COMMENT ON CONSTRAINT positive ON products IS 'documents what the shop checks';
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for check in table.table.check_constraints.iter().filter(|check| !check.automatic && !check.inherited) {
            let Some(name) = &check.name else { continue };
            let object = Object::inside(table, ObjectKind::Constraint, name);
            let comment = check.comment.as_deref().unwrap_or_default().to_lowercase();
            let documents = ["document", "not enforced"].iter().any(|words| comment.contains(words));
            if check.enforced || documents {
                verdicts.pass(object);
                continue;
            }
            let enforce = Change::EnforceConstraint { table: table.qualified_name(), name: name.clone() };
            let message = format!("no row is checked against {} (NOT ENFORCED)", check.expression);
            verdicts.fail(Finding::new(&RULE, object, message).with([enforce]));
        }
    }
}

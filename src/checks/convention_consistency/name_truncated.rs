use super::renamed;
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, TableRef};

pub(super) static RULE: Rule = Rule {
    id: "name-truncated",
    summary: "A name is as long as names can be, so that its end may be missing",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Defect,
    weight: 2,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables, constraints, indexes and sequences",
    options: &[],
    peers: &["pg-index-health", "squawk"],
    references: &[
        "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS",
        "https://dev.mysql.com/doc/refman/9.7/en/identifier-length.html",
    ],
    documentation: r"
## What it does

Finds names of 63 bytes in PostgreSQL and of 64 characters in MySQL and MariaDB.

## Why

PostgreSQL cuts a longer name with no more than a notice. The migration that says the whole name cannot drop the object later,
and two long names may become one.

## Not reported

Shorter names. A name that fits exactly cannot be told from one that was cut, and is reported.

## Fix

Rename the index or constraint to a name that fits; for a table or sequence a person has to choose one.

## Example

```sql,fires,postgresql
CREATE TABLE subscription_renewals (id integer PRIMARY KEY, customer_reference integer);
CREATE INDEX index_subscription_renewals_on_customer_reference_for_the_monthly_report ON subscription_renewals (customer_reference);
```

```sql,fires,mysql,mariadb
CREATE TABLE subscription_renewals (id int PRIMARY KEY, customer_reference int, INDEX index_subscription_renewals_on_customer_reference_for_the_months (customer_reference));
```

```sql,passes
CREATE TABLE subscription_renewals (id integer PRIMARY KEY, customer_reference integer);
CREATE INDEX index_subscription_renewals_on_customer_reference ON subscription_renewals (customer_reference);
```

```sql,passes,mysql,mariadb
CREATE TABLE subscription_renewals (id int PRIMARY KEY, INDEX index_subscription_renewals_on_customer_reference_for_the_mönth (id));
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    let longest = |name: &str| match context.model.engine.name {
        EngineName::PostgreSql => name.len() >= 63,
        _ => name.chars().count() >= 64,
    };
    let message = match context.model.engine.name {
        EngineName::PostgreSql => "the name has 63 bytes, the most that there can be",
        _ => "the name has 64 characters, the most that there can be",
    };
    for schema in &context.model.schemas {
        for sequence in &schema.sequences {
            let object = Object::in_schema(&schema.name, ObjectKind::Sequence, &sequence.name);
            if longest(&sequence.name) {
                verdicts.fail(Finding::new(&RULE, object, message).advise("give it a shorter name"));
            } else {
                verdicts.pass(object);
            }
        }
    }
    for table in context.tables.base() {
        let object = || Object::table(table);
        if longest(&table.table.name) {
            verdicts.fail(Finding::new(&RULE, object(), message).advise("give it a shorter name"));
        } else {
            verdicts.pass_in(table, object);
        }
        for (name, is_index) in renamed::named(table) {
            let kind = if is_index { ObjectKind::Index } else { ObjectKind::Constraint };
            let object = || Object::inside(table, kind, name);
            if !longest(name) {
                verdicts.pass_in(table, object);
                continue;
            }
            let finding = Finding::new(&RULE, object(), message);
            verdicts.fail(match rename(context, &names, table, name, is_index) {
                Some(change) => finding.with([change]),
                None => finding.advise("give it a shorter name"),
            });
        }
    }
}

/// To the name that a remedy would have given it.
fn rename(context: Context<'_>, names: &Names<'_>, table: TableRef<'_>, name: &str, is_index: bool) -> Option<Change> {
    let (schema, own) = (&table.schema.name, &table.table.name);
    let columns = |index: &Index| Some(index.plain_columns()?.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let to = if let Some(key) = table.foreign_keys.iter().find(|key| key.name.as_deref() == Some(name)) {
        names.foreign_key(schema, own, &key.columns)
    } else if let Some(key) = table.unique_constraints.iter().find(|key| key.name.as_deref() == Some(name)) {
        names.unique(schema, own, &key.columns)
    } else if let Some(check) = table.check_constraints.iter().find(|check| check.name.as_deref() == Some(name)) {
        Names::check(own, &check.columns)
    } else {
        let index = table.indexes.iter().find(|index| index.name == name)?;
        let columns = columns(index)?;
        if index.unique { names.unique(schema, own, &columns) } else { names.index(schema, own, &columns) }
    };
    renamed::inside(context, table, name, is_index, to)
}

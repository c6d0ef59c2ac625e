//! A yes-or-no column is not named as a question, though most others are.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName};
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "boolean-column-name",
    summary: "A yes-or-no column is not named as a question, though most others are",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "yes-or-no columns of schemas in which most of them are named as questions",
    options: &[],
    peers: &["Eessaar"],
    references: &[],
    documentation: r"
## What it does

Where at least three quarters of the yes-or-no columns of a schema, and at least four of them, start with `is_`, `has_`, `can_` and the like, reports the others.

## Why

A name that reads as a question says that the answer is yes or no; one that does not is taken for a value.

## Not reported

Schemas without such a majority. Participles (`active`, `verified`, `deleted`) read as answers and are left alone.

## Example

```sql,fires,postgresql,sqlite
CREATE TABLE users (id integer PRIMARY KEY, is_admin boolean, is_staff boolean, has_avatar boolean, can_login boolean, newsletter boolean);
```

```sql,fires,mysql,mariadb
CREATE TABLE users (id int PRIMARY KEY, is_admin tinyint(1), is_staff tinyint(1), has_avatar tinyint(1), can_login tinyint(1), newsletter tinyint(1));
```

```sql,passes
CREATE TABLE users (id integer PRIMARY KEY, is_admin boolean, is_staff boolean, has_avatar boolean, can_login boolean, verified boolean);
```

```sql,passes
CREATE TABLE flags (id integer PRIMARY KEY, admin boolean, staff boolean, is_old boolean);
```
",
    check,
};

const QUESTIONS: &[&str] =
    &["is", "has", "can", "was", "should", "allow", "allows", "needs", "use", "uses", "did", "does", "are"];

/// Columns from which on there is a convention.
const ENOUGH: usize = 4;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let tables = || context.tables.base().filter(|table| table.schema.name == schema.name);
        let columns: Vec<_> = tables()
            .flat_map(|table| table.table.columns.iter().map(move |column| (table, column)))
            .filter(|(_, column)| is_boolean(column))
            .collect();
        let is_question = |name: &str| split(name).first().is_some_and(|word| QUESTIONS.contains(&word.as_str()));
        let questions = columns.iter().filter(|(_, column)| is_question(&column.name)).count();
        if questions < ENOUGH || questions * 4 < columns.len() * 3 {
            continue;
        }
        for (table, column) in columns {
            let object = Object::column(table, &column.name);
            let last = split(&column.name).pop().unwrap_or_default();
            if is_question(&column.name) || last.ends_with("ed") || last.ends_with("ive") || last.ends_with("able") {
                verdicts.pass(object);
            } else {
                let message = format!("{} is a yes or no and does not ask, as {questions} others do", column.name);
                verdicts.fail(Finding::new(&RULE, object, message));
            }
        }
    }
}

fn is_boolean(column: &Column) -> bool {
    column.base_type().starts_with("bool")
        || matches!(column.data_type.to_lowercase().as_str(), "tinyint(1)" | "bit(1)")
}

//! Flags that are not named like the others.

use crate::checks::columns::{is_boolean, several};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "boolean-column-name",
    summary: "Booleans are not named as questions, though most are",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables with booleans, where most booleans of the database are named as questions",
    options: &[],
    peers: &["Eessaar"],
    references: &["https://www.sqlstyle.guide/#naming-conventions"],
    documentation: r"
## What it does

Where at least three booleans, and more than half of all, begin with a word such as `is`, `has` or `can`, reports the tables
with others.

## Why

Where `is_active` is the custom, `newsletter` looks like something else: a text, a file, a table.

## Not reported

- Databases in which most booleans have plain names: there, those are the custom.
- Names that end like an answer: `active`, `verified`, `payable`.

## Fix

Name new columns as a question (`is_…`, `has_…`); a rename is rarely worth it, so no step is written.

## Example

```sql,fires
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY,
    is_active boolean NOT NULL, has_consented boolean NOT NULL, can_order boolean NOT NULL, newsletter boolean NOT NULL
);
```

```sql,passes
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY,
    newsletter boolean NOT NULL, backup boolean NOT NULL, vip boolean NOT NULL, foreigner boolean NOT NULL,
    is_staff boolean NOT NULL, is_tester boolean NOT NULL, is_retired boolean NOT NULL
);
```

```sql,passes
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY,
    is_staff boolean NOT NULL, has_consented boolean NOT NULL, allows_mail boolean NOT NULL,
    active boolean NOT NULL, verified boolean NOT NULL, payable boolean NOT NULL
);
```
",
    check,
};

const QUESTIONS: [&str; 22] = [
    "is", "has", "have", "can", "may", "must", "should", "will", "was", "were", "are", "do", "does", "did", "allow",
    "allows", "use", "uses", "need", "needs", "requires", "show",
];
const ENOUGH: usize = 3;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let booleans = || {
        let tables = context.tables.base();
        let columns = tables.flat_map(|table| &table.table.columns);
        columns.filter(|column| is_boolean(column) && !is_answer(&column.name))
    };
    let questions = booleans().filter(|column| is_question(&column.name)).count();
    if questions < ENOUGH || questions * 2 <= booleans().count() {
        return;
    }
    for table in context.tables.base() {
        let flags =
            || table.table.columns.iter().filter(|column| is_boolean(column)).map(|column| column.name.as_str());
        if flags().next().is_none() {
            continue;
        }
        let plain: Vec<&str> = flags().filter(|name| !is_question(name) && !is_answer(name)).collect();
        let object = Object::table(table);
        if plain.is_empty() {
            verdicts.pass(object);
        } else {
            let message = format!("booleans that do not begin with is, has or can as most do: {}", several(&plain));
            verdicts.fail(Finding::new(&RULE, object, message).advise("name new ones as a question"));
        }
    }
}

fn is_question(name: &str) -> bool {
    split(name).first().is_some_and(|word| QUESTIONS.contains(&word.as_str()))
}

/// Whether a name ends like an adjective or participle, which reads as the answer.
fn is_answer(name: &str) -> bool {
    let last = split(name).last().cloned().unwrap_or_default();
    ["ed", "ive", "able", "ible"].iter().any(|end| last.ends_with(end)) && !is_question(name)
}

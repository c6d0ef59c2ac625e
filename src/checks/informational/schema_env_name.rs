//! Schemas named after an environment.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "schema-env-name",
    summary: "A schema is named after an environment",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "schemas",
    options: &[],
    peers: &["pglinter S002"],
    references: &["https://www.postgresql.org/docs/current/ddl-schemas.html"],
    documentation: r"
## What it does

Reports schemas whose name begins or ends with `dev`, `stg`, `staging`, `prod`, `test`, `qa`, `uat` or the like.

## Why

Two environments in one database share its connections, its settings, its backups and its crashes; and code that runs in both
has to know which name to say.

## Not reported

The word elsewhere in the name (`load_test_results`), and longer words (`products`, `device`).

## Fix

Give each environment a database of its own and the schema one name in all. Everything that names it changes, so no step is
written.

## Example

```sql,fires
CREATE SCHEMA shop_dev;
CREATE TABLE shop_dev.orders (id integer PRIMARY KEY);
```

```sql,passes
CREATE SCHEMA products;
CREATE TABLE products.orders (id integer PRIMARY KEY);
CREATE SCHEMA load_test_results;
CREATE TABLE load_test_results.runs (id integer PRIMARY KEY);
```
",
    check,
};

const ENVIRONMENTS: [&str; 13] = [
    "dev",
    "devel",
    "development",
    "stg",
    "stage",
    "staging",
    "prod",
    "prd",
    "production",
    "test",
    "testing",
    "qa",
    "uat",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let words = split(&schema.name);
        let object = Object::schema(&schema.name);
        let environment =
            [words.first(), words.last()].into_iter().flatten().find(|word| ENVIRONMENTS.contains(&word.as_str()));
        if let Some(word) = environment {
            let advice = "give each environment a database of its own, with the same names inside";
            verdicts.fail(Finding::new(&RULE, object, format!("its name says {word}")).advise(advice));
        } else {
            verdicts.pass(object);
        }
    }
}

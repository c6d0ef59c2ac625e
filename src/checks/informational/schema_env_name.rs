//! The name of a schema says development, staging or production.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "schema-env-name",
    summary: "The name of a schema says development, staging or production",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    denominator: "schemas",
    options: &[],
    peers: &["pglinter"],
    references: &[],
    documentation: r"
## What it does

Finds schemas with a word such as dev, test, staging, prod in their name.

## Why

The name stands in every query and every migration, so that what was tested is not what is deployed.

## Not reported

Schemas whose name only contains such letters: `devices`, `products`.

## Example

```sql,fires,postgresql
CREATE SCHEMA shop_staging;
CREATE TABLE shop_staging.orders (id bigint PRIMARY KEY);
```

```sql,passes,postgresql
CREATE SCHEMA devices;
CREATE TABLE devices.products (id bigint PRIMARY KEY);
```
",
    check,
};

const ENVIRONMENTS: &[&str] =
    &["dev", "development", "test", "testing", "staging", "stage", "stg", "qa", "uat", "prod", "production", "preprod"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let object = Object::schema(&schema.name);
        match split(&schema.name).into_iter().find(|word| ENVIRONMENTS.contains(&word.as_str())) {
            Some(word) => {
                let message = format!("the name says {word}: queries against it run in one environment only");
                verdicts.fail(Finding::new(&RULE, object, message));
            }
            None => verdicts.pass(object),
        }
    }
}

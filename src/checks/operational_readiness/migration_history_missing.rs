use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts};
use crate::model::{EngineName, Model, Scope, TableRef};
use crate::survey::{is_temporal, split};

pub(super) static RULE: Rule = Rule {
    id: "migration-history-missing",
    summary: "No migration tool records how the schema came to be",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "the database: one object",
    options: &[RuleOption {
        name: "migrations",
        values: Values::Words(&["declarative"]),
        meaning: "`declarative` when a tool without a history table keeps the schema",
    }],
    peers: &[],
    references: &["https://martinfowler.com/articles/evodb.html"],
    documentation: r"
## What it does

Looks for the bookkeeping table of a migration tool: Flyway, Liquibase, Alembic, Django, Rails, Prisma, Goose, Knex, Diesel,
sqlx and some thirty others. `docs/configuration.md` lists how to leave tables out.

## Why

Without a history nobody knows whether two copies of the database have the same schema, and the next change is made by hand on
each of them.

A tool can keep its history in a schema of its own. Where a part of a database was read, whether there is one is unknown.

## Not reported

Databases without tables. Tables that an application keeps itself: called for migrations or versions of the schema, with a
version, script or checksum and a moment. Schemas that a declarative tool keeps (Atlas, Skeema, sqldef) leave no table behind: say so with
the option `migrations`.

## Fix

Adopt a tool for migrations and take the schema as it is for its baseline; where one that compares states is used, set
`migrations` to `declarative`. No step is written.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY, number integer);
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY, number integer);
CREATE TABLE schema_migrations (version varchar(64) PRIMARY KEY);
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY, number integer);
CREATE TABLE app_db_version (id bigint PRIMARY KEY, version varchar(64) NOT NULL, installed_at timestamp);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let declarative = context.settings.option(RULE.id, "migrations").and_then(toml::Value::as_str);
    let Some(first) = context.tables.base().next() else { return };
    if declarative == Some("declarative") {
        return;
    }
    let object = Object::schema(&first.schema.name);
    let own = || context.tables.base().any(|table| is_own_history(context, table));
    if !context.model.migration_tables.is_empty() || own() {
        verdicts.pass(object);
    } else if leaves_schemas_or_tables_out(context.model) {
        verdicts.unknown(object, "a part of the database was read, and the history may be in another");
    } else {
        let advice = "adopt a migration tool and record the schema as it is now as its baseline";
        let message = "no table of any known migration tool";
        verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
    }
}

/// Whether a history could be in what was not read. The only schema of SQLite, and a database of MySQL or MariaDB, stand for
/// themselves.
fn leaves_schemas_or_tables_out(model: &Model) -> bool {
    let stands_alone = |scope: &Scope| {
        scope.include.is_empty()
            && scope.exclude.is_empty()
            && scope.schemas.len() == 1
            && model.engine.name != EngineName::PostgreSql
    };
    model.scopes.iter().any(|scope| !stands_alone(scope))
}

/// Whether an application records there by itself which changes were made.
fn is_own_history(context: Context<'_>, table: TableRef<'_>) -> bool {
    let words = split(&table.table.name);
    let named = words.iter().any(|word| word == "migrations" || word == "migration")
        || words
            .windows(2)
            .any(|pair| ["db", "database", "schema"].contains(&pair[0].as_str()) && pair[1].starts_with("version"));
    let says = |word: &String| ["version", "script", "checksum", "migration"].contains(&word.as_str());
    named
        && table.table.columns.iter().any(|column| split(&column.name).iter().any(says))
        && table.table.columns.iter().any(|column| is_temporal(context.model.engine.name, column))
}

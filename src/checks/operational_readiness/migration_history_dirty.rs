use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, QualifiedName};

pub(super) static RULE: Rule = Rule {
    id: "migration-history-dirty",
    summary: "A migration failed or did not end",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 4,
    severity: Severity::Error,
    engines: &EngineName::ALL,
    needs: Needs::Data,
    reads: &[],
    denominator: "histories of Flyway, golang-migrate, Prisma, Liquibase and Knex: tools that keep a state",
    options: &[],
    peers: &[],
    references: &[
        "https://documentation.red-gate.com/flyway/flyway-concepts/migrations/flyway-schema-history-table",
        "https://www.prisma.io/docs/orm/prisma-migrate/workflows/patching-and-hotfixing",
    ],
    documentation: r"
## What it does

Reads the state that migration tools keep beside their history: failed migrations of Flyway, the dirty version of
golang-migrate, unfinished migrations of Prisma, locks of Liquibase that are older than an hour, locks of Knex. Unknown
without `--data`.

## Why

A migration that stopped half-way left a schema that is neither the old nor the new one, and the next deployment will refuse
to run.

## Not reported

Histories of tools that keep no state. Migrations of Prisma that somebody has marked as rolled back. A deployment that is
running right now looks the same as one that died: look again in a minute.

## Fix

See what the migration left behind, mend it, then use the tool's own command for repair. It is data rather than schema, so no
step is written.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY);
CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO schema_migrations VALUES (20240101, true);
```

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY);
CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY, description varchar(200), success boolean NOT NULL);
INSERT INTO flyway_schema_history VALUES (1, 'create orders', true), (2, 'add totals', false);
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY);
CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO schema_migrations VALUES (20240101, false);
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY);
CREATE TABLE schema_migrations (version varchar(64) PRIMARY KEY);
INSERT INTO schema_migrations VALUES ('20240101');
```
",
    check,
};

/// Histories that keep a state, in lower case.
const STATEFUL: &[&str] = &[
    "flyway_schema_history",
    "schema_version",
    "schema_migrations",
    "_prisma_migrations",
    "databasechangeloglock",
    "knex_migrations_lock",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for history in &context.model.migration_tables {
        let name = QualifiedName::new(&history.schema, &history.name);
        let object = Object::in_schema(&history.schema, ObjectKind::Other, &history.name);
        let Some(data) = &context.model.data else {
            if STATEFUL.contains(&history.name.to_lowercase().as_str()) {
                verdicts.unknown(object, "needs --data: the history says it");
            }
            continue;
        };
        let Some(state) = data.migrations.iter().find(|state| state.table == name) else { continue };
        match &state.unfinished {
            Some(entries) if entries.is_empty() => verdicts.pass(object),
            Some(entries) => {
                let message = format!("{} says that these failed or did not end: {}", history.tool, entries.join(", "));
                let advice = "see what the migration left behind, mend it, then use the tool's own command for repair";
                verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
            }
            None => {
                let reason = state.reason.as_deref().unwrap_or("no answer");
                verdicts.unknown(object, format!("the history could not be read: {reason}"));
            }
        }
    }
}

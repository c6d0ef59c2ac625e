use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::{singular, split};

pub(super) static RULE: Rule = Rule {
    id: "timestamp-y2038",
    summary: "A TIMESTAMP column holds moments beyond its end in 2038",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Warning,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "columns of type TIMESTAMP",
    options: &[],
    peers: &["skeema"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/datetime.html"],
    documentation: r"
## What it does

Finds `TIMESTAMP` columns whose name says that they look ahead or far back: expiry, due, valid until, birth.

## Why

`TIMESTAMP` ends on 19 January 2038 and starts in 1970. Contracts, certificates and subscriptions that run longer cannot be
stored today.

## Not reported

Columns that record the present: created, updated, deleted, seen. Everything in tables of what lives for minutes or days: sessions,
tokens, codes, locks. MariaDB 11.5 and newer on 64-bit machines, where
`TIMESTAMP` reaches 2106.

## Fix

Change the type to DATETIME, which copies the table; the values are read in the session's time zone.

## Example

```sql,fires,mysql
CREATE TABLE contracts (id bigint PRIMARY KEY, expires_at timestamp NULL, created_at datetime, updated_at datetime);
```

```sql,fires,mariadb<11.5
CREATE TABLE contracts (id bigint PRIMARY KEY, expires_at timestamp NULL, created_at datetime, updated_at datetime);
```

```sql,passes
CREATE TABLE contracts (id bigint PRIMARY KEY, expires_at datetime NULL, created_at timestamp NULL, seen_at timestamp NULL);
CREATE TABLE login_sessions (id bigint PRIMARY KEY, expires_at timestamp NULL, created_at datetime, updated_at datetime);
```
",
    check,
};

/// Words of names of columns that look beyond the years around now.
const FAR: &[&str] = &[
    "expiry",
    "expires",
    "expire",
    "expiration",
    "due",
    "until",
    "birth",
    "birthday",
    "birthdate",
    "born",
    "dob",
    "maturity",
    "renewal",
    "renews",
    "end",
    "ends",
    "ending",
    "thru",
    "through",
];

/// Words of tables whose rows are soon gone.
const SHORT_LIVED: &[&str] = &[
    "session",
    "token",
    "jti",
    "code",
    "otp",
    "nonce",
    "challenge",
    "captcha",
    "lock",
    "lease",
    "cache",
    "heartbeat",
    "membership",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = &context.model.engine;
    if engine.name == EngineName::MariaDb && engine.version_numbers() >= (11, 5, 0) {
        return;
    }
    for table in context.tables.base() {
        let words = split(&table.table.name);
        let short_lived = words.iter().any(|word| SHORT_LIVED.contains(&singular(word).as_str()));
        for column in table.table.columns.iter().filter(|column| column.base_type() == "timestamp") {
            let object = Object::column(table, &column.name);
            let words = split(&column.name);
            let valid_to = words.windows(2).any(|pair| pair == ["valid", "to"] || pair == ["effective", "to"]);
            if short_lived || !valid_to && !words.iter().any(|word| FAR.contains(&word.as_str())) {
                verdicts.pass(object);
                continue;
            }
            let message = format!("{} ({}) cannot hold a moment after 2038-01-19", column.name, column.data_type);
            verdicts.fail(
                Finding::new(&RULE, object, message)
                    .with([Change::ChangeType {
                        table: table.qualified_name(),
                        column: column.name.clone(),
                        data_type: column.data_type.to_lowercase().replace("timestamp", "datetime"),
                        with: Vec::new(),
                    }])
                    // A DATETIME column is none that the rule counts.
                    .leaves_count(),
            );
        }
    }
}

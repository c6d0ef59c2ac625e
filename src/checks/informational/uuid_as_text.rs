//! UUIDs kept as text.

use crate::checks::columns::{checks_of, is_key, is_reference, is_text, length};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef, UnseenKind};
use crate::survey::{lower, split};

pub(super) static RULE: Rule = Rule {
    id: "uuid-as-text",
    summary: "UUIDs are kept as text",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "columns named and sized like UUIDs",
    options: &[],
    peers: &["pg-index-health", "db_verifier sm0001", "Azimutt"],
    references: &[
        "https://www.postgresql.org/docs/current/datatype-uuid.html",
        "https://mariadb.com/kb/en/uuid-data-type/",
        "https://dev.mysql.com/doc/refman/8.4/en/miscellaneous-functions.html#function_uuid-to-bin",
    ],
    documentation: r"
## What it does

Reports character columns of 32, 36 or 38 places that are called a UUID or GUID, those of 36 or 38 places that end in `id`, and
those that get a new UUID by default.

## Why

As text a UUID takes 37 bytes instead of 16, in the table and in every index with it, compares letter by letter, and may differ
from itself in case and hyphens.

## Not reported

- Keys that another system hands out (`external_id`, `stripe_customer_id`): nobody here decides their form.
- Hashes and tokens of the same length.

DDL changes the type in PostgreSQL, and in MariaDB from 10.7, where no foreign key, default or check holds on to the text.
Elsewhere both ends of a relation have to move together. MySQL has no such type: `BINARY(16)` with `UUID_TO_BIN` there, 16 bytes
in a `BLOB` in SQLite.

## Fix

Change the type to `uuid`, together with the columns that refer to it; where the engine has none, BINARY(16) halves it.
No step is written in MySQL and SQLite.

## Example

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, request_uuid char(36) NOT NULL);
```

```sql,fires
CREATE TABLE customers (id varchar(36) NOT NULL PRIMARY KEY, city varchar(40) NOT NULL);
```

```sql,passes
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    external_id varchar(36) NOT NULL,
    content_hash char(32) NOT NULL,
    description varchar(36) NOT NULL
);
```

```sql,passes,postgresql,mariadb>=10.7
CREATE TABLE orders (id uuid NOT NULL PRIMARY KEY);
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id binary(16) NOT NULL PRIMARY KEY);
```
",
    check,
};

/// Words of columns whose values another system makes.
const FOREIGN: [&str; 12] = [
    "external",
    "remote",
    "provider",
    "stripe",
    "github",
    "google",
    "facebook",
    "paypal",
    "message",
    "transaction",
    "vendor",
    "session",
];
/// Words of columns with other text of the same length.
const OTHER: [&str; 7] = ["hash", "digest", "md5", "sha", "checksum", "token", "secret"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for column in &table.table.columns {
            let native = matches!(column.data_type.as_str(), "uuid" | "binary(16)");
            if !native && !is_uuid_text(column) {
                continue;
            }
            let object = Object::column(table, &column.name);
            if native {
                verdicts.pass(object);
                continue;
            }
            let message = format!("keeps UUIDs as {}", column.data_type);
            let finding = Finding::new(&RULE, object, message);
            verdicts.fail(match change(context, table, column) {
                Some(change) => finding.with([change]),
                None => finding.advise(advice(context)),
            });
        }
    }
}

fn is_uuid_text(column: &Column) -> bool {
    let length = length(column).filter(|length| matches!(length, 32 | 36 | 38));
    let made_here = || column.default.as_ref().is_some_and(|default| lower(&default.expression).contains("uuid"));
    if column.generated.is_some() || !(length.is_some() || made_here()) || !is_text(column) {
        return false;
    }
    let words = split(&column.name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&OTHER) {
        return false;
    }
    let named = has(&["uuid", "guid"]);
    let identifier = words.last().is_some_and(|word| word == "id") && !has(&FOREIGN);
    match length {
        _ if made_here() => true,
        Some(32) => named,
        Some(36 | 38) => named || identifier,
        _ => false,
    }
}

fn native_type(context: Context<'_>) -> Option<&'static str> {
    let maria = context.model.engine.version_numbers() >= (10, 7, 0);
    match context.model.engine.name {
        EngineName::PostgreSql => Some("uuid"),
        EngineName::MariaDb if maria => Some("uuid"),
        _ => None,
    }
}

/// A change of type, where nothing else holds on to the text.
fn change(context: Context<'_>, table: TableRef<'_>, column: &Column) -> Option<Change> {
    let data_type = native_type(context)?.to_owned();
    let referenced =
        context.tables.referenced_by(table.id).any(|(_, key)| key.referenced_columns.contains(&column.name));
    let free = column.default.is_none()
        && !referenced
        && !is_reference(table, &column.name)
        && checks_of(table, &column.name).next().is_none()
        && !(is_key(table, &column.name) && context.survey.relations_to(&table.qualified_name()).next().is_some());
    free.then(|| Change::ChangeType {
        table: table.qualified_name(),
        column: column.name.clone(),
        data_type,
        with: Vec::new(),
    })
}

fn advice(context: Context<'_>) -> &'static str {
    match (context.model.engine.name, native_type(context)) {
        (_, Some(_)) => "change it to uuid together with its default, its checks and the columns that refer to it",
        (EngineName::Sqlite, _) => "16 bytes in a BLOB take half the room",
        _ => "BINARY(16) with UUID_TO_BIN takes less than half the room",
    }
}

use super::unique_vs_soft_delete::live_rows;
use crate::checks::columns::{is_number, is_reference, is_text};
use crate::checks::names::Names;
use crate::checks::relations::SCORED;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, Index, TableRef, UnseenKind};
use crate::survey::{OfNames, TableClass, singular, split};

pub(super) static RULE: Rule = Rule {
    id: "unique-business-key-missing",
    summary: "A column that is named like a key can hold the same value twice",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 4,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::ForeignKeys, UnseenKind::Constraints],
    denominator: "text, uuid and integer columns of entity and lookup tables called email, username, login, slug, sku, isbn, iban, vin, handle or api_key, or ending in slug or sku",
    options: &[],
    peers: &["active_record_doctor", "database_consistency", "Eessaar"],
    references: &["https://github.com/gregnavis/active_record_doctor"],
    documentation: r"
## What it does

Looks for a unique index that contains the column: alone, with a tenant or a parent, over `lower(…)`, or for live rows only.
An index that is not valid does not count: its build may have met equal values. `index-invalid` mends it.

## Why

People and other systems find the row by this value. Applications check that it is free before they insert, and two of them do
so at the same moment.

## Not reported

Tables in which such values repeat: orders, invitations, contacts, leads, messages, subscriptions, logs. Copies of a column of
the same name in a table that this one refers to. Logins (`username`, `login`, `handle`) for which another table has a unique key:
the account is kept there, and this row says something about it. By the statistics a column whose values repeat is noted only.

## Fix

Look for duplicates, merge them, then make the column unique, together with the tenant or among the rows that are not deleted
where the table has such.

## Example

```sql,fires
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, email varchar(80) NOT NULL, age_group integer, height_class integer);
```

```sql,passes
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, email varchar(80) NOT NULL UNIQUE);
CREATE TABLE pages (id integer NOT NULL PRIMARY KEY, shop integer NOT NULL, slug varchar(80) NOT NULL, UNIQUE (shop, slug));
CREATE TABLE invitations (id integer NOT NULL PRIMARY KEY, email varchar(80) NOT NULL, note varchar(80), made integer);
CREATE TABLE receipts (
    id integer NOT NULL PRIMARY KEY,
    user_id integer NOT NULL,
    email varchar(80) NOT NULL,
    made integer NOT NULL,
    CONSTRAINT receipts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
```

A number is no login; Drupal keeps there when the user last signed in:

```sql,passes
CREATE TABLE users (uid integer NOT NULL PRIMARY KEY, name varchar(60) NOT NULL, login integer NOT NULL DEFAULT 0, status integer);
```

A ban names whose account it is about:

```sql,passes
CREATE TABLE totp_configurations (id integer NOT NULL PRIMARY KEY, username varchar(80) NOT NULL UNIQUE, digits integer, period integer);
CREATE TABLE banned_user (id integer NOT NULL PRIMARY KEY, username varchar(80) NOT NULL, reason varchar(80), expires integer);
```

```sql,passes,postgresql,sqlite
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, email varchar(80) NOT NULL, login varchar(80) NOT NULL, deleted_at timestamp);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
CREATE UNIQUE INDEX users_login_key ON users (login) WHERE deleted_at IS NULL;
```

A unique index that is not valid:

```sql,fires,postgresql
CREATE TABLE users (id integer NOT NULL, email text NOT NULL, age_group integer, height_class integer) PARTITION BY HASH (email);
CREATE TABLE users_0 PARTITION OF users FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE UNIQUE INDEX users_email_key ON ONLY users (email);
```

Values that repeat by the statistics, among rows that are deleted here:

```sql,fires,postgresql,severity=info
CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, deleted_at timestamptz, created_at timestamptz, updated_at timestamptz);
INSERT INTO users SELECT number, 'user' || number % 100 || '@example.org', CASE WHEN number > 100 THEN now() END
    FROM generate_series(1, 300) AS number;
ANALYZE users;
```
",
    check,
};

const NAMES: [&str; 10] = ["email", "username", "login", "slug", "sku", "isbn", "iban", "vin", "handle", "api_key"];

/// Those that are texts.
const TEXTS: [&str; 5] = ["email", "username", "login", "slug", "handle"];

/// Words of tables in which such values repeat.
const REPEATING: [&str; 18] = [
    "order",
    "invitation",
    "invite",
    "contact",
    "lead",
    "message",
    "mail",
    "subscription",
    "subscriber",
    "request",
    "inquiry",
    "enquiry",
    "history",
    "log",
    "attempt",
    "guest",
    "recipient",
    "redirect",
];

/// Share of distinct values, as the server estimates it, below which a column is no key.
const NEARLY_ALL: f64 = -0.95;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    let logins = unique_logins(context);
    let mut may_be_key = OfNames::new(names_key);
    for table in context.tables.base().filter(|table| applies_to(context, *table)) {
        for column in table.table.columns.iter().filter(|column| may_be_key.of(&column.name) && is_key_like(column)) {
            if is_reference(table, &column.name)
                || is_copy(context, table, &column.name)
                || is_kept_elsewhere(&logins, table, &column.name)
            {
                continue;
            }
            let object = Object::column(table, &column.name);
            if table.indexes.iter().any(|index| index.guarantees_unique() && contains(table, index, &column.name))
                || table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name))
            {
                verdicts.pass(object);
            } else {
                verdicts.fail(finding(context, &names, table, column));
            }
        }
    }
}

fn applies_to(context: Context<'_>, table: TableRef<'_>) -> bool {
    matches!(context.survey.class(table.id), TableClass::Entity | TableClass::Lookup)
        && !split(&table.table.name).iter().any(|word| REPEATING.contains(&singular(word).as_str()))
}

/// Whether a name is one by which people and programs tell things apart.
fn names_key(name: &str) -> bool {
    let words = split(name);
    NAMES.contains(&words.join("_").as_str()) || words.last().is_some_and(|word| word == "slug" || word == "sku")
}

/// Whether the type of a column with such a name can hold it.
fn is_key_like(column: &Column) -> bool {
    let words = split(&column.name);
    let base = column.base_type();
    // A number called like what somebody signs in by counts something, or is the moment when it happened.
    let may_be_number = !words.last().is_some_and(|word| TEXTS.contains(&word.as_str()));
    column.generated.is_none()
        && column.array_dimensions == 0
        && (is_text(column)
            || may_be_number && is_number(column)
            || base == "uuid"
            || base == "citext"
            || base.ends_with(".citext"))
}

/// Whether the key holds the column, or something computed from it.
fn contains(table: TableRef<'_>, index: &Index, column: &str) -> bool {
    let mentions = |text: &str| text.to_lowercase().contains(&column.to_lowercase());
    index.key.iter().any(|part| {
        let of = part.column.as_deref().and_then(|name| table.table.column(name));
        let generated = of.and_then(|of| of.generated.as_ref());
        part.column.as_deref() == Some(column)
            || part.expression.as_deref().is_some_and(mentions)
            || generated.is_some_and(|generated| mentions(&generated.expression))
    })
}

/// Whether a table that this one refers to has a column of the same name.
fn is_copy(context: Context<'_>, table: TableRef<'_>, column: &str) -> bool {
    let declared = table.table.foreign_keys.iter().map(|key| &key.referenced_table);
    let name = table.qualified_name();
    let survey = context.survey;
    let inferred = survey.relations_of(&name).filter(|relation| relation.confidence >= SCORED);
    declared
        .chain(inferred.map(|relation| &relation.referenced_table))
        .filter(|parent| **parent != name)
        .filter_map(|parent| context.tables.find(parent))
        .any(|parent| parent.table.column(column).is_some())
}

/// Names of which an application has one for each account, in one place.
const LOGINS: [&str; 3] = ["username", "login", "handle"];

/// The tables with a unique key over a login alone, with its column.
fn unique_logins(context: Context<'_>) -> Vec<(TableRef<'_>, &str)> {
    let mut found = Vec::new();
    let mut is_login = OfNames::new(|name| LOGINS.contains(&split(name).join("_").as_str()));
    for table in context.tables.base() {
        let logins = table.table.columns.iter().filter(|column| is_login.of(&column.name));
        for column in logins {
            let unique = |index: &Index| {
                index.guarantees_unique() && index.key.len() == 1 && contains(table, index, &column.name)
            };
            let is_key = table.primary_key.as_ref().is_some_and(|key| key.columns == [column.name.as_str()]);
            if is_key || table.table.indexes.iter().any(unique) {
                found.push((table, column.name.as_str()));
            }
        }
    }
    found
}

/// Whether another table has a unique key over the login.
fn is_kept_elsewhere(logins: &[(TableRef<'_>, &str)], table: TableRef<'_>, column: &str) -> bool {
    let elsewhere = |(other, login): &(TableRef<'_>, &str)| other.id != table.id && *login == column;
    !table.indexes.iter().any(|index| index.guarantees_unique() && contains(table, index, column))
        && logins.iter().any(elsewhere)
}

fn finding(context: Context<'_>, names: &Names<'_>, table: TableRef<'_>, column: &Column) -> Finding {
    let object = Object::column(table, &column.name);
    let statistics = context.model.statistics.as_ref();
    let distinct = statistics
        .and_then(|all| all.column(&table.schema.name, &table.table.name, &column.name))
        .and_then(|column| column.distinct);
    let unfinished = |index: &&Index| index.unique && contains(table, index, &column.name);
    if let Some(index) = table.indexes.iter().find(unfinished) {
        let message = format!("the unique index {} is not valid, so that values may repeat", index.name);
        return Finding::new(&RULE, object, message).advise("merge equal values, then rebuild the index");
    }
    let finding = Finding::new(&RULE, object, format!("no unique index contains {}", column.name));
    let finding = match distinct {
        Some(distinct) if distinct > NEARLY_ALL => finding.severity(Severity::Info),
        _ => finding,
    };
    let tenant = context.survey.tenancy.as_ref().filter(|tenancy| tenancy.tables.contains(&table.qualified_name()));
    let columns: Vec<String> =
        tenant.map(|tenancy| tenancy.column.clone()).into_iter().chain([column.name.clone()]).collect();
    finding.with([Change::AddUnique {
        table: table.qualified_name(),
        name: names.unique(&table.schema.name, &table.name, &columns),
        columns,
        nulls_not_distinct: false,
        predicate: live_rows(context, table),
        replaces: None,
    }])
}

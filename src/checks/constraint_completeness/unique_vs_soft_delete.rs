use crate::checks::columns::is_boolean;
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::quote::quote_identifier;
use crate::model::{EngineName, Index, TableRef, UnseenKind};
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "unique-vs-soft-delete",
    summary: "A deleted row keeps its unique value for ever",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "unique indexes, without those of primary keys, in tables with soft deletion",
    options: &[],
    peers: &[],
    references: &["https://www.postgresql.org/docs/current/indexes-partial.html"],
    documentation: r"
## What it does

Finds unique keys of a table with `deleted_at` or `is_deleted` that are neither limited to the rows which are not deleted nor
contain that column.

## Why

A customer who was deleted cannot sign up again: the row that nobody sees still holds the e-mail address.

## Not reported

Keys that are unique for ever: UUIDs, tokens, hashes, keys given by another system, numbers of documents (invoice, receipt,
order). Keys that a foreign key refers to.

## Fix

Make the key unique among the rows that are not deleted, then drop the old one. MySQL and MariaDB, which have no partial keys,
get one over the columns and invisible generated ones that are NULL in deleted rows.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, email varchar(80) NOT NULL, deleted_at timestamp NULL, CONSTRAINT customers_email_key UNIQUE (email));
```

```sql,passes
CREATE TABLE customers (
    id integer NOT NULL PRIMARY KEY,
    email varchar(80) NOT NULL,
    uuid char(36) NOT NULL UNIQUE,
    invoice_number integer NOT NULL UNIQUE,
    deleted_at timestamp NULL,
    UNIQUE (email, deleted_at)
);
CREATE TABLE shops (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL UNIQUE);
```

```sql,passes,postgresql,sqlite
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, email varchar(80) NOT NULL, deleted_at timestamp);
CREATE UNIQUE INDEX customers_email_key ON customers (email) WHERE deleted_at IS NULL;
```
",
    check,
};

/// Words of values that are never given twice.
const FOR_EVER: [&str; 22] = [
    "uuid",
    "guid",
    "ulid",
    "token",
    "hash",
    "digest",
    "secret",
    "fingerprint",
    "external",
    "provider",
    "remote",
    "stripe",
    "invoice",
    "receipt",
    "serial",
    "nonce",
    "signature",
    "checksum",
    "uid",
    "key",
    "public",
    "reference",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for mark in &context.survey.soft_deletes {
        let Some(table) = context.tables.find(&mark.table).filter(|table| table.is_base()) else { continue };
        let keys = table.table.indexes.iter().filter(|index| index.unique && !index.primary && !index.exclusion);
        for index in keys {
            let object = Object::index(table, &index.name);
            let mentions = |text: &str| text.to_lowercase().contains(&mark.column.to_lowercase());
            let looks = index.predicate.as_deref().is_some_and(mentions)
                || index.key.iter().any(|part| {
                    let column = part.column.as_deref().and_then(|name| table.table.column(name));
                    let generated = column.and_then(|column| column.generated.as_ref());
                    part.column.as_deref() == Some(&mark.column)
                        || part.expression.as_deref().is_some_and(mentions)
                        || generated.is_some_and(|generated| mentions(&generated.expression))
                });
            if looks || is_for_ever(index) || is_referenced(context, table, index) {
                verdicts.pass(object);
                continue;
            }
            let message = format!("rows whose {} is set keep their value of {}", mark.column, called(index));
            let finding = Finding::new(&RULE, object, message);
            verdicts.fail(match index.plain_columns().zip(live_rows(context, table)) {
                Some((columns, live)) => {
                    let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
                    let predicate = match &index.predicate {
                        Some(condition) => format!("({condition}) AND {live}"),
                        None => live,
                    };
                    finding.with([Change::AddUnique {
                        table: table.qualified_name(),
                        name: names.unique(&table.schema.name, &table.name, &columns),
                        columns,
                        nulls_not_distinct: index.nulls_not_distinct,
                        predicate: Some(predicate),
                        replaces: Some(index.name.clone()),
                    }])
                }
                None => finding.advise(format!("limit it to the rows in which {} is not set", mark.column)),
            });
        }
    }
}

/// The condition for the rows of a table that are not soft-deleted, where it has such.
pub(super) fn live_rows(context: Context<'_>, table: TableRef<'_>) -> Option<String> {
    let engine = context.model.engine.name;
    let name = table.qualified_name();
    let mark = context.survey.soft_deletes.iter().find(|mark| mark.table == name)?;
    let column = table.table.column(&mark.column)?;
    let quoted = quote_identifier(engine, &mark.column);
    Some(if mark.timestamp {
        format!("{quoted} IS NULL")
    } else if engine == EngineName::PostgreSql && is_boolean(column) {
        format!("NOT {quoted}")
    } else {
        format!("{quoted} = 0")
    })
}

fn called(index: &Index) -> String {
    let parts = index.key.iter().filter_map(|part| part.column.as_deref().or(part.expression.as_deref()));
    parts.collect::<Vec<_>>().join(", ")
}

pub(super) fn is_for_ever(index: &Index) -> bool {
    index.key_columns().flatten().any(|column| split(column).iter().any(|word| FOR_EVER.contains(&word.as_str())))
}

/// Whether foreign keys need the index, which then must hold for every row.
pub(super) fn is_referenced(context: Context<'_>, table: TableRef<'_>, index: &Index) -> bool {
    let Some(mut key) = index.plain_columns() else { return false };
    key.sort_unstable();
    context.tables.referenced_by(table.id).any(|(_, foreign)| {
        let mut referenced: Vec<&str> = foreign.referenced_columns.iter().map(String::as_str).collect();
        referenced.sort_unstable();
        referenced == key
    })
}

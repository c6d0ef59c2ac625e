use crate::checks::columns::is_set_null;
use crate::checks::operational_readiness::is_expendable;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, Persistence, TableRef, UnseenKind};
use crate::survey::{TableClass, split};

pub(super) static RULE: Rule = Rule {
    id: "all-columns-nullable",
    summary: "Beside its key a table can be empty in every column",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "ordinary and partitioned tables",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "Eessaar"],
    references: &["https://github.com/mfvanek/pg-index-health-sql"],
    documentation: r"
## What it does

Finds tables with two or more columns outside the primary key of which every one can be NULL.

## Why

A row then need not say anything. Usually some column tells what the row is, a name, a number, a title, and was never declared
NOT NULL.

## Not reported

Tables that extend another by sharing its key, copies, and tables named for staging or import; unlogged tables whose name says
that they may be lost, such as a cache.

## Fix

Make NOT NULL the columns that every row must fill; the steps cover those that identify the row by their name or a unique
key. Where there are none, a person has to say what makes a row.

## Example

```sql,fires
CREATE TABLE countries (id integer NOT NULL PRIMARY KEY, name varchar(40), capital varchar(40));
```

```sql,passes
CREATE TABLE countries (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, capital varchar(40));
CREATE TABLE country_details (
    country_id integer NOT NULL PRIMARY KEY,
    anthem varchar(40),
    motto varchar(40),
    CONSTRAINT country_details_country_id_fkey FOREIGN KEY (country_id) REFERENCES countries (id) ON DELETE CASCADE
);
CREATE TABLE staging_countries (id integer NOT NULL PRIMARY KEY, name varchar(40), capital varchar(40));
```
",
    check,
};

/// Last words of columns that tell what a row is.
const IDENTIFYING: [&str; 12] =
    ["name", "title", "code", "email", "login", "username", "slug", "sku", "number", "label", "subject", "key"];

/// Words of tables through which data passes as it comes.
const PASSING: [&str; 7] = ["staging", "stage", "stg", "import", "imports", "raw", "landing"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let object = Object::table(table);
        let key: &[String] = table.table.primary_key.as_ref().map(|key| key.columns.as_slice()).unwrap_or_default();
        let others: Vec<&Column> = table
            .table
            .columns
            .iter()
            .filter(|column| !key.contains(&column.name) && column.generated.is_none())
            .collect();
        if others.len() < 2 || others.iter().any(|column| !column.nullable) || is_exempt(context, table, key) {
            verdicts.pass(object);
            continue;
        }
        let identifying = others.iter().filter(|column| identifies(table, column));
        let changes: Vec<Change> = identifying
            .map(|column| Change::SetNotNull { table: table.qualified_name(), column: column.name.clone(), fill: None })
            .collect();
        let message = format!("all {} columns outside the primary key accept NULL", others.len());
        let finding = Finding::new(&RULE, object, message);
        verdicts.fail(if changes.is_empty() {
            finding.advise("make NOT NULL what every row must say")
        } else {
            finding.with(changes)
        });
    }
}

fn is_exempt(context: Context<'_>, table: TableRef<'_>, key: &[String]) -> bool {
    let extends = !key.is_empty() && table.foreign_keys.iter().any(|foreign| foreign.columns == key);
    let passing = split(&table.table.name).iter().any(|word| PASSING.contains(&word.as_str()));
    let copy = context.survey.class(table.id) == TableClass::Clone;
    extends || passing || copy || (table.persistence == Persistence::Unlogged && is_expendable(table))
}

fn identifies(table: TableRef<'_>, column: &Column) -> bool {
    let words = split(&column.name);
    let by_name = words.last().is_some_and(|word| IDENTIFYING.contains(&word.as_str()))
        && (words.len() == 1 || words.first().is_some_and(|first| table.table.name.to_lowercase().contains(first)));
    let by_key = table.indexes.iter().any(|index| {
        index.guarantees_unique()
            && index.predicate.is_none()
            && index.plain_columns().is_some_and(|key| key == [column.name.as_str()])
    });
    (by_name || by_key) && !is_set_null(table, &column.name)
}

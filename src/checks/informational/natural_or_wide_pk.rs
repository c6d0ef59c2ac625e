//! A primary key of meaningful or many columns.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, UnseenKind};
use crate::survey::TableClass;
pub(super) static RULE: Rule = Rule {
    id: "natural-or-wide-pk",
    summary: "A primary key is a value with a meaning, or has more than four columns",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "primary keys of entity tables",
    options: &[],
    peers: &["pg-index-health", "Azimutt", "pglinter B012", "SchemaCrawler"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS"],
    documentation: r"
## What it does

Points out a primary key of one column that is neither an integer nor a UUID, and one of more than four columns.

## Why

Values with a meaning change, and every referencing table has to change with them. Wide keys are repeated in every child and,
in InnoDB, in every secondary index.

## Not reported

- Lookup and junction tables, and columns named after codes.
- Columns of the partition key, which the primary key must contain.

## Fix

Refer to a number or UUID, and keep what is the key now unique. Every reference changes with it, so no step is written.

## Example

```sql,fires
CREATE TABLE people (
    full_name varchar(80) NOT NULL PRIMARY KEY,
    street varchar(80) NOT NULL, city varchar(80) NOT NULL, born_on date NOT NULL, height integer NOT NULL
);
```

```sql,passes
CREATE TABLE people (
    id integer NOT NULL PRIMARY KEY,
    street varchar(80) NOT NULL, city varchar(80) NOT NULL, born_on date NOT NULL, height integer NOT NULL
);
CREATE TABLE countries (country_code char(2) NOT NULL PRIMARY KEY, name varchar(80) NOT NULL);
```
",
    check,
};

const WIDE: usize = 4;
const CODES: [&str; 8] = ["code", "iso", "key", "slug", "name_key", "sku", "isbn", "symbol"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| context.survey.class(table.id) == TableClass::Entity) {
        let Some(key) = &table.primary_key else { continue };
        let partition_key = table.table.partitioning.as_ref().map_or(&[][..], |partitioning| &partitioning.columns);
        let columns: Vec<&String> = key.columns.iter().filter(|name| !partition_key.contains(name)).collect();
        let object = Object::table(table);
        let natural = match columns.as_slice() {
            [only] => table.table.column(only).filter(|column| !is_plain_key(column)),
            _ => None,
        };
        if let Some(column) = natural {
            let message = format!("the primary key {} is {}", column.name, column.data_type);
            verdicts.fail(Finding::new(&RULE, object, message).advise("keep it unique and refer to a number or UUID"));
        } else if columns.len() > WIDE {
            let message = format!("the primary key has {} columns", columns.len());
            verdicts
                .fail(Finding::new(&RULE, object, message).advise("refer to a number or UUID, and keep these unique"));
        } else {
            verdicts.pass(object);
        }
    }
}

fn is_plain_key(column: &Column) -> bool {
    let base = column.base_type();
    let name = column.name.to_lowercase();
    let number = base.contains("int") || base.contains("serial") || matches!(base, "numeric" | "decimal" | "number");
    let uuid = base == "uuid"
        || matches!(
            column.data_type.as_str(),
            "binary(16)" | "char(36)" | "varchar(36)" | "character(36)" | "character varying(36)"
        );
    number || uuid || base.is_empty() || CODES.iter().any(|word| name.ends_with(word)) || name.ends_with("id")
}

use crate::checks::columns::is_reference;
use crate::checks::relations::SCORED;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "column-type-inconsistent",
    summary: "Columns of one name have several types",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "columns outside relations whose name occurs in at least three tables; not id, value, data, type, status, code, key, name and the like",
    options: &[],
    peers: &["pg-index-health", "SchemaCrawler", "Azimutt"],
    references: &["https://github.com/mfvanek/pg-index-health-sql"],
    documentation: r"
## What it does

Finds columns whose type, length and precision aside, is not the one that most columns of the same name have.

## Why

A `price` that is a number here and a text there is compared wrongly, converted in every union and mapped twice in code.

## Not reported

Names that mean something else in every table, keys and references (`fk-type-mismatch` compares those), columns without a
declared type. Equally frequent types: nothing tells which one is meant.

The remedy depends on what is stored: change the type when the table is changed next.

## Example

```sql,fires
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, weight integer);
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, weight integer);
CREATE TABLE pallets (id integer NOT NULL PRIMARY KEY, weight varchar(20));
```

```sql,passes
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, weight integer, code varchar(8));
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, weight integer, code integer);
CREATE TABLE pallets (id integer NOT NULL PRIMARY KEY, height varchar(20), code integer);
CREATE TABLE lorries (id integer NOT NULL PRIMARY KEY, height varchar(40), code integer);
CREATE TABLE ships (id integer NOT NULL PRIMARY KEY, height varchar(10), code integer);
```
",
    check,
};

/// Names that mean something else in every table.
const GENERIC: [&str; 24] = [
    "id",
    "value",
    "data",
    "type",
    "status",
    "code",
    "key",
    "name",
    "state",
    "kind",
    "level",
    "number",
    "position",
    "content",
    "contents",
    "body",
    "text",
    "version",
    "reference",
    "config",
    "settings",
    "options",
    "result",
    "source",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mut by_name: BTreeMap<String, Vec<(TableRef<'_>, &Column)>> = BTreeMap::new();
    for table in context.tables.base() {
        for column in table.table.columns.iter().filter(|column| !column.data_type.is_empty() && !column.inherited) {
            let name = column.name.to_lowercase();
            let key = table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
            if !GENERIC.contains(&name.as_str()) && !key && !is_related(context, table, &column.name) {
                by_name.entry(name).or_default().push((table, column));
            }
        }
    }
    for columns in by_name.into_values().filter(|columns| columns.len() >= 3) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, column) in &columns {
            *counts.entry(kind(column)).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or_default();
        let usual: Vec<&String> = counts.iter().filter(|(_, count)| **count == most).map(|(kind, _)| kind).collect();
        for (table, column) in &columns {
            let object = Object::column(*table, &column.name);
            let [usual] = usual.as_slice() else {
                verdicts.pass(object);
                continue;
            };
            let own = kind(column);
            if own == **usual {
                verdicts.pass(object);
                continue;
            }
            let message = format!("{} is {own} here and {usual} in {most} other tables", column.name);
            verdicts.fail(
                Finding::new(&RULE, object, message)
                    .advise("give it the usual type when the table is changed next, or another name"),
            );
        }
    }
}

fn kind(column: &Column) -> String {
    let arrays = "[]".repeat(column.array_dimensions as usize);
    format!("{}{arrays}", column.base_type())
}

fn is_related(context: Context<'_>, table: TableRef<'_>, column: &str) -> bool {
    let name = table.qualified_name();
    is_reference(table, column)
        || context.survey.relations_of(&name).any(|relation| relation.column == column && relation.confidence >= SCORED)
}

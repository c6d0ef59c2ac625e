use crate::checks::columns::{is_reference, is_strict_type};
use crate::checks::relations::SCORED;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef};
use crate::survey::lower;
use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule {
    id: "column-type-inconsistent",
    summary: "Columns of one name have several types",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
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
declared type. Equally frequent types: nothing tells which one is meant. Texts that differ in how long they may be (`varchar` and
`text`), domains over the usual type, and in SQLite words for one affinity (`datetime` and `timestamp`).

## Fix

Give the column the usual type when the table is changed next, or another name. What is stored decides, so no step is
written.

## Example

```sql,fires
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, weight integer);
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, weight integer);
CREATE TABLE pallets (id integer NOT NULL PRIMARY KEY, weight varchar(20));
```

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, weight integer, code varchar(8));
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, weight integer, code integer);
CREATE TABLE pallets (id integer NOT NULL PRIMARY KEY, height varchar(20), code integer);
CREATE TABLE lorries (id integer NOT NULL PRIMARY KEY, height varchar(40), code integer);
CREATE TABLE ships (id integer NOT NULL PRIMARY KEY, height varchar(10), code integer);
```

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, description varchar(80));
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, description varchar(200));
CREATE TABLE pallets (id integer NOT NULL PRIMARY KEY, description text);
```

```sql,passes,postgresql
CREATE DOMAIN label AS varchar(80) CHECK (VALUE <> '');
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, shelf varchar(80));
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, shelf varchar(80));
CREATE TABLE pallets (id integer NOT NULL PRIMARY KEY, shelf label);
```

```sql,passes,sqlite
CREATE TABLE parts (id integer NOT NULL PRIMARY KEY, seen datetime, weight int);
CREATE TABLE parcels (id integer NOT NULL PRIMARY KEY, seen datetime, weight int);
CREATE TABLE pallets (id integer NOT NULL PRIMARY KEY, seen timestamp, weight bigint);
CREATE TABLE crates (id integer NOT NULL PRIMARY KEY, seen text, weight integer) STRICT;
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
    let mut by_name: BTreeMap<Cow<'_, str>, Vec<(TableRef<'_>, &Column)>> = BTreeMap::new();
    for table in context.tables.base() {
        let name = table.qualified_name();
        let inferred = context.survey.relations_of(&name).filter(|relation| relation.confidence >= SCORED);
        let inferred: Vec<&str> = inferred.map(|relation| relation.column.as_str()).collect();
        for column in table.table.columns.iter().filter(|column| !column.data_type.is_empty() && !column.inherited) {
            let name = lower(&column.name);
            let key = table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
            let is_related = || is_reference(table, &column.name) || inferred.contains(&column.name.as_str());
            if !GENERIC.contains(&name.as_ref()) && !key && !is_related() {
                by_name.entry(name).or_default().push((table, column));
            }
        }
    }
    let mut passed: Vec<(TableRef<'_>, &Column)> = Vec::new();
    for columns in by_name.into_values().filter(|columns| columns.len() >= 3) {
        let kinds: Vec<Cow<'_, str>> = columns.iter().map(|(_, column)| kind(context, column)).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for kind in &kinds {
            *counts.entry(kind).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or_default();
        let usual: Vec<&str> = counts.iter().filter(|(_, count)| **count == most).map(|(kind, _)| *kind).collect();
        let [usual] = usual.as_slice() else {
            passed.extend(columns);
            continue;
        };
        let spelled = LazyCell::new(|| {
            let of_usual = columns.iter().zip(&kinds).filter(|(_, kind)| kind.as_ref() == *usual);
            let spelled: BTreeSet<String> = of_usual.map(|((_, other), _)| written(other)).collect();
            spelled.into_iter().collect::<Vec<_>>().join(" or ")
        });
        for ((table, column), kind) in columns.iter().zip(&kinds) {
            // A STRICT table (SQLite) cannot have every type.
            if kind.as_ref() == *usual || table.table.strict && !is_strict_type(usual) {
                passed.push((*table, column));
                continue;
            }
            let own = written(column);
            let message = format!("{} is {own} here and {} in {most} other tables", column.name, *spelled);
            verdicts.fail(
                Finding::new(&RULE, Object::column(*table, &column.name), message)
                    .advise("give it the usual type when the table is changed next, or another name"),
            );
        }
    }
    // Table by table, as verdicts are counted.
    passed.sort_by_key(|(table, _)| table.id);
    for (table, column) in passed {
        verdicts.pass_in(table, || Object::column(table, &column.name));
    }
}

/// The type as declared, without length.
fn written(column: &Column) -> String {
    let arrays = "[]".repeat(column.array_dimensions as usize);
    format!("{}{arrays}", column.base_type())
}

/// The type with what makes no difference to a comparison taken away.
fn kind<'m>(context: Context<'m>, column: &'m Column) -> Cow<'m, str> {
    let base = under_domains(context, column);
    let sqlite = context.model.engine.name == EngineName::Sqlite;
    let kind = match base {
        "character varying" | "varchar" | "text" | "tinytext" | "mediumtext" | "longtext" => "text".into(),
        "timestamp" if sqlite => "datetime".into(),
        _ if sqlite && base.contains("int") => "integer".into(),
        _ if sqlite && ["char", "clob", "text"].iter().any(|part| base.contains(part)) => "text".into(),
        _ if sqlite && ["real", "floa", "doub"].iter().any(|part| base.contains(part)) => "real".into(),
        _ => base.into(),
    };
    match column.array_dimensions {
        0 => kind,
        dimensions => format!("{kind}{}", "[]".repeat(dimensions as usize)).into(),
    }
}

/// The type at the bottom of a column's domains; its own where it has none.
fn under_domains<'m>(context: Context<'m>, column: &'m Column) -> &'m str {
    let domain = column.user_type.as_ref().and_then(|name| {
        let schema = context.model.schemas.iter().find(|schema| schema.name == name.schema)?;
        let find = |name: &str| schema.domains.iter().find(|domain| domain.name == name);
        let mut domain = find(&name.name)?;
        // A domain over another, as often as there are domains at most.
        for _ in &schema.domains {
            match find(domain.base_type.base()) {
                Some(below) => domain = below,
                None => break,
            }
        }
        Some(domain)
    });
    domain.map_or(&column.data_type, |domain| &domain.base_type).base()
}

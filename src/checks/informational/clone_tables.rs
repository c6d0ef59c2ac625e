//! Tables that differ only by a number.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, TableRef, UnseenKind};
use std::collections::BTreeMap;
pub(super) static RULE: Rule = Rule {
    id: "clone-tables",
    summary: "Tables with the same columns differ only by a number at the end of their name",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Partitions],
    denominator: "tables whose name ends in a number",
    options: &[],
    peers: &["DbDeo"],
    references: &["https://www.postgresql.org/docs/current/ddl-partitioning.html"],
    documentation: r"
## What it does

Reports groups of two tables or more with names such as `sales_2023` and `sales_2024` and the same columns, once per group.

## Why

Queries over all of them need a union that someone must extend every year. Partitions do that by themselves.

## Not reported

Partitions and tables that inherit from one parent.

## Fix

Make them partitions of one table. That is a redesign, so no step is written.

## Example

```sql,fires
CREATE TABLE sales_2023 (id integer NOT NULL PRIMARY KEY, total integer NOT NULL);
CREATE TABLE sales_2024 (id integer NOT NULL PRIMARY KEY, total integer NOT NULL);
```

```sql,passes
CREATE TABLE sales_2023 (id integer NOT NULL PRIMARY KEY, total integer NOT NULL);
CREATE TABLE budget_2024 (id integer NOT NULL PRIMARY KEY, total integer NOT NULL);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mut groups: BTreeMap<(&str, &str, Vec<&str>), Vec<TableRef<'_>>> = BTreeMap::new();
    for table in context.tables.base().filter(|table| table.inheritance.is_none()) {
        let stem = table.table.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        let rest = table.table.name.get(stem.len()..).unwrap_or_default();
        if stem.is_empty() || !rest.starts_with('_') || rest.len() < 2 {
            continue;
        }
        let columns = table.table.columns.iter().map(|column| column.name.as_str()).collect();
        groups.entry((table.schema.name.as_str(), stem, columns)).or_default().push(table);
    }
    for ((_, stem, _), members) in groups {
        let Some(&first) = members.first() else { continue };
        if members.len() == 1 {
            verdicts.pass(Object::table(first));
            continue;
        }
        let names: Vec<_> = members.iter().map(|table| table.name.as_str()).collect();
        let message = format!("{} have the same columns", names.join(", "));
        verdicts
            .fail(Finding::new(&RULE, Object::table(first), message).advise(format!("make them partitions of {stem}")));
    }
}

//! Indexes of a soft-delete table that hold the deleted rows.

use crate::checks::coverage::{is_secondary, names_column, normal};
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "soft-delete-not-partial",
    summary: "Many rows are soft-deleted, and every index holds them",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Statistics,
    reads: &[UnseenKind::Indexes, UnseenKind::ForeignKeys, UnseenKind::Constraints],
    denominator: "soft-delete tables that have a plain index and statistics on the deletion column",
    options: &[],
    peers: &["active_record_doctor", "Azimutt"],
    references: &["https://www.postgresql.org/docs/current/indexes-partial.html"],
    documentation: r"
## What it does

Reports a table with a `deleted_at` column in which more than a tenth of the rows are deleted, when none of its ordinary
indexes is limited to `WHERE deleted_at IS NULL`. PostgreSQL only: SQLite keeps no share of NULLs.

## Why

Nearly every query asks for the rows that are not deleted. Indexes that hold the others too are bigger than they need to
be, and find rows that are then thrown away.

## Not reported

- Tables in which at most a tenth of the rows are deleted.
- Tables with one such partial index, or without any ordinary index.
- Tables without statistics: unknown.

## Fix

Create the index for live rows alone (`WHERE deleted_at IS NULL`), then drop the one over all rows.

## Example

```sql,fires
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, deleted_at timestamptz);
CREATE INDEX customers_name_idx ON customers (name);
INSERT INTO customers SELECT n, 'n' || n, CASE WHEN n % 2 = 0 THEN now() END FROM generate_series(1, 200) AS n;
ANALYZE customers;
```

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, deleted_at timestamptz);
CREATE INDEX customers_name_idx ON customers (name) WHERE deleted_at IS NULL;
INSERT INTO customers SELECT n, 'n' || n, CASE WHEN n % 2 = 0 THEN now() END FROM generate_series(1, 200) AS n;
CREATE TABLE suppliers (id integer PRIMARY KEY, name text NOT NULL, deleted_at timestamptz);
CREATE INDEX suppliers_name_idx ON suppliers (name);
INSERT INTO suppliers SELECT n, 'n' || n, CASE WHEN n % 50 = 0 THEN now() END FROM generate_series(1, 200) AS n;
ANALYZE;
```
",
    check,
};

/// Share of live rows from which on partial indexes save little.
const MOSTLY_LIVE: f64 = 0.9;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for mark in context.survey.soft_deletes.iter().filter(|mark| mark.timestamp) {
        let Some(table) = context.tables.find(&mark.table).filter(|table| table.is_base()) else { continue };
        let plain: Vec<&Index> = table
            .table
            .indexes
            .iter()
            .filter(|index| index.method == "btree" && !index.unique && is_secondary(context.model.engine.name, index))
            .collect();
        if plain.is_empty() {
            continue;
        }
        let object = Object::table(table);
        let live = context
            .model
            .statistics
            .as_ref()
            .and_then(|all| all.column(&table.schema.name, &table.name, &mark.column))
            .and_then(|column| column.null_fraction);
        let Some(live) = live else {
            verdicts.unknown(object, format!("no statistics on {}", mark.column));
            continue;
        };
        let partial = plain.iter().any(|index| is_for_live_rows(index, &mark.column));
        if partial || live >= MOSTLY_LIVE {
            verdicts.pass(object);
            continue;
        }
        let message = format!(
            "{:.0} % of the rows have {} set, and no index is limited to those without",
            (1.0 - live) * 100.0,
            mark.column
        );
        let finding = Finding::new(&RULE, object, message);
        verdicts.fail(match plain.iter().find(|index| is_replaceable(table, index, &mark.column)) {
            Some(index) => {
                let columns: Vec<String> = index.key.iter().filter_map(|part| part.column.clone()).collect();
                let column = crate::model::quote::quote_identifier(context.model.engine.name, &mark.column);
                let add = Change::AddIndex {
                    table: table.qualified_name(),
                    name: names.index(&table.schema.name, &table.name, &columns),
                    method: index.method.clone(),
                    key: index.key.clone(),
                    predicate: Some(format!("{column} IS NULL")),
                };
                finding.with([add, Change::DropIndex { table: table.qualified_name(), name: index.name.clone() }])
            }
            None => finding.advise(format!(
                "add the condition {} IS NULL to the indexes that queries for live rows use",
                mark.column
            )),
        });
    }
}

fn is_for_live_rows(index: &Index, column: &str) -> bool {
    index.predicate.as_deref().is_some_and(|predicate| {
        let text = normal(predicate);
        let end = text.len().saturating_sub("is null".len());
        let is_null = text.get(end..).is_some_and(|tail| tail.eq_ignore_ascii_case("is null"));
        is_null && text.get(..end).is_some_and(|name| names_column(name.trim(), column))
            || text.to_lowercase().contains(&format!("{} is null", column.to_lowercase()))
    })
}

/// Whether a partial twin can take the place of an index: it must not be what serves a foreign key, which needs every
/// row.
fn is_replaceable(table: TableRef<'_>, index: &Index, deletion: &str) -> bool {
    let first = index.key.first().and_then(|part| part.column.as_deref());
    let serves_relation = first.is_none_or(|first| {
        first == deletion
            || first.ends_with("id")
            || table.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == first))
    });
    !serves_relation && index.predicate.is_none() && index.include.is_empty() && !index.replica_identity
}

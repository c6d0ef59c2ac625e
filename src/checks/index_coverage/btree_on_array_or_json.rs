//! A btree index over values that are searched by what they contain.

use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, Index, KeyPart, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "btree-on-array-or-json",
    summary: "A btree index on an array, jsonb or tsvector column serves no search for what is in it",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Defect,
    weight: 3,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "valid indexes",
    options: &[],
    peers: &["pg-index-health", "db_verifier i1010"],
    references: &["https://www.postgresql.org/docs/current/gin.html"],
    documentation: r"
## What it does

Reports a btree index, not unique, one of whose columns is an array, `jsonb` or `tsvector`.

## Why

A btree compares whole values. `tags @> ARRAY['red']`, `data ? 'key'` and text search use a GIN index; this one is
maintained for nothing, and a value of more than 2 700 bytes makes the insert fail.

## Not reported

- Unique indexes, which compare whole values on purpose.
- Expressions such as `(data ->> 'sku')`, which are text.

If queries do compare whole values by `=`, ignore the finding.

## Fix

Index the column by GIN, then drop the B-tree.

## Example

```sql,fires
CREATE TABLE articles (id integer PRIMARY KEY, tags text[] NOT NULL);
CREATE INDEX articles_tags_idx ON articles (tags);
```

```sql,passes
CREATE TABLE articles (id integer PRIMARY KEY, tags text[] NOT NULL, data jsonb NOT NULL);
CREATE INDEX articles_tags_idx ON articles USING gin (tags);
CREATE INDEX articles_sku_idx ON articles ((data ->> 'sku'));
CREATE UNIQUE INDEX articles_tags_key ON articles (tags);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base() {
        for index in table.indexes.iter().filter(|index| index.is_usable()) {
            let object = || Object::index(table, &index.name);
            let unfit = index
                .key_columns()
                .flatten()
                .filter_map(|name| table.table.column(name))
                .find(|column| is_container(column))
                .filter(|_| index.method == "btree" && !index.unique);
            let Some(column) = unfit else {
                verdicts.pass_in(table, object);
                continue;
            };
            let message = format!("is a btree on {}, which is {}", column.name, column.data_type);
            let finding = Finding::new(&RULE, object(), message);
            verdicts.fail(if index.key.len() == 1 && index.include.is_empty() {
                let columns = [column.name.clone()];
                let add = Change::AddIndex {
                    table: table.qualified_name(),
                    name: names.index(&table.schema.name, &table.name, &columns),
                    method: "gin".to_owned(),
                    key: vec![KeyPart::column(&column.name)],
                    predicate: index.predicate.clone(),
                };
                let drop = Change::DropIndex { table: table.qualified_name(), name: index.name.clone() };
                let is_there = |other: &Index| {
                    other.method == "gin"
                        && other.is_usable()
                        && other.plain_columns().is_some_and(|key| key == columns)
                        && other.predicate == index.predicate
                };
                finding.with(Some(add).filter(|_| !table.indexes.iter().any(is_there)).into_iter().chain([drop]))
            } else {
                finding.advise(format!("index {} by GIN and leave it out of this index", column.name))
            });
        }
    }
}

fn is_container(column: &Column) -> bool {
    column.array_dimensions > 0 || matches!(column.base_type(), "jsonb" | "tsvector")
}

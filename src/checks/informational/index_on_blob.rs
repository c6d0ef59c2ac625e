//! An index on a large object.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "index-on-blob",
    summary: "An index holds the beginning of a BLOB or TEXT column",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "btree indexes",
    options: &[],
    peers: &["Bytebase"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/column-indexes.html"],
    documentation: r"
## What it does

Points out btree indexes with a BLOB or TEXT column, of which MySQL indexes a prefix only.

## Why

The index cannot sort or cover a query, and rows that share the prefix are compared one by one.

## Not reported

Full-text indexes. A deliberate prefix on text that differs early is fine.

## Fix

Index a generated column with a hash for equality, or use a full-text index for words. Queries have to change with it, so no
step is written.

## Example

```sql,fires
CREATE TABLE pages (id integer NOT NULL PRIMARY KEY, address text NOT NULL);
CREATE INDEX pages_address_idx ON pages (address(100));
```

```sql,passes
CREATE TABLE pages (id integer NOT NULL PRIMARY KEY, address varchar(200) NOT NULL, body text NOT NULL);
CREATE INDEX pages_address_idx ON pages (address);
CREATE FULLTEXT INDEX pages_body_idx ON pages (body);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for index in table.table.indexes.iter().filter(|index| index.method == "btree") {
            let object = Object::index(table, &index.name);
            let large = index.key_columns().flatten().filter_map(|name| table.table.column(name)).find(|column| {
                let base = column.base_type();
                base.ends_with("blob") || base.ends_with("text")
            });
            match large {
                None => verdicts.pass(object),
                Some(column) => {
                    let message = format!("holds the beginning of {} ({})", column.name, column.data_type);
                    let advice = "index a VARCHAR, or a generated hash of the value";
                    verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
                }
            }
        }
    }
}

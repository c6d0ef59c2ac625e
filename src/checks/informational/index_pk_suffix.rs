//! An index that repeats the primary key at its end.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::SortOrder;
use crate::model::{EngineName, UnseenKind};
pub(super) static RULE: Rule = Rule {
    id: "index-pk-suffix",
    summary: "An InnoDB index ends with the primary key, which every index holds anyway",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Constraints],
    denominator: "secondary InnoDB indexes that are not unique",
    options: &[],
    peers: &["pt-duplicate-key-checker"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/innodb-index-types.html"],
    documentation: r"
## What it does

Reports an index whose last columns are the whole primary key in its order.

## Why

InnoDB appends the primary key to every secondary index, so `(b, id)` and `(b)` are the same index.

## Not reported

Indexes that hold only part of the primary key, or in a descending order, and tables of other storage engines.

## Fix

Leave the primary key out of the definition; the engine appends it, so that the index stays the same. There is nothing to
gain on the disk, so no step is written.

## Example

```sql,fires
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, shop integer NOT NULL);
CREATE INDEX orders_shop_id_idx ON orders (shop, id);
```

```sql,passes
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, shop integer NOT NULL);
CREATE INDEX orders_shop_idx ON orders (shop);
CREATE INDEX orders_id_shop_idx ON orders (id, shop);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let innodb = table.storage_engine.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("innodb"));
        let Some(primary) = table.table.primary_key.as_ref().filter(|_| innodb) else { continue };
        for index in table.table.indexes.iter().filter(|index| !index.unique && index.method == "btree") {
            let object = Object::index(table, &index.name);
            let start = index.key.len().saturating_sub(primary.columns.len());
            let tail = index.key.get(start..).unwrap_or_default();
            let repeats = start > 0
                && tail.iter().zip(&primary.columns).all(|(part, column)| {
                    part.column.as_ref() == Some(column)
                        && part.order == SortOrder::Ascending
                        && part.prefix_length.is_none()
                });
            if repeats {
                let message = format!("ends with the primary key ({})", primary.columns.join(", "));
                verdicts.fail(
                    Finding::new(&RULE, object, message).advise("leave the primary key out; the index stays the same"),
                );
            } else {
                verdicts.pass(object);
            }
        }
    }
}

use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, Index, TableRef, UnseenKind};
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "unique-prefix-index",
    summary: "A unique key compares only the beginning of a column",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Defect,
    weight: 4,
    severity: Severity::Warning,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "unique indexes",
    options: &[],
    peers: &[],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/column-indexes.html"],
    documentation: r"
## What it does

Reports unique indexes with a prefix length: `UNIQUE (email(20))`.

## Why

Two values that begin alike are refused as equal, although they differ. The key says more than anyone meant.

## Not reported

Prefixes of hashes, digests and checksums, whose beginning is as good as the whole.

## Fix

Make the whole column unique where an index can hold it. A longer text needs a unique generated column with its hash.

## Example

```sql,fires
CREATE TABLE users (id int NOT NULL PRIMARY KEY, email varchar(80) NOT NULL, UNIQUE KEY users_email_key (email(20)));
```

```sql,passes
CREATE TABLE users (
    id int NOT NULL PRIMARY KEY,
    email varchar(80) NOT NULL,
    body_sha256 varchar(64) NOT NULL,
    UNIQUE KEY users_email_key (email),
    UNIQUE KEY users_hash_key (body_sha256(16)),
    KEY users_start (email(10))
);
```
",
    check,
};

/// Bytes that an index key may have in InnoDB, and the most that a character takes.
const LONGEST: u32 = 3072;
const WIDEST: u32 = 4;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base() {
        for index in table.table.indexes.iter().filter(|index| index.unique) {
            let object = Object::index(table, &index.name);
            let prefixes: Vec<(&str, u32)> = index
                .key
                .iter()
                .filter_map(|part| Some((part.column.as_deref()?, part.prefix_length?)))
                .filter(|(column, _)| !is_hash(column))
                .collect();
            let Some((column, length)) = prefixes.first() else {
                verdicts.pass(object);
                continue;
            };
            let message = format!("values of {column} that begin with the same {length} characters count as equal");
            let finding = Finding::new(&RULE, object, message);
            verdicts.fail(match whole(table, index) {
                Some(columns) => finding.with([Change::AddUnique {
                    table: table.qualified_name(),
                    name: names.unique(&table.schema.name, &table.name, &columns),
                    columns,
                    nulls_not_distinct: false,
                    predicate: None,
                    replaces: Some(index.name.clone()),
                }]),
                None => finding.advise("make a generated column of its hash, and that one unique"),
            });
        }
    }
}

fn is_hash(column: &str) -> bool {
    let words = split(column);
    words
        .iter()
        .any(|word| matches!(word.as_str(), "hash" | "digest" | "checksum" | "sha" | "md" | "crc" | "fingerprint"))
}

/// The key's columns, when an index can hold all of their values whole.
fn whole(table: TableRef<'_>, index: &Index) -> Option<Vec<String>> {
    if index.primary {
        return None;
    }
    let columns: Option<Vec<&Column>> =
        index.key.iter().map(|part| table.table.column(part.column.as_deref()?)).collect();
    let columns = columns?;
    let bytes: Option<u32> = columns
        .iter()
        .map(|column| match column.base_type() {
            "varchar" | "char" => crate::checks::columns::length(column).map(|length| length * WIDEST),
            "varbinary" | "binary" => crate::checks::columns::length(column),
            base if base.ends_with("text") || base.ends_with("blob") => None,
            _ => Some(16),
        })
        .sum();
    (bytes? <= LONGEST).then(|| columns.into_iter().map(|column| column.name.clone()).collect())
}

//! A table with several large objects.

use crate::checks::columns::{is_json, is_key, several};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef, UnseenKind};
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "too-many-lobs",
    summary: "A table has more than one column of large objects",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "tables with a column of large objects",
    options: &[],
    peers: &["SchemaCrawler", "Bytebase"],
    references: &[
        "https://www.postgresql.org/docs/current/storage-toast.html",
        "https://dev.mysql.com/doc/refman/8.4/en/blob.html",
    ],
    documentation: r"
## What it does

Counts the columns of each table that are made for large values: `bytea` and `xml` in PostgreSQL, `BLOB`, `MEDIUMTEXT` and
`LONGTEXT` and their kin in MySQL and MariaDB, `BLOB` and `CLOB` in SQLite.

## Why

Every backup, replica and `SELECT *` carries them, and a change of the table copies them. A table of their own, or a store of
objects, keeps the rows small that everything else reads.

## Not reported

- Columns of a key or an index, and those named after an identifier, a key or a hash: they are binary and small.
- Ordinary strings: `text` in PostgreSQL and SQLite, `TEXT` of 64 kilobytes in MySQL and MariaDB, and JSON.
- Stores of documents have several on purpose.

## Fix

Move what is seldom read to a table of its own. It takes code, so no step is written.

## Example

```sql,fires,postgresql
CREATE TABLE contracts (id integer PRIMARY KEY, scan bytea, signature bytea);
```

```sql,fires,mysql,mariadb
CREATE TABLE contracts (id integer NOT NULL PRIMARY KEY, scan longblob, wording longtext);
```

```sql,fires,sqlite
CREATE TABLE contracts (id integer NOT NULL PRIMARY KEY, scan blob, signature blob);
```

```sql,passes,postgresql
CREATE TABLE contracts (id integer PRIMARY KEY, scan bytea, wording text, terms jsonb);
CREATE TABLE parts (tenant bytea, serial bytea, photo bytea, photo_hash bytea, PRIMARY KEY (tenant, serial));
```

```sql,passes,mysql,mariadb
CREATE TABLE contracts (id integer NOT NULL PRIMARY KEY, scan longblob, wording text, terms json);
```

```sql,passes,sqlite
CREATE TABLE contracts (id integer NOT NULL PRIMARY KEY, scan blob, wording text);
```
",
    check,
};

/// Words of binary values of a few bytes.
const SMALL: [&str; 11] =
    ["id", "uuid", "key", "hash", "digest", "salt", "nonce", "iv", "fingerprint", "checksum", "address"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let large: Vec<&str> = table
            .table
            .columns
            .iter()
            .filter(|column| is_large(table, column))
            .map(|column| column.name.as_str())
            .collect();
        let object = Object::table(table);
        match large.len() {
            0 => {}
            1 => verdicts.pass(object),
            count => {
                let message = format!("has {count} columns of large objects: {}", several(&large));
                verdicts.fail(
                    Finding::new(&RULE, object, message).advise("move what is seldom read to a table of its own"),
                );
            }
        }
    }
}

fn is_large(table: TableRef<'_>, column: &Column) -> bool {
    let base = column.base_type();
    let large = matches!(base, "bytea" | "xml" | "mediumtext" | "longtext" | "clob")
        || (base.ends_with("blob") && base != "tinyblob");
    let indexed =
        || table.table.indexes.iter().any(|index| index.key_columns().any(|key| key == Some(column.name.as_str())));
    let small = || split(&column.name).iter().any(|word| SMALL.contains(&word.as_str()));
    large && !is_json(table, column) && !is_key(table, &column.name) && !indexed() && !small()
}

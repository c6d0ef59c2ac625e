use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts, is_utf8mb3};
use crate::model::{Column, EngineName, Schema, TableRef};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "charset-collation-inconsistent",
    summary: "Texts are compared by other rules here than elsewhere in the schema",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 4,
    severity: Severity::Warning,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "columns with a collation",
    options: &[],
    peers: &["skeema", "Bytebase"],
    references: &["https://dev.mysql.com/doc/refman/9.7/en/charset-collation-effect.html"],
    documentation: r"
## What it does

Finds text columns whose character set or collation differs from their table's, from that of most tables of the schema, or from
that of the column to which they most likely refer.

## Why

Comparing two collations is an error (`Illegal mix of collations`) or makes the server convert every row, which no index helps.

## Not reported

Binary and ASCII columns: tokens, hashes, codes. Where one of two character sets is utf8mb3, which `charset-utf8mb3` reports.

## Fix

Convert the table or column to the character set and collation of the others; both sides of a foreign key move together. No step
converts to another set than utf8mb4, which alone has room for every text.

## Example

```sql,fires,mysql
CREATE TABLE parts (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, label varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_german2_ci) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;
```

```sql,fires,mariadb
CREATE TABLE parts (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, label varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_german2_ci) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
```

```sql,fires
CREATE TABLE parts (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE parcels (id int NOT NULL PRIMARY KEY, label varchar(40) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE pallets (id int NOT NULL PRIMARY KEY, label varchar(40) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_german2_ci;
```

Another character set:

```sql,fires
CREATE TABLE parts (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE parcels (id int NOT NULL PRIMARY KEY, label varchar(40) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE pallets (id int NOT NULL PRIMARY KEY, label varchar(40) NOT NULL) CHARACTER SET latin1;
```

```sql,fires
CREATE TABLE parts (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, label varchar(40) CHARACTER SET latin1) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
```

```sql,passes
CREATE TABLE parts (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, token char(32) CHARACTER SET ascii COLLATE ascii_bin, hash varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE parcels (id int NOT NULL PRIMARY KEY, label varchar(40) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
```

The three-byte form of UTF-8, which `charset-utf8mb3` reports:

```sql,passes
CREATE TABLE parts (id int NOT NULL PRIMARY KEY, name varchar(40) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE parcels (id int NOT NULL PRIMARY KEY, label varchar(40) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE pallets (id int NOT NULL PRIMARY KEY, label varchar(40) NOT NULL) CHARACTER SET utf8;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        let usual = usual(schema);
        for table in context.tables.base_of(&schema.name) {
            for column in &table.table.columns {
                let Some(collation) = &*column.collation else { continue };
                let object = Object::column(table, &column.name);
                match trouble(context, table, column, collation, usual) {
                    None => verdicts.pass(object),
                    Some((message, wanted)) => {
                        let finding = Finding::new(&RULE, object, message);
                        verdicts.fail(match change(table, column, wanted) {
                            Some(change) => finding.with([change]),
                            None => finding.advise("convert the others to utf8mb4, and it with them"),
                        });
                    }
                }
            }
        }
    }
}

/// The collation that most tables have; of equals the first by name.
fn usual(schema: &Schema) -> Option<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for table in &schema.tables {
        if let Some(collation) = &table.collation {
            *counts.entry(collation).or_default() += 1;
        }
    }
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|(collation, _)| collation)
}

fn is_code(collation: &str) -> bool {
    collation.starts_with("ascii") || collation.ends_with("_bin") || collation == "binary"
}

/// What is wrong, and the collation that would be right.
fn trouble<'m>(
    context: Context<'m>,
    table: TableRef<'m>,
    column: &Column,
    collation: &str,
    usual: Option<&'m str>,
) -> Option<(String, &'m str)> {
    if is_code(collation) {
        return None;
    }
    let name = table.qualified_name();
    let relations = context.survey.relations_of(&name).filter(|relation| relation.column == column.name);
    let other = relations
        .filter_map(|relation| {
            context.tables.find(&relation.referenced_table)?.table.column(&relation.referenced_column)
        })
        .filter_map(|parent| parent.collation.as_deref())
        .find(|other| *other != collation);
    if let Some(other) = other {
        return Some((
            format!("{} is compared by {collation}, and the column that it refers to by {other}", column.name),
            other,
        ));
    }
    let own = table.table.collation.as_deref()?;
    if collation != own && is_comparable(collation, own) {
        return Some((format!("{} is compared by {collation}, and its table by {own}", column.name), own));
    }
    let usual = usual.filter(|usual| *usual != own && is_comparable(collation, usual))?;
    Some((format!("{} is compared by {own} like its table, and most tables by {usual}", column.name), usual))
}

/// The character set of a collation.
fn set(collation: &str) -> &str {
    collation.split('_').next().unwrap_or(collation)
}

/// Whether two collations are of one character set, or of two of which neither is another rule's matter or that of codes.
fn is_comparable(collation: &str, other: &str) -> bool {
    let apart = |collation: &str| is_utf8mb3(set(collation)) || is_code(collation);
    set(collation) == set(other) || !apart(collation) && !apart(other)
}

/// The conversion, where the wanted character set has room for every text of the column's.
fn change(table: TableRef<'_>, column: &Column, wanted: &str) -> Option<Change> {
    let own = column.character_set.as_deref();
    let character_set = Some(set(wanted)).filter(|set| own == Some(set) || *set == "utf8mb4")?.to_owned();
    let whole = table.table.collation.as_deref() != Some(wanted) && *column.collation == table.table.collation;
    Some(Change::SetCharacterSet {
        table: table.qualified_name(),
        column: (!whole).then(|| column.name.clone()),
        character_set,
        collation: Some(wanted.to_owned()),
    })
}

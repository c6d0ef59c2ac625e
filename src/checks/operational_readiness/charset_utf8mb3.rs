use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts, is_utf8mb3};
use crate::model::EngineName;
use crate::survey::TableClass;

pub(super) static RULE: Rule = Rule {
    id: "charset-utf8mb3",
    summary: "Text is stored in the three-byte form of UTF-8",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 3,
    severity: Severity::Warning,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables",
    options: &[],
    peers: &["skeema", "Bytebase"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-utf8mb3.html"],
    documentation: r"
## What it does

Finds tables and columns with the character set `utf8mb3` (which older servers call `utf8`).

## Why

It has no room for emoji, many CJK characters and mathematical letters: in strict mode the insert fails, else the text is cut.
It is deprecated, and comparing it with an `utf8mb4` column converts one side, which can cost the index.

## Not reported

Tables of codes get a finding for information only: what they hold is most likely ASCII.

## Fix

Convert the columns to utf8mb4, together with those that they are joined to. Each keeps the collation of its name (`utf8mb3_bin`
becomes `utf8mb4_bin`), so that the same values stay equal.

## Example

```sql,fires
CREATE TABLE posts (id bigint PRIMARY KEY, title varchar(200) NOT NULL, body text, placed_on date) CHARACTER SET utf8mb3;
```

```sql,fires
CREATE TABLE posts (
    id bigint PRIMARY KEY,
    title varchar(200) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
    placed_on date,
    pages integer
) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
```

```sql,passes
CREATE TABLE posts (id bigint PRIMARY KEY, title varchar(200) NOT NULL) CHARACTER SET utf8mb4;
CREATE TABLE tokens (id bigint PRIMARY KEY, digest char(64) CHARACTER SET ascii NOT NULL) CHARACTER SET utf8mb4;
```

What a table of codes holds is most likely ASCII:

```sql,fires,severity=info
CREATE TABLE currencies (code char(3) PRIMARY KEY, name varchar(40) NOT NULL) CHARACTER SET utf8mb3;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let old = |set: &Option<String>| set.as_deref().is_some_and(is_utf8mb3);
        let columns: Vec<_> = table.table.columns.iter().filter(|column| old(&column.character_set)).collect();
        let whole = old(&table.table.character_set);
        let object = Object::table(table);
        if !whole && columns.is_empty() {
            verdicts.pass(object);
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let message = match (whole, names.as_slice()) {
            (true, []) => "new columns get utf8mb3".to_owned(),
            (true, names) => format!("stores {} as utf8mb3, and new columns too", names.join(", ")),
            (false, names) => format!("stores {} as utf8mb3", names.join(", ")),
        };
        let change = |column: Option<String>| Change::SetCharacterSet {
            table: table.qualified_name(),
            column,
            character_set: "utf8mb4".to_owned(),
            collation: None,
        };
        let changes: Vec<Change> = if whole {
            vec![change(None)]
        } else {
            names.iter().map(|name| change(Some((*name).to_owned()))).collect()
        };
        let finding = Finding::new(&RULE, object, message).with(changes);
        let codes = context.survey.class(table.id) == TableClass::Lookup;
        verdicts.fail(if codes { finding.severity(Severity::Info) } else { finding });
    }
}

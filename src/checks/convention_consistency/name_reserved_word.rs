use super::renamed;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, TableRef, reserved_since};
use crate::survey::{TableClass, key_words, lower};

pub(super) static RULE: Rule = Rule {
    id: "name-reserved-word",
    summary: "A table or column is named by a reserved word",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables and their columns",
    options: &[],
    peers: &["skeema", "SchemaCrawler", "Bytebase", "pglinter", "db_verifier", "Eessaar"],
    references: &[
        "https://www.postgresql.org/docs/current/sql-keywords-appendix.html",
        "https://dev.mysql.com/doc/refman/9.7/en/keywords.html",
        "https://mariadb.com/docs/server/reference/sql-structure/sql-language-structure/reserved-words",
        "https://www.sqlite.org/lang_keywords.html",
    ],
    documentation: r#"
## What it does

Compares names with the words that the engine reserves, whatever their case.

## Why

Every statement has to quote such a name; one that forgets fails with a syntax error that points at something else.

## Not reported

Tables of frameworks and libraries. A word that only later versions of the engine reserve is reported as information: the name
works until the upgrade.

## Fix

Rename it to a word that needs no quotes, together with the code that uses it.

## Example

```sql,fires,postgresql
CREATE TABLE parts (id integer PRIMARY KEY, "desc" varchar(40), price integer NOT NULL);
```

```sql,fires,mysql,mariadb
CREATE TABLE parts (id int PRIMARY KEY, `desc` varchar(40), price int NOT NULL);
```

```sql,fires,sqlite
CREATE TABLE parts (id integer PRIMARY KEY, "order" varchar(40), price integer NOT NULL);
```

Words that engines know without reserving them:

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE parts (id integer PRIMARY KEY, name varchar(40), price integer NOT NULL, type varchar(8), status varchar(8), data varchar(8), value integer);
```

A library's table:

```sql,passes,postgresql,sqlite
CREATE TABLE qrtz_triggers (id integer PRIMARY KEY, "order" integer NOT NULL);
```

```sql,passes,mysql,mariadb
CREATE TABLE qrtz_triggers (id int PRIMARY KEY, `order` int NOT NULL);
```

A word that the next version reserves:

```sql,fires,postgresql<16,severity=info
CREATE TABLE parts (id integer PRIMARY KEY, system_user text, price integer NOT NULL);
```

```sql,fires,mariadb<11.7,severity=info
CREATE TABLE parts (id int PRIMARY KEY, vector varchar(40), price int NOT NULL);
```
"#,
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| context.survey.class(table.id) != TableClass::ThirdParty) {
        let name = &table.table.name;
        judge(context, verdicts, table, || Object::table(table), name, || renamed::table(table, other_number(name)));
        for column in table.table.columns.iter().filter(|column| !column.inherited) {
            let change = || renamed::column(table, &column.name, with_table(table, &column.name));
            judge(context, verdicts, table, || Object::column(table, &column.name), &column.name, change);
        }
    }
}

fn judge(
    context: Context<'_>,
    verdicts: &mut Verdicts,
    table: TableRef<'_>,
    object: impl FnOnce() -> Object,
    name: &str,
    change: impl FnOnce() -> Option<Change>,
) {
    let engine = &context.model.engine;
    let Some(since) = reserved_since(engine.name, &lower(name)) else {
        return verdicts.pass_in(table, object);
    };
    let (major, minor, _) = engine.version_numbers();
    let later = (major, minor) < since;
    let message = if later {
        format!("{name} is a reserved word from {} {}.{} on", engine.name.title(), since.0, since.1)
    } else {
        format!("{name} is a reserved word of {}", engine.name.title())
    };
    let finding = Finding::new(&RULE, object(), message);
    let finding = if later { finding.severity(Severity::Info) } else { finding };
    verdicts.fail(match change() {
        Some(change) => finding.with([change]),
        None => finding.advise("choose a name that needs no quotes"),
    });
}

/// The plural of a singular, which no engine reserves as a rule.
fn other_number(name: &str) -> String {
    format!("{}s", name.to_lowercase())
}

/// The column's name after that of its table: `part_desc`.
fn with_table(table: TableRef<'_>, column: &str) -> String {
    let words = key_words(&table.table.name);
    format!("{}_{}", words.join("_"), column.to_lowercase())
}

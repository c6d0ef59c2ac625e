use super::renamed;
use crate::checks::names::written;
use crate::checks::{
    Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts,
};
use crate::model::EngineName;
use crate::survey::{NameStyle, TableClass, split, style};

pub(super) static RULE: Rule = Rule {
    id: "name-snake-case",
    summary: "A name is written in another style than the schema's",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables and their columns",
    options: &[RuleOption {
        name: "style",
        values: Values::Words(&["majority", "snake", "camel", "pascal", "upper"]),
        meaning: "the expected style: majority (default: the one that 70 % of the names fit, else snake), snake, camel, pascal or upper",
    }],
    peers: &[
        "pg-index-health",
        "schemalint",
        "Azimutt",
        "skeema",
        "db_verifier",
        "Don't Do This",
        "pglinter B005",
        "Bytebase",
        "SchemaCrawler additional lints",
    ],
    references: &["https://wiki.postgresql.org/wiki/Don't_Do_This#Don.27t_use_upper_case_table_or_column_names"],
    documentation: r#"
## What it does

Compares names with the expected style: words in lower case joined by underscores, unless the configuration says otherwise or
at least 70 % of the schema's names are written in one other style.

## Why

A name that is written differently has to be looked up every time it is typed, and in PostgreSQL one with capitals has to be
quoted for ever.

## Not reported

A leading underscore. One word in lower case fits snake and camel case alike. Tables of frameworks and libraries.

## Fix

Rename it in the expected style, together with the code that uses it; where another style is wanted, set `style`.

## Example

```sql,fires,postgresql,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, "placedOn" date, shop_id integer, created_at timestamp, updated_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id int PRIMARY KEY, `placedOn` date, shop_code int, created_at datetime, updated_at datetime);
```

A name of which nothing is left, or a reserved word, is for a person to replace:

```sql,fires,postgresql,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, "é" integer, select_ integer, placed_on date, shop_id integer, created_at timestamp, updated_at timestamp);
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, placed_on date, _internal integer);
```

Most names are written in another style:

```sql,passes,postgresql,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, "placedOn" date, "shopCode" integer, "createdAt" timestamp, "updatedAt" timestamp);
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id int PRIMARY KEY, placedOn date, shopCode int, createdAt datetime, updatedAt datetime);
```

A server that turns the names of tables to lower case (`lower_case_table_names = 1`) leaves one word:

```sql,passes
CREATE TABLE orderitems (id integer PRIMARY KEY, placed_on date);
```
"#,
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let expected = expected(context);
    for table in context.tables.base().filter(|table| context.survey.class(table.id) != TableClass::ThirdParty) {
        if fits(&table.table.name, expected) {
            verdicts.pass(Object::table(table));
        } else {
            let taken = |to: &str| {
                table.schema.tables.iter().any(|other| other.name == to)
                    || table.schema.views.iter().any(|view| view.name == to)
            };
            let to = proposal(context, &table.table.name, expected).filter(|to| !taken(to));
            let finding = Finding::new(&RULE, Object::table(table), message("table", to.as_deref(), expected));
            verdicts.fail(match to {
                Some(to) => finding.with([Change::RenameTable { table: table.qualified_name(), to }]),
                None => finding.advise(CHOOSE),
            });
        }
        for column in table.table.columns.iter().filter(|column| !column.inherited) {
            let object = || Object::column(table, &column.name);
            if fits(&column.name, expected) {
                verdicts.pass_in(table, object);
                continue;
            }
            let taken = |to: &str| table.table.columns.iter().any(|other| other.name == to);
            let to = proposal(context, &column.name, expected).filter(|to| !taken(to));
            let finding = Finding::new(&RULE, object(), message("column", to.as_deref(), expected));
            verdicts.fail(match to {
                Some(to) => finding.with([Change::RenameColumn {
                    table: table.qualified_name(),
                    column: column.name.clone(),
                    to,
                }]),
                None => finding.advise(CHOOSE),
            });
        }
    }
}

const CHOOSE: &str = "choose a name that is free, needs no quotes and is written in that style";

/// The name in the expected style, where its words can be written so and are no reserved word.
pub(super) fn proposal(context: Context<'_>, name: &str, expected: NameStyle) -> Option<String> {
    let to = written(&split(name), expected);
    (fits(&to, expected) && renamed::is_plain(context, &to)).then_some(to)
}

/// What is wrong with a name.
fn message(what: &str, to: Option<&str>, expected: NameStyle) -> String {
    let wrong = format!("the {what}'s name is not {}", word(expected));
    match to {
        Some(to) => format!("{wrong}, as {to} would be"),
        None => wrong,
    }
}

pub(super) fn expected(context: Context<'_>) -> NameStyle {
    match context.settings.option(RULE.id, "style").and_then(toml::Value::as_str) {
        Some("snake") => NameStyle::Snake,
        Some("camel") => NameStyle::Camel,
        Some("pascal") => NameStyle::Pascal,
        Some("upper") => NameStyle::Upper,
        _ => context.survey.naming.expected_style,
    }
}

pub(super) fn fits(name: &str, expected: NameStyle) -> bool {
    let found = style(name.trim_start_matches('_'));
    match expected {
        NameStyle::Snake => {
            matches!(found, NameStyle::Snake | NameStyle::Flat)
                && !name.trim_start_matches('_').ends_with('_')
                && !name.trim_start_matches('_').contains("__")
        }
        NameStyle::Camel => matches!(found, NameStyle::Camel | NameStyle::Flat),
        other => found == other,
    }
}

fn word(style: NameStyle) -> &'static str {
    match style {
        NameStyle::Camel => "camelCase",
        NameStyle::Pascal => "PascalCase",
        NameStyle::Upper => "UPPER_CASE",
        _ => "snake_case",
    }
}

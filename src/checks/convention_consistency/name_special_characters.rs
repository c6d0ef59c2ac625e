use super::{name_snake_case, renamed};
use crate::checks::{
    Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, RuleOption, Severity, Values, Verdicts,
};
use crate::model::{EngineName, TableRef};
use std::collections::BTreeMap;
use unicode_script::{Script, UnicodeScript};
use unicode_security::skeleton;

pub(super) static RULE: Rule = Rule {
    id: "name-special-characters",
    summary: "A name has characters that are hard to type or look like others",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Defect,
    weight: 3,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables, views, columns, constraints and indexes",
    options: &[RuleOption {
        name: "scripts",
        values: Values::Names(|name| Script::from_full_name(name).is_some()),
        meaning: "scripts whose letters are fine besides Latin without marks, such as Cyrillic, Han: a comma-separated list",
    }],
    peers: &["db_verifier", "SchemaCrawler", "pg-index-health", "SchemaCrawler additional lints", "Eessaar"],
    references: &["https://www.unicode.org/reports/tr39/"],
    documentation: r#"
## What it does

Finds names with characters other than letters A to Z, digits, underscores and dollar signs, and names of one table or schema
that look the same and are not.

## Why

A blank at the end, a dash, a Cyrillic `а` in a Latin word: the name has to be quoted for ever, and whoever types what they see
gets an error that says that the column which they see does not exist.

## Not reported

Letters of the scripts that the option `scripts` names. Names that the engine gives by itself.

## Fix

Rename it with letters, digits and underscores, together with the code that uses it.

## Example

```sql,fires,postgresql,sqlite
CREATE TABLE parts (id integer PRIMARY KEY, "shelf label" varchar(40));
```

```sql,fires,mysql,mariadb
CREATE TABLE parts (id int PRIMARY KEY, `shelf-label` varchar(40));
```

```sql,fires,postgresql,sqlite
CREATE TABLE parts (id integer PRIMARY KEY, name varchar(40), "nаme" varchar(40));
```

```sql,passes
CREATE TABLE parts (id integer PRIMARY KEY, shelf_label varchar(40), line2 varchar(40));
```

```sql,passes,postgresql,scripts=Cyrillic
CREATE TABLE parts (id integer PRIMARY KEY, "цена" integer);
```
"#,
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let option = context.settings.option(RULE.id, "scripts").and_then(toml::Value::as_str).unwrap_or_default();
    let scripts: Vec<Script> = option.split(',').filter_map(|name| Script::from_full_name(name.trim())).collect();
    for schema in &context.model.schemas {
        let mut names: Vec<&str> = schema.views.iter().map(|view| view.name.as_str()).collect();
        names.extend(schema.tables.iter().map(|table| table.name.as_str()));
        let twins = twins(names.iter().copied());
        for view in &schema.views {
            let object = Object::in_schema(&schema.name, ObjectKind::View, &view.name);
            match trouble(&view.name, &scripts, &twins) {
                Some(message) => verdicts.fail(Finding::new(&RULE, object, message).advise(ADVICE)),
                None => verdicts.pass(object),
            }
        }
        for table in context.tables.base_of(&schema.name) {
            let object = Object::table(table);
            match trouble(&table.table.name, &scripts, &twins) {
                Some(message) => {
                    let finding = Finding::new(&RULE, object, message);
                    verdicts.fail(match renamed::table(table, in_style(context, plain(&table.table.name))) {
                        Some(change) => finding.with([change]),
                        None => finding.advise(ADVICE),
                    });
                }
                None => verdicts.pass(object),
            }
            inside(context, verdicts, table, &scripts);
        }
    }
}

const ADVICE: &str = "choose a name of letters, digits and underscores";

fn inside(context: Context<'_>, verdicts: &mut Verdicts, table: TableRef<'_>, scripts: &[Script]) {
    let columns = twins(table.table.columns.iter().map(|column| column.name.as_str()));
    for column in table.table.columns.iter().filter(|column| !column.inherited) {
        let object = || Object::column(table, &column.name);
        match trouble(&column.name, scripts, &columns) {
            Some(message) => {
                let finding = Finding::new(&RULE, object(), message);
                verdicts.fail(match renamed::column(table, &column.name, in_style(context, plain(&column.name))) {
                    Some(change) => finding.with([change]),
                    None => finding.advise(ADVICE),
                });
            }
            None => verdicts.pass_in(table, object),
        }
    }
    let none = BTreeMap::new();
    for (name, is_index) in renamed::named(table) {
        let kind = if is_index { ObjectKind::Index } else { ObjectKind::Constraint };
        let object = || Object::inside(table, kind, name);
        match trouble(name, scripts, &none) {
            Some(message) => {
                let finding = Finding::new(&RULE, object(), message);
                let change = renamed::inside(context, table, name, is_index, plain(name));
                verdicts.fail(match change {
                    Some(change) => finding.with([change]),
                    None => finding.advise(ADVICE),
                });
            }
            None => verdicts.pass_in(table, object),
        }
    }
}

/// How often each look occurs among names, where more than one name has it.
fn twins<'n>(names: impl Iterator<Item = &'n str>) -> BTreeMap<String, Vec<&'n str>> {
    let mut looks: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in names.filter(|name| !name.is_ascii()).collect::<Vec<_>>() {
        looks.entry(skeleton(name).collect()).or_default().push(name);
    }
    looks
}

/// What is wrong with a name.
fn trouble(name: &str, scripts: &[Script], twins: &BTreeMap<String, Vec<&str>>) -> Option<String> {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    if twins.is_empty() && name.bytes().all(usual) {
        return None;
    }
    let strange: Vec<char> = name
        .chars()
        .filter(|&character| !(character.is_ascii_alphanumeric() || "_$".contains(character)))
        .filter(|character| !(character.is_alphanumeric() && scripts.contains(&character.script())))
        .collect();
    if let Some(first) = strange.first() {
        let shown = if *first == ' ' {
            "a space".to_owned()
        } else if first.is_control() || first.is_whitespace() || !first.is_ascii() {
            format!("U+{:04X}", u32::from(*first))
        } else {
            first.to_string()
        };
        let latin = name.chars().any(|character| character.is_ascii_alphabetic());
        let mixed = latin && first.is_alphabetic() && first.script() != Script::Latin;
        let also =
            if mixed { format!(", a {} letter in a Latin word", first.script().full_name()) } else { String::new() };
        return Some(format!("the name contains {shown}{also}"));
    }
    let look: String = skeleton(name).collect();
    let others = twins.get(&look)?;
    let other = others.iter().find(|other| **other != name)?;
    Some(format!("the name looks like that of {other}"))
}

/// A plain name in the style that the schema's names have.
fn in_style(context: Context<'_>, plain: String) -> String {
    if context.settings.is_disabled("name-snake-case") {
        return plain;
    }
    let expected = name_snake_case::expected(context);
    let styled = Some(&plain).filter(|plain| !name_snake_case::fits(plain, expected));
    styled.and_then(|plain| name_snake_case::proposal(context, plain, expected)).unwrap_or(plain)
}

/// The name in plain characters, when that loses no letter.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    for character in name.trim().chars() {
        if character.is_ascii_alphanumeric() || "_$".contains(character) {
            plain.push(character);
        } else if character.is_alphanumeric() {
            return String::new();
        } else if !plain.ends_with('_') {
            plain.push('_');
        }
    }
    plain.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_named() {
        for (name, said) in [("shelf label", "a space"), ("shelf-label", "-"), ("shelf\u{a0}label", "U+00A0")] {
            assert_eq!(trouble(name, &[], &BTreeMap::new()), Some(format!("the name contains {said}")));
        }
    }
}

use crate::checks::coverage::is_secondary;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, TableRef};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    id: "constraint-name-inconsistent",
    summary: "A constraint or index is named after another pattern than most of its kind",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "named constraints, unique indexes and other secondary indexes of every kind that has at least five members; not the indexes that carry a constraint's name",
    options: &[],
    peers: &["Bytebase", "GitLab schema specs"],
    references: &["https://docs.gitlab.com/ee/development/database/constraint_naming_convention.html"],
    documentation: r"
## What it does

Turns each name into a pattern, `{table}_{columns}_fkey`, `idx_{table}_#`, and compares it with the pattern that most
constraints of the same kind follow.

## Why

Error messages name the constraint. A pattern tells the table and columns without looking them up, and a migration that
drops a constraint by a guessed name works everywhere.

## Not reported

Kinds with fewer than five members. Names that the engine makes follow a pattern too. Names that the engine's length limit cut.

## Example

```sql,fires,postgresql
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY);
CREATE TABLE d (id integer PRIMARY KEY);
CREATE TABLE e (id integer, CONSTRAINT the_key_of_e PRIMARY KEY (id));
```

```sql,fires,sqlite
CREATE TABLE orders (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER, d INTEGER, e INTEGER);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_b_idx ON orders (b);
CREATE INDEX orders_c_idx ON orders (c);
CREATE INDEX orders_d_idx ON orders (d);
CREATE INDEX slow_report_fix ON orders (e);
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id int PRIMARY KEY, a int, b int, c int, d int, e int);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_b_idx ON orders (b);
CREATE INDEX orders_c_idx ON orders (c);
CREATE INDEX orders_d_idx ON orders (d);
CREATE INDEX slow_report_fix ON orders (e);
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, a integer, b integer, c integer, d integer, e integer);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_b_idx ON orders (b);
CREATE INDEX orders_c_idx ON orders (c);
CREATE INDEX orders_d_idx ON orders (d);
CREATE INDEX orders_e_idx ON orders (e);
```

Fewer than five make no pattern:

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, a integer, b integer);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX idx_b ON orders (b);
```
",
    check,
};

/// Members that a kind needs before it can have a pattern.
const FEWEST: usize = 5;

/// A named thing with what its name may be made of.
struct Named<'m> {
    table: TableRef<'m>,
    name: &'m str,
    columns: Vec<&'m str>,
    parent: Option<&'m str>,
    is_index: bool,
}

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mut kinds: BTreeMap<&'static str, Vec<Named<'_>>> = BTreeMap::new();
    for table in context.tables.base() {
        collect(context, table, &mut kinds);
    }
    for (kind, members) in kinds.into_iter().filter(|(_, members)| members.len() >= FEWEST) {
        let shapes: Vec<String> = members.iter().map(shape).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for shape in &shapes {
            *counts.entry(shape).or_default() += 1;
        }
        // The most frequent; of equals the first by name.
        let Some((dominant, _)) = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))) else { continue };
        for (member, shape) in members.iter().zip(&shapes) {
            let object_kind = if member.is_index { ObjectKind::Index } else { ObjectKind::Constraint };
            let object = Object::inside(member.table, object_kind, member.name);
            if shape == dominant || member.name.len() >= 63 {
                verdicts.pass(object);
                continue;
            }
            let message = format!("this {kind} is named {shape}, and most are {dominant}");
            verdicts.fail(Finding::new(&RULE, object, message).with(rename(context, member, dominant)));
        }
    }
}

fn collect<'m>(context: Context<'_>, table: TableRef<'m>, kinds: &mut BTreeMap<&'static str, Vec<Named<'m>>>) {
    let mut add =
        |kind: &'static str, name: Option<&'m str>, columns: Vec<&'m str>, parent: Option<&'m str>, is_index: bool| {
            if let Some(name) = name {
                kinds.entry(kind).or_default().push(Named { table, name, columns, parent, is_index });
            }
        };
    let texts = |columns: &'m [String]| columns.iter().map(String::as_str).collect::<Vec<_>>();
    if let Some(key) = &table.table.primary_key {
        add("primary key", key.name.as_deref(), texts(&key.columns), None, false);
    }
    for key in &table.table.foreign_keys {
        add("foreign key", key.name.as_deref(), texts(&key.columns), Some(&key.referenced_table.name), false);
    }
    for key in &table.table.unique_constraints {
        // There the constraint is its index.
        let is_index = context.model.engine.name.is_mysql_family();
        add("unique constraint", key.name.as_deref(), texts(&key.columns), None, is_index);
    }
    for constraint in table.table.check_constraints.iter().filter(|check| !check.automatic) {
        add("check constraint", constraint.name.as_deref(), texts(&constraint.columns), None, false);
    }
    let by_itself = |index: &&Index| {
        // Made by the server for a constraint, under its name.
        let named = |name: &Option<String>| name.as_ref() == Some(&index.name);
        table.table.foreign_keys.iter().any(|key| named(&key.name))
            || table.table.unique_constraints.iter().any(|key| named(&key.name))
    };
    let secondary = table.table.indexes.iter().filter(|index| is_secondary(context.model.engine.name, index));
    for index in secondary.filter(|index| !by_itself(index)) {
        let kind = if index.unique { "unique index" } else { "index" };
        add(kind, Some(&index.name), index.key_columns().flatten().collect(), None, true);
    }
}

/// The name with what it is made of replaced: `{table}`, `{columns}`, `{parent}`, and `#` for digits. Digits at the end
/// are left out: engines add them where a name is taken.
fn shape(member: &Named<'_>) -> String {
    let mut text = member.name.to_lowercase();
    let mut replace = |part: &str, by: &str| text = with_word(&text, &part.to_lowercase(), by);
    replace(&member.table.table.name, "\u{1}");
    replace(&member.columns.join("_"), "\u{2}");
    for column in &member.columns {
        replace(column, "\u{2}");
    }
    if let Some(parent) = member.parent {
        replace(parent, "\u{3}");
    }
    let mut shape = String::new();
    for character in text.trim_end_matches(|last: char| last.is_ascii_digit()).chars() {
        let part = match character {
            '\u{1}' => "{table}",
            '\u{2}' => "{columns}",
            '\u{3}' => "{parent}",
            digit if digit.is_ascii_digit() => "#",
            _ => {
                shape.push(character);
                continue;
            }
        };
        if !shape.ends_with(part) {
            shape.push_str(part);
        }
    }
    while shape.contains("{columns}_{columns}") {
        shape = shape.replace("{columns}_{columns}", "{columns}");
    }
    shape
}

/// Replaces the first place where a word stands with no letter or digit beside it.
fn with_word(text: &str, word: &str, by: &str) -> String {
    if word.is_empty() {
        return text.to_owned();
    }
    let alone = |(start, found): &(usize, &str)| {
        let before = text[..*start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    };
    match text.match_indices(word).find(alone) {
        Some((start, found)) => format!("{}{by}{}", &text[..start], &text[start + found.len()..]),
        None => text.to_owned(),
    }
}

/// A rename to the dominant pattern, where that is possible and the pattern tells the whole name.
fn rename(context: Context<'_>, member: &Named<'_>, dominant: &str) -> Option<Change> {
    if dominant.contains('#') || (!member.is_index && context.model.engine.name != EngineName::PostgreSql) {
        return None;
    }
    let to = dominant
        .replace("{table}", &member.table.table.name)
        .replace("{columns}", &member.columns.join("_"))
        .replace("{parent}", member.parent.unwrap_or_default());
    let table = member.table.qualified_name();
    let name = member.name.to_owned();
    let taken = member.table.table.indexes.iter().any(|index| index.name == to);
    if to == name
        || taken
        || to.len() > 63
        || to.contains('{')
        || (member.columns.is_empty() && dominant.contains("{columns}"))
    {
        None
    } else if member.is_index {
        Some(Change::RenameIndex { table, name, to })
    } else {
        Some(Change::RenameConstraint { table, name, to })
    }
}

//! Timestamps, soft deletion, tenancy and names.

use super::personal_data::is_person_table;
use super::words::{OfNames, is_plural, key_words, split, with_last_singular};
use super::{NameStyle, Naming, Plurality, PossibleTenancy, Relation, SoftDelete, TableClass, Tenancy, Timestamps};
use crate::model::{Column, EngineName, Model, QualifiedName, TableId, TableRef, Tables};
use std::collections::{BTreeMap, HashSet};

const TENANT_COLUMNS: &[&str] =
    &["tenant_id", "organization_id", "organisation_id", "org_id", "workspace_id", "account_id", "company_id"];
/// How many of these name nothing but a tenant, as a rule. Accounts and companies may be customers.
const CLEAR_NAMES: usize = 5;
/// Owners of single rows, besides persons.
const OWNERS: &[&str] = &["owner", "creator"];

/// Whether a column holds a moment or a day. SQLite has no such type, so there the name decides alone.
pub fn is_temporal(engine: EngineName, column: &Column) -> bool {
    let base = column.base_type();
    base.contains("date") || base.contains("time") || engine == EngineName::Sqlite
}

/// Whether a number counts to the moment when a row was made or last changed, by its name: Yii's `created_at`, Drupal's `changed`.
pub fn counts_to_moment(column: &Column, updated: bool) -> bool {
    const NUMBERS: [&str; 6] = ["int", "integer", "bigint", "decimal", "numeric", "double"];
    let words = split(&column.name);
    let is_named = if updated { is_updated(&words) } else { is_created(&words) };
    is_named && NUMBERS.contains(&column.base_type().trim_end_matches(" unsigned").trim_end_matches(" precision"))
}

/// The creation and update columns of every table, by position.
pub(super) fn timestamps<'m>(model: &'m Model, tables: &Tables<'m>) -> Vec<Timestamps> {
    let mut tells_creation = OfNames::new(|name| is_created(&split(name)));
    let mut tells_update = OfNames::new(|name| is_updated(&split(name)));
    let timestamps = |table: TableRef<'m>| {
        let columns = &table.table.columns;
        let is_moment = |column: &Column| is_temporal(model.engine.name, column);
        let created = columns.iter().find(|column| tells_creation.of(&column.name) && is_moment(column));
        let updated = columns.iter().find(|column| tells_update.of(&column.name) && is_moment(column));
        Timestamps {
            created: created.map(|column| column.name.clone()),
            updated: updated.map(|column| column.name.clone()),
            maintained_by: updated.and_then(|column| maintained_by(model, table, column)),
        }
    };
    tables.iter().map(timestamps).collect()
}

/// Words that go with a moment.
const MOMENTS: &[&str] = &["at", "on", "date", "time", "ts", "timestamp", "datetime", "utc"];

fn only_moments(words: &[String], verbs: &[&str]) -> bool {
    words.iter().any(|word| verbs.contains(&word.as_str()))
        && words.iter().all(|word| verbs.contains(&word.as_str()) || MOMENTS.contains(&word.as_str()) || word == "last")
}

/// `created_at`, `date_added`, `creation_time`.
fn is_created(words: &[String]) -> bool {
    only_moments(words, &["created", "inserted", "added", "creation", "create"])
        && !(words.len() == 1 && words[0] == "create")
}

/// `updated_at`, `last_modified`, `change_date`, `write_date`.
fn is_updated(words: &[String]) -> bool {
    const VERBS: [&str; 8] = ["updated", "modified", "changed", "edited", "update", "modification", "change", "write"];
    match words {
        // One word is a verb that says what was done, or two that nothing divides.
        [word] => {
            matches!(word.as_str(), "updated" | "modified" | "changed" | "edited") || GLUED.contains(&word.as_str())
        }
        _ => only_moments(words, &VERBS),
    }
}

/// Names of the moment of the last change whose words nothing divides.
const GLUED: [&str; 9] = [
    "mtime",
    "dateupdated",
    "datemodified",
    "datechanged",
    "datemodif",
    "lastmodified",
    "lastupdated",
    "lastupdate",
    "lastchange",
];

fn maintained_by(model: &Model, table: TableRef<'_>, column: &Column) -> Option<String> {
    if column.on_update.is_some() {
        return Some("ON UPDATE".to_owned());
    }
    let on_update = table.table.triggers.iter().filter(|trigger| trigger.events.iter().any(|event| event == "update"));
    let mut mentioning = on_update.filter(|trigger| {
        let body = trigger.function.as_ref().and_then(|name| {
            let schema = model.schemas.iter().find(|schema| schema.name == name.schema)?;
            schema.functions.iter().find(|function| function.name == name.name)?.body.as_deref()
        });
        trigger.definition.contains(&column.name) || body.is_some_and(|body| body.contains(&column.name))
    });
    mentioning.next().map(|trigger| format!("trigger {}", trigger.name))
}

/// The column by which each table marks deleted rows, by table.
pub(super) fn soft_deletes<'m>(model: &'m Model, tables: &Tables<'m>) -> Vec<SoftDelete> {
    const MARKS: [&str; 4] = ["deleted", "discarded", "archived", "removed"];
    let mut may_be_mark = OfNames::new(|name| split(name).iter().any(|word| MARKS.contains(&word.as_str())));
    let of = |table: TableRef<'m>| {
        let own = split(&table.table.name);
        let names_mark = |words: &[&str]| {
            let stems = ["archiv", "delet", "discard", "remov"];
            let says = |stem: &&str| words.iter().any(|word| word.starts_with(*stem));
            stems.iter().filter(|stem| says(stem)).any(|stem| own.iter().any(|word| word.starts_with(stem)))
        };
        table.table.columns.iter().find_map(|column| {
            if !may_be_mark.of(&column.name) {
                return None;
            }
            let words = split(&column.name);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            // Rows of an archive were moved there then.
            if names_mark(&words) {
                return None;
            }
            let timestamp = match words.as_slice() {
                ["deleted" | "discarded" | "archived" | "removed", "at" | "on" | "date"]
                    if is_temporal(model.engine.name, column) =>
                {
                    true
                }
                ["deleted" | "discarded"] | ["is", "deleted" | "archived" | "removed"] => {
                    column.base_type().contains("date") || column.base_type().contains("time")
                }
                _ => return None,
            };
            Some(SoftDelete { table: table.qualified_name(), column: column.name.clone(), timestamp })
        })
    };
    tables.base().filter_map(of).collect()
}

/// The columns that policies of row security compare with a setting of the session, whoever the rows belong to: a
/// tenant, as a rule. A person owns rows inside a tenant, or without any.
fn compared_with_settings(tables: &Tables<'_>) -> BTreeMap<String, Vec<TableId>> {
    let mut found: BTreeMap<String, Vec<TableId>> = BTreeMap::new();
    for table in tables.base().filter(|table| table.row_security) {
        let expressions = table.policies.iter().flat_map(|policy| [&policy.using, &policy.with_check]).flatten();
        let clauses: Vec<String> = expressions
            .flat_map(|expression| expression.split(" AND ").flat_map(|part| part.split(" OR ")))
            .filter(|clause| clause.contains("current_setting(") && clause.contains('='))
            // Names of settings are no columns.
            .map(|clause| clause.split('\'').step_by(2).collect::<Vec<_>>().join(" "))
            .collect();
        for column in &table.table.columns {
            let is_key = table.primary_key.as_ref().is_some_and(|key| key.columns == [column.name.as_str()]);
            let compared = clauses.iter().any(|clause| {
                clause.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == column.name)
            });
            if compared && !is_key && !names_a_person(&column.name) {
                found.entry(column.name.clone()).or_default().push(table.id);
            }
        }
    }
    found
}

/// Whether a column refers to a person by its name: `user_id`, `owner`.
fn names_a_person(column: &str) -> bool {
    let words = split(column);
    let last = match &*words {
        [.., last, id] if id == "id" => last,
        [.., last] => last,
        [] => "",
    };
    !TENANT_COLUMNS.contains(&column) && (is_person_table(last) || OWNERS.contains(&last))
}

/// The tenant column that at least half of the entity tables, and three, share.
pub(super) fn tenancy(tables: &Tables<'_>, classes: &[TableClass], relations: &[Relation]) -> Option<Tenancy> {
    let entities: Vec<_> = tables.base().filter(|table| classes[table.id.0] == TableClass::Entity).collect();
    let compared = compared_with_settings(tables);
    let names = TENANT_COLUMNS.iter().copied().chain(compared.keys().map(String::as_str));
    names
        .filter_map(|name| {
            let has = |table: &TableRef<'_>| table.table.column(name).is_some_and(|column| !column.nullable);
            let (with, without): (Vec<_>, Vec<_>) = entities.iter().partition(|table| has(table));
            if with.len() < 3 || with.len() * 2 < entities.len() {
                return None;
            }
            let tenant_table = most_referenced(&with, name, relations);
            let nullable = with_null(tables, classes, name);
            Some(Tenancy {
                column: name.to_owned(),
                tables: with.iter().map(TableRef::qualified_name).collect(),
                without: without
                    .iter()
                    .map(TableRef::qualified_name)
                    .filter(|table| Some(table) != tenant_table.as_ref() && !nullable.contains(table))
                    .collect(),
                row_security: with.iter().filter(|table| table.row_security).map(TableRef::qualified_name).collect(),
                nullable,
                tenant_table,
            })
        })
        .max_by_key(|tenancy| tenancy.tables.len())
}

/// Tables, none of them copies, in which a column may be NULL, by name.
fn with_null(tables: &Tables<'_>, classes: &[TableClass], column: &str) -> Vec<QualifiedName> {
    let has = |table: &TableRef<'_>| table.table.column(column).is_some_and(|column| column.nullable);
    let with = tables.base().filter(|table| classes[table.id.0] != TableClass::Clone).filter(has);
    with.map(|table| table.qualified_name()).collect()
}

/// A column that tells tenants apart in some tables only. The evidence is, in this order: row security that compares it
/// with a setting of the session, whatever it is called; a name that means nothing else, in two tables or with a foreign
/// key to the tenants; a name that may mean something else, or one of a namespace, that three entity tables share and half
/// of these have in their primary key, so that whose rows these are is part of what they are.
pub(super) fn possible_tenancy(
    tables: &Tables<'_>,
    classes: &[TableClass],
    relations: &[Relation],
) -> Option<PossibleTenancy> {
    let entities: Vec<_> = tables.base().filter(|table| classes[table.id.0] == TableClass::Entity).collect();
    let compared = compared_with_settings(tables);
    let of = |name: &str| {
        let row_security = compared.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_kept = |table: &TableRef<'_>| row_security.contains(&table.id);
        let has = |table: &TableRef<'_>| table.table.column(name).is_some_and(|column| !column.nullable);
        let with: Vec<TableRef<'_>> = entities.iter().copied().filter(has).collect();
        let all: Vec<TableRef<'_>> = tables
            .base()
            .filter(|table| is_kept(table) || (has(table) && classes[table.id.0] != TableClass::Clone))
            .collect();
        let in_key = |table: &&TableRef<'_>| {
            let key = table.primary_key.as_ref();
            key.is_some_and(|key| key.columns.len() > 1 && key.columns.iter().any(|column| column == name))
        };
        let in_key = with.iter().filter(in_key).count();
        let tenant_table = most_referenced(&all, name, relations);
        let named = TENANT_COLUMNS[..CLEAR_NAMES].contains(&name)
            && (all.len() >= 2 || (all.len() == 1 && tenant_table.is_some()));
        let clear = !row_security.is_empty() || named;
        (clear || (with.len() >= 3 && in_key * 2 >= with.len())).then(|| PossibleTenancy {
            column: name.to_owned(),
            tables: if clear { &all } else { &with }.iter().map(TableRef::qualified_name).collect(),
            nullable: with_null(tables, classes, name)
                .into_iter()
                .filter(|name| !row_security.iter().any(|id| tables.get(*id).qualified_name() == *name))
                .collect(),
            in_key,
            entities: entities.len(),
            tenant_table,
            row_security: row_security.iter().map(|id| tables.get(*id).qualified_name()).collect(),
            clear,
        })
    };
    let compared = compared.keys().map(String::as_str);
    let names = TENANT_COLUMNS.iter().copied().chain(["namespace_id"]).chain(compared);
    names.filter_map(of).max_by_key(|tenancy| (tenancy.row_security.len(), tenancy.clear, tenancy.tables.len()))
}

/// The table to which a column of most of these tables refers.
fn most_referenced(tables: &[TableRef<'_>], column: &str, relations: &[Relation]) -> Option<QualifiedName> {
    let mut counts: BTreeMap<QualifiedName, usize> = BTreeMap::new();
    for target in tables.iter().filter_map(|table| target(table, column, relations)) {
        *counts.entry(target).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(table, _)| table)
}

fn target(table: &TableRef<'_>, column: &str, relations: &[Relation]) -> Option<QualifiedName> {
    let declared = table.table.foreign_keys.iter().find(|key| key.columns == [column]);
    let inferred = || {
        let name = table.qualified_name();
        relations.iter().find(|relation| relation.table == name && relation.column == column)
    };
    declared
        .map(|key| key.referenced_table.clone())
        .or_else(|| inferred().map(|relation| relation.referenced_table.clone()))
}

/// How the words of a name are joined. One lower-case word is flat: it fits snake and camel case alike.
pub fn style(name: &str) -> NameStyle {
    let mut letters = name.chars();
    let first = letters.next().unwrap_or(' ');
    let plain = name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    let has = |test: fn(&char) -> bool| name.chars().any(|character| test(&character));
    let (lower, upper, under) = (has(char::is_ascii_lowercase), has(char::is_ascii_uppercase), name.contains('_'));
    match (first, lower, upper, under) {
        _ if !plain => NameStyle::Other,
        (first, ..) if !first.is_ascii_alphabetic() && first != '_' => NameStyle::Other,
        (_, true, false, false) => NameStyle::Flat,
        (_, true, false, true) => NameStyle::Snake,
        (_, false, true, _) => NameStyle::Upper,
        (first, true, true, false) if first.is_ascii_lowercase() => NameStyle::Camel,
        (first, true, true, false) if first.is_ascii_uppercase() => NameStyle::Pascal,
        _ => NameStyle::Other,
    }
}

/// Counts of styles and of singular and plural names.
pub(super) fn naming(tables: &Tables<'_>, classes: &[TableClass]) -> Naming {
    let mut naming = Naming {
        table_styles: BTreeMap::new(),
        column_styles: BTreeMap::new(),
        expected_style: NameStyle::Snake,
        singular: 0,
        plural: 0,
        expected_number: Plurality::Plural,
        numbers: numbers(tables, classes),
    };
    let mut styles = OfNames::new(style);
    for table in tables.base() {
        *naming.table_styles.entry(style(&table.table.name)).or_default() += 1;
        for column in &table.table.columns {
            *naming.column_styles.entry(styles.of(&column.name)).or_default() += 1;
        }
        match naming.numbers[table.id.0] {
            Some(Plurality::Plural) => naming.plural += 1,
            Some(Plurality::Singular) => naming.singular += 1,
            None => {}
        }
    }
    if naming.singular > naming.plural {
        naming.expected_number = Plurality::Singular;
    }
    let count = |style: NameStyle| {
        let of = |styles: &BTreeMap<NameStyle, u32>| styles.get(&style).copied().unwrap_or_default();
        of(&naming.table_styles) + of(&naming.column_styles)
    };
    let total: u32 = naming.table_styles.values().chain(naming.column_styles.values()).sum();
    let flat = count(NameStyle::Flat);
    let reached = |style: NameStyle| {
        let own = count(style);
        // One-word names fit snake and camel case, but cannot make either on their own.
        let fitting = if matches!(style, NameStyle::Snake | NameStyle::Camel) { flat } else { 0 };
        own > 0 && (own + fitting) * 10 >= total * 7
    };
    let candidates = [NameStyle::Snake, NameStyle::Camel, NameStyle::Pascal, NameStyle::Upper];
    let best = candidates.into_iter().filter(|style| reached(*style)).max_by_key(|style| count(*style));
    naming.expected_style = best.unwrap_or(NameStyle::Snake);
    naming
}

/// The grammatical number of tables' names, by position.
fn numbers(tables: &Tables<'_>, classes: &[TableClass]) -> Vec<Option<Plurality>> {
    let names: HashSet<Vec<String>> = tables.base().map(|table| key_words(&table.table.name)).collect();
    let number = |table: TableRef<'_>| {
        let words = split(&table.table.name);
        let plural = is_plural(words.last()?)?;
        let judged =
            matches!(classes[table.id.0], TableClass::Entity | TableClass::Lookup) && !joins_two(&words, &names);
        judged.then_some(if plural { Plurality::Plural } else { Plurality::Singular })
    };
    tables.iter().map(number).collect()
}

/// Whether words name what lies between two tables: `group_users` of `group` and `user`, `x_group_users` of `x_group` and
/// `x_user`, `build_id_to_queue`.
fn joins_two(words: &[String], names: &HashSet<Vec<String>>) -> bool {
    let inner = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
    if inner.iter().any(|word| word == "to") {
        return true;
    }
    let is_table = |words: &[String]| names.contains(&with_last_singular(words));
    (1..words.len()).any(|middle| {
        let (left, right) = words.split_at(middle);
        let prefixed = || [&words[..1], right].concat();
        is_table(left) && (is_table(right) || (middle > 1 && is_table(&prefixed())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_told_apart() {
        for (name, expected) in [
            ("order_items", NameStyle::Snake),
            ("orders", NameStyle::Flat),
            ("orderItems", NameStyle::Camel),
            ("OrderItems", NameStyle::Pascal),
            ("ORDERS", NameStyle::Upper),
            ("Order_Items", NameStyle::Other),
            ("order items", NameStyle::Other),
            ("1st", NameStyle::Other),
        ] {
            assert_eq!(style(name), expected, "{name}");
        }
    }

    #[test]
    fn timestamps_are_told_from_roles() {
        let words = |name: &str| split(name);
        assert!(
            is_created(&words("created_at")) && is_created(&words("date_added")) && is_created(&words("createdOn"))
        );
        assert!(!is_created(&words("created_by")) && !is_created(&words("user_created_count")));
        assert!(
            is_updated(&words("last_update"))
                && is_updated(&words("modifiedDate"))
                && !is_updated(&words("updated_by_id"))
        );
        for name in ["write_date", "last_update_date", "dateupdated", "mtime", "edited_at", "date_modified", "modified"]
        {
            assert!(is_updated(&words(name)), "{name}");
        }
        for name in ["write", "change", "last", "written_at", "write_uid", "update_time_zone"] {
            assert!(!is_updated(&words(name)), "{name}");
        }
    }
}

//! What a table is for.

use super::personal_data::is_person_table;
use super::words::{singular, split};
use super::{PersonalData, PersonalDataClass, Relation, TableClass};
use crate::model::{Action, Column, ForeignKey, Index, QualifiedName, TableId, TableRef, Tables};
use crate::parallel;
use std::collections::{BTreeSet, HashSet};

/// Prefixes of tables that belong to a framework or library.
const THIRD_PARTY_PREFIXES: &[&str] = &[
    "active_storage_",
    "action_text_",
    "good_job",
    "solid_",
    "oban_",
    "qrtz_",
    "hangfire",
    "hdb_",
    "auth_user",
    "django_",
    "celery_",
    "oauth_access_",
    "telescope_",
];
/// Names of such tables.
const THIRD_PARTY: &[&str] = &["delayed_jobs", "friendly_id_slugs", "failed_jobs", "personal_access_tokens"];
/// Names that may be anybody's, with columns that such tables have under them and how many of these it takes.
const THIRD_PARTY_WITH: &[(&str, &[&str], usize)] = &[
    ("jobs", &["queue", "payload", "handler", "attempts", "available_at", "reserved_at", "run_at", "locked_at"], 2),
    ("sessions", &["payload", "data", "last_activity", "sess", "sess_data", "session_data"], 1),
    ("versions", &["item_type", "whodunnit", "object_changes", "versionable_type"], 1),
];
/// Last words of tables that only grow.
const LOG: &[&str] = &[
    "history",
    "hist",
    "his",
    "log",
    "logs",
    "changelog",
    "audit",
    "audits",
    "aud",
    "events",
    "versions",
    "migrations",
];
/// Words that may follow these.
const OF_LOG: &[&str] = &["info", "entry", "entries", "record", "records", "trail"];
/// Last words of copies.
const CLONE: &[&str] = &["old", "bak", "backup", "tmp", "temp", "archive", "archives", "archived"];
/// Words of columns that record who and when, or the order of rows: they do not make a junction an entity.
const BOOKKEEPING: &[&str] = &["created", "updated", "update", "inserted", "modified", "deleted", "position", "tenant"];
/// Last words of columns that say what kind of pair it is. One pair has one of them.
const KIND_OF_PAIR: &[&str] =
    &["role", "type", "kind", "status", "state", "level", "mode", "category", "permission", "visibility"];
/// Last words of columns that hold what happened between the two, which can happen again.
const AMOUNT: &[&str] = &["amount", "price", "cost", "fee", "total", "rating", "score", "stars", "points", "duration"];
/// What lists of codes are called, by the last word in the singular.
const LISTS: &[&str] = &[
    "category",
    "class",
    "classification",
    "code",
    "color",
    "colour",
    "country",
    "currency",
    "gender",
    "genre",
    "grade",
    "kind",
    "language",
    "level",
    "locale",
    "method",
    "mode",
    "permission",
    "phase",
    "priority",
    "privilege",
    "province",
    "reason",
    "role",
    "salutation",
    "scope",
    "severity",
    "size",
    "stage",
    "state",
    "status",
    "tier",
    "timezone",
    "type",
    "unit",
];
/// Last words of columns that name a code, besides the table's own word.
const LABEL: &[&str] = &["name", "code", "label", "title", "symbol", "abbreviation", "type", "kind", "status"];
/// Words of columns that say how long a code is in use.
const IN_USE: &[&str] = &["valid", "effective", "deprecated", "retired", "until", "since"];
/// Last words of columns that hold a moment or a day, whatever their type.
const MOMENT: &[&str] = &["at", "on", "date", "time", "day"];

/// The class that the name alone gives, if it gives one.
pub(super) fn by_name(name: &str) -> Option<TableClass> {
    let name = name.to_lowercase();
    if THIRD_PARTY.contains(&name.as_str()) || THIRD_PARTY_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Some(TableClass::ThirdParty);
    }
    let words: Vec<&str> = name.split('_').collect();
    let last = words.last()?;
    let numbered = |word: &str| word.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let before = words.iter().rev().find(|word| !OF_LOG.contains(word) && !numbered(word)).unwrap_or(last);
    // `db_version_h`, `schema_version`: which version of the schema was installed when.
    let installed = words.windows(2).any(|pair| matches!(pair, ["db" | "database" | "schema", "version"]));
    if LOG.contains(before) || installed {
        Some(TableClass::Log)
    } else if CLONE.contains(last) || is_dated(&words) {
        Some(TableClass::Clone)
    } else {
        None
    }
}

/// Whether a table with a name that may be anybody's has the columns of a library's.
fn is_of_library(table: TableRef<'_>) -> bool {
    let is_named = |name: &&str| table.name.eq_ignore_ascii_case(name);
    THIRD_PARTY_WITH.iter().filter(|(name, ..)| is_named(name)).any(|(_, columns, fewest)| {
        let has = |name: &&&str| table.table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        columns.iter().filter(has).count() >= *fewest
    })
}

/// Whether the name ends in a date: `orders_2023`, `orders_2023_04`, `orders_p202304`, `orders_p2023_04`.
fn is_dated(words: &[&str]) -> bool {
    let digits = |word: &str| word.chars().all(|character| character.is_ascii_digit());
    let after = words.iter().rev().take_while(|word| word.len() == 2 && digits(word)).count();
    // The year, with months and days glued on or following it.
    let year = words.iter().rev().nth(after).map(|word| word.strip_prefix('p').unwrap_or(word));
    words.len() > after + 1 && year.is_some_and(|year| year.len() >= 4 && year.len().is_multiple_of(2) && digits(year))
}

/// The class of every table, by position. Relations are those inferred so far.
pub(super) fn classes(
    tables: &Tables<'_>,
    histories: &HashSet<TableId>,
    relations: &[Relation],
    personal: &[PersonalData],
) -> Vec<TableClass> {
    let sure = relations.iter().filter(|relation| relation.confidence >= 0.90);
    let mut referenced: BTreeSet<TableId> =
        sure.filter_map(|relation| Some(tables.find(&relation.referenced_table)?.id)).collect();
    referenced.extend(tables.iter().map(|table| table.id).filter(|id| tables.referenced_by(*id).next().is_some()));
    // Cities and postcodes are codes as well.
    let personal = personal.iter().filter(|data| data.class != PersonalDataClass::Location);
    let personal: BTreeSet<TableId> = personal.filter_map(|data| Some(tables.find(&data.table)?.id)).collect();
    let all: Vec<TableRef<'_>> = tables.iter().collect();
    let mut classes = parallel::map(&all, tables.len(), |table| {
        let class = class(*table, relations, referenced.contains(&table.id), personal.contains(&table.id));
        let is_copied = !matches!(class, TableClass::ThirdParty | TableClass::Clone) && histories.contains(&table.id);
        if is_copied { TableClass::Log } else { class }
    });
    let is_tied = |table: TableRef<'_>| table.table.foreign_keys.iter().any(|key| is_code(tables, &classes, key));
    let tied: Vec<TableId> = tables
        .iter()
        .filter(|table| classes[table.id.0] == TableClass::Junction && is_tied(*table))
        .filter(|table| {
            let keys = table.table.foreign_keys.iter();
            let pair: Vec<&str> = keys.flat_map(|key| key.columns.iter().map(String::as_str)).collect();
            !is_unique_pair(*table, &pair)
        })
        .map(|table| table.id)
        .collect();
    for id in tied {
        classes[id.0] = TableClass::Entity;
    }
    classes
}

/// Whether a foreign key limits a column to the codes of a list, of which the column holds the code itself: what a row is, and
/// no second thing that it joins with another.
fn is_code(tables: &Tables<'_>, classes: &[TableClass], key: &ForeignKey) -> bool {
    let [referenced] = key.referenced_columns.as_slice() else { return false };
    tables
        .find(&key.referenced_table)
        .is_some_and(|list| classes[list.id.0] == TableClass::Lookup && !is_surrogate(list, referenced))
}

fn class(table: TableRef<'_>, relations: &[Relation], is_referenced: bool, is_personal: bool) -> TableClass {
    if is_of_library(table) {
        return TableClass::ThirdParty;
    }
    if let Some(class) = by_name(&table.name) {
        return class;
    }
    let name = table.qualified_name();
    let start = relations.partition_point(|relation| relation.table < name);
    let inferred = relations[start..].iter().take_while(|relation| relation.table == name);
    let mut references: Vec<(Vec<&str>, &crate::model::QualifiedName)> = table
        .table
        .foreign_keys
        .iter()
        .map(|key| (key.columns.iter().map(String::as_str).collect(), &key.referenced_table))
        .collect();
    references.extend(
        inferred
            .filter(|relation| relation.confidence >= 0.90)
            .map(|relation| (vec![relation.column.as_str()], &relation.referenced_table)),
    );
    // Two keys over the same columns are one side.
    let mut sides = BTreeSet::new();
    references.retain(|(columns, _)| sides.insert(columns.iter().copied().collect::<BTreeSet<_>>()));
    let referencing: Vec<&str> = references.iter().flat_map(|(columns, _)| columns.iter().copied()).collect();
    let rest = table.table.columns.iter().filter(|column| {
        !referencing.contains(&column.name.as_str())
            && !is_surrogate(table, &column.name)
            && !split(&column.name).iter().any(|word| BOOKKEEPING.contains(&word.as_str()))
    });
    let own: Vec<&Column> = rest.collect();
    // A row with a key of its own that outlives what it refers to is a thing by itself, unless its name says the pair.
    let outlives = table.table.foreign_keys.iter().any(|key| key.on_delete == Action::SetNull)
        && table.table.columns.iter().any(|column| is_surrogate(table, &column.name));
    let words = split(&table.name);
    let is_said = |parent: &QualifiedName| {
        split(&parent.name).last().is_some_and(|last| words.iter().any(|word| singular(word) == singular(last)))
    };
    // What a generic reference leads to is a third side, or one of the two.
    let is_generic = own.iter().any(|column| referencing.iter().any(|kind| tells_table(kind, &column.name)));
    if let [(_, one), (_, other)] = references.as_slice()
        && !is_generic
        && **one != name
        && **other != name
        && (!outlives || (is_said(one) && is_said(other)))
    {
        let recurs = |column: &Column| one == other || tells_rows_apart(column);
        match own.as_slice() {
            [] => return TableClass::Junction,
            [column] if !recurs(column) || is_unique_pair(table, &referencing) => return TableClass::Junction,
            _ => {}
        }
    }
    // Nobody partitions a short list.
    let may_be_list = table.table.partitioning.is_none() && references.is_empty() && !is_personal;
    if may_be_list && !is_person_table(&table.name) && is_list_of_codes(table, &own, is_referenced) {
        TableClass::Lookup
    } else {
        TableClass::Entity
    }
}

/// Whether a table without references lists codes: it names them, other tables refer to them or its key is the code itself,
/// and nothing says that its rows are things, such as an amount or a moment. How many columns it has says nothing.
fn is_list_of_codes(table: TableRef<'_>, own: &[&Column], is_referenced: bool) -> bool {
    let key = match table.primary_key.as_ref().map(|key| key.columns.as_slice()) {
        Some([name]) => table.column(name),
        _ => None,
    };
    // One column that is its own key.
    if table.columns.len() == 1 {
        return key.is_some();
    }
    let last = |name: &str| split(name).last().map(|word| singular(word)).unwrap_or_default();
    let of_table = last(&table.name);
    let names = |column: &Column| {
        let (word, base) = (last(&column.name), column.base_type());
        let text = column.user_type.is_some() || ["char", "text", "enum"].iter().any(|kind| base.contains(kind));
        text && (LABEL.contains(&word.as_str()) || word == of_table)
    };
    let is_thing = |column: &Column| {
        let in_use = split(&column.name).iter().any(|word| IN_USE.contains(&word.as_str()));
        !in_use && (is_searched_by_ranges(column) || is_moment(column) || last_word_is_one_of(column, AMOUNT))
    };
    let key_is_code = key.is_some_and(names);
    let is_list = LISTS.contains(&of_table.as_str());
    own.iter().any(|column| names(column))
        && !own.iter().any(|column| is_thing(column))
        && [is_list, is_referenced, key_is_code].into_iter().filter(|sign| *sign).count() >= 2
}

/// Whether a column holds a moment or a day, going by its type or its name.
pub fn is_moment(column: &Column) -> bool {
    let base = column.base_type();
    base.contains("date") || base.contains("time") || last_word_is_one_of(column, MOMENT)
}

/// Whether queries ask for stretches of the column rather than for single values: moments, ranges and numbers with a
/// fraction.
pub fn is_searched_by_ranges(column: &Column) -> bool {
    let base = column.base_type();
    // A number without decimals may be a key.
    let whole =
        || column.data_type.contains('(') && (!column.data_type.contains(',') || column.data_type.contains(",0)"));
    ["timestamp", "date", "time"].iter().any(|word| base.starts_with(word))
        || base.ends_with("range")
        || matches!(base, "real" | "float" | "double" | "double precision" | "money" | "interval")
        || (matches!(base, "numeric" | "decimal") && !whole())
}

/// Whether the one column that a table has beside two references makes its rows events, of which a pair can have several:
/// a moment, an amount or a text.
fn tells_rows_apart(column: &Column) -> bool {
    let base = column.base_type();
    let is = |kinds: &[&str]| kinds.iter().any(|kind| base.contains(kind));
    let text = is(&["char", "text", "clob", "json"]) && !last_word_is_one_of(column, KIND_OF_PAIR);
    let fraction = is(&["numeric", "decimal", "money", "real", "float", "double"]);
    is_moment(column) || text || fraction || last_word_is_one_of(column, AMOUNT)
}

/// Whether a column says which table another one refers to: `content_type_id` of `object_id` (Django), `subject_type_id` of
/// `subject_id`.
fn tells_table(kind: &str, column: &str) -> bool {
    let (mut kind, mut stem) = (split(kind).to_vec(), split(column).to_vec());
    if stem.pop_if(|last| matches!(last.as_str(), "id" | "pk" | "uuid" | "key")).is_none() {
        return false;
    }
    kind.pop_if(|last| last == "id");
    kind.pop_if(|last| matches!(last.as_str(), "type" | "kind" | "class" | "table")).is_some()
        && (kind == stem || kind.last().is_some_and(|last| last == "content"))
}

fn last_word_is_one_of(column: &Column, words: &[&str]) -> bool {
    split(&column.name).last().is_some_and(|last| words.contains(&last.as_str()))
}

/// Whether a key allows each pair once.
fn is_unique_pair(table: TableRef<'_>, pair: &[&str]) -> bool {
    let is_pair = |key: &[&str]| key.len() == pair.len() && key.iter().all(|column| pair.contains(column));
    let unique = table.indexes.iter().filter(|index| index.guarantees_unique() && index.predicate.is_none());
    let mut keys = unique.filter_map(Index::plain_columns);
    let mut primary = table.primary_key.iter().map(|key| key.columns.iter().map(String::as_str).collect::<Vec<_>>());
    keys.any(|key| is_pair(&key)) || primary.any(|key| is_pair(&key))
}

/// Whether a column is the table's own generated key.
fn is_surrogate(table: TableRef<'_>, column: &str) -> bool {
    table.primary_key.as_ref().is_some_and(|key| key.columns == [column])
        && table
            .column(column)
            .is_some_and(|column| column.is_auto_generated() || column.base_type() == "uuid" || column.name == "id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Engine, EngineName, Model, Schema, Table};
    use std::collections::BTreeMap;

    #[test]
    fn names_tell_logs_copies_and_libraries() {
        for (name, class) in [
            ("audit_log", Some(TableClass::Log)),
            ("trx_log_v2", Some(TableClass::Log)),
            ("audit_log_entries", Some(TableClass::Log)),
            ("orders_aud", Some(TableClass::Log)),
            ("sync_audit_info", Some(TableClass::Log)),
            ("x_db_version_h", Some(TableClass::Log)),
            ("user_info", None),
            ("log_levels", None),
            ("task_queues_v2", None),
            ("orders_backup", Some(TableClass::Clone)),
            ("orders_2023_04", Some(TableClass::Clone)),
            ("orders_p202304", Some(TableClass::Clone)),
            ("orders_p2023_04", Some(TableClass::Clone)),
            ("orders_2023_04_01", Some(TableClass::Clone)),
            ("p2023_04", None),
            ("orders_04", None),
            ("django_session", Some(TableClass::ThirdParty)),
            ("failed_jobs", Some(TableClass::ThirdParty)),
            ("jobs", None),
            ("sessions", None),
            ("catalog", None),
            ("orders", None),
            ("route_66", None),
            ("2024", None),
        ] {
            assert_eq!(by_name(name), class, "{name}");
        }
    }

    #[test]
    fn generic_references_are_told_by_names() {
        for (kind, column, expected) in [
            ("content_type_id", "object_id", true),
            ("content_type_id", "object_pk", true),
            ("target_content_type_id", "target_object_id", true),
            ("subject_type_id", "subject_id", true),
            ("subjectType", "subjectId", true),
            ("content_type_id", "position", false),
            ("product_type_id", "tag_id", false),
            ("type_id", "user_id", false),
            ("content_id", "object_id", false),
        ] {
            assert_eq!(tells_table(kind, column), expected, "{kind} {column}");
        }
    }

    #[test]
    fn names_that_may_be_anybodys_need_the_columns_of_a_library() {
        for (name, columns, expected) in [
            ("jobs", &["id", "queue", "payload", "attempts"][..], true),
            ("jobs", &["id", "company_id", "title", "salary"], false),
            ("sessions", &["id", "user_id", "payload", "last_activity"], true),
            ("sessions", &["token", "customer_id", "expires_at"], false),
            ("versions", &["id", "item_type", "item_id", "event"], true),
            ("versions", &["id", "document_id", "number"], false),
        ] {
            let mut table = Table::new(name);
            table.columns = columns.iter().map(|column| Column::new(*column, "text")).collect();
            let mut model = Model::new(Engine {
                name: EngineName::Sqlite,
                version: String::new(),
                variant: None,
                encoding: None,
                collation: None,
                settings: BTreeMap::new(),
            });
            let mut schema = Schema::new("main");
            schema.tables.push(table);
            model.schemas.push(schema);
            let found = classes(&Tables::new(&model), &HashSet::new(), &[], &[]);
            assert_eq!(found == [TableClass::ThirdParty], expected, "{name} {columns:?}: {found:?}");
        }
    }
}

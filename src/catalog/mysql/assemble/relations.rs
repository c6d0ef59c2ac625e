//! Tables and views with their columns, keys, checks, indexes, partitions and triggers.

use super::expression::{expression, is_garbled, quoted_names};
use super::pieces::{self, ColumnFacts, PartitionFacts, add_check, add_index, add_period, character_set};
use super::{Key, key, number, present, rows, schema};
use crate::catalog::mysql::session::{Catalog, Row, text};
use crate::catalog::mysql::{show_create, shown};
use crate::catalog::{Options, migration_tables};
use crate::model::{
    Column, DefaultKind, EngineName, ForeignKey, GeneratedStorage, Index, KeyPart, MigrationTable, Model,
    QualifiedName, Sequence, SortOrder, Table, TableKind, Trigger, TriggerEnabled, Unseen, UnseenKind, View,
};
use std::collections::{BTreeMap, BTreeSet};

/// Adds everything; the tables that were made from their statements are taken out of the catalog.
pub(super) fn add(model: &mut Model, catalog: &mut Catalog, options: &Options) {
    let mut created = std::mem::take(&mut catalog.created);
    let catalog = &*catalog;
    let mut columns = columns(catalog);
    let mut tables: BTreeMap<Key, Table> = BTreeMap::new();
    let mut without_columns = Vec::new();
    for row in rows(catalog, "tables").iter().filter(|row| options.filter.allows(text(row, 0), text(row, 1))) {
        let (kind, key) = (text(row, 2), key(row));
        if ["SEQUENCE", "VIEW"].contains(&kind) || created.contains_key(&key) {
            continue;
        }
        let mut table = Table::new(text(row, 1));
        table.storage_engine = present(row, 3);
        table.collation = present(row, 4);
        table.character_set = table.collation.as_deref().map(character_set).map(str::to_owned);
        table.comment = present(row, 5);
        table.system_versioned = kind == "SYSTEM VERSIONED";
        table.columns = columns.remove(&key).unwrap_or_default();
        if table.columns.is_empty() && !model.is_unseen(UnseenKind::Columns, &key.0) {
            // Every table has a column: this one is gone, which is said elsewhere, or cannot be opened.
            if !catalog.passing.contains(&QualifiedName::new(&key.0, &key.1)) {
                without_columns.push(key);
            }
            continue;
        }
        tables.insert(key, table);
    }
    model.unseen.extend(without_columns.into_iter().map(|(schema, name)| Unseen {
        what: UnseenKind::Tables,
        schema: Some(schema),
        object: Some(name),
        reason: "the server lists it and knows no column of it".to_owned(),
        remedy: "CHECK TABLE says why".to_owned(),
    }));
    add_row_formats(&mut tables, catalog);
    add_indexes(&mut tables, catalog);
    add_foreign_keys(&mut tables, catalog);
    add_checks(&mut tables, catalog);
    for row in rows(catalog, "periods") {
        if let Some(table) = tables.get_mut(&key(row)) {
            add_period(table, text(row, 2), text(row, 3), text(row, 4));
        }
    }
    let ambiguous = add_partitions(&mut tables, catalog);
    model.unseen.extend(ambiguous.into_iter().map(|(schema, name)| Unseen {
        what: UnseenKind::Other,
        schema: Some(schema),
        object: Some(name),
        reason: "information_schema tells DEFAULT and VALUES IN (0) of a partition alike".to_owned(),
        remedy: String::new(),
    }));
    let mut garbled = if catalog.engine == EngineName::MySql { garbled(catalog) } else { BTreeSet::new() };
    // Only now: the rows above can have tables of the same names in other schemas.
    tables.append(&mut created);
    for row in rows(catalog, "reference_systems") {
        let columns = tables.get_mut(&key(row)).into_iter().flat_map(|table| &mut table.columns);
        for column in columns.filter(|column| column.name == text(row, 2)) {
            // Zero is that of a column for which none was declared.
            column.srid = number(row, 3).and_then(|srid| u32::try_from(srid).ok()).filter(|srid| *srid > 0);
        }
    }
    tables.retain(|key, table| {
        let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let Some(tool) = migration_tables::tool(&key.1, &names) else { return true };
        let columns = names.iter().map(|name| (*name).to_owned()).collect();
        let (schema, name, tool) = (key.0.clone(), key.1.clone(), tool.to_owned());
        model.migration_tables.push(MigrationTable { schema, name, tool, columns });
        false
    });
    for table in tables.values_mut() {
        let engine = table.storage_engine.as_deref().unwrap_or_default();
        if ["FEDERATED", "CONNECT", "SPIDER"].iter().any(|name| engine.eq_ignore_ascii_case(name)) {
            table.kind = TableKind::Foreign;
        }
    }
    if catalog.engine == EngineName::MariaDb {
        garbled.extend(tables.iter().filter(|(_, table)| has_signs(table)).map(|(key, _)| key.clone()));
    }
    garbled.retain(|key| tables.contains_key(key));
    let lost = |(schema, name)| shown::lost(UnseenKind::Expressions, &QualifiedName { schema, name });
    model.unseen.extend(garbled.into_iter().map(lost));
    let mut fellows: BTreeMap<(Key, &str, &str), usize> = BTreeMap::new();
    for row in rows(catalog, "triggers") {
        *fellows.entry((key(row), text(row, 3), text(row, 4))).or_default() += 1;
    }
    for row in rows(catalog, "triggers") {
        let Some(table) = tables.get_mut(&key(row)) else { continue };
        let alone = fellows.get(&(key(row), text(row, 3), text(row, 4))) == Some(&1);
        table.triggers.push(trigger(row, number(row, 7).filter(|_| !alone)));
    }
    let comments: BTreeMap<Key, String> = rows(catalog, "tables")
        .iter()
        .filter(|row| text(row, 2) == "SEQUENCE")
        .filter_map(|row| Some((key(row), present(row, 5)?)))
        .collect();
    for row in rows(catalog, "sequences") {
        let Ok(statement) = show_create::sequence(text(row, 2)) else {
            model.unseen.push(Unseen {
                what: UnseenKind::Other,
                schema: Some(text(row, 0).to_owned()),
                object: Some(text(row, 1).to_owned()),
                reason: "the server does not show how the sequence counts".to_owned(),
                remedy: "SHOW CREATE SEQUENCE says why".to_owned(),
            });
            continue;
        };
        let sequence = Sequence {
            name: text(row, 1).to_owned(),
            data_type: statement.data_type.unwrap_or("bigint").to_owned(),
            start: statement.start,
            minimum: statement.minimum,
            maximum: statement.maximum,
            increment: statement.increment,
            cache: statement.cache,
            cycle: statement.cycle,
            owned_by: None,
            comment: comments.get(&key(row)).cloned(),
        };
        if let Some(schema) = schema(model, text(row, 0)) {
            schema.sequences.push(sequence);
        }
    }
    let known: BTreeSet<Key> = rows(catalog, "tables").iter().map(key).collect();
    // The server says in the place of a view's comment that the view is broken, and why.
    let broken: BTreeMap<Key, &str> = rows(catalog, "tables")
        .iter()
        .filter(|row| text(row, 2) == "VIEW" && text(row, 5).contains("references invalid"))
        .map(|row| (key(row), text(row, 5)))
        .collect();
    for row in rows(catalog, "views").iter().filter(|row| options.filter.allows(text(row, 0), text(row, 1))) {
        if catalog.passing.contains(&QualifiedName::new(text(row, 0), text(row, 1))) {
            continue;
        }
        let mut view = View::new(text(row, 1), false);
        view.columns = columns.remove(&key(row)).unwrap_or_default();
        for column in &mut view.columns {
            // The server derives these anew from the session that makes the view, so that a restored view has others.
            (column.nullable, column.default) = (true, None);
            (column.character_set, column.collation) = Default::default();
        }
        view.broken = broken.get(&key(row)).map(|why| (*why).to_owned());
        // MariaDB tells the columns of a view by opening it; a broken one has none.
        if catalog.engine == EngineName::MariaDb && view.columns.is_empty() && sees_columns(&tables, text(row, 0)) {
            view.broken = Some(
                "the server knows no column of it: what it names is gone, or its definer may not read it".to_owned(),
            );
        }
        view.definition = present(row, 2);
        view.reads = reads(text(row, 2), &known);
        view.check_option = present(row, 3).filter(|option| option != "NONE").map(|option| option.to_lowercase());
        view.definer = present(row, 4);
        view.security_invoker = text(row, 5) == "INVOKER";
        if let Some(schema) = schema(model, text(row, 0)) {
            schema.views.push(view);
        }
    }
    for ((name, _), table) in tables {
        if let Some(schema) = schema(model, &name) {
            schema.tables.push(table);
        }
    }
}

/// One trigger, with its place among those that fire at the same moment.
pub(super) fn trigger(row: &Row, order: Option<u64>) -> Trigger {
    Trigger {
        name: text(row, 2).to_owned(),
        timing: text(row, 4).to_lowercase(),
        events: vec![text(row, 3).to_lowercase()],
        update_columns: Vec::new(),
        order: order.and_then(|order| u32::try_from(order).ok()),
        for_each_row: true,
        function: None,
        enabled: TriggerEnabled::Origin,
        constraint: false,
        definer: present(row, 6),
        sql_mode: Some(text(row, 8).to_owned()),
        definition: text(row, 5).to_owned(),
        comment: None,
    }
}

/// Tables of MySQL with an expression that holds bytes of another character set.
fn garbled(catalog: &Catalog) -> BTreeSet<Key> {
    let of = |answer: &str, position: usize| {
        rows(catalog, answer).iter().filter(move |row| is_garbled(text(row, position))).map(key)
    };
    let defaults = rows(catalog, "columns")
        .iter()
        .filter(|row| text(row, 9).to_ascii_lowercase().contains("default_generated") && is_garbled(text(row, 4)));
    let clauses: BTreeSet<Key> = of("checks", 2).collect();
    let checked = rows(catalog, "checked_tables")
        .iter()
        .filter(|row| clauses.contains(&(text(row, 0).to_owned(), text(row, 2).to_owned())));
    of("columns", 11).chain(of("indexes", 11)).chain(defaults.map(key)).chain(checked.map(key)).collect()
}

/// Whether a label or literal default has a `?`, which MariaDB also prints for what its catalog cannot hold.
fn has_signs(table: &Table) -> bool {
    table.columns.iter().any(|column| {
        let default = column.default.as_ref().filter(|default| default.kind == DefaultKind::Literal);
        default.is_some_and(|default| default.expression.contains('?'))
            || column.values.iter().any(|value| value.contains('?'))
    })
}

/// Whether the account sees columns of a schema at all.
fn sees_columns(tables: &BTreeMap<Key, Table>, schema: &str) -> bool {
    tables.iter().any(|(key, table)| key.0 == schema && !table.columns.is_empty())
}

/// Relations that a view's text names as `` `schema`.`relation` ``.
fn reads(definition: &str, known: &BTreeSet<Key>) -> Vec<QualifiedName> {
    let named = quoted_names(definition).into_iter().filter_map(|group| {
        let mut names = group.into_iter();
        Some((names.next()?, names.next()?))
    });
    named.filter(|name| known.contains(name)).map(|(schema, name)| QualifiedName::new(schema, name)).collect()
}

fn columns(catalog: &Catalog) -> BTreeMap<Key, Vec<Column>> {
    let mut columns: BTreeMap<Key, Vec<(u64, Column)>> = BTreeMap::new();
    for row in rows(catalog, "columns") {
        columns.entry(key(row)).or_default().push((number(row, 3).unwrap_or(0), column(catalog.engine, row)));
    }
    let ordered = |mut list: Vec<(u64, Column)>| {
        list.sort_by_key(|(position, _)| *position);
        list.into_iter().map(|(_, column)| column).collect()
    };
    columns.into_iter().map(|(key, list)| (key, ordered(list))).collect()
}

fn column(engine: EngineName, row: &Row) -> Column {
    let extra = text(row, 9);
    let words = extra.to_ascii_lowercase();
    let generation = present(row, 11);
    let facts = ColumnFacts {
        name: text(row, 2),
        data_type: text(row, 6).split("/*").next().unwrap_or_default().trim(),
        nullable: text(row, 5) == "YES",
        default: row.get(4).and_then(Option::as_deref),
        default_generated: words.contains("default_generated"),
        character_set: present(row, 7),
        collation: present(row, 8),
        comment: present(row, 10),
        auto_increment: words.split([' ', ',']).any(|word| word == "auto_increment"),
        invisible: words.split([' ', ',']).any(|word| word == "invisible"),
        on_update: words
            .find("on update ")
            .and_then(|at| extra.get(at + 10..))
            .map(|rest| rest.split([' ', ',']).next().unwrap_or_default()),
        generated: generation.as_deref().map(|text| match text {
            "ROW START" => (text, GeneratedStorage::RowStart),
            "ROW END" => (text, GeneratedStorage::RowEnd),
            _ if words.contains("virtual generated") => (text, GeneratedStorage::Virtual),
            _ => (text, GeneratedStorage::Stored),
        }),
        compressed: text(row, 6).contains("COMPRESSED*/"),
        unversioned: words.contains("without system versioning"),
        srid: number(row, 12).and_then(|srid| u32::try_from(srid).ok()),
    };
    pieces::column(engine, facts)
}

/// Row formats that tables were made with. The one that a table has without is the server's, not the table's.
fn add_row_formats(tables: &mut BTreeMap<Key, Table>, catalog: &Catalog) {
    for row in rows(catalog, "table_options") {
        let Some(table) = tables.get_mut(&key(row)) else { continue };
        let formats = text(row, 2).split(' ').filter_map(|option| option.split_once('='));
        let format = formats.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("row_format"));
        table.row_format = format.map(|(_, value)| value.to_lowercase());
    }
}

fn add_indexes(tables: &mut BTreeMap<Key, Table>, catalog: &Catalog) {
    let mut grouped: BTreeMap<(Key, &str), Vec<&Row>> = BTreeMap::new();
    for row in rows(catalog, "indexes") {
        grouped.entry((key(row), text(row, 2))).or_default().push(row);
    }
    let overlapping: BTreeMap<(Key, &str), &str> =
        rows(catalog, "period_keys").iter().map(|row| ((key(row), text(row, 2)), text(row, 3))).collect();
    let mut options: BTreeMap<(Key, &str), Vec<String>> = BTreeMap::new();
    for row in rows(catalog, "index_options") {
        options.entry((key(row), text(row, 2))).or_default().push(text(row, 3).to_owned());
    }
    for ((key, name), mut parts) in grouped {
        let Some(table) = tables.get_mut(&key) else { continue };
        parts.sort_by_key(|row| number(row, 3));
        let Some(first) = parts.first() else { continue };
        let mut index = Index::new(name);
        index.unique = text(first, 4) == "0";
        index.method =
            pieces::method(table.storage_engine.as_deref().unwrap_or_default(), text(first, 8), index.unique);
        index.primary = name == "PRIMARY";
        index.visible = text(first, 10) != "NO";
        index.comment = present(first, 9);
        index.options = options.get(&(key.clone(), name)).cloned().unwrap_or_default().into();
        let spatial = ["spatial", "fulltext"].contains(&index.method.as_str());
        index.key = parts.iter().map(|row| part(catalog.engine, row, spatial)).collect();
        let overlapping = overlapping.get(&(key, name)).copied();
        add_index(table, index, overlapping);
    }
}

fn part(engine: EngineName, row: &Row, whole: bool) -> KeyPart {
    let mut part = match (present(row, 5), present(row, 11)) {
        (None, Some(text)) => KeyPart::expression(expression(engine, &text)),
        (name, _) => KeyPart::column(name.unwrap_or_default()),
    };
    if text(row, 6) == "D" {
        part.order = SortOrder::Descending;
    }
    part.prefix_length = number(row, 7).filter(|_| !whole).and_then(|length| u32::try_from(length).ok());
    part
}

fn add_foreign_keys(tables: &mut BTreeMap<Key, Table>, catalog: &Catalog) {
    let actions: BTreeMap<_, _> = rows(catalog, "actions").iter().map(|row| ((key(row), text(row, 2)), row)).collect();
    let mut grouped: BTreeMap<(Key, &str), Vec<&Row>> = BTreeMap::new();
    for row in rows(catalog, "keys") {
        grouped.entry((key(row), text(row, 2))).or_default().push(row);
    }
    for (named, mut parts) in grouped {
        // Without its actions a key is not described at all: the grants say that some are hidden.
        let (Some(table), Some(rules)) = (tables.get_mut(&named.0), actions.get(&named)) else { continue };
        parts.sort_by_key(|row| number(row, 3));
        table.foreign_keys.extend(foreign_key(catalog.engine, named.1, &parts, (text(rules, 3), text(rules, 4))));
    }
}

/// The foreign key of which these rows are the columns.
pub(super) fn foreign_key(engine: EngineName, name: &str, parts: &[&Row], actions: (&str, &str)) -> Option<ForeignKey> {
    let first = parts.first()?;
    let columns = parts.iter().map(|row| text(row, 4).to_owned()).collect();
    let parent = QualifiedName::new(text(first, 5), text(first, 6));
    let referenced = (parent, parts.iter().map(|row| text(row, 7).to_owned()).collect());
    Some(pieces::foreign_key(engine, name, columns, referenced, actions))
}

fn add_checks(tables: &mut BTreeMap<Key, Table>, catalog: &Catalog) {
    let mysql = catalog.engine == EngineName::MySql;
    let clauses: BTreeMap<Key, &str> = if mysql {
        rows(catalog, "checks").iter().map(|row| (key(row), text(row, 2))).collect()
    } else {
        BTreeMap::new()
    };
    for row in rows(catalog, if mysql { "checked_tables" } else { "checks" }) {
        let Some(table) = tables.get_mut(&key(row)) else { continue };
        let name = text(row, 2).to_owned();
        let clause =
            if mysql { clauses.get(&(text(row, 0).to_owned(), name.clone())).copied() } else { Some(text(row, 3)) };
        let (of_column, enforced) = (!mysql && text(row, 4) == "Column", !mysql || text(row, 3) == "YES");
        add_check(catalog.engine, table, &name, clause.unwrap_or_default(), of_column, enforced);
    }
}

/// Returns the tables with partitions whose bound is not known.
fn add_partitions(tables: &mut BTreeMap<Key, Table>, catalog: &Catalog) -> BTreeSet<Key> {
    let mut ambiguous = BTreeSet::new();
    let mut grouped: BTreeMap<Key, BTreeMap<(u64, u64), &Row>> = BTreeMap::new();
    for row in rows(catalog, "partitions") {
        let position = (number(row, 3).unwrap_or(0), number(row, 11).unwrap_or(0));
        grouped.entry(key(row)).or_default().insert(position, row);
    }
    for (key, parts) in grouped {
        let (Some(table), Some(first)) = (tables.get_mut(&key), parts.values().next()) else { continue };
        let below = present(first, 8).map(|method| (method, text(first, 9)));
        let below = below.as_ref().map(|(method, key)| (method.as_str(), *key));
        let mut list: Vec<PartitionFacts> = Vec::new();
        for row in parts.values() {
            let name = text(row, 2);
            let mut bound = present(row, 6);
            if catalog.engine == EngineName::MariaDb {
                match (text(first, 4), bound.as_deref()) {
                    ("LIST", Some("0")) => {
                        ambiguous.insert(key.clone());
                        bound = None;
                    }
                    ("LIST COLUMNS", Some(told)) if told.starts_with("MAXVALUE") || told.starts_with("(MAXVALUE") => {
                        bound = Some(pieces::DEFAULT.to_owned());
                    }
                    _ => {}
                }
            }
            if list.last().is_none_or(|last| last.name != name) {
                // A comment belongs to the lowest level.
                let comment = present(row, 7).filter(|_| below.is_none());
                list.push(PartitionFacts { name: name.to_owned(), bound, comment, below: Vec::new() });
            }
            if let (Some(last), Some(name)) = (list.last_mut(), present(row, 10)) {
                last.below.push((name, present(row, 7)));
            }
        }
        pieces::partition(table, text(first, 4), text(first, 5), below, list);
    }
    ambiguous
}

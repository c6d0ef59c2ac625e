//! Tables and views with their columns, keys, checks, indexes, partitions and triggers.

use super::expression::{default, expression, labels, moment, quoted_names};
use super::{Key, key, number, present, rows, schema};
use crate::catalog::mysql::session::{Catalog, Row, text};
use crate::catalog::{Options, migration_tables};
use crate::model::{
    Action, CheckConstraint, Column, Deferral, EngineName, ForeignKey, Generated, GeneratedStorage, Index, KeyPart,
    MatchType, MigrationTable, Model, Partition, Partitioning, PrimaryKey, QualifiedName, Sequence, SortOrder, Table,
    TableKind, Trigger, TriggerEnabled, UniqueConstraint, View,
};
use std::collections::BTreeMap;

pub(super) fn add(model: &mut Model, catalog: &Catalog, options: &Options) {
    let mut columns = columns(catalog);
    let mut tables: BTreeMap<Key, Table> = BTreeMap::new();
    for row in rows(catalog, "tables").iter().filter(|row| options.filter.allows(text(row, 0), text(row, 1))) {
        let (kind, key) = (text(row, 2), key(row));
        if kind == "SEQUENCE" {
            continue;
        }
        if kind != "VIEW" {
            let columns = columns.remove(&key).unwrap_or_default();
            let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
            if let Some(tool) = migration_tables::tool(&key.1, &names) {
                let columns = names.iter().map(|name| (*name).to_owned()).collect();
                model.migration_tables.push(MigrationTable {
                    schema: key.0,
                    name: key.1,
                    tool: tool.to_owned(),
                    columns,
                });
                continue;
            }
            let mut table = Table::new(text(row, 1));
            table.storage_engine = present(row, 3);
            if ["FEDERATED", "CONNECT", "SPIDER"].iter().any(|name| text(row, 3).eq_ignore_ascii_case(name)) {
                table.kind = TableKind::Foreign;
            }
            table.collation = present(row, 4);
            table.character_set = table.collation.as_deref().and_then(|name| name.split('_').next()).map(str::to_owned);
            table.comment = present(row, 5);
            table.system_versioned = kind == "SYSTEM VERSIONED";
            table.columns = columns;
            tables.insert(key, table);
        }
    }
    add_indexes(&mut tables, catalog);
    add_foreign_keys(&mut tables, catalog);
    add_checks(&mut tables, catalog);
    add_partitions(&mut tables, catalog);
    for row in rows(catalog, "triggers") {
        let Some(table) = tables.get_mut(&key(row)) else { continue };
        table.triggers.push(Trigger {
            name: text(row, 2).to_owned(),
            timing: text(row, 4).to_lowercase(),
            events: vec![text(row, 3).to_lowercase()],
            update_columns: Vec::new(),
            for_each_row: true,
            function: None,
            enabled: TriggerEnabled::Origin,
            constraint: false,
            definer: present(row, 6),
            definition: text(row, 5).to_owned(),
            comment: None,
        });
    }
    for row in rows(catalog, "sequences") {
        let whole = |position: usize| text(row, position).parse().unwrap_or_default();
        let sequence = Sequence {
            name: text(row, 1).to_owned(),
            data_type: "bigint".to_owned(),
            start: whole(2),
            minimum: whole(3),
            maximum: whole(4),
            increment: whole(5),
            cache: whole(6),
            cycle: text(row, 7) == "1",
            owned_by: None,
            comment: None,
        };
        if let Some(schema) = schema(model, text(row, 0)) {
            schema.sequences.push(sequence);
        }
    }
    let known: Vec<Key> = rows(catalog, "tables").iter().map(key).collect();
    // The server says in the place of a view's comment that the view is broken, and why.
    let broken: BTreeMap<Key, &str> = rows(catalog, "tables")
        .iter()
        .filter(|row| text(row, 2) == "VIEW" && text(row, 5).contains("references invalid"))
        .map(|row| (key(row), text(row, 5)))
        .collect();
    for row in rows(catalog, "views").iter().filter(|row| options.filter.allows(text(row, 0), text(row, 1))) {
        let mut view = View::new(text(row, 1), false);
        view.columns = columns.remove(&key(row)).unwrap_or_default();
        for column in &mut view.columns {
            // The server derives these anew from the session that makes the view, so that a restored view has others.
            (column.nullable, column.default, column.character_set, column.collation) = (true, None, None, None);
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

/// Whether the account sees columns of a schema at all.
fn sees_columns(tables: &BTreeMap<Key, Table>, schema: &str) -> bool {
    tables.iter().any(|(key, table)| key.0 == schema && !table.columns.is_empty())
}

/// Relations that a view's text names as `` `schema`.`relation` ``.
fn reads(definition: &str, known: &[Key]) -> Vec<QualifiedName> {
    let pieces: Vec<_> = definition.split('`').collect();
    let named =
        pieces.windows(3).filter(|piece| piece[1] == ".").map(|piece| (piece[0].to_owned(), piece[2].to_owned()));
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
    let data_type = text(row, 6).split("/*").next().unwrap_or_default().trim();
    let extra = text(row, 9);
    let words = extra.to_ascii_lowercase();
    let mut column = Column::new(text(row, 2), data_type);
    column.values = labels(data_type);
    column.nullable = text(row, 5) == "YES";
    column.character_set = present(row, 7);
    column.collation = present(row, 8);
    column.comment = present(row, 10);
    column.auto_increment = words.split(' ').any(|word| word.trim_end_matches(',') == "auto_increment");
    column.invisible = words.split([' ', ',']).any(|word| word == "invisible");
    column.system_generated =
        engine == EngineName::MySql && column.name == "my_row_id" && column.invisible && column.auto_increment;
    column.srid = number(row, 12).and_then(|srid| u32::try_from(srid).ok());
    column.on_update = words
        .find("on update ")
        .and_then(|at| extra.get(at + 10..))
        .map(|rest| moment(rest.split([' ', ',']).next().unwrap_or_default()));
    if let Some(text) = present(row, 11) {
        let storage = match text.as_str() {
            "ROW START" => GeneratedStorage::RowStart,
            "ROW END" => GeneratedStorage::RowEnd,
            _ if words.contains("virtual generated") => GeneratedStorage::Virtual,
            _ => GeneratedStorage::Stored,
        };
        column.generated = Some(Generated { expression: expression(engine, &text), storage });
    } else if let Some(text) = row.get(4).and_then(Option::as_deref) {
        column.default = default(engine, text, data_type, extra);
    }
    column
}

fn add_indexes(tables: &mut BTreeMap<Key, Table>, catalog: &Catalog) {
    let mut grouped: BTreeMap<(Key, &str), Vec<&Row>> = BTreeMap::new();
    for row in rows(catalog, "indexes") {
        grouped.entry((key(row), text(row, 2))).or_default().push(row);
    }
    for ((key, name), mut parts) in grouped {
        let Some(table) = tables.get_mut(&key) else { continue };
        parts.sort_by_key(|row| number(row, 3));
        let Some(first) = parts.first() else { continue };
        let mut index = Index::new(name);
        index.method = text(first, 8).to_lowercase();
        index.unique = text(first, 4) == "0";
        index.primary = name == "PRIMARY";
        index.visible = text(first, 10) != "NO";
        index.comment = present(first, 9);
        let spatial = ["spatial", "fulltext"].contains(&index.method.as_str());
        index.key = parts.iter().map(|row| part(catalog.engine, row, spatial)).collect();
        let names: Option<Vec<String>> = index.key.iter().map(|part| part.column.clone()).collect();
        if let Some(columns) = names.filter(|_| index.unique) {
            index.constraint = Some(name.to_owned());
            let (without_overlaps, deferral) = (false, Deferral::NotDeferrable);
            let name = Some(name.to_owned());
            if index.primary {
                table.primary_key = Some(PrimaryKey { name, columns, without_overlaps, deferral, comment: None });
            } else {
                let comment = None;
                let nulls_not_distinct = false;
                table.unique_constraints.push(UniqueConstraint {
                    name,
                    columns,
                    nulls_not_distinct,
                    without_overlaps,
                    deferral,
                    comment,
                });
            }
        }
        table.indexes.push(index);
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
        let Some(first) = parts.first() else { continue };
        let on_delete = action(text(rules, 3));
        table.foreign_keys.push(ForeignKey {
            name: Some(named.1.to_owned()),
            columns: parts.iter().map(|row| text(row, 4).to_owned()).collect(),
            referenced_table: QualifiedName::new(text(first, 5), text(first, 6)),
            referenced_columns: parts.iter().map(|row| text(row, 7).to_owned()).collect(),
            on_delete,
            on_update: action(text(rules, 4)),
            on_delete_columns: Vec::new(),
            on_delete_explicit: match (catalog.engine, on_delete) {
                (EngineName::MariaDb, Action::Restrict) => None,
                (EngineName::MySql, Action::NoAction) => Some(false),
                _ => Some(true),
            },
            match_type: MatchType::Simple,
            deferral: Deferral::NotDeferrable,
            validated: true,
            enforced: true,
            disabled_triggers_on: Vec::new(),
            period: false,
            comment: None,
        });
    }
}

fn action(text: &str) -> Action {
    match text {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        "RESTRICT" => Action::Restrict,
        _ => Action::NoAction,
    }
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
        let expression = expression(catalog.engine, clause.unwrap_or_default());
        let named = quoted_names(&expression);
        let columns: Vec<_> =
            table.columns.iter().map(|column| column.name.clone()).filter(|name| named.contains(name)).collect();
        let mut automatic = false;
        if !mysql && expression.eq_ignore_ascii_case(&format!("json_valid(`{name}`)")) {
            let of = table.columns.iter_mut().find(|column| column.name == name && column.data_type == "longtext");
            if let Some(column) = of {
                "json".clone_into(&mut column.data_type);
                automatic = true;
            }
        }
        table.check_constraints.push(CheckConstraint {
            name: Some(name),
            expression,
            columns,
            validated: true,
            enforced: !mysql || text(row, 3) == "YES",
            no_inherit: false,
            inherited: false,
            automatic,
            comment: None,
        });
    }
}

fn add_partitions(tables: &mut BTreeMap<Key, Table>, catalog: &Catalog) {
    let mut grouped: BTreeMap<Key, BTreeMap<u64, &Row>> = BTreeMap::new();
    for row in rows(catalog, "partitions") {
        grouped.entry(key(row)).or_default().insert(number(row, 3).unwrap_or(0), row);
    }
    for (key, parts) in grouped {
        let (Some(table), Some(first)) = (tables.get_mut(&key), parts.values().next()) else { continue };
        let names = quoted_names(text(first, 5));
        let plain = |name: &str| table.columns.iter().any(|column| column.name == name);
        table.kind = TableKind::Partitioned;
        table.partitioning = Some(Partitioning {
            strategy: text(first, 4).to_lowercase(),
            key: text(first, 5).to_owned(),
            columns: names.into_iter().filter(|name| plain(name)).collect(),
            subpartition_by: present(first, 8).map(|method| format!("{method} ({})", text(first, 9))),
            partitions: parts.values().map(|row| partition(row)).collect(),
        });
    }
}

fn partition(row: &Row) -> Partition {
    let bound = present(row, 6).map(|bound| match text(row, 4) {
        "RANGE" if bound == "MAXVALUE" => "VALUES LESS THAN MAXVALUE".to_owned(),
        method if method.starts_with("RANGE") => format!("VALUES LESS THAN ({bound})"),
        method if method.starts_with("LIST") => format!("VALUES IN ({bound})"),
        _ => bound,
    });
    Partition {
        schema: None,
        name: text(row, 2).to_owned(),
        bound,
        foreign: false,
        primary_key: false,
        local_indexes: Vec::new(),
        comment: present(row, 7),
        partitioning: None,
    }
}

//! From the server's rows to the model. Rows are joined here, since joins inside `information_schema` are slow.

mod created;
mod expression;
mod pieces;
#[cfg(test)]
mod recorded;
mod relations;

pub(super) use created::table;

use super::grants::Privileges;
use super::session::{Catalog, Row, numbers, text};
use super::{grants, statements};
use crate::catalog::Options;
use crate::catalog::outside::resting;
use crate::model::{
    Engine, EngineName, Event, Function, FunctionKind, IndexStatistics, Model, QualifiedName, Schema,
    SequenceStatistics, Statistics, Table, TableStatistics, Unseen, UnseenKind, View,
};
use std::collections::{BTreeMap, BTreeSet};

/// Schema and name of a relation.
type Key = (String, String);

pub(super) fn model(mut catalog: Catalog, options: &Options) -> Model {
    let mut model = Model::new(engine(&catalog));
    model.piecemeal = catalog.piecemeal;
    model.unseen.append(&mut catalog.lost);
    let account = grants::account(catalog.engine, text(&catalog.session, 7));
    if catalog.schemas.is_empty() && options.filter.is_everything() {
        model.unseen.push(grants::nothing(catalog.engine, &account, &catalog.grants));
    }
    let server = (catalog.engine, numbers(text(&catalog.session, 0)));
    for row in &catalog.schemas {
        let mut schema = Schema::new(text(row, 0));
        schema.character_set = present(row, 1);
        schema.collation = present(row, 2);
        schema.comment = present(row, 3);
        let inactive = grants::role(&catalog.grants).filter(|_| ["", "NONE"].contains(&text(&catalog.session, 8)));
        let held = Privileges::on(text(row, 0), &catalog.grants, text(&catalog.session, 9) == "1");
        let given = (&held, inactive);
        model.unseen.extend(grants::unseen(server, &account, given, text(row, 0), catalog.shows_statements));
        model.schemas.push(schema);
    }
    for (what, reason) in catalog.answers.failed.values() {
        model.unseen.push(Unseen {
            what: *what,
            schema: None,
            object: None,
            reason: reason.clone(),
            remedy: match what {
                UnseenKind::OutsideKeys => grants::shows_outside_keys(server, &account),
                UnseenKind::Outside => grants::shows_outside_code(&account),
                _ => String::new(),
            },
        });
    }
    if options.filter.leaves_tables_out() {
        model.unseen.push(Unseen {
            what: UnseenKind::Outside,
            schema: None,
            object: None,
            reason: "what was left out was not read: its views and triggers may rest on what is here".to_owned(),
            remedy: "leave --include and --exclude out".to_owned(),
        });
    }
    if leaves_periods_out(&catalog) {
        model.unseen.push(Unseen {
            what: UnseenKind::Other,
            schema: None,
            object: None,
            reason:
                "information_schema of this version tells no periods, and the statements of some tables were not read"
                    .to_owned(),
            remedy: String::new(),
        });
    }
    model.unseen.extend(catalog.passing.iter().map(|name| Unseen {
        what: UnseenKind::Tables,
        schema: Some(name.schema.clone()),
        object: Some(name.name.clone()),
        reason: "it was made, renamed or dropped while the catalog was read".to_owned(),
        remedy: "try again when nothing changes the schema".to_owned(),
    }));
    relations::add(&mut model, &mut catalog, options);
    model.outside = outside(&model, &catalog);
    add_code(&mut model, &catalog);
    if options.statistics {
        model.statistics = Some(statistics(&mut model, &catalog));
    }
    model.sort();
    model
}

/// What is out of scope and rests on what is in scope. What foreign keys do is not asked.
fn outside(model: &Model, catalog: &Catalog) -> Vec<Schema> {
    let is_read = |row: &Row| {
        let schema = model.schemas.iter().find(|schema| schema.name == text(row, 0));
        schema.is_some_and(|schema| schema.tables.iter().any(|table| table.name == text(row, 1)))
    };
    let mut keys: BTreeMap<&str, BTreeMap<&str, BTreeMap<&str, Vec<&Row>>>> = BTreeMap::new();
    let all = rows(catalog, "outside_keys").iter().chain(rows(catalog, "keys"));
    for row in all.filter(|row| !is_read(row)) {
        let tables = keys.entry(text(row, 0)).or_default();
        tables.entry(text(row, 1)).or_default().entry(text(row, 2)).or_default().push(row);
    }
    let mut schemas: BTreeMap<&str, Schema> = BTreeMap::new();
    for (name, tables) in keys {
        let schema = schemas.entry(name).or_insert_with(|| Schema::new(name));
        for (name, keys) in tables {
            let mut table = Table::new(name);
            for (name, mut parts) in keys {
                parts.sort_by_key(|row| number(row, 3));
                table.foreign_keys.extend(relations::foreign_key(catalog.engine, name, &parts, ("", "")));
            }
            schema.tables.push(table);
        }
    }
    // Code of another database reaches these by their schema's name alone: other copies of a schema use their own tables.
    let names_scope = |text: &str| {
        let text = text.to_lowercase();
        model.schemas.iter().any(|schema| qualifies(&text, &schema.name.to_lowercase()))
    };
    let of_schema = |name| move || Schema::new(name);
    for row in rows(catalog, "outside_triggers").iter().filter(|row| names_scope(text(row, 5))) {
        let schema = schemas.entry(text(row, 0)).or_insert_with(of_schema(text(row, 0)));
        let at = schema.tables.iter().position(|table| table.name == text(row, 1)).unwrap_or_else(|| {
            schema.tables.push(Table::new(text(row, 1)));
            schema.tables.len() - 1
        });
        schema.tables[at].triggers.push(relations::trigger(row, number(row, 7)));
    }
    for row in rows(catalog, "outside_routines").iter().filter(|row| names_scope(text(row, 4))) {
        let schema = schemas.entry(text(row, 0)).or_insert_with(of_schema(text(row, 0)));
        schema.functions.push(function(row, String::new()));
    }
    for row in rows(catalog, "outside_events").iter().filter(|row| names_scope(text(row, 7))) {
        let schema = schemas.entry(text(row, 0)).or_insert_with(of_schema(text(row, 0)));
        schema.events.push(event(row));
    }
    for row in rows(catalog, "outside_views").iter().filter(|row| names_scope(text(row, 2))) {
        let schema = schemas.entry(text(row, 0)).or_insert_with(of_schema(text(row, 0)));
        let mut view = View::new(text(row, 1), false);
        view.definition = present(row, 2);
        schema.views.push(view);
    }
    resting(schemas.into_values().collect(), model)
}

/// Whether a text names something of a schema: the schema's name, a dot, and what follows. Both are in lower case.
fn qualifies(text: &str, schema: &str) -> bool {
    let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    text.match_indices(schema).any(|(at, _)| {
        let behind = text[at + schema.len()..].trim_start_matches(['`', '"']).trim_start();
        behind.starts_with('.') && !text[..at].ends_with(is_of_word)
    })
}

/// Whether tables of MariaDB come from rows of a version that has none for periods.
fn leaves_periods_out(catalog: &Catalog) -> bool {
    let is_table = |row: &Row| !["VIEW", "SEQUENCE"].contains(&text(row, 2));
    if catalog.engine != EngineName::MariaDb
        || catalog.answers.rows.contains_key("periods")
        || numbers(text(&catalog.session, 0)) >= statements::TELLS_PERIODS
    {
        return false;
    }
    // What came or went meanwhile is said by itself, and so is a table without any column.
    let with_columns: BTreeSet<Key> = rows(catalog, "columns").iter().map(key).collect();
    let told = |row: &Row| {
        let (schema, name) = key(row);
        catalog.passing.contains(&QualifiedName::new(&schema, &name))
            || catalog.created.contains_key(&(schema.clone(), name.clone()))
            || !with_columns.contains(&(schema, name))
    };
    rows(catalog, "tables").iter().any(|row| is_table(row) && !told(row))
}

fn engine(catalog: &Catalog) -> Engine {
    let row = &catalog.session;
    let (major, minor, patch) = numbers(text(row, 0));
    let mut settings = vec![("sql_mode", 2), ("lower_case_table_names", 3), ("foreign_key_checks", 4)];
    // Without events it says nothing about the schema.
    if !rows(catalog, "events").is_empty() {
        settings.push(("event_scheduler", 10));
    }
    // Likewise where it is on, as the standard has it.
    if text(row, 11) == "0" {
        settings.push(("explicit_defaults_for_timestamp", 11));
    }
    let setting = |(name, position): (&str, usize)| (name.to_owned(), text(row, position).to_owned());
    Engine {
        name: catalog.engine,
        version: format!("{major}.{minor}.{patch}"),
        variant: text(row, 1).contains("Percona").then(|| "Percona".to_owned()),
        encoding: present(row, 5),
        collation: present(row, 6),
        settings: settings.into_iter().map(setting).collect(),
    }
}

/// Routines and events.
fn add_code(model: &mut Model, catalog: &Catalog) {
    let mut arguments: BTreeMap<(String, String, String), BTreeMap<u64, String>> = BTreeMap::new();
    for row in rows(catalog, "parameters") {
        let mode = if text(row, 2) == "PROCEDURE" { format!("{} ", text(row, 4)) } else { String::new() };
        let key = (text(row, 0).to_owned(), text(row, 1).to_owned(), text(row, 2).to_owned());
        let argument = format!("{mode}{} {}", text(row, 5), text(row, 6));
        arguments.entry(key).or_default().insert(number(row, 3).unwrap_or(0), argument);
    }
    for row in rows(catalog, "routines") {
        let Some(schema) = schema(model, text(row, 0)) else { continue };
        let key = (text(row, 0).to_owned(), text(row, 1).to_owned(), text(row, 2).to_owned());
        let arguments = arguments.get(&key).map(|list| list.values().cloned().collect::<Vec<_>>().join(", "));
        schema.functions.push(function(row, arguments.unwrap_or_default()));
    }
    for row in rows(catalog, "events") {
        if let Some(schema) = schema(model, text(row, 0)) {
            schema.events.push(event(row));
        }
    }
}

/// One routine of which these are the arguments.
fn function(row: &Row, arguments: String) -> Function {
    let kind = match text(row, 2) {
        "PROCEDURE" => FunctionKind::Procedure,
        "PACKAGE" => FunctionKind::Package,
        "PACKAGE BODY" => FunctionKind::PackageBody,
        _ => FunctionKind::Function,
    };
    Function {
        name: text(row, 1).to_owned(),
        kind,
        arguments,
        result: present(row, 3).filter(|_| kind == FunctionKind::Function),
        language: text(row, 9).to_lowercase(),
        volatility: Some(if text(row, 5) == "YES" { "deterministic" } else { "not deterministic" }.to_owned()),
        data_access: present(row, 10).filter(|access| access != "CONTAINS SQL").map(|access| access.to_lowercase()),
        security_definer: text(row, 6) == "DEFINER",
        strict: false,
        cost: None,
        rows: None,
        parallel: None,
        leakproof: false,
        owner: None,
        settings: Vec::new(),
        definer: present(row, 7),
        body: present(row, 4),
        comment: present(row, 8),
    }
}

fn event(row: &Row) -> Event {
    // The server gives what recurs a start, the moment of its making when none is named, and dumps name that one: which of
    // both it was cannot be told, and it decides the hour of every run.
    let start = present(row, 9).map(|start| format!(" STARTS '{start}'")).unwrap_or_default();
    let end = present(row, 10).map(|end| format!(" ENDS '{end}'")).unwrap_or_default();
    let schedule = match present(row, 5) {
        Some(moment) => format!("AT '{moment}'"),
        None => format!("EVERY {} {}{start}{end}", text(row, 3), text(row, 4)),
    };
    Event {
        name: text(row, 1).to_owned(),
        enabled: text(row, 2) == "ENABLED",
        disabled_on_replica: ["SLAVESIDE_DISABLED", "REPLICA_SIDE_DISABLED"].contains(&text(row, 2)),
        schedule: Some(schedule),
        time_zone: present(row, 11),
        sql_mode: Some(text(row, 12).to_owned()),
        preserved: text(row, 13) == "PRESERVE",
        definer: present(row, 6),
        body: text(row, 7).to_owned(),
        comment: present(row, 8),
    }
}

fn statistics(model: &mut Model, catalog: &Catalog) -> Statistics {
    let uptime = rows(catalog, "uptime").first();
    let mut statistics = Statistics {
        database: catalog.database.clone(),
        counters_since: uptime.and_then(|row| present(row, 0)),
        counters_age_days: uptime.and_then(|row| number(row, 1)?.try_into().ok()),
        ..Statistics::default()
    };
    let find = |model: &Model, row: &Row| {
        let schema = model.schemas.iter().find(|schema| schema.name == text(row, 0))?;
        // Readers sort last, and the assembly keeps the order of names.
        schema
            .tables
            .binary_search_by(|table| table.name.as_str().cmp(text(row, 1)))
            .ok()
            .map(|at| schema.tables[at].clone())
    };
    for schema in &mut model.schemas {
        schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
    }
    for row in rows(catalog, "sizes") {
        let Some(found) = find(model, row) else { continue };
        let table = QualifiedName::new(text(row, 0), text(row, 1));
        if let (Some(next), Some(column)) = (number(row, 5), found.columns.iter().find(|column| column.auto_increment))
        {
            statistics.sequences.push(SequenceStatistics {
                sequence: None,
                table: Some(table.clone()),
                column: Some(column.name.clone()),
                last_value: next.checked_sub(1).filter(|last| *last > 0).map(i128::from),
            });
        }
        statistics.tables.push(TableStatistics {
            table,
            rows: number(row, 2),
            bytes: number(row, 3),
            index_bytes: number(row, 4),
            dead_rows: None,
            sequential_scans: None,
            rows_inserted: None,
            rows_updated: None,
            rows_deleted: None,
            analyzed: None,
            modified_since_analyze: None,
            frozen_age: None,
        });
    }
    if catalog.answers.rows.contains_key("accounts") {
        let mut accounts: Vec<String> = rows(catalog, "accounts").iter().map(|row| text(row, 0).to_owned()).collect();
        accounts.sort();
        statistics.accounts = Some(accounts);
    }
    let usage = rows(catalog, "index_usage");
    for row in usage {
        if find(model, row).is_some_and(|table| table.indexes.iter().any(|index| index.name == text(row, 2))) {
            statistics.indexes.push(IndexStatistics {
                table: QualifiedName::new(text(row, 0), text(row, 1)),
                index: text(row, 2).to_owned(),
                scans: number(row, 3),
                last_scan: None,
                bytes: None,
            });
        }
    }
    if usage.is_empty() && !statistics.tables.is_empty() && !catalog.answers.failed.contains_key("index_usage") {
        model.unseen.push(Unseen {
            what: UnseenKind::IndexStatistics,
            schema: None,
            object: None,
            reason: "the server does not count the use of indexes".to_owned(),
            remedy: if catalog.engine == EngineName::MariaDb { "start it with performance_schema=ON" } else { "" }
                .to_owned(),
        });
    }
    statistics
}

fn rows<'c>(catalog: &'c Catalog, statement: &str) -> &'c [Row] {
    catalog.answers.rows.get(statement).map(Vec::as_slice).unwrap_or_default()
}

fn schema<'m>(model: &'m mut Model, name: &str) -> Option<&'m mut Schema> {
    model.schemas.iter_mut().find(|schema| schema.name == name)
}

/// A cell that is neither NULL nor empty.
fn present(row: &Row, position: usize) -> Option<String> {
    row.get(position)?.clone().filter(|text| !text.is_empty())
}

fn number(row: &Row, position: usize) -> Option<u64> {
    text(row, position).parse().ok()
}

fn key(row: &Row) -> Key {
    (text(row, 0).to_owned(), text(row, 1).to_owned())
}

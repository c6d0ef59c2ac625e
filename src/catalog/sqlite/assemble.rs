//! From answers to a model.

use super::ddl::{self, KeyText, TableText};
use super::rows::{Cell, Rows};
use crate::catalog::outside::resting;
use crate::catalog::{Options, migration_tables};
use crate::model::{
    Action, CheckConstraint, Column, ColumnDefault, DefaultKind, Engine, ForeignKey, Generated, GeneratedStorage,
    Index, KeyPart, MatchType, MigrationTable, Model, PrimaryKey, QualifiedName, Schema, SequenceStatistics, SortOrder,
    Statistics, Table, TableKind, TableStatistics, Trigger, TriggerEnabled, UniqueConstraint, Unseen, UnseenKind, View,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The one schema of a file.
const MAIN: &str = "main";

/// Rows by the table they are about.
type ByTable<'r> = HashMap<&'r str, Vec<&'r [Cell]>>;

/// Builds the model. `file` is the file's name.
pub(super) fn model(engine: Engine, rows: &Rows, options: &Options, file: &str) -> Model {
    let mut model = Model::new(engine);
    let (mut schema, mut left_out) = (Schema::new(MAIN), Schema::new(MAIN));
    let definitions: HashMap<&str, &str> =
        rows.objects.iter().map(|row| (cell(row, 1), cell(row, 3))).filter(|(_, sql)| !sql.is_empty()).collect();
    let columns = by_table(&rows.columns);
    let indexes = by_table(&rows.indexes);
    let foreign_keys = by_table(&rows.foreign_keys);
    let mut parts: HashMap<&str, Vec<&[Cell]>> = HashMap::new();
    for row in &rows.index_parts {
        parts.entry(cell(row, 1)).or_default().push(row);
    }
    let names = Names::new(rows);
    for row in &rows.tables {
        let name = cell(row, 0);
        let kind = match cell(row, 1) {
            "table" => TableKind::Table,
            "virtual" => TableKind::Virtual,
            _ => continue,
        };
        if name.starts_with("sqlite_") {
            continue;
        }
        let own = columns.get(name).map(Vec::as_slice).unwrap_or_default();
        let column_names: Vec<&str> = own.iter().map(|row| cell(row, 2)).collect();
        let allowed = options.filter.allows(MAIN, name);
        if let Some(tool) = migration_tables::tool(name, &column_names) {
            if !allowed {
                continue;
            }
            model.migration_tables.push(MigrationTable {
                schema: MAIN.to_owned(),
                name: name.to_owned(),
                tool: tool.to_owned(),
                columns: column_names.iter().map(|name| (*name).to_owned()).collect(),
            });
            continue;
        }
        let mut table = Table::new(name);
        table.kind = kind;
        table.without_rowid = cell(row, 2) == "1";
        table.strict = cell(row, 3) == "1";
        table.definition = definitions.get(name).map(|sql| (*sql).to_owned());
        if kind == TableKind::Virtual {
            table.foreign_source = table.definition.as_deref().and_then(module);
        }
        let text = match kind {
            TableKind::Table => table.definition.as_deref().map(ddl::create_table).unwrap_or_default(),
            _ => TableText::default(),
        };
        let indexes = indexes.get(name).map(Vec::as_slice).unwrap_or_default();
        fill_columns(&mut table, own, &text, indexes);
        fill_keys(&mut table, own, &text);
        fill_indexes(&mut table, indexes, &parts, &definitions, &text);
        fill_foreign_keys(&mut table, foreign_keys.get(name).map(Vec::as_slice).unwrap_or_default(), &text, &names);
        fill_checks(&mut table, &text);
        if allowed { &mut schema } else { &mut left_out }.tables.push(table);
    }
    for row in rows.objects.iter().filter(|row| cell(row, 0) == "view") {
        let schema = if options.filter.allows(MAIN, cell(row, 1)) { &mut schema } else { &mut left_out };
        schema.views.push(view(row, &columns, rows, &names));
    }
    fill_triggers(&mut schema, rows);
    fill_triggers(&mut left_out, rows);
    for table in schema.tables.iter().filter(|table| table.kind == TableKind::Virtual) {
        if let Some(error) = rows.broken.get(&table.name) {
            model.unseen.push(Unseen {
                what: UnseenKind::Columns,
                schema: Some(MAIN.to_owned()),
                object: Some(table.name.clone()),
                reason: format!("the columns of the virtual table `{}` could not be read: {error}", table.name),
                remedy: String::new(),
            });
        }
    }
    if options.statistics {
        model.statistics = Some(statistics(&schema, rows, file));
        if rows.stat1.is_empty() {
            model.unseen.push(Unseen {
                what: UnseenKind::TableStatistics,
                schema: None,
                object: None,
                reason: "the database was never analysed, so it keeps no row counts".to_owned(),
                remedy: "ANALYZE".to_owned(),
            });
        }
    }
    model.schemas.push(schema);
    model.outside = resting(vec![left_out], &model);
    model
}

fn cell(row: &[Cell], position: usize) -> &str {
    row.get(position).and_then(Option::as_deref).unwrap_or_default()
}

fn number(row: &[Cell], position: usize) -> i64 {
    cell(row, position).parse().unwrap_or_default()
}

fn by_table(rows: &[Vec<Cell>]) -> ByTable<'_> {
    let mut grouped = ByTable::new();
    for row in rows {
        grouped.entry(cell(row, 0)).or_default().push(row);
    }
    grouped
}

/// Stored names of tables and of their columns, found without regard to case, as SQLite does for ASCII letters.
struct Names<'r> {
    tables: HashMap<String, &'r str>,
    columns: HashMap<(&'r str, String), &'r str>,
    primary_keys: HashMap<&'r str, Vec<&'r str>>,
}

impl<'r> Names<'r> {
    fn new(rows: &'r Rows) -> Self {
        let mut names = Self { tables: HashMap::new(), columns: HashMap::new(), primary_keys: HashMap::new() };
        for row in rows.objects.iter().filter(|row| matches!(cell(row, 0), "table" | "view")) {
            names.tables.insert(cell(row, 1).to_ascii_lowercase(), cell(row, 1));
        }
        let mut keys: Vec<_> = rows.columns.iter().filter(|row| number(row, 6) > 0).collect();
        keys.sort_by_key(|row| number(row, 6));
        for row in keys {
            names.primary_keys.entry(cell(row, 0)).or_default().push(cell(row, 2));
        }
        for row in &rows.columns {
            names.columns.insert((cell(row, 0), cell(row, 2).to_ascii_lowercase()), cell(row, 2));
        }
        names
    }

    fn table(&self, name: &str) -> Option<&'r str> {
        self.tables.get(&name.to_ascii_lowercase()).copied()
    }

    fn column(&self, table: &'r str, name: &str) -> Option<&'r str> {
        self.columns.get(&(table, name.to_ascii_lowercase())).copied()
    }
}

fn fill_columns(table: &mut Table, rows: &[&[Cell]], text: &TableText, indexes: &[&[Cell]]) {
    let key_columns = rows.iter().filter(|row| number(row, 6) > 0).count();
    // A rowid alias needs no index; every other primary key has one.
    let has_key_index = indexes.iter().any(|row| cell(row, 3) == "pk");
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| number(row, 1));
    for row in rows {
        let hidden = number(row, 7);
        if hidden == 1 && table.kind == TableKind::Table {
            continue;
        }
        let mut column = Column::new(cell(row, 2), cell(row, 3));
        let written = text.columns.iter().find(|written| written.name.eq_ignore_ascii_case(&column.name));
        let in_key = number(row, 6) > 0;
        column.rowid_alias = in_key
            && key_columns == 1
            && column.data_type.eq_ignore_ascii_case("INTEGER")
            && !table.without_rowid
            && !has_key_index
            && table.kind == TableKind::Table;
        column.auto_increment = column.rowid_alias && written.is_some_and(|written| written.autoincrement);
        let forbidden = number(row, 4) == 1;
        column.nullable = !(forbidden || (in_key && (column.rowid_alias || table.without_rowid || table.strict)));
        column.collation = written.and_then(|written| written.collation.clone()).into();
        column.invisible = hidden == 1;
        let storage = match hidden {
            2 => Some(GeneratedStorage::Virtual),
            3 => Some(GeneratedStorage::Stored),
            _ => None,
        };
        column.generated = storage.map(|storage| {
            Box::new(Generated {
                expression: written.and_then(|written| written.generated.clone()).unwrap_or_default(),
                storage,
            })
        });
        if column.generated.is_none() {
            column.default = row.get(5).and_then(Option::as_deref).map(default).map(Arc::new);
        }
        table.columns.push(column);
    }
}

/// A default is kept as SQL text. Only constants are literals; `CURRENT_TIMESTAMP` and its like are computed.
fn default(text: &str) -> ColumnDefault {
    let bare = text.trim().trim_start_matches(['+', '-']).trim_start();
    let upper = bare.to_ascii_uppercase();
    let literal = bare.starts_with('\'')
        || bare.starts_with('"')
        || upper.starts_with("X'")
        || matches!(upper.as_str(), "NULL" | "TRUE" | "FALSE")
        || bare.parse::<f64>().is_ok()
        || upper.starts_with("0X");
    let kind = if literal { DefaultKind::Literal } else { DefaultKind::Expression };
    ColumnDefault { expression: text.trim().to_owned(), kind, sequence: None }
}

fn fill_keys(table: &mut Table, rows: &[&[Cell]], text: &TableText) {
    let mut key: Vec<_> = rows.iter().filter(|row| number(row, 6) > 0).collect();
    key.sort_by_key(|row| number(row, 6));
    if !key.is_empty() {
        table.primary_key = Some(PrimaryKey {
            name: text.primary_key.as_ref().and_then(|key| key.name.clone()),
            columns: key.iter().map(|row| cell(row, 2).to_owned()).collect(),
            without_overlaps: false,
            deferral: crate::model::Deferral::NotDeferrable,
            comment: None,
        });
    }
}

fn fill_indexes(
    table: &mut Table,
    rows: &[&[Cell]],
    parts: &HashMap<&str, Vec<&[Cell]>>,
    definitions: &HashMap<&str, &str>,
    text: &TableText,
) {
    for row in rows {
        let name = cell(row, 1);
        let mut index = Index::new(name);
        let written = definitions.get(name).map(|sql| ddl::create_index(sql)).unwrap_or_default();
        let mut own: Vec<_> = parts.get(name).cloned().unwrap_or_default();
        own.retain(|part| cell(part, 0) == table.name);
        own.sort_by_key(|part| number(part, 2));
        for (position, part) in own.iter().enumerate() {
            let column = part.get(4).and_then(Option::as_deref).filter(|_| number(part, 3) >= 0);
            let mut key_part = match column {
                Some(column) => KeyPart::column(column),
                None => KeyPart::expression(written.parts.get(position).cloned().unwrap_or_default()),
            };
            if number(part, 5) == 1 {
                key_part.order = SortOrder::Descending;
            }
            let collation = cell(part, 6);
            let of_column =
                column.and_then(|column| table.column(column)).and_then(|column| column.collation.as_deref());
            if !collation.is_empty() && !collation.eq_ignore_ascii_case(of_column.unwrap_or("BINARY")) {
                key_part.collation = Some(collation.to_owned()).into();
            }
            index.key.push(key_part);
        }
        index.unique = number(row, 2) == 1;
        index.predicate = written.predicate;
        let origin = cell(row, 3);
        index.primary = origin == "pk";
        index.automatic = origin != "c";
        if origin == "u" {
            let columns: Vec<String> = index.key.iter().filter_map(|part| part.column.clone()).collect();
            let named = text.unique.iter().find(|key| same_columns(key, &columns)).and_then(|key| key.name.clone());
            index.constraint = Some(named.clone().unwrap_or_else(|| name.to_owned()));
            table.unique_constraints.push(UniqueConstraint {
                name: named,
                columns,
                nulls_not_distinct: false,
                without_overlaps: false,
                deferral: crate::model::Deferral::NotDeferrable,
                comment: None,
            });
        } else if origin == "pk" {
            let named = table.primary_key.as_ref().and_then(|key| key.name.clone());
            index.constraint = Some(named.unwrap_or_else(|| name.to_owned()));
        }
        table.indexes.push(index);
    }
}

fn same_columns(key: &KeyText, columns: &[String]) -> bool {
    key.columns.len() == columns.len()
        && key.columns.iter().zip(columns).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

fn fill_foreign_keys<'r>(table: &mut Table, rows: &[&'r [Cell]], text: &TableText, names: &Names<'r>) {
    let mut keys: BTreeMap<i64, Vec<&[Cell]>> = BTreeMap::new();
    for row in rows {
        keys.entry(number(row, 1)).or_default().push(row);
    }
    let count = keys.len();
    for (id, mut columns) in keys {
        columns.sort_by_key(|row| number(row, 2));
        let Some(first) = columns.first() else { continue };
        let typed = cell(first, 3);
        let parent = names.table(typed);
        let own: Vec<String> = columns
            .iter()
            .map(|row| table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(cell(row, 4))))
            .zip(&columns)
            .map(|(column, row)| column.map_or_else(|| cell(row, 4).to_owned(), |column| column.name.clone()))
            .collect();
        let referenced: Vec<String> = if first.get(5).is_some_and(Option::is_some) {
            let stored = |name: &str| parent.and_then(|parent| names.column(parent, name)).unwrap_or(name).to_owned();
            columns.iter().map(|row| stored(cell(row, 5))).collect()
        } else {
            let key = parent.and_then(|parent| names.primary_keys.get(parent));
            key.map(|key| key.iter().map(|column| (*column).to_owned()).collect()).unwrap_or_default()
        };
        // SQLite numbers foreign keys from the last one written.
        let position = usize::try_from(id).ok().and_then(|id| count.checked_sub(id + 1));
        let matches = |key: &&ddl::ForeignKeyText| {
            key.columns.len() == own.len()
                && key.columns.iter().zip(&own).all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        let written = position
            .and_then(|position| text.foreign_keys.get(position))
            .filter(matches)
            .or_else(|| text.foreign_keys.iter().find(matches));
        table.foreign_keys.push(ForeignKey {
            name: written.and_then(|key| key.name.clone()),
            columns: own,
            referenced_table: QualifiedName::new(MAIN, parent.unwrap_or(typed)),
            referenced_columns: referenced,
            referenced_index: None,
            on_delete: action(cell(first, 7)),
            on_update: action(cell(first, 6)),
            on_delete_columns: Vec::new(),
            on_delete_explicit: written.map(|key| key.on_delete_written),
            match_type: MatchType::Simple,
            deferral: written.map(|key| key.deferral).unwrap_or_default(),
            validated: true,
            enforced: true,
            disabled_triggers_on: Vec::new(),
            period: false,
            comment: None,
        });
    }
}

fn action(word: &str) -> Action {
    match word.to_ascii_uppercase().as_str() {
        "RESTRICT" => Action::Restrict,
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

fn fill_checks(table: &mut Table, text: &TableText) {
    for (name, expression) in &text.checks {
        let mentioned = ddl::mentioned(expression);
        let columns = table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .filter(|column| mentioned.contains(&column.to_ascii_lowercase()))
            .collect();
        table.check_constraints.push(CheckConstraint {
            name: name.clone(),
            expression: expression.clone(),
            columns,
            validated: true,
            enforced: true,
            no_inherit: false,
            inherited: false,
            automatic: false,
            comment: None,
        });
    }
}

fn view(row: &[Cell], columns: &ByTable<'_>, rows: &Rows, names: &Names<'_>) -> View {
    let name = cell(row, 1);
    let mut view = View::new(name, false);
    let sql = cell(row, 3);
    view.definition = Some(sql.to_owned());
    view.broken = rows.broken.get(name).cloned();
    let mut own = columns.get(name).cloned().unwrap_or_default();
    own.sort_by_key(|row| number(row, 1));
    view.columns = own.iter().map(|row| Column::new(cell(row, 2), cell(row, 3))).collect();
    let mentioned = ddl::sources(sql);
    let read: BTreeSet<&str> = mentioned.iter().filter_map(|source| names.table(source)).collect();
    view.reads = read.into_iter().filter(|read| *read != name).map(|read| QualifiedName::new(MAIN, read)).collect();
    view
}

fn fill_triggers(schema: &mut Schema, rows: &Rows) {
    for row in rows.objects.iter().filter(|row| cell(row, 0) == "trigger") {
        let sql = cell(row, 3);
        let head = ddl::create_trigger(sql);
        let trigger = Trigger {
            name: cell(row, 1).to_owned(),
            timing: head.timing.to_owned(),
            events: vec![head.event],
            update_columns: head.update_columns,
            order: None,
            for_each_row: true,
            function: None,
            enabled: TriggerEnabled::Origin,
            constraint: false,
            definer: None,
            sql_mode: None,
            definition: sql.to_owned(),
            comment: None,
        };
        let on = cell(row, 2);
        if let Some(table) = schema.tables.iter_mut().find(|table| table.name.eq_ignore_ascii_case(on)) {
            table.triggers.push(trigger);
        } else if let Some(view) = schema.views.iter_mut().find(|view| view.name.eq_ignore_ascii_case(on)) {
            view.triggers.push(trigger);
        }
    }
}

/// Module and arguments of a `CREATE VIRTUAL TABLE`.
fn module(sql: &str) -> Option<String> {
    let using = ddl::tokens(sql).into_iter().find(|token| token.is("USING"))?;
    Some(sql.get(using.end..)?.trim().to_owned())
}

fn statistics(schema: &Schema, rows: &Rows, file: &str) -> Statistics {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &rows.stat1 {
        // The first number is the number of rows; an entry of a partial index counts fewer than the table has.
        if let Some(count) = cell(row, 2).split(' ').next().and_then(|count| count.parse().ok()) {
            let entry = counts.entry(cell(row, 0)).or_default();
            *entry = (*entry).max(count);
        }
    }
    let mut statistics = Statistics { database: Some(file.to_owned()), ..Statistics::default() };
    for table in schema.tables.iter().filter(|table| table.kind == TableKind::Table) {
        statistics.tables.push(TableStatistics {
            table: QualifiedName::new(MAIN, &table.name),
            rows: counts.get(table.name.as_str()).copied(),
            bytes: None,
            index_bytes: None,
            dead_rows: None,
            sequential_scans: None,
            rows_inserted: None,
            rows_updated: None,
            rows_deleted: None,
            analyzed: None,
            modified_since_analyze: None,
            frozen_age: None,
        });
        let counter = rows.sequence.iter().find(|row| cell(row, 0) == table.name);
        if let (Some(row), Some(column)) = (counter, table.columns.iter().find(|column| column.auto_increment)) {
            statistics.sequences.push(SequenceStatistics {
                sequence: None,
                table: Some(QualifiedName::new(MAIN, &table.name)),
                column: Some(column.name.clone()),
                last_value: cell(row, 1).parse().ok(),
            });
        }
    }
    statistics
}

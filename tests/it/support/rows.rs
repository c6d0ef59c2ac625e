//! Rows for schemas that come without any: in every table one that is empty wherever it may be, and one that is full.

use super::database::Database;
use brownfield::model::quote::{quote_identifier, quote_literal};
use brownfield::model::{Column, EngineName, Model, QualifiedName, Table, Tables, base_type};
use std::collections::{BTreeMap, BTreeSet};

/// Fills every table. Row 1 is NULL where it may be; row 2 has a value everywhere. A value of row n is n as far as its type
/// allows that, so that references lead somewhere.
pub(crate) fn fill(database: &Database, model: &Model) -> Result<(), String> {
    let engine = model.engine.name;
    let without_keys = match engine {
        EngineName::PostgreSql => "SET session_replication_role = replica;",
        EngineName::MySql | EngineName::MariaDb => "SET foreign_key_checks = 0;",
        EngineName::Sqlite => "PRAGMA foreign_keys = OFF;",
    };
    let mut inserts = Vec::new();
    for of in Tables::new(model).base() {
        let table = of.table;
        let name = model.name_in_statements(&of.qualified_name());
        for row in [1, 2] {
            let columns: Vec<&Column> = table.columns.iter().filter(|column| is_written(column)).collect();
            let names: Vec<String> = columns.iter().map(|column| quote_identifier(engine, &column.name)).collect();
            let values: Vec<String> = columns.iter().map(|column| value(model, table, column, row)).collect();
            let overriding = if engine == EngineName::PostgreSql { " OVERRIDING SYSTEM VALUE" } else { "" };
            let statement =
                format!("INSERT INTO {name} ({}){overriding} VALUES ({});", names.join(", "), values.join(", "));
            inserts.push((name.clone(), statement));
        }
    }
    let statements: Vec<&str> = inserts.iter().map(|(_, statement)| statement.as_str()).collect();
    for (at, error) in database.run_each(without_keys, &statements) {
        let (name, statement) = &inserts[at];
        // A trigger of another table may have written the row already.
        if database.number(&format!("SELECT count(*) FROM {name}"))? == 0 {
            return Err(format!("{error}\n{statement}"));
        }
    }
    Ok(())
}

/// How many rows each table has, by name.
pub(crate) fn counts(database: &Database, model: &Model) -> Result<BTreeMap<String, usize>, String> {
    let tables = Tables::new(model);
    let tables: Vec<_> = tables.base().collect();
    let mut counts = BTreeMap::new();
    // In few questions, since each starts a client; SQLite takes 500 parts at most.
    for tables in tables.chunks(200) {
        let parts = tables.iter().enumerate().map(|(at, table)| {
            format!(
                "SELECT {at} AS place, count(*) AS rows_there FROM {}",
                model.name_in_statements(&table.qualified_name())
            )
        });
        let query = format!("{} ORDER BY place", parts.collect::<Vec<_>>().join(" UNION ALL "));
        for (table, row) in tables.iter().zip(database.query(&query)?) {
            let count = row.get(1).and_then(|count| count.parse().ok());
            counts.insert(table.name.clone(), count.ok_or_else(|| format!("{query}: {row:?}"))?);
        }
    }
    Ok(counts)
}

/// What stands for NULL in what is read.
pub(crate) const NULL: &str = "~";

/// A row: the values of its columns as text.
pub(crate) type Row = BTreeMap<String, String>;

/// The rows of every table, by its name.
pub(crate) fn contents(database: &Database, model: &Model) -> Result<BTreeMap<String, Vec<Row>>, String> {
    let engine = model.engine.name;
    let tables = Tables::new(model);
    // The server's own trigger computes search vectors anew whenever a row changes.
    let is_kept = |column: &&Column| is_written(column) && column.data_type != "tsvector";
    let kept: Vec<(_, Vec<&Column>)> =
        tables.base().map(|of| (of, of.table.columns.iter().filter(is_kept).collect())).collect();
    let queries = kept.iter().map(|(of, columns)| {
        let texts = columns.iter().map(|column| {
            let (name, kind) = (quote_identifier(engine, &column.name), base_type(&column.data_type).to_lowercase());
            let bytes = ["blob", "binary", "bit", "geometry", "point"].iter().any(|word| kind.contains(word));
            match engine {
                EngineName::PostgreSql => format!("coalesce({name}::text, '{NULL}')"),
                EngineName::Sqlite => format!("CASE WHEN {name} IS NULL THEN '{NULL}' ELSE quote({name}) END"),
                _ if bytes => format!("coalesce(hex({name}), '{NULL}')"),
                _ => format!("coalesce(concat({name}), '{NULL}')"),
            }
        });
        let texts: Vec<String> = texts.collect();
        format!("SELECT {} FROM {}", texts.join(", "), model.name_in_statements(&of.qualified_name()))
    });
    let answers = database.query_each(&queries.collect::<Vec<_>>())?;
    let contents = kept.iter().zip(answers).map(|((of, columns), rows)| {
        let rows = rows.into_iter().map(|row| {
            let values = row.iter().map(|value| normal(value));
            columns.iter().map(|column| column.name.clone()).zip(values).collect()
        });
        (of.name.clone(), rows.collect())
    });
    Ok(contents.collect())
}

/// A value without what another type of the same kind writes in another way.
fn normal(value: &str) -> String {
    let value = value.strip_suffix("+00").unwrap_or(value).trim_matches('\'');
    value.parse::<f64>().map_or_else(|_| value.to_owned(), |number| number.to_string())
}

/// What differs between the rows from before and those from after in the columns of both: a NULL may be filled in the columns
/// that are named, and nothing else may change.
pub(crate) fn changed(
    before: &BTreeMap<String, Vec<Row>>,
    after: &BTreeMap<String, Vec<Row>>,
    filled: &BTreeSet<(String, String)>,
) -> Vec<String> {
    let mut changed = Vec::new();
    for (table, old) in before {
        let Some(new) = after.get(table) else {
            changed.push(format!("{table} is gone"));
            continue;
        };
        let is_there = |column: &&String| new.first().is_some_and(|row| row.contains_key(*column));
        let columns: Vec<&String> = old.iter().take(1).flat_map(|row| row.keys()).filter(is_there).collect();
        // Rows are told apart by what they all have.
        let full = columns.iter().filter(|column| old.iter().all(|row| row[**column] != NULL));
        let full: Vec<&String> = full.copied().collect();
        let key = |row: &Row| -> Vec<String> { full.iter().map(|column| row[*column].clone()).collect() };
        let sorted = |rows: &[Row]| {
            let mut rows = rows.to_vec();
            rows.sort_by_cached_key(key);
            rows
        };
        if old.len() != new.len() {
            changed.push(format!("{table}: {} rows became {}", old.len(), new.len()));
        }
        let is_filled = |from: &str, column: &String| from == NULL && filled.contains(&(table.clone(), column.clone()));
        if full.is_empty() {
            // Nothing tells them apart: each is to be found again.
            let is_kept = |old: &Row, new: &Row| {
                columns.iter().all(|column| old[*column] == new[*column] || is_filled(&old[*column], column))
            };
            let lost = old.iter().filter(|old| !new.iter().any(|new| is_kept(old, new)));
            changed.extend(lost.map(|row| format!("{table}: {row:?} is not found again")));
            continue;
        }
        for (old, new) in sorted(old).iter().zip(&sorted(new)) {
            for column in &columns {
                let (from, to) = (&old[*column], &new[*column]);
                if from != to && !is_filled(from, column) {
                    changed.push(format!("{table}.{column}: {from} became {to}"));
                }
            }
        }
    }
    changed
}

/// Statements that add rows as code does that knows the tables as they were: one with a value in every column, and one that
/// leaves out what could be left out. Where a column got NOT NULL without a value for the rows there, code has to name it.
pub(crate) fn inserts(
    before: &Model,
    after: &Model,
    filled: &BTreeSet<(String, String)>,
) -> Vec<(QualifiedName, String)> {
    let engine = before.engine.name;
    let later = Tables::new(after);
    let mut inserts = Vec::new();
    for of in Tables::new(before).base() {
        let Some(now) = later.find(&of.qualified_name()) else { continue };
        let in_unique = |name: &str| {
            let indexes = now.table.indexes.iter().filter(|index| index.unique);
            let mut keys = indexes.flat_map(|index| index.key_columns().flatten().collect::<Vec<_>>());
            keys.any(|column| column == name)
                || now.table.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|column| column == name))
        };
        let in_reference =
            |name: &str| now.table.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == name));
        let is_needed = |column: &Column| {
            let asked_for = now.table.column(&column.name).is_some_and(|now| !now.nullable && now.default.is_none());
            let told = asked_for && !filled.contains(&(of.name.clone(), column.name.clone()));
            !column.nullable && column.default.is_none()
                || told
                || of.table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name))
        };
        for (row, all) in [(3, true), (4, false)] {
            let columns = of.table.columns.iter().filter(|column| is_written(column) && (all || is_needed(column)));
            let columns: Vec<&Column> = columns.collect();
            let names: Vec<String> = columns.iter().map(|column| quote_identifier(engine, &column.name)).collect();
            let values = columns.iter().map(|column| {
                let own = in_unique(&column.name) && !in_reference(&column.name);
                value(before, of.table, column, if own { row } else { 2 })
            });
            let values: Vec<String> = values.collect();
            let overriding = if engine == EngineName::PostgreSql { " OVERRIDING SYSTEM VALUE" } else { "" };
            if !names.is_empty() {
                let statement = format!(
                    "INSERT INTO {} ({}){overriding} VALUES ({});",
                    before.name_in_statements(&of.qualified_name()),
                    names.join(", "),
                    values.join(", ")
                );
                inserts.push((of.qualified_name(), statement));
            }
        }
    }
    inserts
}

fn is_written(column: &Column) -> bool {
    column.generated.is_none() && !column.system_generated
}

fn value(model: &Model, table: &Table, column: &Column, row: u32) -> String {
    let engine = model.engine.name;
    let text = |text: &str| quote_literal(engine, text);
    let in_key = table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
    if row == 1 && column.nullable && !in_key {
        return "NULL".to_owned();
    }
    if column.array_dimensions > 0 {
        return "'{}'".to_owned();
    }
    let labels = column.user_type.as_ref().and_then(|kind| {
        let schema = model.schemas.iter().find(|schema| schema.name == kind.schema)?;
        schema.enums.iter().find(|known| known.name == kind.name)?.labels.first()
    });
    if let Some(label) = labels.or_else(|| column.values.first()) {
        return text(label);
    }
    // What a check of the table lists or begins with is right.
    let mut checks = table.check_constraints.iter().filter(|check| check.columns.contains(&column.name));
    if let Some(listed) = checks.find_map(|check| check.expression.split('\'').nth(1)) {
        return text(listed);
    }
    let kind = base_type(&column.data_type).to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    let bytes = if engine == EngineName::PostgreSql { format!("'\\x0{row}'") } else { format!("X'0{row}'") };
    if is(&["email"]) {
        format!("'{row}@example.org'")
    } else if kind == "interval" {
        "'1 day'".to_owned()
    } else if kind == "bit" {
        if engine == EngineName::PostgreSql { "B'1'".to_owned() } else { "1".to_owned() }
    } else if is(&["year"]) {
        format!("200{row}")
    } else if is(&["bool"]) {
        if engine == EngineName::PostgreSql { "true".to_owned() } else { "1".to_owned() }
    } else if is(&["timestamp", "datetime"]) {
        format!("'2022-02-0{row} 00:00:00'")
    } else if is(&["date"]) {
        format!("'2022-02-0{row}'")
    } else if is(&["time"]) {
        format!("'00:00:0{row}'")
    } else if is(&["uuid"]) {
        format!("'00000000-0000-0000-0000-00000000000{row}'")
    } else if is(&["json"]) {
        format!("'{row}'")
    } else if is(&["inet", "cidr"]) {
        format!("'10.0.0.{row}'")
    } else if is(&["geometry", "point"]) {
        "ST_GeomFromText('POINT(1 1)')".to_owned()
    } else if is(&["blob", "binary", "bytea"]) {
        bytes
    } else if is(&["int", "numeric", "decimal", "real", "double", "float", "serial", "money"]) {
        row.to_string()
    } else {
        format!("'{row}'")
    }
}

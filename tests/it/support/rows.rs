//! Rows for schemas that come without any: in every table one that is empty wherever it may be, and one that is full.

use super::database::Database;
use brownfield::model::quote::{quote_identifier, quote_literal};
use brownfield::model::{Column, EngineName, Model, Table, Tables, base_type};
use std::collections::BTreeMap;

/// Fills every table. Row 1 is NULL where it may be; row 2 has a value everywhere. A value of row n is n as far as its type
/// allows that, so that references lead somewhere.
pub(crate) fn fill(database: &Database, model: &Model) -> Result<(), String> {
    let engine = model.engine.name;
    let without_keys = match engine {
        EngineName::PostgreSql => "SET session_replication_role = replica;",
        EngineName::MySql | EngineName::MariaDb => "SET foreign_key_checks = 0;",
        EngineName::Sqlite => "PRAGMA foreign_keys = OFF;",
    };
    for of in Tables::new(model).base() {
        let table = of.table;
        let name = model.name_in_statements(&of.qualified_name());
        for row in [1, 2] {
            let columns: Vec<&Column> = table.columns.iter().filter(|column| is_written(column)).collect();
            let names: Vec<String> = columns.iter().map(|column| quote_identifier(engine, &column.name)).collect();
            let values: Vec<String> = columns.iter().map(|column| value(model, table, column, row)).collect();
            let overriding = if engine == EngineName::PostgreSql { " OVERRIDING SYSTEM VALUE" } else { "" };
            let statement = format!(
                "{without_keys} INSERT INTO {name} ({}){overriding} VALUES ({});",
                names.join(", "),
                values.join(", ")
            );
            // A trigger of another table may have written the row already.
            if let Err(error) = database.run(&statement)
                && database.number(&format!("SELECT count(*) FROM {name}"))? == 0
            {
                return Err(format!("{error}\n{statement}"));
            }
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

//! Where a schema is portable, every engine gives the same model.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, root};
use brownfield::model::{Action, Column, ForeignKey, Index, Model, Table};
use libtest_mimic::Trial;
use std::fmt::Write;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        let name = format!("live::portable::{}", place.name());
        trials.push(trial(name, move || same_model(place)));
    }
}

fn same_model(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run_file(&root().join("migrations-fixtures/portable.sql"))?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let expected = std::fs::read_to_string(root().join("tests/it/live/portable.txt"))?;
    let found = outline(&model);
    if found == expected { Ok(()) } else { Err(format!("the model differs:\n{found}").into()) }
}

/// The model in words that no engine has for itself: types, literals and actions that mean the same are written the
/// same, and names that an engine does not keep are left out.
fn outline(model: &Model) -> String {
    let mut text = String::new();
    for schema in &model.schemas {
        for table in &schema.tables {
            outline_table(&mut text, table);
        }
        for view in &schema.views {
            let columns: Vec<_> = view.columns.iter().map(|column| column.name.as_str()).collect();
            let _ = writeln!(text, "view {} ({})", view.name, columns.join(", "));
        }
    }
    text
}

fn outline_table(text: &mut String, table: &Table) {
    let _ = writeln!(text, "table {}", table.name);
    for column in &table.columns {
        let _ = writeln!(text, "  {}", column_line(column));
    }
    if let Some(key) = &table.primary_key {
        let _ = writeln!(text, "  primary key ({})", key.columns.join(", "));
    }
    for key in &table.unique_constraints {
        let _ = writeln!(text, "  unique {} ({})", key.name.as_deref().unwrap_or("?"), key.columns.join(", "));
    }
    for check in &table.check_constraints {
        let _ = writeln!(text, "  check {} on {}", check.name.as_deref().unwrap_or("?"), check.columns.join(", "));
    }
    for key in &table.foreign_keys {
        let _ = writeln!(text, "  {}", foreign_key_line(key));
    }
    for index in table.indexes.iter().filter(|index| !index.primary && index.constraint.is_none()) {
        let _ = writeln!(text, "  {}", index_line(index));
    }
}

fn column_line(column: &Column) -> String {
    let compact = column.data_type.to_lowercase().replace(", ", ",").replace("character varying", "varchar");
    let data_type = match column.base_type() {
        "int" | "integer" => "integer".to_owned(),
        _ => compact.replace("numeric", "decimal"),
    };
    let null = if column.nullable { "" } else { " not null" };
    let default = column.default.as_ref().map(|default| {
        let literal = default.expression.split("::").next().unwrap_or_default();
        match literal.parse::<f64>() {
            Ok(number) => format!(" default {number}"),
            Err(_) => format!(" default {literal}"),
        }
    });
    format!("{} {data_type}{null}{}", column.name, default.unwrap_or_default())
}

fn foreign_key_line(key: &ForeignKey) -> String {
    // MariaDB shows the default as RESTRICT, the others as NO ACTION; both refuse.
    let action = |action| match action {
        Action::NoAction | Action::Restrict => "refuse",
        Action::Cascade => "cascade",
        Action::SetNull => "set null",
        Action::SetDefault => "set default",
    };
    format!(
        "foreign key {} ({}) -> {} ({}) on delete {} on update {}",
        key.name.as_deref().unwrap_or("?"),
        key.columns.join(", "),
        key.referenced_table.name,
        key.referenced_columns.join(", "),
        action(key.on_delete),
        action(key.on_update)
    )
}

fn index_line(index: &Index) -> String {
    let columns: Vec<_> = index.key.iter().map(|part| part.column.as_deref().unwrap_or("?")).collect();
    // MySQL and MariaDB do not tell a unique index from a unique constraint.
    let kind = if index.unique { "unique" } else { "index" };
    format!("{kind} {} ({})", index.name, columns.join(", "))
}

//! Questions to table data, asked only when the user wants them asked.
//!
//! Each question is one statement in a transaction of its own, read-only, under the statement and lock timeouts, and
//! looks at a bounded number of rows. What the server refuses is recorded with its words; nothing here fails the reading.

use super::{Error, Options, Source, mysql, postgres, sqlite};
use crate::model::quote::{qualified, quote_identifier};
use crate::model::{
    ComparedValues, Comparison, EngineName, ForeignKey, ForeignKeyRows, MigrationState, MigrationTable, Model,
    QualifiedName, Reference, TableData,
};

/// Rows of a child table that are looked at.
const EXAMINED: u32 = 1_000_000;

/// Orphans that are counted.
const COUNTED: u32 = 1_000;

/// Distinct values of a column that are compared.
const COMPARED: u32 = 10_000;

/// Entries of a migration history that are read.
const ENTRIES: u32 = 1_000;

/// A row as text.
pub(super) type Row = Vec<Option<String>>;

/// A question and what it is about.
enum Question {
    Orphans { table: QualifiedName, columns: Vec<String> },
    Values { reference: Reference },
    Migrations { table: QualifiedName },
}

/// Asks everything that rules want to know from the rows of this model's tables, and what they say about these references.
pub(super) async fn read(
    source: &Source,
    options: &Options,
    model: &mut Model,
    references: Vec<Reference>,
) -> Result<(), Error> {
    let (questions, statements): (Vec<Question>, Vec<String>) = questions(model, references).into_iter().unzip();
    let answers = match source {
        Source::Postgres(target) => postgres::answers(target, options, &statements).await?,
        Source::MySql(target) => mysql::answers(target, options, &statements).await?,
        Source::Sqlite(target) => sqlite::answers(target, options, &statements).await?,
        // A snapshot has the answers of its own time, or none.
        Source::File(_) | Source::Snapshot(..) => return Ok(()),
    };
    let mut data = TableData::default();
    for (question, answer) in questions.into_iter().zip(answers) {
        match question {
            Question::Orphans { table, columns } => data.foreign_keys.push(orphans(table, columns, answer)),
            Question::Values { reference } => {
                data.references.push(ComparedValues { reference, comparison: comparison(answer) });
            }
            Question::Migrations { table } => data.migrations.push(migrations(table, answer)),
        }
    }
    model.data = Some(data);
    model.sort();
    Ok(())
}

fn questions(model: &Model, references: Vec<Reference>) -> Vec<(Question, String)> {
    let engine = model.engine.name;
    let mut questions = Vec::new();
    for schema in &model.schemas {
        for table in &schema.tables {
            for key in table.foreign_keys.iter().filter(|key| !holds(engine, key)) {
                let name = QualifiedName::new(&schema.name, &table.name);
                let statement = orphan_statement(engine, &name, key);
                questions.push((Question::Orphans { table: name, columns: key.columns.clone() }, statement));
            }
        }
    }
    for reference in references {
        let statement = values_statement(engine, &reference);
        questions.push((Question::Values { reference }, statement));
    }
    for table in &model.migration_tables {
        if let Some(statement) = migration_statement(engine, table) {
            let table = QualifiedName::new(&table.schema, &table.name);
            questions.push((Question::Migrations { table }, statement));
        }
    }
    questions
}

/// Whether the catalog vouches for the rows. Only PostgreSQL keeps a record of what was checked.
fn holds(engine: EngineName, key: &ForeignKey) -> bool {
    engine == EngineName::PostgreSql && key.validated && key.enforced && key.disabled_triggers_on.is_empty()
}

/// Counts orphans, and says whether there are more rows than those looked at.
fn orphan_statement(engine: EngineName, table: &QualifiedName, key: &ForeignKey) -> String {
    let quote = |name: &String| quote_identifier(engine, name);
    let columns: Vec<String> = key.columns.iter().map(quote).collect();
    let present: Vec<String> = columns.iter().map(|column| format!("c.{column} IS NOT NULL")).collect();
    let equal: Vec<String> = columns
        .iter()
        .zip(key.referenced_columns.iter().map(quote))
        .map(|(child, parent)| format!("p.{parent} = c.{child}"))
        .collect();
    let (child, parent) = (qualified(engine, table), qualified(engine, &key.referenced_table));
    format!(
        "SELECT count(*), (SELECT count(*) FROM (SELECT 1 AS one FROM {child} LIMIT {}) AS n) FROM (SELECT 1 AS one FROM \
         (SELECT {} FROM {child} LIMIT {EXAMINED}) AS c WHERE {} AND NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE {}) \
         LIMIT {COUNTED}) AS o",
        EXAMINED + 1,
        columns.join(", "),
        present.join(" AND "),
        equal.join(" AND ")
    )
}

/// A number of the only row of an answer.
fn number(rows: &[Row], position: usize) -> Option<u64> {
    rows.first()?.get(position)?.as_ref()?.parse().ok()
}

fn orphans(table: QualifiedName, columns: Vec<String>, answer: Result<Vec<Row>, String>) -> ForeignKeyRows {
    match answer {
        Ok(rows) => ForeignKeyRows {
            table,
            columns,
            orphans: number(&rows, 0),
            complete: number(&rows, 1).is_some_and(|rows| rows <= u64::from(EXAMINED)),
            reason: None,
        },
        Err(reason) => ForeignKeyRows { table, columns, orphans: None, complete: false, reason: Some(reason) },
    }
}

/// Counts distinct values of the child, and those that the parent does not have.
fn values_statement(engine: EngineName, reference: &Reference) -> String {
    let quote = |name: &str| quote_identifier(engine, name);
    format!(
        "SELECT count(*), count(CASE WHEN EXISTS (SELECT 1 FROM {} AS p WHERE p.{} = v.value) THEN NULL ELSE 1 END) FROM \
         (SELECT DISTINCT c.value FROM (SELECT {} AS value FROM {} LIMIT {EXAMINED}) AS c WHERE c.value IS NOT NULL \
         LIMIT {COMPARED}) AS v",
        qualified(engine, &reference.referenced_table),
        quote(&reference.referenced_column),
        quote(&reference.column),
        qualified(engine, &reference.table),
    )
}

fn comparison(answer: Result<Vec<Row>, String>) -> Comparison {
    match answer.map(|rows| (number(&rows, 0), number(&rows, 1))) {
        Ok((Some(values), Some(orphans))) => Comparison::Counted { values, orphans },
        Ok(_) => Comparison::Failed("the answer is no number".to_owned()),
        Err(reason) => Comparison::Failed(reason),
    }
}

/// The entries that say of themselves that they failed or did not end. `None` for tools that keep no such state.
fn migration_statement(engine: EngineName, table: &MigrationTable) -> Option<String> {
    let has = |name: &str| table.columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    let hour_ago = match engine {
        EngineName::PostgreSql => "now() - interval '1 hour'",
        EngineName::MySql | EngineName::MariaDb => "NOW() - INTERVAL 1 HOUR",
        EngineName::Sqlite => "datetime('now', '-1 hour')",
    };
    let (what, condition) = match table.name.to_lowercase().as_str() {
        "flyway_schema_history" | "schema_version" if has("success") && has("description") => {
            ("description", "NOT success".to_owned())
        }
        "schema_migrations" if has("dirty") => ("version", "dirty".to_owned()),
        // A migration that was rolled back is marked as such when somebody has dealt with it.
        "_prisma_migrations" => ("migration_name", "finished_at IS NULL AND rolled_back_at IS NULL".to_owned()),
        "databasechangeloglock" => ("lockedby", format!("locked AND lockgranted < {hour_ago}")),
        "knex_migrations_lock" => ("is_locked", "is_locked = 1".to_owned()),
        _ => return None,
    };
    let name = qualified(engine, &QualifiedName::new(&table.schema, &table.name));
    Some(format!("SELECT {what} FROM {name} WHERE {condition} LIMIT {ENTRIES}"))
}

fn migrations(table: QualifiedName, answer: Result<Vec<Row>, String>) -> MigrationState {
    match answer {
        Ok(rows) => {
            let first = |row: Row| row.into_iter().next().flatten().unwrap_or_default();
            MigrationState { table, unfinished: Some(rows.into_iter().map(first).collect()), reason: None }
        }
        Err(reason) => MigrationState { table, unfinished: None, reason: Some(reason) },
    }
}

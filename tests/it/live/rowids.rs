//! Tables of SQLite that are rebuilt keep the numbers of their rows, by which full-text indexes and code find them.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read};
use brownfield::model::Tables;
use brownfield::remedy::Playbook;
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    trials.push(trial("live::rowids::kept", kept));
    trials.push(trial("live::rowids::replaced", replaced));
    trials.push(trial("live::rowids::hidden", hidden));
}

/// The playbook of a database after it ran there.
fn mend(database: &Database) -> Result<Playbook, String> {
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let playbook = Report::new(&model, &tables, &settings).playbook;
    let statements = playbook.steps.iter().flat_map(|step| &step.statements);
    let script: String = statements.map(|statement| format!("{statement};\n")).collect();
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    Ok(playbook)
}

fn rebuilt(playbook: &Playbook) -> Vec<&str> {
    let statements = playbook.steps.iter().flat_map(|step| &step.statements);
    statements.filter_map(|statement| statement.strip_prefix("DROP TABLE ")).collect()
}

/// Rows with a gap before them are found by the same words afterwards, whether the table gets a key that is its rowid or has
/// another, and where a column has the usual name of the number.
fn kept() -> TestResult {
    let database = Database::new(Place::Sqlite)?;
    database.run(
        "CREATE TABLE notes (uid TEXT PRIMARY KEY, title TEXT NOT NULL, rowid TEXT, is_pinned BOOLEAN);
         CREATE VIRTUAL TABLE notes_fts USING fts5 (title, content = '', contentless_delete = 1);
         CREATE TRIGGER notes_ai AFTER INSERT ON notes BEGIN INSERT INTO notes_fts (rowid, title) VALUES (new._rowid_, new.title); END;
         INSERT INTO notes (uid, title) VALUES ('c', 'alpha'), ('a', 'beta'), ('b', 'gamma');
         DELETE FROM notes WHERE uid = 'c';
         CREATE TABLE messages (subject TEXT NOT NULL, body TEXT NOT NULL);
         CREATE VIRTUAL TABLE messages_fts USING fts5 (subject, body, content = 'messages');
         CREATE TRIGGER messages_ai AFTER INSERT ON messages BEGIN
             INSERT INTO messages_fts (rowid, subject, body) VALUES (new.rowid, new.subject, new.body); END;
         INSERT INTO messages VALUES ('alpha', 'one'), ('beta', 'two'), ('gamma', 'three');
         INSERT INTO messages_fts (messages_fts, rowid, subject, body) VALUES ('delete', 1, 'alpha', 'one');
         DELETE FROM messages WHERE rowid = 1;",
    )?;
    let playbook = mend(&database)?;
    assert_eq!(rebuilt(&playbook), ["messages", "notes"], "{:#?}", playbook.steps);
    let found = |query: &str| -> Result<Vec<String>, String> { Ok(database.query(query)?.concat()) };
    let notes = "SELECT uid FROM notes JOIN notes_fts ON notes_fts.rowid = notes._rowid_ WHERE notes_fts MATCH 'gamma'";
    assert_eq!(found(notes)?, ["b"]);
    assert_eq!(found("SELECT body FROM messages_fts WHERE messages_fts MATCH 'gamma'")?, ["three"]);
    assert_eq!(found("SELECT id FROM messages ORDER BY id")?, ["2", "3"]);
    database.run("INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1);")?;
    database.run("INSERT INTO messages (subject, body) VALUES ('delta', 'four');")?;
    assert_eq!(found("SELECT body FROM messages_fts WHERE messages_fts MATCH 'delta'")?, ["four"]);
    Ok(())
}

/// A number that becomes the key becomes the rowid, too: not where a full-text index stands on the old one.
fn replaced() -> TestResult {
    let table = "CREATE TABLE notes (id INTEGER NOT NULL UNIQUE, title TEXT NOT NULL);
         INSERT INTO notes VALUES (10, 'alpha'), (20, 'beta');";
    for (index, is_made) in [
        ("", true),
        ("CREATE VIRTUAL TABLE notes_fts USING fts5 (title, content = 'notes', content_rowid = 'id');", true),
        ("CREATE VIRTUAL TABLE notes_fts USING fts5 (title, content = 'notes');", false),
        ("CREATE VIEW numbered AS SELECT rowid, title FROM notes;", false),
    ] {
        let database = Database::new(Place::Sqlite)?;
        database.run(&format!("{table} {index}"))?;
        let playbook = mend(&database)?;
        let model = read(&database.url()).map_err(|error| chain(&error))?;
        let notes = model.schemas[0].tables.iter().find(|table| table.name == "notes").ok_or("no table")?;
        assert_eq!(notes.primary_key.is_some(), is_made, "{index}: {:#?}", playbook.impossible);
        assert_eq!(
            database.query("SELECT rowid FROM notes ORDER BY rowid")?.concat() == ["10", "20"],
            is_made,
            "{index}"
        );
        let refused = playbook.impossible.iter().any(|(_, reason)| reason.contains("finds rows by their rowid"));
        assert_eq!(refused, !is_made, "{index}: {:#?}", playbook.impossible);
    }
    Ok(())
}

/// Where columns have all three names, the numbers cannot be read, which the step says.
fn hidden() -> TestResult {
    let database = Database::new(Place::Sqlite)?;
    database.run(
        "CREATE TABLE notes (uid TEXT PRIMARY KEY, rowid TEXT, oid TEXT, _ROWID_ TEXT);
         INSERT INTO notes VALUES ('a', 'x', 'y', 'z');",
    )?;
    let playbook = mend(&database)?;
    assert_eq!(rebuilt(&playbook), ["notes"], "{:#?}", playbook.steps);
    let notes: Vec<_> = playbook.steps.iter().flat_map(|step| &step.notes).collect();
    assert!(notes.iter().any(|note| note.contains("get new rowids")), "{notes:#?}");
    assert_eq!(database.query("SELECT rowid || oid || _rowid_ FROM notes")?.concat(), ["xyz"]);
    Ok(())
}

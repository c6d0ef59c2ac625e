//! Reading files that are out of the ordinary.

use super::{Target, read, sample};
use crate::catalog::{Error, Filter, Options};
use crate::model::{Action, Deferral, Model, SortOrder, Table, TableKind, UnseenKind};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Everything that makes simple readers stumble.
const ODD: &str = r#"
    CREATE TABLE "Tab.le ""q"" é 漢" ("select" INT, "new
line" TEXT, [brack et] INT, `back` INT);
    CREATE TABLE 'single' ('col' INT);
    CREATE TABLE parent (a INT, b INT, c TEXT UNIQUE, PRIMARY KEY (b, a));
    CREATE TABLE child (x INT, y INT, z TEXT REFERENCES parent(c) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY (x, y) REFERENCES parent, FOREIGN KEY (x) REFERENCES nosuch(id), FOREIGN KEY (Y) REFERENCES PARENT(A));
    CREATE TABLE without_rowid (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
    CREATE TABLE strict_one (a INTEGER PRIMARY KEY, b ANY) STRICT;
    CREATE TABLE defaults (a, b DEFAULT (1+2), c DEFAULT 'it''s', d DEFAULT -1, e DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE generated (a INT, b INT GENERATED ALWAYS AS (a*2) STORED, c AS (a||',x') VIRTUAL,
        d TEXT COLLATE NOCASE CHECK (length(d) > 1), CHECK (a > 0 OR d = ')'), CONSTRAINT "ck 1" CHECK (b <> 0));
    CREATE UNIQUE INDEX "i ""x" ON generated (lower(d) COLLATE RTRIM DESC, a) WHERE a > 1 AND d <> ' WHERE ';
    CREATE TABLE descending (id INTEGER PRIMARY KEY DESC, v);
    CREATE TABLE int_key (id INT PRIMARY KEY, v);
    CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
    CREATE VIEW v1 AS SELECT a AS "x y", count(*) AS parent FROM generated;
    CREATE TABLE gone (a);
    CREATE VIEW broken AS SELECT a FROM gone;
    DROP TABLE gone;
    CREATE TRIGGER tr INSTEAD OF INSERT ON v1 BEGIN SELECT 1; END;
    CREATE TABLE twice (a INT UNIQUE UNIQUE, UNIQUE (a));
    CREATE TABLE sqlitetest (a);
    CREATE TABLE commented (a INT -- trailing comment, with ) and '
        , b INT /* block ' */);
    ALTER TABLE commented ADD COLUMN c INT DEFAULT 5 CHECK (c > 0);
    CREATE TABLE copied AS SELECT 1 AS a, 'x' AS b;
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
    CREATE VIRTUAL TABLE search USING fts5(title, body);
    INSERT INTO counted VALUES (41);
    ANALYZE;
    PRAGMA writable_schema = ON;
    INSERT INTO sqlite_schema VALUES ('table', 'spatial', 'spatial', 0, 'CREATE VIRTUAL TABLE spatial USING nosuch(a)');
"#;

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the runtime starts").block_on(future)
}

fn made(script: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("test.db");
    wait(sample::create(&path, &[("script", script)])).expect("the script runs");
    (folder, path)
}

fn try_model(path: &Path, options: &Options) -> Result<Model, Error> {
    wait(read(&target(path), options))
}

fn target(path: &Path) -> Target {
    Target::parse(&path.display().to_string()).expect("it is a path")
}

fn model(script: &str) -> Model {
    let (_folder, path) = made(script);
    try_model(&path, &Options::default()).expect("the file can be read")
}

fn table<'m>(model: &'m Model, name: &str) -> &'m Table {
    let tables = &model.schemas[0].tables;
    tables.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no table {name}"))
}

#[test]
fn odd_schemas_are_read_whole() {
    let model = model(ODD);
    let names: Vec<_> = model.schemas[0].tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Tab.le \"q\" é 漢",
            "child",
            "commented",
            "copied",
            "counted",
            "defaults",
            "descending",
            "generated",
            "int_key",
            "parent",
            "search",
            "single",
            "spatial",
            "sqlitetest",
            "strict_one",
            "twice",
            "without_rowid"
        ]
    );
    let columns: Vec<_> = table(&model, names[0]).columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["select", "new\nline", "brack et", "back"]);
    assert_eq!(model.migration_tables[0].tool, "Alembic");
}

#[test]
fn keys_are_told_apart() {
    let model = model(ODD);
    let parent = table(&model, "parent");
    assert_eq!(parent.primary_key.as_ref().expect("it has a key").columns, ["b", "a"]);
    assert!(parent.columns.iter().all(|column| column.nullable), "a key does not forbid NULL by itself");
    for (name, alias, nullable) in [
        ("counted", true, false),
        ("strict_one", true, false),
        ("descending", false, true),
        ("int_key", false, true),
        ("without_rowid", false, false),
    ] {
        let table = table(&model, name);
        assert_eq!((table.columns[0].rowid_alias, table.columns[0].nullable), (alias, nullable), "{name}");
        let index = table.indexes.iter().find(|index| index.primary);
        assert_eq!(index.map(|index| index.key.len()), (!alias).then_some(1), "{name}");
    }
    assert!(table(&model, "counted").columns[0].auto_increment);
    assert_eq!(table(&model, "twice").unique_constraints.len(), 1);
}

#[test]
fn foreign_keys_name_what_is_stored() {
    let model = model(ODD);
    let keys = &table(&model, "child").foreign_keys;
    let key = |column: &str, parent: &str, referenced: &[&str]| {
        let found = keys.iter().find(|key| {
            key.columns[0] == column && key.referenced_table.name == parent && key.referenced_columns == referenced
        });
        found.unwrap_or_else(|| panic!("no key of {column} to {parent}"))
    };
    assert_eq!(keys.len(), 4);
    assert_eq!(key("x", "parent", &["b", "a"]).columns, ["x", "y"]);
    key("x", "nosuch", &["id"]);
    assert_eq!(key("y", "parent", &["a"]).on_delete_explicit, Some(false));
    let deferred = key("z", "parent", &["c"]);
    assert_eq!((deferred.on_delete, deferred.on_delete_explicit), (Action::SetNull, Some(true)));
    assert_eq!(deferred.deferral, Deferral::InitiallyDeferred);
}

#[test]
fn what_only_the_text_tells_is_found() {
    let model = model(ODD);
    let generated = table(&model, "generated");
    let expressions: Vec<_> =
        generated.columns.iter().filter_map(|column| Some(column.generated.as_ref()?.expression.as_str())).collect();
    assert_eq!(expressions, ["a*2", "a||',x'"]);
    let mut checks: Vec<_> =
        generated.check_constraints.iter().map(|check| (check.name.as_deref(), check.columns.join(","))).collect();
    checks.sort();
    assert_eq!(checks, [(None, "a,d".to_owned()), (None, "d".to_owned()), (Some("ck 1"), "b".to_owned())]);
    let index = &generated.indexes[0];
    assert_eq!(index.predicate.as_deref(), Some("a > 1 AND d <> ' WHERE '"));
    assert_eq!(index.key[0].expression.as_deref(), Some("lower(d)"));
    assert_eq!((index.key[0].order, index.key[0].collation.as_deref()), (SortOrder::Descending, Some("RTRIM")));
    assert_eq!(table(&model, "commented").check_constraints[0].columns, ["c"]);
}

#[test]
fn broken_objects_do_not_hide_the_others() {
    let model = model(ODD);
    let views = &model.schemas[0].views;
    assert_eq!(views[0].broken.as_deref(), Some("no such table: main.gone"));
    assert_eq!(views[1].columns.len(), 2);
    assert_eq!(views[1].triggers[0].timing, "instead of");
    let reads: Vec<_> = views[1].reads.iter().map(|read| read.name.as_str()).collect();
    assert_eq!(reads, ["generated"]);
    let search = table(&model, "search");
    assert_eq!(
        (search.kind, search.columns.iter().filter(|column| !column.invisible).count()),
        (TableKind::Virtual, 2)
    );
    let unseen = model.unseen.iter().find(|unseen| unseen.what == UnseenKind::Columns).expect("one is unknown");
    assert_eq!(unseen.object.as_deref(), Some("spatial"));
}

#[test]
fn statistics_come_from_analyze() {
    let model = model(ODD);
    let statistics = model.statistics.expect("they are read by default");
    let counted = statistics.tables.iter().find(|entry| entry.table.name == "counted").expect("it is listed");
    assert_eq!(counted.rows, Some(1));
    assert_eq!(statistics.sequences[0].last_value, Some(41));
}

#[test]
fn a_filter_leaves_tables_out() {
    let (_folder, path) = made(ODD);
    let filter = Filter::new(&[], &["*ted".to_owned()], &["commen*".to_owned()]).expect("the patterns are fine");
    let model = try_model(&path, &Options { filter, ..Options::default() }).expect("the file can be read");
    let names: Vec<_> = model.schemas[0].tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["counted", "generated"]);
}

#[test]
fn every_encoding_reads_the_same() {
    let script = "CREATE TABLE \"naïve 漢\" (\"größe\" TEXT DEFAULT 'ü' CHECK (\"größe\" <> '漢'));";
    let [one, mut other] = ["UTF-8", "UTF-16be"].map(|name| model(&format!("PRAGMA encoding = '{name}'; {script}")));
    assert_eq!(other.engine.encoding.as_deref(), Some("UTF-16be"));
    other.engine.encoding.clone_from(&one.engine.encoding);
    assert_eq!(one, other);
}

#[test]
fn nothing_is_left_beside_the_file() {
    let (folder, path) = made("CREATE TABLE t (a); PRAGMA journal_mode = WAL;");
    assert!(target(&path).resting().is_some());
    try_model(&path, &Options::default()).expect("the file can be read");
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("it is there").flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
}

#[test]
fn a_log_that_somebody_writes_is_read() {
    use sqlx::{Connection, SqliteConnection};
    let (_folder, path) = made("CREATE TABLE t (a); PRAGMA journal_mode = WAL;");
    wait(async {
        let mut writer = SqliteConnection::connect(&path.display().to_string()).await.expect("it opens");
        sqlx::raw_sql("CREATE TABLE u (a)").execute(&mut writer).await.expect("it runs");
        let model = read(&target(&path), &Options::default()).await.expect("the file can be read");
        assert_eq!(model.schemas[0].tables.len(), 2);
        writer.close().await.expect("it closes");
    });
}

#[test]
fn a_lock_is_waited_for_and_then_reported() {
    use sqlx::{Connection, SqliteConnection};
    let (_folder, path) = made("CREATE TABLE t (a);");
    let error = wait(async {
        let mut writer = SqliteConnection::connect(&path.display().to_string()).await.expect("it opens");
        sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut writer).await.expect("it runs");
        let options = Options { lock_timeout: Duration::from_millis(50), ..Options::default() };
        let error = read(&target(&path), &options).await.expect_err("it is locked");
        writer.close().await.expect("it closes");
        error
    });
    assert!(error.hint.as_deref().is_some_and(|hint| hint.contains("--lock-timeout")), "{error:?}");
}

#[test]
fn what_is_no_database_is_said() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let other = folder.path().join("other");
    std::fs::write(
        &other,
        "CREATE TABLE, but as text; longer than any header of a page that SQLite would look at first",
    )
    .expect("it can be written");
    for (path, cause) in [
        (other, "file is not a database"),
        (folder.path().to_owned(), "it is a folder"),
        (folder.path().join("missing"), "No such file"),
    ] {
        let error = try_model(&path, &Options::default()).expect_err("it is no database");
        assert!(error.source.as_ref().is_some_and(|source| source.to_string().contains(cause)), "{error:?}");
        assert!(error.hint.is_some());
    }
}

//! Schemas made to break tools: names with quotes, newlines and tags, every kind of default, key, index and partition.

use super::statements;
use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, chain, read, schemas};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use std::path::PathBuf;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        let files = files(place);
        if !files.is_empty() {
            trials.push(trial(format!("live::nasty::{}", place.name()), move || nasty(place, &files)));
        }
        if place.engine() == EngineName::PostgreSql {
            trials.push(trial(format!("live::nasty::bytes::{}", place.name()), move || bytes(place)));
        }
    }
}

/// The files for a place, those of newer versions after those of older ones.
fn files(place: Place) -> Vec<PathBuf> {
    let Some(folder) = schemas::folder().map(|folder| folder.join("../nasty")) else { return Vec::new() };
    let (major, minor) = place.version();
    let names: Vec<String> = match place.engine() {
        EngineName::PostgreSql => {
            let newer = (14..=major).map(|version| format!("nasty_pg{version}.sql"));
            std::iter::once("nasty_pg.sql".to_owned()).chain(newer).collect()
        }
        EngineName::MySql => vec!["nasty_my_common.sql".to_owned(), "nasty_my8.sql".to_owned()],
        EngineName::MariaDb => {
            let newer = ((major, minor) >= (11, 7)).then(|| "nasty_ma11.sql".to_owned());
            ["nasty_my_common.sql".to_owned(), "nasty_ma.sql".to_owned()].into_iter().chain(newer).collect()
        }
        EngineName::Sqlite => Vec::new(),
    };
    names.into_iter().map(|name| folder.join(name)).filter(|path| path.is_file()).collect()
}

/// Names in an encoding that the database does not know are said to be unreadable, and are in no statement.
fn bytes(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let name = format!("{}_ascii", database.name);
    database.run(&format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C';
         \\connect {name}
         DO $$ BEGIN
             EXECUTE 'CREATE TABLE caf' || convert_from('\\xe9', 'SQL_ASCII') || ' (id integer PRIMARY KEY, is_open boolean)';
         END $$;"
    ))?;
    let mut url = url::Url::parse(&database.url())?;
    url.set_path(&name);
    let tested = (|| -> TestResult {
        let model = read(url.as_str()).map_err(|error| chain(&error))?;
        assert!(model.unseen.iter().any(|unseen| unseen.reason.contains("no UTF-8")), "{:#?}", model.unseen);
        let script = brownfield().args(["fix", url.as_str()]).assert().success().get_output().stdout.clone();
        let script = String::from_utf8(script)?;
        let statements = script.lines().filter(|line| !line.starts_with("--"));
        assert!(statements.clone().all(|line| !line.contains("caf")) && script.contains("no UTF-8"), "{script}");
        Ok(())
    })();
    database.run(&format!("DROP DATABASE {name};"))?;
    tested
}

/// Databases that the files of MySQL and MariaDB make.
const DATABASES: [&str; 2] = ["nasty", "We`ird Schema.x é"];

fn nasty(place: Place, files: &[PathBuf]) -> TestResult {
    let database = Database::new(place)?;
    let family = place.engine().is_mysql_family();
    let drop_all = || -> Result<(), String> {
        DATABASES.iter().filter(|_| family).try_for_each(|name| {
            database.run(&format!("SET foreign_key_checks = 0; DROP DATABASE IF EXISTS `{}`", name.replace('`', "``")))
        })
    };
    drop_all()?;
    for file in files {
        // Not every version takes every statement.
        database.run_as_far_as_possible(&std::fs::read_to_string(file)?)?;
    }
    let mut url = url::Url::parse(&database.url())?;
    if family {
        url.set_path("/");
    }
    let tested = verbs(url.as_str(), family).and_then(|()| counts(&database, url.as_str())).and_then(|()| {
        if place.engine() == EngineName::MariaDb { statements::same(url.as_str(), place, &DATABASES) } else { Ok(()) }
    });
    drop_all()?;
    tested
}

/// Every verb and every format answers.
fn verbs(url: &str, family: bool) -> TestResult {
    let formats = ["markdown", "json", "dbml", "mermaid", "plantuml", "dot", "ddl", "svg"];
    let mut all: Vec<Vec<&str>> = formats.iter().map(|format| vec!["doc", "--format", format]).collect();
    all.extend([vec!["audit", "--all"], vec!["audit", "--format", "json"], vec!["fix"], vec!["snapshot"]]);
    all.push(vec!["audit", "--data"]);
    for mut arguments in all {
        if family {
            arguments.extend(DATABASES.iter().flat_map(|name| ["--schema", name]));
        }
        let output = brownfield().args(&arguments).arg(url).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() || output.stdout.is_empty() || said.contains("panicked") {
            return Err(format!("{arguments:?}: {:?}: {said}", output.status.code()).into());
        }
    }
    Ok(())
}

/// Nothing is lost: as many tables, views and columns as the catalog has.
fn counts(database: &Database, url: &str) -> TestResult {
    let model = read(url).map_err(|error| chain(&error))?;
    let family = database.place.engine().is_mysql_family();
    let schemas = || {
        let all = model.schemas.iter();
        all.filter(|schema| !family || DATABASES.contains(&schema.name.as_str()))
    };
    let tables: usize = schemas().map(|schema| schema.tables.len()).sum();
    let views: usize = schemas().map(|schema| schema.views.len()).sum();
    let columns: usize = schemas().flat_map(|schema| &schema.tables).map(|table| table.columns.len()).sum();
    let (sql_tables, sql_views, sql_columns) = if family {
        let names: Vec<String> = DATABASES.iter().map(|name| format!("'{name}'")).collect();
        let of = |condition: &str| {
            format!(
                "SELECT count(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA IN ({}) AND TABLE_TYPE {condition}",
                names.join(", ")
            )
        };
        (
            of("IN ('BASE TABLE', 'SYSTEM VERSIONED')"),
            of("= 'VIEW'"),
            format!(
                "SELECT count(*) FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON \
                 BINARY c.TABLE_SCHEMA = BINARY t.TABLE_SCHEMA AND BINARY c.TABLE_NAME = BINARY t.TABLE_NAME \
                 WHERE t.TABLE_SCHEMA IN ({}) AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')",
                names.join(", ")
            ),
        )
    } else {
        let of = |kinds: &str| {
            format!(
                "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> \
                 'information_schema' AND c.relkind IN ({kinds}) AND NOT c.relispartition AND NOT EXISTS (SELECT 1 FROM \
                 pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')"
            )
        };
        let tables = of("'r', 'p', 'f'");
        (
            format!("SELECT count(*) {tables}"),
            format!("SELECT count(*) {}", of("'v', 'm'")),
            format!(
                "SELECT count(*) FROM pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN \
                 (SELECT c.oid {tables})"
            ),
        )
    };
    for (what, found, sql) in
        [("tables", tables, sql_tables), ("views", views, sql_views), ("columns", columns, sql_columns)]
    {
        let counted = database.number(&sql)?;
        if found != counted {
            return Err(format!("{what}: {found} in the model, {counted} in the catalog").into());
        }
    }
    Ok(())
}

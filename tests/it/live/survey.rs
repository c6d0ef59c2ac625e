//! What is inferred about real databases: machinery that ends rows, and what comments say about columns.

use crate::support::database::{Database, Place};
use crate::support::{TestResult, chain, read};
use brownfield::model::{EngineName, Tables};
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        trials.push(Trial::test(format!("live::survey::{}", place.name()), move || survey(place)));
    }
}

/// Sessions that end by a column and by machinery, a table under legal hold, a copy for the archive.
fn script(engine: EngineName) -> String {
    let common = "CREATE TABLE sessions (id integer PRIMARY KEY, expires_at timestamp, made_at timestamp);
        CREATE TABLE contracts (id integer PRIMARY KEY, legal_hold integer, remark varchar(40));
        CREATE TABLE contracts_archive (id integer PRIMARY KEY, legal_hold integer, remark varchar(40));\n";
    let common = if engine.is_mysql_family() { common.replace("timestamp", "datetime") } else { common.to_owned() };
    let own = match engine {
        EngineName::PostgreSql => {
            "CREATE FUNCTION expire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM sessions WHERE made_at < \
             now() - interval '1 day'; RETURN NULL; END $$;
             CREATE TRIGGER expire AFTER INSERT ON sessions EXECUTE FUNCTION expire();
             CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.made_at = now(); RETURN NEW; END $$;
             CREATE TRIGGER stamp BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION stamp();
             COMMENT ON COLUMN contracts.remark IS 'May hold personal data';"
        }
        EngineName::Sqlite => {
            "CREATE TRIGGER expire AFTER INSERT ON sessions BEGIN DELETE FROM sessions WHERE made_at < datetime('now', \
             '-1 day'); END;"
        }
        EngineName::MySql | EngineName::MariaDb => {
            "CREATE EVENT expire ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM sessions WHERE made_at < now() - INTERVAL 1 DAY;
             ALTER TABLE contracts MODIFY remark varchar(40) COMMENT 'May hold personal data';"
        }
    };
    common + own
}

fn survey(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(&script(place.engine()))?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let settings = Settings::default();
    let survey = Report::new(&model, &Tables::new(&model), &settings).survey;
    let table = |name: &Option<brownfield::model::QualifiedName>| {
        name.as_ref().map(|name| name.name.clone()).unwrap_or_default()
    };
    let found: Vec<(String, &str)> = survey.retention.iter().map(|entry| (table(&entry.table), entry.kind)).collect();
    let machinery = match place.engine() {
        EngineName::MySql | EngineName::MariaDb => (String::new(), "event"),
        EngineName::PostgreSql | EngineName::Sqlite => ("sessions".to_owned(), "trigger"),
    };
    let mut expected = vec![
        machinery,
        ("contracts".to_owned(), "legal hold column"),
        ("contracts_archive".to_owned(), "archive table"),
        ("contracts_archive".to_owned(), "legal hold column"),
        ("sessions".to_owned(), "expiry column"),
    ];
    expected.sort();
    let mut sorted = found;
    sorted.sort();
    if sorted != expected {
        return Err(format!("retention: {sorted:?}, expected {expected:?}").into());
    }
    let personal: Vec<&str> = survey.personal_data.iter().map(|data| data.column.as_str()).collect();
    let expected: &[&str] = if place.engine() == EngineName::Sqlite { &[] } else { &["remark"] };
    if personal != expected {
        return Err(format!("personal data: {personal:?}, expected {expected:?}").into());
    }
    Ok(())
}

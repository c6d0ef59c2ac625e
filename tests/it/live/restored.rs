//! A dump restored elsewhere is the same schema, so it has the same snapshot.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read_with, schemas};
use brownfield::catalog::Options;
use brownfield::model::EngineName;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        for sample in schemas::samples(place) {
            let name = format!("live::restored::{}::{}", place.name(), sample.name);
            trials.push(trial(name, move || restored(place, |database| sample.load(database))));
        }
        if place.engine() == EngineName::PostgreSql {
            let name = format!("live::restored::{}::cloned", place.name());
            trials.push(trial(name, move || restored(place, |database| database.run(CLONED))));
        }
        if place.engine().is_mysql_family() {
            let name = format!("live::restored::{}::scheduled", place.name());
            trials.push(trial(name, move || restored(place, |database| database.run(SCHEDULED))));
        }
    }
}

/// A clone's identity has a sequence of another type than its column, which no dump tells.
const CLONED: &str = "CREATE TABLE originals (id integer GENERATED ALWAYS AS IDENTITY, small smallint NOT NULL);
    CREATE TABLE clones (LIKE originals INCLUDING ALL);";

/// An event without a start gets one when it is made, which stays when it is made again later.
const SCHEDULED: &str = "CREATE EVENT plain ON SCHEDULE EVERY 1 WEEK DISABLE DO SELECT 'it''s';
    SET time_zone = '+05:00', sql_mode = 'ANSI_QUOTES';
    CREATE EVENT elsewhere ON SCHEDULE EVERY 1 WEEK DISABLE ON SLAVE COMMENT 'it''s' DO SELECT 1;
    SELECT sleep(1.1);
    ALTER EVENT plain ON COMPLETION PRESERVE";

fn restored(place: Place, load: impl Fn(&Database) -> Result<(), String>) -> TestResult {
    let original = Database::new(place)?;
    load(&original)?;
    let copy = Database::new(place)?;
    let mut dump = original.dump()?;
    if place.engine() == EngineName::PostgreSql {
        // The dump makes the schema that every new database has.
        dump = dump.replace("CREATE SCHEMA public;", "CREATE SCHEMA IF NOT EXISTS public;");
        // A setting that a newer dump program writes and an older server does not know.
        dump = dump.replace("SET transaction_timeout = 0;", "");
    }
    copy.run(&dump).map_err(|error| format!("the dump does not load: {error}"))?;
    let [mut first, second] = [&original, &copy].map(snapshot);
    if place.engine().is_mysql_family() {
        // A schema is a database there, so the copy has another name.
        first = first.map(|text| text.replace(&original.name, &copy.name));
    }
    let (first, second) = (first?, second?);
    if first == second {
        return Ok(());
    }
    let differing = first.lines().zip(second.lines()).filter(|(one, other)| one != other).take(5);
    let shown: Vec<_> = differing.map(|(one, other)| format!("- {one}\n+ {other}")).collect();
    Err(format!("the snapshots differ:\n{}", shown.join("\n")).into())
}

fn snapshot(database: &Database) -> Result<String, String> {
    let options = Options { statistics: false, ..Options::default() };
    let model = read_with(&database.url(), &options).map_err(|error| chain(&error))?;
    serde_json::to_string_pretty(&model).map_err(|error| error.to_string())
}

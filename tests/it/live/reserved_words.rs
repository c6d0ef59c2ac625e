//! The words that each engine reserves, asked of the engine itself.

use crate::support::TestResult;
use crate::support::database::{Database, Place};
use crate::support::times::trial;
use brownfield::model::{EngineName, reserved_since, reserved_words};
use libtest_mimic::Trial;
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        trials.push(trial(format!("live::reserved_words::{}", place.name()), move || reserved(place)));
    }
}

fn reserved(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let engine = place.engine();
    let known: BTreeSet<&str> =
        reserved_words(engine).filter(|word| reserved_since(engine, word) <= Some(place.version())).collect();
    let said: BTreeSet<String> = match engine {
        EngineName::PostgreSql => words(&database, "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")?,
        EngineName::MySql => {
            words(&database, "SELECT lower(word) FROM information_schema.keywords WHERE reserved = 1")?
        }
        // These two do not say; whether a word names a column can be tried.
        EngineName::MariaDb => {
            let tried: String = known.iter().map(|word| format!("CREATE TABLE t_{word} ({word} int);\n")).collect();
            database.run_as_far_as_possible(&tried)?;
            let accepted = words(
                &database,
                "SELECT substring(table_name, 3) FROM information_schema.tables WHERE table_schema = database()",
            )?;
            known.iter().filter(|word| !accepted.contains(**word)).map(|word| (*word).to_owned()).collect()
        }
        EngineName::Sqlite => {
            let refused = |word: &&str| {
                database
                    .run(&format!("CREATE TABLE t_{word} ({word} int); SELECT {word} FROM t_{word} WHERE {word} = 1;"))
                    .is_err()
            };
            known.iter().copied().filter(refused).map(str::to_owned).collect()
        }
    };
    // Words that a server stopped reserving stay: they are quoted in vain.
    let freed: &[&str] = match engine {
        EngineName::MySql => &["manual", "parallel"],
        EngineName::MariaDb => &["database", "schema", "master_ssl_verify_server_cert"],
        EngineName::PostgreSql | EngineName::Sqlite => &[],
    };
    let mut report = String::new();
    for word in known.iter().filter(|word| !said.contains(**word) && !freed.contains(word)) {
        let _ = writeln!(report, "{word} is not reserved");
    }
    for word in said.iter().filter(|word| !known.contains(word.as_str())) {
        let _ = writeln!(report, "{word} is reserved");
    }
    if report.is_empty() { Ok(()) } else { Err(report.into()) }
}

fn words(database: &Database, sql: &str) -> Result<BTreeSet<String>, String> {
    Ok(database.query(sql)?.into_iter().filter_map(|row| row.into_iter().next()).collect())
}

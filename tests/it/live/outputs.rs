//! Every verb on every sample.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, schemas};
use brownfield::model::EngineName;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        for sample in schemas::samples(place) {
            let name = format!("live::outputs::{}::{}", place.name(), sample.name);
            trials.push(trial(name, move || outputs(place, &sample)));
        }
    }
}

/// A snapshot file is the database for every verb: what is written from it equals what is written from the URL.
fn outputs(place: Place, sample: &schemas::Sample) -> TestResult {
    let database = Database::new(place)?;
    sample.load(&database)?;
    if place.engine() == EngineName::PostgreSql {
        // Statistics that appear between two runs would be a difference, and rightly so.
        database.run("ANALYZE")?;
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("snapshot.json").display().to_string();
    let mut held = snapshot(&database.url());
    std::fs::write(&file, &held)?;
    for arguments in [&["doc"][..], &["audit", "--format", "json"], &["fix"], &["snapshot", "--no-stats"]] {
        compare(arguments, &database.url(), &file, &mut held)?;
    }
    Ok(())
}

fn snapshot(url: &str) -> Vec<u8> {
    brownfield().args(["snapshot", url]).assert().success().get_output().stdout.clone()
}

/// Runs a verb on the file and on the URL. Servers hand on their statistics late, and vacuum and analyze when they like; so
/// a difference counts only while the database's snapshot is still the one that the file holds, statistics included.
fn compare(arguments: &[&str], url: &str, file: &str, held: &mut Vec<u8>) -> TestResult {
    let written =
        |source: &str| brownfield().args(arguments).arg(source).assert().success().get_output().stdout.clone();
    for _ in 0..10 {
        let (filed, live) = (written(file), written(url));
        if live.is_empty() {
            return Err(format!("{arguments:?} wrote nothing").into());
        }
        if live == filed {
            return Ok(());
        }
        let now = snapshot(url);
        if now == *held {
            return Err(format!("{arguments:?} from the URL differs from the file's").into());
        }
        *held = now;
        std::fs::write(file, &held)?;
    }
    Err(format!("{arguments:?}: the database's statistics did not come to rest").into())
}

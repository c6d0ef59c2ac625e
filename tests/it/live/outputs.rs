//! Every verb on every sample.

use crate::support::database::{Database, Place};
use crate::support::{TestResult, brownfield, schemas};
use brownfield::model::EngineName;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        for sample in schemas::samples(place) {
            let name = format!("live::outputs::{}::{}", place.name(), sample.name);
            trials.push(Trial::test(name, move || outputs(place, &sample)));
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
    let file = folder.path().join("snapshot.json");
    let snapshot = file.display().to_string();
    brownfield().args(["snapshot", &database.url(), "-o", &snapshot]).assert().success();
    for arguments in [&["doc"][..], &["audit", "--format", "json"], &["fix"], &["snapshot", "--no-stats"]] {
        let live = brownfield().args(arguments).arg(database.url()).assert().success().get_output().stdout.clone();
        let filed = brownfield().args(arguments).arg(&snapshot).assert().success().get_output().stdout.clone();
        if live != filed {
            return Err(format!("{arguments:?} from the snapshot differs from the one from the URL").into());
        }
        if live.is_empty() {
            return Err(format!("{arguments:?} wrote nothing").into());
        }
        let again = brownfield().args(arguments).arg(database.url()).assert().success().get_output().stdout.clone();
        if live != again {
            return Err(format!("{arguments:?} differs between two runs").into());
        }
    }
    Ok(())
}

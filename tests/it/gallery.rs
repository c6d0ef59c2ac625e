//! The documents in `docs/examples` are what the program writes about the shop, on every engine. The snapshots there fix
//! the names by which other programs read them.

use crate::docs;
use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read_with, schemas};
use brownfield::catalog::Options;
use brownfield::model::{EngineName, Model, Tables};
use brownfield::render::{markdown, svg};
use brownfield::report::{self, Report};
use brownfield::settings::Settings;
use libtest_mimic::Trial;

/// The server that stands for its engine.
const SHOWN: [&str; 4] = ["sqlite", "pg17", "mysql9.7", "maria11.8"];

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        if SHOWN.contains(&place.name()) {
            let name = format!("docs::examples::{}", place.engine().id());
            trials.push(trial(name, move || is_current(place)));
        }
    }
}

fn is_current(place: Place) -> TestResult {
    let sample = schemas::samples(place).into_iter().find(|sample| sample.name == "shop").ok_or("there is no shop")?;
    let database = Database::new(place)?;
    sample.load(&database)?;
    let model = read_with(&database.url(), &Options { statistics: false, ..Options::default() })
        .map_err(|error| chain(&error))?;
    let tables = Tables::new(&model);
    let settings = Settings::default();
    let report = Report::new(&model, &tables, &settings);
    let options = markdown::DocumentOptions { title: Some("Shop".to_owned()), ..Default::default() };
    let folder = format!("docs/examples/{}", place.engine().id());
    // Both are written before either is judged.
    let spec = docs::is_current(&format!("{folder}/spec.md"), &markdown::render(&report, &options));
    let picture = docs::is_current(&format!("{folder}/schema.svg"), &svg::render(&report));
    let snapshot = match place.engine() {
        EngineName::PostgreSql | EngineName::Sqlite => snapshot(&folder, &model, &tables, &settings),
        EngineName::MySql | EngineName::MariaDb => Ok(()),
    };
    spec.and(picture).and(snapshot)
}

/// The file that `brownfield snapshot` writes of a model.
fn snapshot(folder: &str, model: &Model, tables: &Tables<'_>, settings: &Settings) -> TestResult {
    let model = Model { groups: report::table_groups(model, tables, settings), ..model.clone() };
    let text = serde_json::to_string_pretty(&model)?;
    docs::is_current(&format!("{folder}/snapshot.json"), &format!("{text}\n"))
}

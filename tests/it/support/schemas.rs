//! Real schemas that others wrote. They live beside the project, not in it.

use super::database::{Database, Place};
use brownfield::model::EngineName;
use std::path::PathBuf;

/// The folder with the schemas, when it is there.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = super::root().join("../shared/schemas");
    folder.is_dir().then_some(folder)
}

/// The schema files for a place, by name: (`pagila`, path).
pub(crate) fn of(place: Place) -> Vec<(String, PathBuf)> {
    let suffix = match place.engine() {
        EngineName::PostgreSql => "_pg.sql",
        EngineName::MariaDb | EngineName::MySql => "_my.sql",
        EngineName::Sqlite => "_lite.sql",
    };
    let Some(folder) = folder() else { return Vec::new() };
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.strip_suffix(suffix)?.to_owned();
            Some((name, path))
        })
        .collect();
    found.sort();
    found
}

/// Says openly when the schemas are not there.
pub(crate) fn print_coverage() {
    if folder().is_none() {
        println!(
            "schemas not covered: ../shared/schemas is not beside the project, so no test ran on the schemas in it"
        );
    } else {
        println!("schemas covered: those in ../shared/schemas and migrations-fixtures");
    }
}

/// A schema with contents, to try things on.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Name for the test's own name.
    pub(crate) name: String,
    files: Vec<PathBuf>,
}

impl Sample {
    /// Loads it into an empty database.
    pub(crate) fn load(&self, database: &Database) -> Result<(), String> {
        let read =
            |file: &PathBuf| std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
        let scripts = self.files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        // A function that authelia's own program brings along, for rows that are not there.
        let script = scripts.join("\n").replace("BIN2B64(", "hex(");
        database.run(&script).map_err(|error| format!("{}: {error}", self.name))
    }
}

/// The shop of `migrations-fixtures`, and the schemas beside the project.
pub(crate) fn samples(place: Place) -> Vec<Sample> {
    let mut samples = vec![Sample { name: "shop".to_owned(), files: migrations(place) }];
    samples.extend(of(place).into_iter().map(|(name, path)| Sample { name, files: vec![path] }));
    samples
}

/// The shop's migrations in their order.
pub(crate) fn migrations(place: Place) -> Vec<PathBuf> {
    let fixtures = super::root().join("migrations-fixtures");
    let folder = fixtures.join(place.engine().id());
    // MariaDB takes MySQL's history unless it has one of its own.
    let folder = if folder.is_dir() { folder } else { fixtures.join("mysql") };
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    files
}

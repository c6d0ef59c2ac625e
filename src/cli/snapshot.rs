//! `brownfield snapshot`: the model as JSON.

use super::arguments::{Common, Snapshot};
use super::failure::Failure;
use super::{load, output};
use crate::model::{Model, Tables};
use crate::report;
use crate::settings::Settings;
use std::io::{self, Write};

pub(super) fn run(common: &Common, options: &Snapshot) -> Result<(), Failure> {
    let settings = load::settings(common)?;
    let mut model = load::model(&options.database)?;
    // A file that is written anew says how tables were grouped until now.
    if model.groups.is_empty()
        && let Some(path) = options.output.output.as_deref().filter(|path| path.is_file())
        && let Ok(before) = load::snapshot(path)
    {
        model.groups = before.groups;
    }
    grouped(&mut model, &settings);
    let written = output::stream(&options.output, |writer| write(writer, &model));
    // The process ends here, and gives all its memory back faster than value by value.
    std::mem::forget(model);
    written
}

/// Keeps the groups of tables in the model, for the next run to start from.
pub(super) fn grouped(model: &mut Model, settings: &Settings) {
    let groups = report::table_groups(model, &Tables::new(model), settings);
    model.groups = groups;
}

/// Writes the snapshot file of a model.
pub(super) fn write(mut writer: &mut dyn Write, model: &Model) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut writer, model)?;
    writer.write_all(b"\n")
}

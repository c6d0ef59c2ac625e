//! `brownfield snapshot`: the model as JSON.

use super::arguments::{Common, Snapshot};
use super::failure::Failure;
use super::{load, output};
use crate::model::{Model, Tables};
use crate::report;
use crate::settings::Settings;

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
    output::write(&options.output, &bytes(&model)?)
}

/// Keeps the groups of tables in the model, for the next run to start from.
pub(super) fn grouped(model: &mut Model, settings: &Settings) {
    let groups = report::table_groups(model, &Tables::new(model), settings);
    model.groups = groups;
}

/// The snapshot file of a model.
pub(super) fn bytes(model: &Model) -> Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec_pretty(model)
        .map_err(|error| Failure::Unanswered(anyhow::Error::new(error).context("cannot write the model as JSON")))?;
    bytes.push(b'\n');
    Ok(bytes)
}

//! `brownfield snapshot`: the model as JSON.

use super::arguments::{Common, Snapshot};
use super::failure::Failure;
use super::{load, output};
use crate::model::Model;

pub(super) fn run(_common: &Common, options: &Snapshot) -> Result<(), Failure> {
    let model = load::model(&options.database)?;
    output::write(&options.output, &bytes(&model)?)
}

/// The snapshot file of a model.
pub(super) fn bytes(model: &Model) -> Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec_pretty(model)
        .map_err(|error| Failure::Unanswered(anyhow::Error::new(error).context("cannot write the model as JSON")))?;
    bytes.push(b'\n');
    Ok(bytes)
}

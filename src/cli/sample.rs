//! The sample database of `demo`.

use super::failure::Failure;
use crate::catalog::sqlite::sample;
use std::path::Path;

/// The migrations of the sample shop, in order.
const MIGRATIONS: &[(&str, &str)] = &[];

/// Makes the sample database.
pub(super) fn create(path: &Path) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::Unanswered(anyhow::Error::new(error).context("cannot start the runtime")))?;
    Ok(runtime.block_on(sample::create(path, MIGRATIONS))?)
}

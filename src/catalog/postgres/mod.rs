//! Reads PostgreSQL.

use super::{Error, Options};
use crate::model::Model;

/// Where and how to connect.
#[derive(Clone, Debug)]
pub struct Target {}

/// Reads the catalog.
pub async fn read(target: &Target, options: &Options) -> Result<Model, Error> {
    let _ = (target, options);
    Err(Error::new("not yet"))
}

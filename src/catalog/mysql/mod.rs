//! Reads MySQL 8.0.16 and later and MariaDB 10.5 and later from `information_schema`.
//!
//! The number of statements does not depend on the number of tables. On MySQL they see one snapshot; MariaDB's
//! `information_schema` is not transactional, so a schema that changes meanwhile may be read half before and half after.
//! MySQL keeps expressions in `information_schema` in a three-byte character set: characters outside the basic
//! multilingual plane are not told. MySQL 8.0 and 8.4 follow their documentation; they are not run by the tests.

mod assemble;
mod grants;
mod session;
mod statements;
mod target;

pub(super) use session::answers;
pub use target::Target;

use super::{Error, Options};
use crate::model::Model;

/// Reads the catalog.
pub async fn read(target: &Target, options: &Options) -> Result<Model, Error> {
    let catalog = session::read(target, options).await?;
    Ok(assemble::model(&catalog, options))
}

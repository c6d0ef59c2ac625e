//! Reads MySQL 5.7 and later and MariaDB 10.5 and later.
//!
//! MySQL is read from `information_schema`, with a number of statements that does not depend on the number of tables, in
//! one snapshot. What it tells there wrongly (see `shown`) is read from the statements of the few objects that are concerned.
//!
//! MariaDB's `information_schema` opens every table once for each of its views, so tables are read from what
//! `SHOW CREATE TABLE` prints, many in one message, and from `information_schema` only what cannot be read that way. Of a thousand tables and more,
//! a second connection reads its share. Nothing of it is transactional: a schema that changes meanwhile may be read half before and half after.
//!
//! MySQL 5.7, 8.0 and 8.4 follow their documentation; they are not run by the tests.

mod assemble;
mod created;
mod grants;
mod session;
mod show_create;
mod shown;
mod statements;
mod target;

pub(super) use session::answers;
pub use target::Target;

use super::{Error, Options};
use crate::model::Model;

/// Reads the catalog.
pub async fn read(target: &Target, options: &Options) -> Result<Model, Error> {
    let catalog = session::read(target, options).await?;
    Ok(assemble::model(catalog, options))
}

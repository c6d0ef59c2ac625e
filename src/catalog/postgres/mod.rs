//! Reads PostgreSQL 12 and later.
//!
//! Only `pg_catalog` is asked, since `information_schema` hides what the role does not own. The statements in `sql/`
//! are constants that can be pasted into psql; they travel in three messages and share one snapshot, on two
//! connections when there is much to read. What belongs together is joined here and not in the server.

mod alike;
mod answers;
mod assemble;
mod beside;
mod cells;
mod connect;
mod pgpass;
mod rows;
mod scope;
mod service;
mod session;
mod statements;
mod target;
mod text;

pub(super) use answers::answers;
pub use target::{SCHEMES, Target};

use super::{Error, Options};
use crate::model::Model;
use scope::Scope;
use session::Session;
use std::time::Instant;

/// A model and what reading it cost.
#[derive(Debug)]
pub struct Reading {
    /// The model.
    pub model: Model,
    /// Messages sent to the server after the connection was made. Does not depend on the number of tables.
    pub round_trips: u32,
}

/// Reads the catalog.
pub async fn read(target: &Target, options: &Options) -> Result<Model, Error> {
    Ok(read_and_count(target, options).await?.model)
}

/// Reads the catalog and counts the messages that it took.
pub async fn read_and_count(target: &Target, options: &Options) -> Result<Reading, Error> {
    let connection = connect::connect(target, options).await?;
    let mut session = Session::open(connection, target, options).await?;
    let rows = session.read().await?;
    let round_trips = session.round_trips;
    session.close().await;
    let started = Instant::now();
    let scope = Scope::new(&rows, &options.filter)?;
    let model = assemble::assemble(&rows, &scope, options.filter.is_everything(), options.statistics);
    tracing::debug!(milliseconds = started.elapsed().as_millis(), "the model is built");
    Ok(Reading { model, round_trips })
}

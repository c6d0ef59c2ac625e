//! Reads MySQL and MariaDB.

use super::{Error, Options};
use crate::model::Model;
use std::collections::BTreeMap;
use std::fmt;

/// Where and how to connect.
#[derive(Clone, Debug)]
pub struct Target {}

impl Target {
    /// Understands a URL.
    pub fn parse(text: &str, environment: &BTreeMap<String, String>) -> Result<Self, Error> {
        let _ = (text, environment);
        Err(Error::new("MySQL and MariaDB cannot be read yet").hint("PostgreSQL and SQLite can"))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("mysql://")
    }
}

/// Reads the catalog.
#[expect(clippy::unused_async, reason = "the other engines' readers wait for their servers")]
pub async fn read(target: &Target, options: &Options) -> Result<Model, Error> {
    let _ = options;
    Err(Error::new(format!("cannot read {target}")))
}

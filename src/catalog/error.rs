//! Why a catalog could not be read.

use std::error::Error as StdError;
use std::fmt;

/// What was being tried, on what, why it failed, and what to do next. Never holds a secret.
#[derive(Debug)]
pub struct Error {
    /// What was being tried, on what: `cannot connect to postgres://app@db.example/shop`.
    pub attempt: String,
    /// What to do next, when something can be said.
    pub hint: Option<String>,
    /// Why it failed.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error without a cause of its own.
    pub fn new(attempt: impl Into<String>) -> Self {
        Self { attempt: attempt.into(), hint: None, source: None }
    }

    /// With the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// With the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.attempt)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

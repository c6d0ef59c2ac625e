//! A report becomes bytes. One module a format.

pub mod json;
pub mod markdown;
pub mod rules;
pub mod sql;
pub mod terminal;

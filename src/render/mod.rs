//! A report becomes bytes. One module a format.

pub mod markdown;
pub mod terminal;

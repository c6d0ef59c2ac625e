//! A report becomes bytes. One module a format.

/// Appends formatted text to a string, which cannot fail.
macro_rules! push {
    ($out:expr, $($arguments:tt)*) => {{
        use std::fmt::Write as _;
        let _ = write!($out, $($arguments)*);
    }};
}

pub mod dbml;
pub mod ddl;
pub mod dot;
#[cfg(test)]
mod fixture;
pub mod json;
mod layout;
pub mod markdown;
pub mod marks;
pub mod mermaid;
mod names;
pub mod plantuml;
mod routes;
pub mod rules;
pub mod sql;
pub mod svg;
pub mod terminal;

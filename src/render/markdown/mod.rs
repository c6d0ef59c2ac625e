//! The specification document.

use crate::report::Report;

/// What a reader may choose.
#[derive(Clone, Debug, Default)]
pub struct DocumentOptions {
    /// Title.
    pub title: Option<String>,
    /// Date to print.
    pub date: Option<String>,
    /// Add a section with row counts, sizes and usage.
    pub statistics: bool,
}

/// The document.
pub fn render(report: &Report<'_>, options: &DocumentOptions) -> String {
    let _ = report;
    format!("# {}\n", options.title.as_deref().unwrap_or("Data Model"))
}

//! The report as JSON.

use crate::report::{Report, v1};

/// The report in its current JSON form, with a final line feed.
pub fn render(report: &Report<'_>) -> String {
    // Every key is a string and every number is finite, so there is nothing that could fail.
    let mut text = serde_json::to_string_pretty(&v1::Report::new(report)).unwrap_or_default();
    text.push('\n');
    text
}

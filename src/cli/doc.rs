//! `brownfield doc`: the specification document.

use super::arguments::{Common, Doc};
use super::failure::Failure;
use super::{load, output};
use crate::model::Tables;
use crate::render::markdown::{self, DocumentOptions};
use crate::report::Report;

pub(super) fn run(common: &Common, options: &Doc) -> Result<(), Failure> {
    let date = match &options.date {
        Some(date) => Some(checked(date)?),
        None => source_date_epoch()?,
    };
    let settings = load::settings(common)?;
    let model = load::model(&options.database)?;
    let tables = Tables::new(&model);
    let report = Report::new(&model, &tables, &settings);
    let choices = DocumentOptions { title: options.title.clone(), date, statistics: options.stats };
    output::write(&options.output, markdown::render(&report, &choices).as_bytes())
}

fn checked(date: &str) -> Result<String, Failure> {
    date.parse::<jiff::civil::Date>()
        .map(|date| date.to_string())
        .map_err(|_| Failure::usage(format!("--date `{date}` is no date"), "write it as YYYY-MM-DD"))
}

/// The date that reproducible builds ask for, when they do.
fn source_date_epoch() -> Result<Option<String>, Failure> {
    let environment = load::environment();
    let Some(seconds) = environment.get("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let timestamp = seconds.parse().ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let timestamp = timestamp.ok_or_else(|| {
        Failure::usage(format!("SOURCE_DATE_EPOCH `{seconds}` is no moment"), "it counts seconds since 1970-01-01 UTC")
    })?;
    Ok(Some(timestamp.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()))
}

//! Row counts, sizes and usage: facts about this copy of the schema only.

use super::Reading;
use super::escape::{code, table, text};
use super::indexes::folded;
use super::page::{Page, number};
use crate::model::{IndexStatistics, Statistics, TableRef, TableStatistics};

pub(super) fn section(page: &Page<'_, '_>) -> String {
    let Some(statistics) = &page.report.model.statistics else {
        return "No statistics were read.".to_owned();
    };
    let mut out = String::new();
    if let Some(since) = &statistics.counters_since {
        let age = statistics
            .counters_age_days
            .filter(|days| *days > 0)
            .map(|days| format!(", {}", number(days as usize, "day", "days") + " before the reading"));
        push!(out, "Usage is counted since {}{}. ", text(since), age.unwrap_or_default());
    }
    if statistics.standby {
        out.push_str("The server is a standby: its counters are its own. ");
    }
    out.push_str("Row counts and sizes are the server's estimates.");
    match page.options.reading {
        Some(Reading::Database(time)) => push!(out, " Everything here was read in {} ms.", time.as_millis()),
        Some(Reading::File) => out.push_str(" They were read from a snapshot file and are as old as that."),
        None => {}
    }
    out.push_str("\n\n");
    let rows: Vec<Vec<String>> = statistics
        .tables
        .iter()
        .map(|entry| {
            vec![
                page.link_to(&entry.table),
                count(entry.rows),
                entry.bytes.map(bytes).unwrap_or_default(),
                entry.index_bytes.map(bytes).unwrap_or_default(),
                count(entry.sequential_scans),
                entry.analyzed.as_deref().map(text).unwrap_or_default(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let header = ["Table", "Rows", "Size", "Index size", "Sequential scans", "Analysed"];
        out.push_str(&folded("tables", rows.len(), &table(&header, &rows)));
    }
    let rows: Vec<Vec<String>> = statistics
        .indexes
        .iter()
        .map(|entry| {
            vec![
                page.link_to(&entry.table),
                code(&entry.index),
                count(entry.scans),
                entry.bytes.map(bytes).unwrap_or_default(),
                entry.last_scan.as_deref().map(text).unwrap_or_default(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let header = ["Table", "Index", use_of(page), "Size", "Last scan"];
        out.push_str(&folded("indexes", rows.len(), &table(&header, &rows)));
    }
    out
}

/// What the scans of an index count.
fn use_of(page: &Page<'_, '_>) -> &'static str {
    if page.report.model.engine.name.is_mysql_family() { "Rows read" } else { "Scans" }
}

/// Sizes and use of the indexes of one table.
pub(super) struct OfIndexes<'r> {
    statistics: &'r Statistics,
    table: TableRef<'r>,
    used: &'static str,
}

/// Sizes and use of a table's indexes, when they are wanted and some are known.
pub(super) fn of_indexes<'r>(page: &'r Page<'_, '_>, of: TableRef<'r>) -> Option<OfIndexes<'r>> {
    let statistics = page.report.model.statistics.as_ref().filter(|_| page.options.statistics)?;
    let found = OfIndexes { statistics, table: of, used: use_of(page) };
    of.table.indexes.iter().any(|index| found.entry(&index.name).is_some()).then_some(found)
}

impl OfIndexes<'_> {
    pub(super) fn header(&self) -> [&'static str; 2] {
        ["Size", self.used]
    }

    pub(super) fn of(&self, index: &str) -> [String; 2] {
        let entry = self.entry(index);
        [entry.and_then(|entry| entry.bytes).map(bytes).unwrap_or_default(), count(entry.and_then(|entry| entry.scans))]
    }

    fn entry(&self, index: &str) -> Option<&IndexStatistics> {
        self.statistics.index(&self.table.schema.name, &self.table.table.name, index)
    }
}

/// How much the database holds and how old these numbers are, when they are wanted and there.
pub(super) fn summary(page: &Page<'_, '_>) -> Option<String> {
    let statistics = page.report.model.statistics.as_ref().filter(|_| page.options.statistics)?;
    let sum = |of: &dyn Fn(&TableStatistics) -> Option<u64>| statistics.tables.iter().filter_map(of).sum::<u64>();
    let known = statistics.tables.iter().filter(|entry| entry.rows.is_some()).count();
    if known == 0 {
        return Some("Row counts and sizes are not known.".to_owned());
    }
    let mut out = format!("About {} rows", sum(&|entry| entry.rows));
    if known < page.report.tables.len() {
        push!(out, " in the {} whose size is known", number(known, "table", "tables"));
    }
    let (tables, indexes) = (sum(&|entry| entry.bytes), sum(&|entry| entry.index_bytes));
    if tables > 0 {
        push!(out, ", {} of tables and {} of indexes", bytes(tables), bytes(indexes));
    }
    out.push('.');
    if let Some(oldest) = statistics.tables.iter().filter_map(|entry| entry.analyzed.as_deref()).min() {
        // The day is enough here; the moments are in the section.
        push!(out, " The oldest statistics are of {}.", text(oldest.split('T').next().unwrap_or(oldest)));
    }
    let never = statistics.tables.iter().filter(|entry| entry.rows.is_some() && entry.analyzed.is_none()).count();
    if never > 0 && never < known {
        push!(out, " {} never analysed.", number(never, "table was", "tables were"));
    }
    if let Some(days) = statistics.counters_age_days {
        let age = if days == 0 { "less than a day".to_owned() } else { number(days as usize, "day", "days") };
        push!(out, " Usage has been counted for {age}.");
    }
    Some(out)
}

fn count(value: Option<u64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn bytes(value: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut scaled = value as f64;
    while scaled >= 1024.0 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{value} B") } else { format!("{scaled:.1} {}", UNITS[unit]) }
}

//! `brownfield doc`: the specification document.

use super::arguments::{BuiltInTemplate, Common, Doc, DocumentFormat};
use super::failure::Failure;
use super::{load, output};
use crate::catalog::Source;
use crate::model::Tables;
use crate::render::markdown::{self, DocumentOptions, Placement, Reading, Surroundings};
use crate::render::{dbml, ddl, dot, json, mermaid, plantuml, svg};
use crate::report::Report;
use anstream::eprintln;
use std::cell::Cell;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

pub(super) fn run(common: &Common, options: &Doc) -> Result<(), Failure> {
    if let Some(template) = options.print_template {
        let source = match template {
            BuiltInTemplate::Document => markdown::TEMPLATE,
            BuiltInTemplate::Findings => markdown::FINDINGS_TEMPLATE,
        };
        return output::write(&options.output, source.as_bytes());
    }
    let date = match &options.date {
        Some(date) => Some(checked(date)?),
        None => source_date_epoch()?,
    };
    let settings = load::settings(common)?;
    // Without row counts no statement can be judged.
    let statistics = options.stats || options.database.workload.is_some();
    let start = Instant::now();
    let source = load::source(&options.database)?;
    let mut model = load::model_of(&source, &options.database, statistics)?;
    let reading = Some(match source {
        Source::Snapshot(..) => Reading::File,
        _ => Reading::Database(start.elapsed()),
    });
    if let Some(path) = &options.groups_from {
        model.groups = load::snapshot(path)?.groups;
    }
    let tables = Tables::new(&model);
    let report = Report::new(&model, &tables, &settings);
    for stale in &report.summary.stale_entries {
        eprintln!("note: without effect in the configuration: {stale}");
    }
    let choices = DocumentOptions { title: options.title.clone(), date, statistics, reading };
    let start = Instant::now();
    let text = match options.format {
        DocumentFormat::Markdown => None,
        DocumentFormat::Json => Some(json::render(&report)),
        DocumentFormat::Dbml => Some(dbml::render(&report)),
        DocumentFormat::Mermaid => Some(mermaid::render(&report)),
        DocumentFormat::Plantuml => Some(plantuml::render(&report)),
        DocumentFormat::Dot => Some(dot::render(&report)),
        DocumentFormat::Ddl => Some(ddl::render(&report)),
        DocumentFormat::Svg => Some(svg::render(&report)),
    };
    let written = match text {
        Some(text) => output::write(&options.output, text.as_bytes()),
        None => markdown(options, &report, &choices),
    };
    tracing::debug!(milliseconds = start.elapsed().as_millis(), "the answer is written");
    // The process ends here, and gives all its memory back faster than value by value.
    std::mem::forget(report);
    std::mem::forget(tables);
    std::mem::forget(model);
    written
}

fn markdown(options: &Doc, report: &Report<'_>, choices: &DocumentOptions) -> Result<(), Failure> {
    if let Some(template) = &options.template {
        return output::write(&options.output, from_template(template, report, choices)?.as_bytes());
    }
    let path = options.output.path();
    let force = options.output.force;
    match path {
        Some(folder) if options.split => {
            std::fs::create_dir_all(folder).map_err(|error| output::unwritable(folder, error))?;
            let placement = Placement::default();
            let files = markdown::render_pages(report, choices, &placement);
            output::pages(folder, &placement, &files, force)
        }
        Some(path) if !options.single && is_file_like(path) => {
            let tables = report.tables.len();
            if tables > markdown::SPLIT_ABOVE {
                return index_and_pages(path, report, choices, force, &format!("{tables} tables are too many"));
            }
            let document = markdown::render(report, choices);
            if document.len() > markdown::SPLIT_ABOVE_BYTES {
                let reason = format!("{} KiB are too much", document.len() / 1024);
                return index_and_pages(path, report, choices, force, &reason);
            }
            output::write(&options.output, document.as_bytes())?;
            without_pages(path)
        }
        _ => {
            let length = Cell::new(0);
            output::stream(&options.output, |writer| {
                markdown::write(report, choices, |piece| {
                    length.set(length.get() + piece.len());
                    writer.write_all(&output::plain(piece.as_bytes()))
                })
            })?;
            if length.get() > markdown::SPLIT_ABOVE_BYTES && !options.single {
                eprintln!(
                    "note: {} KiB in one file: GitHub shows its beginning only; `-o FILE.md` writes an index and pages",
                    length.get() / 1024
                );
            }
            path.filter(|path| is_file_like(path)).map_or(Ok(()), without_pages)
        }
    }
}

/// Writes an index with a folder of pages beside it, and says why.
fn index_and_pages(
    path: &Path,
    report: &Report<'_>,
    choices: &DocumentOptions,
    force: bool,
    reason: &str,
) -> Result<(), Failure> {
    let placement = beside(path);
    let files = markdown::render_pages(report, choices, &placement);
    output::pages(path.parent().unwrap_or(Path::new("")), &placement, &files, force)?;
    eprintln!(
        "note: {reason} for one file: {} is an index, and the pages are in {}",
        path.display(),
        path.with_extension("").display()
    );
    Ok(())
}

/// Where the pages stand of a document whose index is this file.
fn beside(path: &Path) -> Placement {
    let name = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    Placement { index: name(path.file_name()), folder: format!("{}/", name(path.file_stem())) }
}

/// Removes the pages that an earlier run wrote beside a document that is one file now.
fn without_pages(path: &Path) -> Result<(), Failure> {
    let removed = output::remove_stale(path.parent().unwrap_or(Path::new("")), &beside(path), &HashSet::new())?;
    if removed > 0 {
        eprintln!(
            "note: the document is one file now: removed the {removed} pages of an earlier run in {}",
            path.with_extension("").display()
        );
    }
    Ok(())
}

/// Whether a path can have a folder of its own name beside it, which a pipe or device cannot.
fn is_file_like(path: &Path) -> bool {
    path.extension().is_some() && (path.is_file() || !path.exists())
}

fn from_template(path: &Path, report: &Report<'_>, choices: &DocumentOptions) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("cannot read the template {}: {error}", path.display()), "--template names a file")
    };
    let source = std::fs::read_to_string(path).map_err(unreadable)?;
    let environment = load::environment();
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let surroundings = Surroundings {
        file: Arc::new(move |name| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())),
        variable: Arc::new(move |name| environment.get(name).cloned()),
    };
    let name = path.display().to_string();
    markdown::render_template(report, choices, &name, &source, &surroundings).map_err(|error| {
        let hint = error.hint.clone().unwrap_or_else(|| "--print-template shows a template that works".to_owned());
        Failure::usage(error.to_string(), hint)
    })
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

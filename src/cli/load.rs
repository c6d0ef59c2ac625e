//! From arguments to a model and settings.

use super::Failure;
use super::arguments::{Common, Database};
use crate::catalog::{self, Filter, Options, Source, WorkloadSource};
use crate::model::Model;
use crate::settings::Settings;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

/// How long work may take before a progress line appears.
const QUIET: Duration = Duration::from_millis(500);

/// The whole environment, with the user as the operating system knows him where `USER` does not say. Values that are no
/// Unicode are left out: no variable that is read may hold such.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(super) fn environment() -> BTreeMap<String, String> {
    let variables = std::env::vars_os();
    let mut environment: BTreeMap<String, String> =
        variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    if environment.get("USER").is_none_or(String::is_empty)
        && let Ok(user) = whoami::username()
    {
        environment.insert("USER".to_owned(), user);
    }
    environment
}

/// Logs to standard error, without styles: `-v` every query with its rows and time, `-vv` its SQL and the driver's own
/// words too.
pub(super) fn set_up_logging(verbose: u8) {
    use tracing_subscriber::EnvFilter;
    let directives = match verbose {
        0 => "brownfield=warn",
        1 => "brownfield=debug",
        _ => "brownfield=trace,sqlx=debug",
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(directives))
        .with_writer(std::io::stderr)
        .with_target(false)
        .without_time()
        .finish();
    // A second run in one process keeps the first subscriber.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Reads the configuration: the file named, or `brownfield.toml` when it is there.
pub(super) fn settings(common: &Common) -> Result<Settings, Failure> {
    let default = Path::new("brownfield.toml");
    let path = match &common.config {
        Some(path) => path.as_path(),
        None if default.exists() => default,
        None => return Ok(Settings::default()),
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::Usage(anyhow::Error::new(
            catalog::Error::new(format!("cannot read the configuration {}", path.display())).because(error),
        ))
    })?;
    Settings::parse(&text, &|rule| crate::checks::find(rule).map(|rule| rule.options)).map_err(|error| {
        Failure::Usage(anyhow::Error::new(
            catalog::Error::new(format!("the configuration {} is not valid", path.display()))
                .because(error)
                .hint("`brownfield rules` lists the rules, and docs/configuration.md the keys"),
        ))
    })
}

/// Reads the database that the arguments name.
pub(super) fn model(database: &Database) -> Result<Model, Failure> {
    model_of(&source(database)?, database, !database.no_stats)
}

/// Reads a source as the arguments say, with or without statistics.
pub(super) fn model_of(source: &Source, database: &Database, statistics: bool) -> Result<Model, Failure> {
    read(source, &Options { statistics, ..options(database)? })
}

/// The database or file that the arguments name.
pub(super) fn source(database: &Database) -> Result<Source, Failure> {
    let environment = environment();
    let text = target(database, &environment)?;
    let source = Source::parse(&text, &environment).map_err(|error| Failure::Usage(anyhow::Error::new(error)))?;
    Ok(source.opened()?)
}

/// Reads a snapshot file for what it says beside the catalog.
pub(super) fn snapshot(path: &Path) -> Result<Model, Failure> {
    let source = Source::parse(&path.display().to_string(), &BTreeMap::new())
        .map_err(|error| Failure::Usage(anyhow::Error::new(error)))?;
    read(&source, &Options { statistics: false, ..Options::default() })
}

/// Reads a source, with a progress line when it takes long.
pub(super) fn read(source: &Source, options: &Options) -> Result<Model, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unanswered(anyhow::Error::new(error).context("cannot start the runtime")))?;
    let model = runtime.block_on(async {
        let reading = catalog::read(source, options);
        tokio::pin!(reading);
        tokio::select! {
            biased;
            model = &mut reading => return model,
            () = tokio::time::sleep(QUIET) => {}
        }
        let progress = progress(&format!("reading {source}"));
        let model = reading.await;
        progress.finish_and_clear();
        model
    });
    Ok(model?)
}

fn progress(message: &str) -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let progress = indicatif::ProgressBar::new_spinner().with_message(message.to_owned());
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}

fn target(database: &Database, environment: &BTreeMap<String, String>) -> Result<String, Failure> {
    let given = [database.target.as_ref(), database.url.as_ref()].into_iter().flatten().next();
    let variable = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    if let Some(url) = given.or_else(|| variable("BROWNFIELD_URL")).or_else(|| variable("DATABASE_URL")) {
        return Ok(url.clone());
    }
    if ["PGHOST", "PGDATABASE", "PGSERVICE"].iter().any(|name| variable(name).is_some()) {
        return Ok("postgres://".to_owned());
    }
    if ["MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT"].iter().any(|name| variable(name).is_some()) {
        return Ok("mysql://".to_owned());
    }
    Err(Failure::usage(
        "no database is named",
        "give a URL or a file: `brownfield audit postgres://user@host/database`, `brownfield audit shop.db`, or set \
         BROWNFIELD_URL or DATABASE_URL; `brownfield demo` needs none",
    ))
}

fn options(database: &Database) -> Result<Options, Failure> {
    let filter = Filter::new(&database.schema, &database.include, &database.exclude).map_err(|error| {
        Failure::Usage(anyhow::Error::new(
            catalog::Error::new("--include or --exclude is no valid glob")
                .because(error)
                .hint("a glob is matched against `schema.table`: `public.*`, `*_backup`, `{sales,billing}.*`"),
        ))
    })?;
    Ok(Options {
        filter,
        statistics: true,
        data: database.data.then_some(crate::survey::references),
        workload: workload(database),
        statement_timeout: Duration::from_secs(database.statement_timeout),
        lock_timeout: Duration::from_secs(database.lock_timeout),
        connect_timeout: Duration::from_secs(database.connect_timeout),
        connections: database.connections,
        statements_of_tables: true,
    })
}

/// Where the statements that ran are to be read, when the arguments ask for them.
fn workload(database: &Database) -> Option<WorkloadSource> {
    database.workload.as_ref().map(|path| {
        if path.as_os_str() == "server" { WorkloadSource::Server } else { WorkloadSource::File(path.clone()) }
    })
}

//! The statements that ran, read only when the user wants them judged: from a file, or from the server's own counters.
//!
//! Values are taken out of statements here, so that nothing later can print one.

mod file;
mod normal;
mod server;

use super::{Error, Options, Source};
use crate::model::{EngineName, Model, Unseen, UnseenKind};
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use std::path::{Path, PathBuf};

/// Where the statements that ran are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkloadSource {
    /// A file: statements, or an export of counters as CSV or JSON.
    File(PathBuf),
    /// The counters of the server that is read.
    Server,
}

/// A workload about to be read.
pub(super) enum Opened<'o> {
    /// The text of a file with its path.
    File(&'o Path, String),
    Server,
}

/// Opens the file, before the server is asked for anything.
pub(super) fn open(wanted: &WorkloadSource) -> Result<Opened<'_>, Error> {
    match wanted {
        WorkloadSource::File(path) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(Opened::File(path, text)),
            Err(error) => {
                Err(unreadable(path).because(error).hint("name a file, or `server` for the server's counters"))
            }
        },
        WorkloadSource::Server => Ok(Opened::Server),
    }
}

/// Reads the workload into a model. A file that cannot be read is an error; a server that does not tell is recorded.
pub(super) async fn read(
    opened: Opened<'_>,
    source: &Source,
    options: &Options,
    model: &mut Model,
) -> Result<(), Error> {
    model.unseen.retain(|unseen| unseen.what != UnseenKind::Workload);
    model.workload = None;
    match opened {
        Opened::File(path, text) => {
            let extension = path.extension().and_then(|name| name.to_str());
            let workload = file::parse(model.engine.name, extension, &text);
            model.workload = Some(workload.map_err(|reason| unreadable(path).because(reason).hint(file::FORMS))?);
        }
        Opened::Server => match server::read(source, options, model).await? {
            Ok((workload, hidden)) => {
                model.workload = Some(workload);
                model.unseen.extend(hidden);
            }
            Err(unseen) => model.unseen.push(unseen),
        },
    }
    model.sort();
    Ok(())
}

fn unreadable(path: &Path) -> Error {
    Error::new(format!("cannot read the workload {}", path.display()))
}

/// What could not be read of the workload, with what would show it.
fn unseen(reason: impl Into<String>, remedy: impl Into<String>) -> Unseen {
    Unseen { what: UnseenKind::Workload, schema: None, object: None, reason: reason.into(), remedy: remedy.into() }
}

/// How an engine writes SQL.
fn dialect(engine: EngineName) -> &'static dyn Dialect {
    match engine {
        EngineName::PostgreSql => &PostgreSqlDialect {},
        EngineName::MySql | EngineName::MariaDb => &MySqlDialect {},
        EngineName::Sqlite => &SQLiteDialect {},
    }
}

//! Where a model comes from: a database URL, a SQLite file or a snapshot file.

use super::{Error, Options, mysql, postgres, sqlite};
use crate::model::{FORMAT, Model, VERSION};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The bytes that every SQLite 3 database starts with (sqlite.org/fileformat2.html, §1.3).
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// Something that can be read.
#[derive(Clone, Debug)]
pub enum Source {
    /// A PostgreSQL database.
    Postgres(Box<postgres::Target>),
    /// A MySQL or MariaDB server.
    MySql(mysql::Target),
    /// A SQLite file.
    Sqlite(sqlite::Target),
    /// A snapshot that was written before.
    Snapshot(PathBuf),
}

impl Source {
    /// Understands a URL or a path. `environment` holds the variables that the engines' own clients read.
    ///
    /// A scheme may carry a driver's name as other tools write it: `postgresql+psycopg://`, `jdbc:mysql://`.
    pub fn parse(text: &str, environment: &BTreeMap<String, String>) -> Result<Self, Error> {
        let text = text.strip_prefix("jdbc:").unwrap_or(text);
        let Some((scheme, rest)) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
            return file(Path::new(text));
        };
        let engine = scheme.split_once('+').map_or(scheme, |(engine, _driver)| engine);
        let url = format!("{engine}:{rest}");
        match engine.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" | "pg" => {
                Ok(Self::Postgres(Box::new(postgres::Target::parse(&url, environment)?)))
            }
            "mysql" | "mysql2" | "my" | "mariadb" | "maria" => {
                Ok(Self::MySql(mysql::Target::parse(&url, environment)?))
            }
            "sqlite" | "sqlite3" | "file" => Ok(Self::Sqlite(sqlite::Target::parse(&url)?)),
            _ if Path::new(text).exists() => file(Path::new(text)),
            other => Err(Error::new(format!("the scheme `{other}:` names no engine that can be read"))
                .hint("known are postgres:, mysql:, mariadb: and sqlite:, and the path of a SQLite or snapshot file")),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(target) => target.fmt(formatter),
            Self::MySql(target) => target.fmt(formatter),
            Self::Sqlite(target) => target.fmt(formatter),
            Self::Snapshot(path) => path.display().fmt(formatter),
        }
    }
}

/// Whether text before a colon is a URL's scheme (RFC 3986 §3.1) and not a drive letter.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
}

fn file(path: &Path) -> Result<Source, Error> {
    let cannot = |error: std::io::Error| {
        let hint = match error.kind() {
            ErrorKind::NotFound => "a database server is named by a URL such as postgres://user@host/database",
            _ => "the file must be readable",
        };
        Error::new(format!("cannot open {}", path.display())).because(error).hint(hint)
    };
    if path.is_dir() {
        return Err(Error::new(format!("{} is a folder", path.display())).hint("name a SQLite file or a snapshot file"));
    }
    let mut start = Vec::new();
    File::open(path).map_err(cannot)?.take(64).read_to_end(&mut start).map_err(cannot)?;
    if start.is_empty() || start.starts_with(SQLITE_MAGIC) {
        return Ok(Source::Sqlite(sqlite::Target::parse(&path.display().to_string())?));
    }
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') {
        return Ok(Source::Snapshot(path.to_owned()));
    }
    Err(Error::new(format!("{} is neither a SQLite database nor a snapshot", path.display()))
        .hint("an encrypted SQLite database cannot be read; a snapshot is what `brownfield snapshot` writes"))
}

/// Reads a snapshot file.
pub(super) fn read_snapshot(path: &Path, options: &Options) -> Result<Model, Error> {
    let attempt = || Error::new(format!("cannot read the snapshot {}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| attempt().because(error))?;
    let head: Head = serde_json::from_str(&text)
        .map_err(|error| attempt().because(error).hint("it must be JSON as `brownfield snapshot` writes it"))?;
    if head.format.as_deref() != Some(FORMAT) {
        return Err(attempt().because(format!("its `format` is not `{FORMAT}`")));
    }
    if head.version != Some(VERSION) {
        let found = head.version.map_or("none".to_owned(), |version| version.to_string());
        return Err(attempt()
            .because(format!("its `version` is {found}, and this program reads {VERSION}"))
            .hint("write the snapshot again with this version of brownfield"));
    }
    let mut model: Model = serde_json::from_str(&text).map_err(|error| attempt().because(error))?;
    narrow(&mut model, options);
    // Edited by hand or merged, the lists may have lost the order that look-ups rely on.
    model.sort();
    Ok(model)
}

#[derive(serde::Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u32>,
}

/// Applies the filter and the choice of statistics, with which a workload goes, to a model that was read without them.
fn narrow(model: &mut Model, options: &Options) {
    let filter = &options.filter;
    if !options.statistics {
        model.statistics = None;
        model.workload = None;
        for view in model.schemas.iter_mut().flat_map(|schema| &mut schema.views) {
            view.populated = true;
        }
        model.unseen.retain(|unseen| !unseen.what.is_of_statistics());
    }
    if filter.is_everything() {
        return;
    }
    model.schemas.retain(|schema| filter.allows_schema(&schema.name));
    for schema in &mut model.schemas {
        let name = &schema.name;
        schema.tables.retain(|table| filter.allows(name, &table.name));
        schema.views.retain(|view| filter.allows(name, &view.name));
    }
    if let Some(data) = &mut model.data {
        data.foreign_keys.retain(|entry| filter.allows(&entry.table.schema, &entry.table.name));
    }
    if let Some(statistics) = &mut model.statistics {
        statistics.tables.retain(|entry| filter.allows(&entry.table.schema, &entry.table.name));
        statistics.indexes.retain(|entry| filter.allows(&entry.table.schema, &entry.table.name));
        statistics.columns.retain(|entry| filter.allows(&entry.table.schema, &entry.table.name));
        statistics
            .sequences
            .retain(|entry| entry.table.as_ref().is_none_or(|table| filter.allows(&table.schema, &table.name)));
    }
}

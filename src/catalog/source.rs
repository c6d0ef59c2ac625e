//! Where a model comes from: a database URL, a SQLite file or a snapshot file.

use super::outside::resting;
use super::{Error, Options, masked, mysql, postgres, sqlite};
use crate::model::{FORMAT, Model, Schema, VERSION};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The bytes that every SQLite 3 database starts with (sqlite.org/fileformat2.html, §1.3).
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// Words that a connection string in keywords and values is known by (libpq's, "Keyword/Value Connection Strings").
const CONNECTION_KEYWORDS: &[&str] = &["dbname", "host", "hostaddr", "password", "port", "service", "sslmode", "user"];

/// Something that can be read.
#[derive(Clone, Debug)]
pub enum Source {
    /// A PostgreSQL database.
    Postgres(Box<postgres::Target>),
    /// A MySQL or MariaDB server.
    MySql(mysql::Target),
    /// A SQLite file.
    Sqlite(sqlite::Target),
    /// A file that is a SQLite database or a snapshot that was written before: its content tells.
    File(PathBuf),
    /// A snapshot file with its text, which a pipe gives only once.
    Snapshot(PathBuf, String),
}

impl Source {
    /// Understands a URL or a path. `environment` holds the variables that the engines' own clients read.
    ///
    /// A scheme may carry a driver's name as other tools write it: `postgresql+psycopg://`, `jdbc:mysql://`. Blanks and
    /// quotes around the text, which files of variables leave there, are no part of it. No file is opened yet.
    pub fn parse(text: &str, environment: &BTreeMap<String, String>) -> Result<Self, Error> {
        let path = Path::new(text);
        if path.exists() {
            return Ok(Self::File(path.to_owned()));
        }
        let text = text.trim().trim_matches(['"', '\'']).trim();
        let text = text.strip_prefix("jdbc:").unwrap_or(text);
        let Some((scheme, rest)) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
            return file(text);
        };
        let engine = scheme.split_once('+').map_or(scheme, |(engine, _driver)| engine);
        let url = format!("{engine}:{rest}");
        if cuts_password(rest) {
            return Err(Error::new(format!("cannot read the connection URL {}", masked(text)))
                .because("an @ stands behind the host, where the rest of a password would")
                .hint("percent-encode special characters of the password: / is %2F, ? is %3F, @ is %40"));
        }
        match engine.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" | "pg" => {
                Ok(Self::Postgres(Box::new(postgres::Target::parse(&url, environment)?)))
            }
            "mysql" | "mysql2" | "my" | "mariadb" | "maria" => {
                Ok(Self::MySql(mysql::Target::parse(&url, environment)?))
            }
            "sqlite" | "sqlite3" | "file" => Ok(Self::Sqlite(sqlite::Target::parse(&url)?)),
            other => Err(Error::new(format!("the scheme `{other}:` names no engine that can be read"))
                .hint("known are postgres:, mysql:, mariadb: and sqlite:, and the path of a SQLite or snapshot file")),
        }
    }

    /// The source, with a SQLite database told from a snapshot by what stands in the file.
    pub fn opened(&self) -> Result<Self, Error> {
        match self {
            Self::File(path) => open(path),
            other => Ok(other.clone()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(target) => target.fmt(formatter),
            Self::MySql(target) => target.fmt(formatter),
            Self::Sqlite(target) => target.fmt(formatter),
            Self::File(path) | Self::Snapshot(path, _) => formatter.write_str(&masked(&path.display().to_string())),
        }
    }
}

/// Whether text before a colon is a URL's scheme (RFC 3986 §3.1) and not a drive letter.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
}

/// Whether a URL, after its scheme, has a password and another `@` than the one that ends it: a slash or a question mark in the
/// password would end the host.
fn cuts_password(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("//") else { return false };
    let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let credentials = authority.rsplit_once('@').map(|(credentials, _)| credentials);
    credentials.is_some_and(|credentials| credentials.contains(':')) && behind.contains('@')
}

/// A path, unless the text is the beginning of something else.
fn file(text: &str) -> Result<Source, Error> {
    let shown = masked(text);
    let is_pair = |word: &str| word.split_once('=').is_some_and(|(name, _)| CONNECTION_KEYWORDS.contains(&name));
    if text.split_whitespace().any(is_pair) {
        return Err(Error::new(format!("cannot read the connection string {shown:?}"))
            .because("it is written in keywords and values")
            .hint("write it as a URL: postgres://user@host:5432/database"));
    }
    if text.contains("//") && text.contains('@') {
        return Err(Error::new(format!("{shown:?} is neither a file nor a URL"))
            .hint("a URL begins with the name of an engine, a colon and two slashes: postgres://user@host/database"));
    }
    Ok(Source::File(PathBuf::from(text)))
}

/// Tells a SQLite database from a snapshot.
fn open(path: &Path) -> Result<Source, Error> {
    let cannot = |error: std::io::Error| {
        let hint = match error.kind() {
            ErrorKind::NotFound => "a database server is named by a URL such as postgres://user@host/database",
            _ => "the file must be readable",
        };
        Error::new(format!("cannot open {}", masked(&path.display().to_string()))).because(error).hint(hint)
    };
    if path.is_dir() {
        return Err(Error::new(format!("{} is a folder", path.display())).hint("name a SQLite file or a snapshot file"));
    }
    let mut file = File::open(path).map_err(cannot)?;
    let mut start = Vec::new();
    file.by_ref().take(64).read_to_end(&mut start).map_err(cannot)?;
    if start.is_empty() || start.starts_with(SQLITE_MAGIC) {
        return Ok(Source::Sqlite(sqlite::Target::of(path)));
    }
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') {
        file.read_to_end(&mut start).map_err(cannot)?;
        let text = String::from_utf8(start).map_err(|error| unreadable(path).because(error.utf8_error()))?;
        return Ok(Source::Snapshot(path.to_owned(), text));
    }
    Err(Error::new(format!("{} is neither a SQLite database nor a snapshot", path.display()))
        .hint("an encrypted SQLite database cannot be read; a snapshot is what `brownfield snapshot` writes"))
}

fn unreadable(path: &Path) -> Error {
    Error::new(format!("cannot read the snapshot {}", path.display()))
}

/// Understands the text of a snapshot file.
pub(super) fn read_snapshot(path: &Path, text: &str, options: &Options) -> Result<Model, Error> {
    let attempt = || unreadable(path);
    let head: Head = serde_json::from_str(text)
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
    let mut model: Model = serde_json::from_str(text).map_err(|error| attempt().because(error))?;
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
    let mut left_out: Vec<Schema> =
        model.schemas.extract_if(.., |schema| !filter.allows_schema(&schema.name)).collect();
    for schema in &mut model.schemas {
        let name = &schema.name;
        let mut rest = Schema::new(name);
        rest.tables.extend(schema.tables.extract_if(.., |table| !filter.allows(name, &table.name)));
        rest.views.extend(schema.views.extract_if(.., |view| !filter.allows(name, &view.name)));
        left_out.push(rest);
    }
    left_out.append(&mut model.outside);
    model.outside = resting(left_out, model);
    if let Some(data) = &mut model.data {
        data.foreign_keys.retain(|entry| filter.allows(&entry.table.schema, &entry.table.name));
        data.references.retain(|entry| filter.allows(&entry.reference.table.schema, &entry.reference.table.name));
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

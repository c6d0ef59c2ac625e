//! Which file, and why it cannot be read.

use crate::catalog::{Error, masked};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A SQLite file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    path: PathBuf,
}

/// Bytes of the file's header up to and with the change counter (sqlite.org/fileformat.html, "The Database Header").
const HEAD: usize = 28;
/// Version of the file format that stands for WAL mode.
const WAL: u8 = 2;

/// What changes when somebody writes to a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Resting {
    head: [u8; HEAD],
    length: u64,
    modified: Option<SystemTime>,
}

impl Target {
    /// The file of this path.
    pub(in crate::catalog) fn of(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Understands `sqlite:path`, `sqlite://path`, `file:path` and a bare path. A query (`?mode=ro`) is ignored: files are
    /// always opened read-only.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let rest = ["sqlite3:", "sqlite:", "file:"]
            .iter()
            .find_map(|scheme| text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)))
            .map_or(text, |scheme| &text[scheme.len()..]);
        let is_url = rest.len() < text.len();
        let path = if is_url { rest.split('?').next().unwrap_or_default() } else { rest };
        let path = match path.strip_prefix("//") {
            Some(rest) if is_url => rest.strip_prefix("localhost").filter(|rest| rest.starts_with('/')).unwrap_or(rest),
            _ => path,
        };
        if path.is_empty() || path == ":memory:" {
            return Err(Error::new("the SQLite URL names no file").hint(
                "write sqlite:path/to/file.db, or the path alone; a database in memory belongs to its own process",
            ));
        }
        let path = if is_url { percent_decoded(path) } else { path.to_owned() };
        Ok(Self { path: PathBuf::from(path) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Name of the file without its folder.
    pub(super) fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The state of a file in WAL mode that nobody has open, so that no log lies beside it. Read the usual way, SQLite
    /// would make a log and leave it there, or fail where it cannot (sqlite.org/wal.html, "Read-Only Databases"). `None`
    /// for every other file.
    pub(super) fn resting(&self) -> Option<Resting> {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        if Path::new(&log).metadata().is_ok_and(|metadata| metadata.len() > 0) {
            return None;
        }
        let mut file = File::open(&self.path).ok()?;
        let mut head = [0; HEAD];
        file.read_exact(&mut head).ok()?;
        let metadata = file.metadata().ok()?;
        let [.., write_version, read_version, _, _, _, _, _, _, _, _] = head;
        (write_version == WAL || read_version == WAL).then(|| Resting {
            head,
            length: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }

    /// An early and clear error for what is no readable file.
    pub(super) fn check(&self) -> Result<(), Error> {
        let cannot = || Error::new(format!("cannot open {self}"));
        let metadata = std::fs::metadata(&self.path)
            .map_err(|error| cannot().because(error).hint("name an existing file; `brownfield demo` makes a sample"))?;
        if metadata.is_dir() {
            return Err(cannot().because("it is a folder").hint("name the database file in it"));
        }
        File::open(&self.path)
            .map(drop)
            .map_err(|error| cannot().because(error).hint("the account that runs brownfield must be able to read it"))
    }

    /// What went wrong with the file, and the next step.
    pub(super) fn cannot(&self, what: &str, error: &sqlx::Error) -> Error {
        let message = message(error);
        let hint = [
            ("not a database", "the file is no SQLite database, or it is encrypted"),
            ("malformed", "the file is damaged: `sqlite3 FILE .recover` saves what can be saved"),
            ("locked", "another process holds a lock: try again, or raise --lock-timeout"),
            ("unable to open", "in WAL mode SQLite must be able to write beside the file: copy it somewhere writable"),
        ]
        .iter()
        .find(|(part, _)| message.contains(part))
        .map(|(_, hint)| *hint);
        let error = Error::new(format!("cannot {what} {self}")).because(message);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL of a server that was taken for a file may hold a password.
        formatter.write_str(&masked(&self.path.display().to_string()))
    }
}

/// The database's own words.
fn message(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while position < bytes.len() {
        let code = (bytes[position] == b'%').then(|| text.get(position + 1..position + 3)).flatten();
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            decoded.push(byte);
            position += 3;
        } else {
            decoded.push(bytes[position]);
            position += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_names_the_file() {
        for (text, path) in [
            ("shop.db", "shop.db"),
            ("sqlite:shop.db", "shop.db"),
            ("sqlite://data/shop.db", "data/shop.db"),
            ("sqlite:///var/shop.db?mode=ro", "/var/shop.db"),
            ("file:my%20shop.db", "my shop.db"),
            ("file:///var/shop.db", "/var/shop.db"),
            ("file://localhost/var/shop.db", "/var/shop.db"),
            ("SQLite:shop.db", "shop.db"),
            ("100%.db", "100%.db"),
        ] {
            assert_eq!(Target::parse(text).expect("it is a path").path(), Path::new(path));
        }
        assert!(Target::parse("sqlite::memory:").is_err());
        assert!(Target::parse("sqlite://").is_err());
    }
}

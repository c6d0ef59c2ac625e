//! What the tests share: servers, databases, the program itself.

pub(crate) mod certificates;
pub(crate) mod database;
pub(crate) mod locks;
pub(crate) mod pooler;
pub(crate) mod proxy;
pub(crate) mod rows;
pub(crate) mod schemas;
pub(crate) mod servers;
pub(crate) mod times;

use brownfield::catalog::{self, Options, Source};
use brownfield::model::Model;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};

/// The result of a test.
pub(crate) type TestResult = Result<(), libtest_mimic::Failed>;

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a future to its end.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts").block_on(future)
}

/// Reads a database through the library, as a URL given by a user would be.
pub(crate) fn read(url: &str) -> Result<Model, catalog::Error> {
    read_with(url, &Options::default())
}

/// Reads a database with options.
pub(crate) fn read_with(url: &str, options: &Options) -> Result<Model, catalog::Error> {
    let source = Source::parse(url, &BTreeMap::new())?;
    block_on(catalog::read(&source, options))
}

/// The program, with an environment of its own.
pub(crate) fn brownfield() -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(program());
    command.env_clear().env("HOME", "/nonexistent").env("NO_COLOR", "1").current_dir(std::env::temp_dir());
    command
}

/// Path of the program under test.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_brownfield"))
}

/// The whole chain of an error in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

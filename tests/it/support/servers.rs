//! Real servers, started once per run and only when a test asks for one.

use brownfield::model::EngineName;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

/// A server that tests can run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    /// Name in `BROWNFIELD_TEST_SERVERS`: the product and its major version.
    pub(crate) name: &'static str,
    /// What answers there.
    pub(crate) engine: EngineName,
    /// Major version, and minor version where it counts.
    pub(crate) version: (u32, u32),
}

/// Every server that the start script knows.
pub(crate) const ALL: &[Server] = &[
    Server { name: "pg12", engine: EngineName::PostgreSql, version: (12, 0) },
    Server { name: "pg13", engine: EngineName::PostgreSql, version: (13, 0) },
    Server { name: "pg14", engine: EngineName::PostgreSql, version: (14, 0) },
    Server { name: "pg15", engine: EngineName::PostgreSql, version: (15, 0) },
    Server { name: "pg16", engine: EngineName::PostgreSql, version: (16, 0) },
    Server { name: "pg17", engine: EngineName::PostgreSql, version: (17, 0) },
    Server { name: "pg18", engine: EngineName::PostgreSql, version: (18, 0) },
    Server { name: "maria10.5", engine: EngineName::MariaDb, version: (10, 5) },
    Server { name: "maria10.11", engine: EngineName::MariaDb, version: (10, 11) },
    Server { name: "maria11.8", engine: EngineName::MariaDb, version: (11, 8) },
    Server { name: "mysql9.7", engine: EngineName::MySql, version: (9, 7) },
];

impl Server {
    /// The URL of the server with a user who may do everything. Starts the server when it does not run yet.
    pub(crate) fn url(&self) -> Result<String, String> {
        if let Some(url) = self.given_url() {
            return Ok(url);
        }
        let started = STARTED.get_or_init(Mutex::default);
        // One start at a time: two at once would fetch the same packages.
        let mut started = started.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        started.entry(self.name).or_insert_with(|| start(self)).clone().map(|server| server.url)
    }

    /// Starts another server of this kind, which ends with the run. Returns its URL.
    pub(crate) fn start_own(&self) -> Result<String, String> {
        Ok(start(self)?.url)
    }

    fn variable(&self) -> String {
        self.name.to_uppercase().replace('.', "_")
    }

    fn given_url(&self) -> Option<String> {
        variable(&format!("BROWNFIELD_TEST_{}_URL", self.variable())).filter(|url| !url.is_empty())
    }
}

#[expect(clippy::disallowed_methods, reason = "the run is steered by its environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The servers of this run: all of them, or those that `BROWNFIELD_TEST_SERVERS` names (`all`, `none`, names).
pub(crate) fn selected() -> Vec<Server> {
    match variable("BROWNFIELD_TEST_SERVERS") {
        None => ALL.to_vec(),
        Some(names) if names.trim() == "all" => ALL.to_vec(),
        Some(names) if names.trim() == "none" => Vec::new(),
        Some(names) => names
            .split_whitespace()
            .map(|name| {
                *ALL.iter().find(|server| server.name == name).unwrap_or_else(|| {
                    let known: Vec<_> = ALL.iter().map(|server| server.name).collect();
                    panic!("BROWNFIELD_TEST_SERVERS names `{name}`; known are: all none {}", known.join(" "))
                })
            })
            .collect(),
    }
}

#[derive(Clone, Debug)]
struct Running {
    url: String,
    /// Folder of a server that this run started.
    folder: String,
}

static STARTED: OnceLock<Mutex<BTreeMap<&'static str, Result<Running, String>>>> = OnceLock::new();

fn script() -> PathBuf {
    super::root().join("tests/it/support/servers.sh")
}

fn start(server: &Server) -> Result<Running, String> {
    let output = Command::new("bash")
        .arg(script())
        .args(["start", "--while-pid", &std::process::id().to_string(), server.name])
        .env("DBSERVERS_STRICT", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run bash to start {}: {error}", server.name))?;
    let exports = String::from_utf8_lossy(&output.stdout);
    let value = |name: &str| {
        let start = format!("export {name}='");
        exports.lines().find_map(|line| Some(line.strip_prefix(&start)?.strip_suffix('\'')?.to_owned()))
    };
    match (value(&format!("TEST_{}_URL", server.variable())), value("DBSERVERS_RUN")) {
        (Some(url), Some(folder)) => Ok(Running { url, folder }),
        _ => Err(format!(
            "{} could not be started; the script said:\n{}\nhint: BROWNFIELD_TEST_{}_URL points the tests at a server \
             that runs already, and BROWNFIELD_TEST_SERVERS leaves servers out",
            server.name,
            String::from_utf8_lossy(&output.stderr),
            server.variable()
        )),
    }
}

/// Folder with PostgreSQL's client programs, new enough for every server here.
pub(crate) fn postgres_clients() -> Result<PathBuf, String> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let tree = fetched("pgclient")?;
            let versions = tree.join("usr/lib/postgresql");
            let entries = std::fs::read_dir(&versions).map_err(|error| format!("{}: {error}", versions.display()))?;
            let newest = entries.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).max();
            newest.ok_or_else(|| format!("{} is empty", versions.display()))
        })
        .clone()
}

/// A client program of MySQL or MariaDB: `mysql`, `mysqldump`. MariaDB's are called by names of its own.
pub(crate) fn mysql_client(server: &Server, program: &str) -> Result<PathBuf, String> {
    let (tree, program) = match (server.engine, program) {
        (EngineName::MariaDb, "mysqldump") => ("mariaclient", "mariadb-dump"),
        (EngineName::MariaDb, _) => ("mariaclient", "mariadb"),
        _ => (server.name, program),
    };
    let path = fetched(tree)?.join("usr/bin").join(program);
    if path.exists() { Ok(path) } else { Err(format!("there is no {}", path.display())) }
}

/// A command that becomes PgBouncer with this configuration file. The process ends with the thread that starts it.
pub(crate) fn pgbouncer(configuration: &Path) -> Result<Command, String> {
    fetched("pgbouncer")?;
    POOLED.store(true, Ordering::Relaxed);
    let mut command = Command::new("bash");
    command.arg(script()).args(["exec", "pgbouncer", "--"]).arg(configuration).stdin(Stdio::null());
    Ok(command)
}

/// Whether a pooler could be had in this run.
static POOLED: AtomicBool = AtomicBool::new(false);

/// Where a program's tree lies. The script is asked once for each: tests start clients thousands of times.
fn fetched(name: &str) -> Result<PathBuf, String> {
    static TREES: Mutex<BTreeMap<String, Result<PathBuf, String>>> = Mutex::new(BTreeMap::new());
    let mut trees = TREES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    trees
        .entry(name.to_owned())
        .or_insert_with(|| {
            ask(&["fetch", name])?;
            Ok(cache()?.join(name))
        })
        .clone()
}

/// The folder with what was fetched.
pub(crate) fn cache() -> Result<PathBuf, String> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    FOLDER.get_or_init(|| ask(&["cache"]).map(PathBuf::from)).clone()
}

/// What the start script prints.
fn ask(action: &[&str]) -> Result<String, String> {
    let action_name = action.join(" ");
    let output = Command::new("bash").arg(script()).args(action).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("cannot run bash for `servers.sh {action_name}`: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(format!("`servers.sh {action_name}` failed:\n{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// Ends what this run started. A run that is killed leaves that to the script's watch on its process.
pub(crate) fn stop() {
    let Some(started) = STARTED.get() else { return };
    let started = started.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut stops = Vec::new();
    for server in started.values().flatten() {
        let stop = Command::new("bash").arg(script()).args(["stop", &server.folder]).stdin(Stdio::null()).spawn();
        stops.extend(stop);
    }
    for mut stop in stops {
        let _ = stop.wait();
    }
}

/// Says which servers the run covered and which it left out.
pub(crate) fn print_coverage() {
    let selected = selected();
    let list = |servers: Vec<String>| if servers.is_empty() { "none".to_owned() } else { servers.join(" ") };
    let started =
        STARTED.get().map(|started| started.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone());
    let used = |server: &Server| {
        server.given_url().is_some()
            || started.as_ref().and_then(|started| started.get(server.name)).is_some_and(Result::is_ok)
    };
    let pooled = POOLED.load(Ordering::Relaxed);
    let pooler = |wanted: bool| (pooled == wanted).then(|| "pgbouncer".to_owned());
    let covered = names(selected.iter().filter(|server| used(server)));
    println!("servers covered: sqlite(built in) {}", list(covered.into_iter().chain(pooler(true)).collect()));
    let rest = names(ALL.iter().filter(|server| !selected.contains(server) || !used(server)));
    println!("servers not covered: {}", list(rest.into_iter().chain(pooler(false)).collect()));
}

fn names<'a>(servers: impl Iterator<Item = &'a Server>) -> Vec<String> {
    servers.map(|server| server.name.to_owned()).collect()
}

//! PgBouncer in front of a PostgreSQL.

use super::servers;
use std::fs::{File, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use url::Url;

/// A pooler that lends a server connection for one transaction. It ends when the value is dropped.
#[derive(Debug)]
pub(crate) struct Pooler {
    child: Child,
    url: String,
}

/// How long a pooler may take until it listens.
const PATIENCE: Duration = Duration::from_secs(10);

impl Pooler {
    /// A pooler with so many server connections to the database of this URL, which it enters by the URL's user and
    /// password.
    pub(crate) fn new(target: &str, connections: usize) -> Result<Self, String> {
        let target = Url::parse(target).map_err(|error| error.to_string())?;
        let mut said = String::new();
        // Somebody else may take the port between the moment it is found free and the one it is used.
        for _ in 0..5 {
            match Self::start(&target, connections)? {
                Ok(pooler) => return Ok(pooler),
                Err(log) => said = log,
            }
        }
        Err(format!("pgbouncer does not start; it said:\n{said}"))
    }

    /// URL of the database behind the pooler.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A pooler that listens, or what one that ended said.
    fn start(target: &Url, connections: usize) -> Result<Result<Self, String>, String> {
        let text = |error: std::io::Error| error.to_string();
        let folder = tempfile::tempdir().map_err(text)?;
        // Another user runs the pooler.
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).map_err(text)?;
        let port = free_port().map_err(text)?;
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, configuration(target, port, connections)).map_err(text)?;
        std::fs::set_permissions(&file, Permissions::from_mode(0o644)).map_err(text)?;
        let log = folder.path().join("log");
        let child = servers::pgbouncer(&file)?
            .stdout(Stdio::null())
            .stderr(File::create(&log).map_err(text)?)
            .spawn()
            .map_err(|error| format!("cannot run bash to start pgbouncer: {error}"))?;
        let mut url = target.clone();
        url.set_port(Some(port)).map_err(|()| "no port".to_owned())?;
        let mut pooler = Self { child, url: url.to_string() };
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if pooler.child.try_wait().map_err(text)?.is_some() {
                break;
            }
            if listens(&log, port) {
                return Ok(Ok(pooler));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Err(std::fs::read_to_string(&log).map_err(text)?))
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Whether it is this pooler that listens there, and nobody else.
fn listens(log: &Path, port: u16) -> bool {
    let up = std::fs::read_to_string(log).is_ok_and(|log| log.contains("process up"));
    up && TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Parameters at the start of a session that the pooler does not track are refused, as it does by default.
fn configuration(target: &Url, port: u16, connections: usize) -> String {
    format!(
        "[databases]
{database} = host={host} port={server_port} dbname={database} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_prepared_statements = 0
query_wait_timeout = 2
",
        database = target.path().trim_start_matches('/'),
        host = target.host_str().unwrap_or_default(),
        server_port = target.port().unwrap_or(5432),
        user = target.username(),
        password = target.password().unwrap_or_default(),
    )
}

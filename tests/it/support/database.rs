//! A fresh database for one test, on any engine.

use super::servers::{self, Server};
use brownfield::model::EngineName;
use sqlx::{Connection, Row};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where a database can be made: a server, or a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// On a server.
    Server(Server),
    /// A SQLite file.
    Sqlite,
}

impl Place {
    /// SQLite and every selected server.
    pub(crate) fn all() -> Vec<Self> {
        let mut places = vec![Self::Sqlite];
        places.extend(servers::selected().into_iter().map(Self::Server));
        places
    }

    /// SQLite and every server that the suite knows, selected or not.
    pub(crate) fn known() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Sqlite).chain(servers::ALL.iter().copied().map(Self::Server))
    }

    /// Every selected place of one engine.
    pub(crate) fn of(engine: EngineName) -> Vec<Self> {
        Self::all().into_iter().filter(|place| place.engine() == engine).collect()
    }

    /// Name for the test's own name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server(server) => server.name,
            Self::Sqlite => "sqlite",
        }
    }

    /// The engine there.
    pub(crate) fn engine(self) -> EngineName {
        match self {
            Self::Server(server) => server.engine,
            Self::Sqlite => EngineName::Sqlite,
        }
    }

    /// Major and minor version as far as tests tell them apart.
    pub(crate) fn version(self) -> (u32, u32) {
        match self {
            Self::Server(server) => server.version,
            Self::Sqlite => (3, 0),
        }
    }
}

/// A database of one test. It is gone when the value is dropped.
#[derive(Debug)]
pub(crate) struct Database {
    /// Where it is.
    pub(crate) place: Place,
    /// Its name; the path of a SQLite file.
    pub(crate) name: String,
    server_url: String,
    folder: Option<tempfile::TempDir>,
}

impl Database {
    /// A new empty database.
    pub(crate) fn new(place: Place) -> Result<Self, String> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        Self::named(place, &format!("brownfield_{}_{count}", std::process::id()))
    }

    /// A new empty database of this name.
    pub(crate) fn named(place: Place, name: &str) -> Result<Self, String> {
        match place {
            Place::Sqlite => {
                let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
                let name = folder.path().join("test.db").display().to_string();
                let database = Self { place, name, server_url: String::new(), folder: Some(folder) };
                database.run("PRAGMA user_version = 0; CREATE TABLE t (a); DROP TABLE t;")?;
                Ok(database)
            }
            Place::Server(server) => {
                let server_url = server.url()?;
                Self::on(place, name, server_url)
            }
        }
    }

    /// A new empty database on a server that only this test uses, which ends with the run.
    pub(crate) fn on_own_server(place: Place) -> Result<Self, String> {
        match place {
            Place::Server(server) => Self::on(place, "brownfield", server.start_own()?),
            Place::Sqlite => Self::new(place),
        }
    }

    /// A second schema beside this one, on engines where a schema is a database. It is gone with this one.
    pub(crate) fn other_schema(&self) -> String {
        format!("{}_other", self.name)
    }

    fn on(place: Place, name: &str, server_url: String) -> Result<Self, String> {
        let database = Self { place, name: name.to_owned(), server_url, folder: None };
        let options = match place.engine() {
            EngineName::PostgreSql => "TEMPLATE template0",
            _ => "CHARACTER SET utf8mb4",
        };
        database.administer(&format!("DROP DATABASE IF EXISTS {name};\nCREATE DATABASE {name} {options};"))?;
        Ok(database)
    }

    /// URL that a user would give.
    pub(crate) fn url(&self) -> String {
        match self.place {
            Place::Sqlite => format!("sqlite:{}", self.name),
            Place::Server(_) => self.url_for(&self.name),
        }
    }

    /// The same URL for another user.
    pub(crate) fn url_as(&self, user: &str, password: &str) -> String {
        let mut url = url::Url::parse(&self.url()).expect("the server's URL is one");
        url.set_username(user).expect("a user fits");
        url.set_password(Some(password)).expect("a password fits");
        url.to_string()
    }

    fn url_for(&self, database: &str) -> String {
        let mut url = url::Url::parse(&self.server_url).expect("the server's URL is one");
        url.set_path(database);
        url.to_string()
    }

    /// Runs a script with the engine's own client, which stops at the first error.
    pub(crate) fn run(&self, script: &str) -> Result<(), String> {
        match self.place {
            Place::Sqlite => self.run_sqlite(script),
            Place::Server(_) => self.client(&self.name, script.as_bytes(), &[]).map(drop),
        }
    }

    /// Runs a script, passing over statements that this server does not take.
    pub(crate) fn run_as_far_as_possible(&self, script: &str) -> Result<(), String> {
        match self.place.engine() {
            EngineName::Sqlite => self.run_sqlite(script),
            EngineName::PostgreSql => self.client(&self.name, script.as_bytes(), &["-v", "ON_ERROR_STOP=0"]).map(drop),
            EngineName::MySql | EngineName::MariaDb => {
                // The client goes on after an error, and says so in its exit status.
                self.client(&self.name, script.as_bytes(), &["--force"]).map(drop).or(Ok(()))
            }
        }
    }

    /// Runs statements, each after these settings, and returns those that failed, by their place. Each start of a client takes
    /// its time; so many statements go in one transaction, and only where that fails in halves.
    pub(crate) fn run_each(&self, settings: &str, statements: &[&str]) -> Vec<(usize, String)> {
        if statements.is_empty() {
            return Vec::new();
        }
        let script = match statements {
            [statement] => format!("{settings}\n{statement}\n"),
            _ => format!("{settings}\nBEGIN;\n{}\nCOMMIT;\n", statements.join("\n")),
        };
        let Err(error) = self.run(&script) else { return Vec::new() };
        if statements.len() == 1 {
            return vec![(0, error)];
        }
        let half = statements.len() / 2;
        let mut failed = self.run_each(settings, &statements[..half]);
        let second = self.run_each(settings, &statements[half..]);
        failed.extend(second.into_iter().map(|(at, error)| (at + half, error)));
        failed
    }

    /// Runs queries in one client and returns the rows of each.
    pub(crate) fn query_each(&self, queries: &[String]) -> Result<Vec<Vec<Vec<String>>>, String> {
        const END: &str = "end of the rows";
        if self.place == Place::Sqlite {
            return queries.iter().map(|query| self.query(query)).collect();
        }
        let script: String = queries.iter().map(|query| format!("{query};\nSELECT '{END}';\n")).collect();
        let rows = self.query(&script)?;
        let mut answers: Vec<Vec<_>> = rows.split(|row| row == &[END]).map(<[_]>::to_vec).collect();
        // After the last end there is nothing.
        answers.pop();
        if answers.len() == queries.len() { Ok(answers) } else { Err(format!("{} answers to {script}", answers.len())) }
    }

    /// Runs the statements of a file.
    pub(crate) fn run_file(&self, path: &Path) -> Result<(), String> {
        let script = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        self.run(&script).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Runs a query and returns its rows as text; NULL is an empty string on servers.
    pub(crate) fn query(&self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        match self.place {
            Place::Sqlite => self.query_sqlite(sql),
            Place::Server(server) => {
                let options: &[&str] = match server.engine {
                    EngineName::PostgreSql => &["-A", "-t", "-F", "\t"],
                    _ => &["-N", "-B", "--raw"],
                };
                let output = self.client(&self.name, sql.as_bytes(), options)?;
                Ok(output.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
            }
        }
    }

    /// The single number that a query answers.
    pub(crate) fn number(&self, sql: &str) -> Result<usize, String> {
        self.numbers(&[sql.to_owned()]).map(|numbers| numbers[0])
    }

    /// The single number that each query answers.
    pub(crate) fn numbers(&self, queries: &[String]) -> Result<Vec<usize>, String> {
        let answers = self.query_each(queries)?.into_iter().zip(queries);
        answers
            .map(|(rows, sql)| {
                let cell = rows.first().and_then(|row| row.first()).map(String::as_str).unwrap_or_default();
                cell.parse().map_err(|_| format!("{sql}: `{cell}` is no number"))
            })
            .collect()
    }

    /// The database's structure as the engine's own dump program writes it.
    pub(crate) fn dump(&self) -> Result<String, String> {
        match self.place {
            Place::Sqlite => {
                let rows = self.query_sqlite(
                    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite#_%' ESCAPE '#' \
                     AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid",
                )?;
                Ok(rows.iter().map(|row| format!("{};\n", row[0])).collect())
            }
            Place::Server(server) if server.engine == EngineName::PostgreSql => {
                let program = servers::postgres_clients()?.join("pg_dump");
                output(Command::new(program).args(["--schema-only", "-d", &self.url()]), &[])
            }
            Place::Server(server) => {
                let mut command = Command::new(servers::mysql_client(&server, "mysqldump")?);
                self.mysql_options(&mut command);
                command.args(["--no-data", "--routines", "--triggers", "--events", "--skip-comments", &self.name]);
                if server.engine == EngineName::MySql {
                    command.arg("--set-gtid-purged=OFF");
                }
                output(&mut command, &[])
            }
        }
    }

    fn administer(&self, sql: &str) -> Result<(), String> {
        let database = if self.place.engine() == EngineName::PostgreSql { "postgres" } else { "" };
        self.client(database, sql.as_bytes(), &[]).map(drop)
    }

    fn client(&self, database: &str, script: &[u8], options: &[&str]) -> Result<String, String> {
        let Place::Server(server) = self.place else { return Err("SQLite has no client program here".to_owned()) };
        let mut command;
        if server.engine == EngineName::PostgreSql {
            command = Command::new(servers::postgres_clients()?.join("psql"));
            command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &self.url_for(database)]);
            command.env("PGOPTIONS", "-c client_min_messages=warning");
        } else {
            command = Command::new(servers::mysql_client(&server, "mysql")?);
            self.mysql_options(&mut command);
            command.args(["--default-character-set=utf8mb4", "--binary-mode", "-D", database]);
        }
        output(command.args(options), script)
    }

    /// Path of the client program and its arguments, to run a script as a user would.
    pub(crate) fn mysql_options(&self, command: &mut Command) {
        let url = url::Url::parse(&self.server_url).expect("the server's URL is one");
        command
            .arg("--no-defaults")
            .arg(format!("--host={}", url.host_str().unwrap_or_default()))
            .arg(format!("--port={}", url.port().unwrap_or(3306)))
            .arg(format!("--user={}", url.username()))
            .arg("--protocol=TCP")
            .env("MYSQL_PWD", url.password().unwrap_or_default());
    }

    fn run_sqlite(&self, script: &str) -> Result<(), String> {
        super::block_on(async {
            let mut connection = open_sqlite(&self.name).await?;
            let done = sqlx::raw_sql(sqlx::AssertSqlSafe(script.to_owned())).execute(&mut connection).await;
            connection.close().await.map_err(|error| error.to_string())?;
            done.map(drop).map_err(|error| error.to_string())
        })
    }

    fn query_sqlite(&self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        super::block_on(async {
            let mut connection = open_sqlite(&self.name).await?;
            let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await;
            connection.close().await.map_err(|error| error.to_string())?;
            let rows = rows.map_err(|error| error.to_string())?;
            let text = |row: &sqlx::sqlite::SqliteRow| {
                (0..row.columns().len())
                    .map(|position| {
                        let cell: Option<String> = row.try_get_unchecked(position).unwrap_or_default();
                        cell.unwrap_or_default()
                    })
                    .collect()
            };
            Ok(rows.iter().map(text).collect())
        })
    }
}

async fn open_sqlite(path: &str) -> Result<sqlx::SqliteConnection, String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(true);
    sqlx::SqliteConnection::connect_with(&options).await.map_err(|error| format!("{path}: {error}"))
}

fn output(command: &mut Command, input: &[u8]) -> Result<String, String> {
    let program = PathBuf::from(command.get_program());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let input = input.to_owned();
    // A thread of its own: the program may write before it has read everything.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let done = child.wait_with_output().map_err(|error| error.to_string())?;
    let _ = writer.join();
    if done.status.success() {
        String::from_utf8(done.stdout).map_err(|error| error.to_string())
    } else {
        Err(String::from_utf8_lossy(&done.stderr).trim().to_owned())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.folder.is_none() {
            let force = if self.place.engine() == EngineName::PostgreSql { " WITH (FORCE)" } else { "" };
            let own = format!("DROP DATABASE IF EXISTS {}{force};", self.name);
            let other = format!("\nDROP DATABASE IF EXISTS {};", self.other_schema());
            // Best effort: the server itself is thrown away after the run.
            let _ = self.administer(&if self.place.engine().is_mysql_family() { own + &other } else { own });
        }
    }
}

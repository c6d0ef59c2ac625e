//! Opens a connection and says what to do when that fails.

use super::target::{Address, Target, TlsMode};
use crate::catalog::tls::{self, Content, Refusal};
use crate::catalog::{Error, Options};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions as _, Error as SqlError};
use std::error::Error as StdError;
use std::io;

/// Oldest server whose catalog is understood, as `server_version_num`.
pub(super) const OLDEST_VERSION: u32 = 120_000;

/// What PgBouncer says when no server connection became free in the time that it lets a client wait.
pub(super) const POOL_EXHAUSTED: &str = "query_wait_timeout";
pub(super) const WAIT_FOR_POOL: &str =
    "the pooler has no free connection to the server: try again later, or connect to the server itself";

/// Connects, by the rules of `sslmode`: `prefer` falls back to plain text and `allow` to TLS when the server's access
/// rules want the other.
pub(super) async fn connect(target: &Target, options: &Options) -> Result<PgConnection, Error> {
    let (first, second) = match target.tls {
        _ if matches!(target.address, Address::Socket(_)) => (PgSslMode::Disable, None),
        TlsMode::Disable => (PgSslMode::Disable, None),
        TlsMode::Allow => (PgSslMode::Disable, Some(PgSslMode::Require)),
        TlsMode::Prefer => (PgSslMode::Prefer, Some(PgSslMode::Disable)),
        TlsMode::Require => (PgSslMode::Require, None),
        TlsMode::VerifyCa => (PgSslMode::VerifyCa, None),
        TlsMode::VerifyFull => (PgSslMode::VerifyFull, None),
    };
    let limit = target.connect_timeout.unwrap_or(options.connect_timeout);
    let attempt = async {
        match driver_options(target, first).connect().await {
            Err(error) if second.is_some() && another_mode_may_help(&error) => {
                let mode = second.unwrap_or(first);
                // When the second attempt fails too, the first says more.
                driver_options(target, mode).connect().await.map_err(|_| error)
            }
            answer => answer,
        }
    };
    match tokio::time::timeout(limit, attempt).await {
        Ok(answer) => answer.map_err(|error| explain(target, error)),
        Err(_) => Err(Error::new(format!("cannot connect to {target}"))
            .because(format!("no answer within {} s", limit.as_secs()))
            .hint("check host and port, and whether a firewall drops the packets; raise --connect-timeout if the way is long")),
    }
}

/// The driver takes a TLS handshake that fails as final; other clients go on without TLS under `prefer`.
fn another_mode_may_help(error: &SqlError) -> bool {
    match error {
        SqlError::Database(database) => database.code().as_deref() == Some("28000"),
        other => tls::refusal(other).is_some(),
    }
}

fn driver_options(target: &Target, mode: PgSslMode) -> PgConnectOptions {
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(target.port)
        .ssl_mode(mode)
        .application_name(&target.application_name)
        // Poolers refuse start-up parameters that they do not track; the session sets its own.
        .extra_float_digits(None)
        .statement_cache_capacity(0)
        .disable_statement_logging();
    options = match &target.address {
        Address::Tcp { host, resolved } => options.host(resolved.as_deref().unwrap_or(host)),
        Address::Socket(directory) => options.socket(directory),
    };
    if let Some(user) = &target.user {
        options = options.username(user);
    }
    if let Some(password) = &target.password {
        options = options.password(password.reveal());
    }
    if let Some(database) = &target.database {
        options = options.database(database);
    }
    options = match &target.root_certificate {
        Some(path) => options.ssl_root_cert(path),
        // None beyond the system's own; the driver would look into the environment by itself.
        None => options.ssl_root_cert_from_pem(Vec::new()),
    };
    if let Some(path) = &target.client_certificate {
        options = options.ssl_client_cert(path);
    }
    if let Some(path) = &target.client_key {
        options = options.ssl_client_key(path);
    }
    if !target.settings.is_empty() {
        options = options.options(target.settings.iter().map(|(name, value)| (name, value)));
    }
    options
}

fn explain(target: &Target, error: SqlError) -> Error {
    if let Err(complaint) = check_files(target, &error) {
        return complaint;
    }
    let hint = hint(target, &error);
    let error = Error::new(format!("cannot connect to {target}")).because(cause(error));
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Whether a file is to blame. The driver says neither which one nor which parameter named it.
fn check_files(target: &Target, error: &SqlError) -> Result<(), Error> {
    let may_be_to_blame = match error {
        SqlError::Io(cause) if matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
            true
        }
        SqlError::Configuration(_) => true,
        other => tls::refusal(other).is_some(),
    };
    if !may_be_to_blame || target.tls == TlsMode::Disable || matches!(target.address, Address::Socket(_)) {
        return Ok(());
    }
    if let Some(path) = &target.root_certificate {
        tls::check_file("sslrootcert", path, Content::Certificates)?;
    }
    if let Some(path) = &target.client_certificate {
        tls::check_file("sslcert", path, Content::Certificates)?;
    }
    if let Some(path) = &target.client_key {
        tls::check_file("sslkey", path, Content::Key)?;
    }
    if target.client_certificate.is_some() && target.client_key.is_none() {
        return Err(Error::new(format!("cannot connect to {target}"))
            .because("sslcert names a certificate, and sslkey does not name its key")
            .hint("name the file of the key in sslkey or PGSSLKEY"));
    }
    Ok(())
}

/// What went wrong in the words of whoever said so, without what the driver adds to it.
pub(super) fn cause(error: SqlError) -> Box<dyn StdError + Send + Sync> {
    match error {
        SqlError::Database(database) => database.message().into(),
        SqlError::Io(error) => error.into(),
        SqlError::Tls(error) | SqlError::Configuration(error) => error,
        // The driver adds the line of its source.
        SqlError::Protocol(text) => text.split(" (sqlx").next().unwrap_or_default().into(),
        other => other.into(),
    }
}

fn hint(target: &Target, error: &SqlError) -> Option<String> {
    let user = target.user.as_deref().unwrap_or("the role");
    let database = target.database.as_deref().unwrap_or_default();
    let hint = match error {
        SqlError::Database(error) => match error.code().as_deref()? {
            "28P01" if target.password.is_none() => {
                format!("the server wants a password for {user}: set PGPASSWORD or write a line in ~/.pgpass")
            }
            "28P01" => {
                format!("check the password of {user} and where it comes from: the URL, PGPASSWORD or ~/.pgpass")
            }
            "28000" if error.message().contains("pg_hba.conf") => {
                // The server's words of version 13, then those of later ones.
                let plain = ["SSL off", "no encryption"].iter().any(|words| error.message().contains(words));
                if plain && matches!(target.tls, TlsMode::Disable | TlsMode::Allow) {
                    format!(
                        "try sslmode=require; otherwise pg_hba.conf must allow {user} to reach database {database} from here"
                    )
                } else {
                    format!(
                        "pg_hba.conf on the server must allow {user} to reach database {database} from this machine"
                    )
                }
            }
            "28000" if error.message().contains("valid client certificate") => {
                format!("the server wants a certificate of {user}: name its file in sslcert and its key's in sslkey")
            }
            "28000" if error.message().contains("ertificate authentication failed") => {
                format!("the certificate in sslcert must be made out to {user}, or pg_ident.conf must map its name")
            }
            "28000" => format!("check that the role {user} exists and may log in"),
            "3D000" => "check the name behind the last slash of the URL, or list databases with psql -l".to_owned(),
            "22023" | "42704" => "check options in the URL and PGOPTIONS".to_owned(),
            "42501" => format!("GRANT CONNECT ON DATABASE {database} TO {user}"),
            "53300" => {
                "the server has no free connection: try again later, or use a role with reserved connections".to_owned()
            }
            "57P03" => "the server is starting up or shutting down: try again in a moment".to_owned(),
            "08P01" if error.message() == POOL_EXHAUSTED => WAIT_FOR_POOL.to_owned(),
            "08P01" => "a pooler may refuse a start-up parameter: take options out of the URL and PGOPTIONS".to_owned(),
            _ => return None,
        },
        _ if tls::refusal(error).is_some() => return Some(hint_about_tls(target, error)),
        SqlError::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => match &target.address {
                Address::Tcp { .. } => format!("is the server running and listening on port {}?", target.port),
                Address::Socket(_) => {
                    "the socket is there but no server answers on it: is the server running?".to_owned()
                }
            },
            io::ErrorKind::NotFound if matches!(target.address, Address::Socket(_)) => {
                format!("there is no socket for port {} in that directory: is the server running?", target.port)
            }
            io::ErrorKind::PermissionDenied => "this user may not open the server's socket".to_owned(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => {
                "the server closed the connection: is this a PostgreSQL port, and does it want TLS (sslmode=require)?"
                    .to_owned()
            }
            _ if matches!(target.address, Address::Tcp { .. }) => {
                "check the spelling of the host name and the network".to_owned()
            }
            _ => return None,
        },
        SqlError::Configuration(_) => "check the files of sslrootcert, sslcert and sslkey".to_owned(),
        SqlError::Protocol(_) => "is this a PostgreSQL server? mysql:// reads MySQL and MariaDB".to_owned(),
        _ => return None,
    };
    Some(hint)
}

fn hint_about_tls(target: &Target, error: &SqlError) -> String {
    let hint = match tls::refusal(error) {
        Some(Refusal::Absent) => {
            "the server offers no TLS: sslmode=disable connects without, if the network can be trusted"
        }
        Some(Refusal::Authority) if target.root_certificate.is_some() => {
            "sslrootcert must hold the certificate of the authority that signed the server's; sslmode=require without \
             sslrootcert encrypts and checks nothing"
        }
        Some(Refusal::Authority) => {
            "name the certificate of the authority that signed the server's in sslrootcert; sslmode=require encrypts and \
             checks nothing"
        }
        Some(Refusal::Name) => {
            "connect by a name that the certificate is made out to; sslmode=verify-ca checks the authority and not the name"
        }
        Some(Refusal::Client) if target.client_certificate.is_some() => {
            "sslcert must hold a certificate that the server's ssl_ca_file vouches for"
        }
        Some(Refusal::Client) => "the server wants a certificate: name its file in sslcert and its key's in sslkey",
        _ => "check sslrootcert, sslcert and sslkey; sslmode=require encrypts without checking the server",
    };
    hint.to_owned()
}

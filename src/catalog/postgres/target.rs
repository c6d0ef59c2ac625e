//! Where and how to connect, by the conventions of PostgreSQL's own clients.
//!
//! A URL wins over the service file, that over `PG*` variables, those over defaults. The password may also come from a
//! password file.

use super::pgpass;
use super::service::{self, Service};
use crate::catalog::{Error, Secret};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// URL schemes that name this reader.
pub const SCHEMES: &[&str] = &["postgres", "postgresql", "pg"];

const DEFAULT_PORT: u16 = 5432;
const DEFAULT_APPLICATION_NAME: &str = "brownfield";

/// Where servers put their socket: Debian's choice, then PostgreSQL's own.
const SOCKET_DIRECTORIES: &[&str] = &["/var/run/postgresql", "/tmp"];

/// Parameters that URLs may hold, with the variable that gives their default.
const PARAMETERS: &[(&str, &str)] = &[
    ("application_name", "PGAPPNAME"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("dbname", "PGDATABASE"),
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("options", "PGOPTIONS"),
    ("passfile", "PGPASSFILE"),
    ("password", "PGPASSWORD"),
    ("port", "PGPORT"),
    ("service", "PGSERVICE"),
    ("servicefile", "PGSERVICEFILE"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("user", "PGUSER"),
];

/// Parameters that other clients know and that change nothing about what can be read.
const IGNORED: &[&str] = &[
    "client_encoding",
    "fallback_application_name",
    "gssdelegation",
    "gsslib",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "sslcompression",
    "sslsni",
    "tcp_user_timeout",
];

/// Parameters that ask for something that this program cannot do, with their variable and the values that ask for nothing
/// or for what it does anyway. TLS before 1.2 is never spoken.
const LIMITED: &[(&str, &str, &[&str])] = &[
    ("channel_binding", "PGCHANNELBINDING", &["disable", "prefer"]),
    ("gssencmode", "PGGSSENCMODE", &["disable", "prefer"]),
    ("require_auth", "PGREQUIREAUTH", &[]),
    ("requirepeer", "PGREQUIREPEER", &[]),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", &["TLSv1.3"]),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", &["TLSv1", "TLSv1.1", "TLSv1.2"]),
    ("sslcertmode", "PGSSLCERTMODE", &["allow"]),
    ("sslcrl", "PGSSLCRL", &[]),
    ("sslcrldir", "PGSSLCRLDIR", &[]),
    ("sslnegotiation", "PGSSLNEGOTIATION", &["postgres"]),
    ("target_session_attrs", "PGTARGETSESSIONATTRS", &["any", "prefer-standby"]),
];

/// Where and how to connect. Its `Display` form is a URL in which the password is `****`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(super) address: Address,
    pub(super) port: u16,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) database: Option<String>,
    pub(super) tls: TlsMode,
    pub(super) root_certificate: Option<PathBuf>,
    pub(super) client_certificate: Option<PathBuf>,
    pub(super) client_key: Option<PathBuf>,
    /// Settings for the session, as `name` and `value`.
    pub(super) settings: Vec<(String, String)>,
    pub(super) application_name: String,
    /// `None`: as the caller's options say.
    pub(super) connect_timeout: Option<Duration>,
}

/// What to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A host and the address to use for it instead of asking the resolver.
    Tcp { host: String, resolved: Option<String> },
    /// The directory of a Unix-domain socket.
    Socket(PathBuf),
}

/// `sslmode`, from the least to the most demanding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TlsMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Target {
    /// Understands a connection URL. What it leaves out comes from the `PG*` variables in `environment`, which also
    /// says where home is; an empty text takes everything from there.
    pub fn parse(url: &str, environment: &BTreeMap<String, String>) -> Result<Self, Error> {
        let written = if url.is_empty() { BTreeMap::new() } else { parse_url(url)? };
        let mut parameters = Parameters { written, service: BTreeMap::new(), environment };
        if let Some(name) = parameters.get("service") {
            let Service { file, parameters: found } =
                service::look_up(name, parameters.get("servicefile"), environment)?;
            let place = format!("service {name:?} of {}", file.display());
            for (name, value) in &found {
                if let Some((name, value)) = accept(name, value, &place)? {
                    // The first of several counts, as in PostgreSQL's own clients.
                    parameters.service.entry(name.to_owned()).or_insert_with(|| value.to_owned());
                }
            }
        }
        parameters.refuse_what_cannot_be_done()?;

        let port = match parameters.get("port") {
            None => DEFAULT_PORT,
            Some(text) if text.contains(',') => return Err(several_hosts()),
            Some(text) => match text.parse() {
                Ok(port) if port > 0 => port,
                _ => return Err(invalid("port", "it is not a number from 1 to 65535")),
            },
        };
        let address = address(&parameters, port)?;
        let home = parameters.environment.get("HOME").map(PathBuf::from);
        let (tls, root_certificate) = tls(&parameters, home.as_deref())?;
        let is_checked = matches!(tls, TlsMode::VerifyCa | TlsMode::VerifyFull)
            && root_certificate.is_some()
            && matches!(address, Address::Tcp { .. });
        if let Some(path) = file_at_home(home.as_deref(), "root.crl").filter(|_| is_checked) {
            // Whoever keeps the list there expects that certificates on it are turned away.
            return Err(Error::new(format!(
                "cannot check certificates against the revocation list {}",
                path.display()
            ))
            .because("this program does not support it")
            .hint("move the file away to connect without it"));
        }
        let client_file = |parameter: &str, file: &str| {
            parameters.get(parameter).map(PathBuf::from).or_else(|| file_at_home(home.as_deref(), file))
        };
        let client_certificate = client_file("sslcert", "postgresql.crt");
        // A key alone is of no use.
        let client_key = client_certificate.as_ref().and_then(|_| client_file("sslkey", "postgresql.key"));
        if tls == TlsMode::VerifyFull && matches!(&address, Address::Tcp { resolved: Some(_), .. }) {
            return Err(invalid("hostaddr", "with sslmode=verify-full the server must be reached by its name"));
        }

        let os_user = || ["USER", "LOGNAME"].iter().find_map(|name| parameters.environment.get(*name).cloned());
        let user = parameters.get("user").map(str::to_owned).or_else(os_user).filter(|user| !user.is_empty());
        let database = parameters.get("dbname").map(str::to_owned).or_else(|| user.clone());
        let mut target = Self {
            address,
            port,
            user,
            password: parameters.get("password").map(Secret::new),
            database,
            tls,
            root_certificate,
            client_certificate,
            client_key,
            settings: parameters.get("options").map(parse_options).transpose()?.unwrap_or_default(),
            application_name: parameters.get("application_name").unwrap_or(DEFAULT_APPLICATION_NAME).to_owned(),
            connect_timeout: parameters.get("connect_timeout").map(parse_timeout).transpose()?.flatten(),
        };
        if target.password.is_none() {
            let file = parameters.get("passfile").map(PathBuf::from);
            target.password = file
                .or_else(|| home.map(|home| home.join(".pgpass")))
                .and_then(|path| pgpass::look_up(&path, &target.wanted()));
        }
        Ok(target)
    }

    /// The URL with `****` for the password.
    pub fn display(&self) -> String {
        self.to_string()
    }

    fn wanted(&self) -> pgpass::Wanted<'_> {
        let host = match &self.address {
            Address::Tcp { host, .. } => host.as_str(),
            Address::Socket(directory) if SOCKET_DIRECTORIES.iter().any(|known| Path::new(known) == directory) => {
                "localhost"
            }
            Address::Socket(directory) => directory.to_str().unwrap_or_default(),
        };
        pgpass::Wanted {
            host,
            port: self.port,
            database: self.database.as_deref().unwrap_or_default(),
            user: self.user.as_deref().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("postgres://")?;
        if let Some(user) = &self.user {
            formatter.write_str(&encode(user))?;
            if self.password.is_some() {
                formatter.write_str(":****")?;
            }
            formatter.write_str("@")?;
        }
        if let Address::Tcp { host, .. } = &self.address {
            if host.contains(':') {
                write!(formatter, "[{host}]")?;
            } else {
                formatter.write_str(&encode(host))?;
            }
        }
        if self.port != DEFAULT_PORT {
            write!(formatter, ":{}", self.port)?;
        }
        write!(formatter, "/{}", encode(self.database.as_deref().unwrap_or_default()))?;
        if let Address::Socket(directory) = &self.address {
            write!(formatter, "?host={}", directory.display())?;
        }
        Ok(())
    }
}

/// What the URL says, then what the service says, then what the environment says. An empty value counts as none, as in
/// PostgreSQL's own clients.
struct Parameters<'a> {
    written: BTreeMap<String, String>,
    service: BTreeMap<String, String>,
    environment: &'a BTreeMap<String, String>,
}

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let variable = PARAMETERS.iter().find(|(known, _)| *known == name).map(|(_, variable)| *variable);
        self.find(name, variable?)
    }

    fn find(&self, name: &str, variable: &str) -> Option<&str> {
        let given = [self.written.get(name), self.service.get(name), self.environment.get(variable)];
        given.into_iter().flatten().find(|value| !value.is_empty()).map(String::as_str)
    }

    /// Whoever asks for a check that would not be made must hear of it.
    fn refuse_what_cannot_be_done(&self) -> Result<(), Error> {
        for (name, variable, harmless) in LIMITED {
            let Some(value) = self.find(name, variable).filter(|value| !harmless.contains(value)) else { continue };
            let hint = match harmless {
                [] => format!("leave {name} and {variable} out"),
                known => format!("leave {name} and {variable} out, or set it to {}", known.join(" or ")),
            };
            return Err(Error::new(format!("cannot connect with {name}={value}"))
                .because("this program does not support it")
                .hint(hint));
        }
        Ok(())
    }
}

/// The parameter that is meant and its value, when it counts. `place` says where it is written.
fn accept<'p>(name: &'p str, value: &'p str, place: &str) -> Result<Option<(&'p str, &'p str)>, Error> {
    match name {
        "schema" => Err(Error::new(format!("unknown parameter \"schema\" in the {place}"))
            .hint("take it out and choose schemas with --schema")),
        "ssl" if value == "true" => Ok(Some(("sslmode", "require"))),
        // What it was called before `sslmode`.
        "requiressl" => Ok(Some(("sslmode", if value.starts_with('1') { "require" } else { "prefer" }))),
        _ if PARAMETERS.iter().any(|(known, _)| *known == name) => Ok(Some((name, value))),
        _ if LIMITED.iter().any(|(known, ..)| *known == name) => Ok(Some((name, value))),
        _ if IGNORED.contains(&name) => Ok(None),
        _ => {
            let known: Vec<&str> = PARAMETERS.iter().map(|(parameter, _)| *parameter).collect();
            Err(Error::new(format!("unsupported parameter {name:?} in the {place}"))
                .hint(format!("supported are {}", known.join(", "))))
        }
    }
}

/// Splits a URL into parameters. Never quotes the text in an error, since a password may stand anywhere in it.
fn parse_url(url: &str) -> Result<BTreeMap<String, String>, Error> {
    let (_, rest) = url
        .split_once("://")
        .filter(|(scheme, _)| SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
        .ok_or_else(|| {
            Error::new("cannot read the connection URL")
                .because("it does not begin with postgres:// or postgresql://")
                .hint("write postgres://user@host:5432/database")
        })?;
    let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = before_query.split_once('/').unwrap_or((before_query, ""));

    let mut parameters = BTreeMap::new();
    let mut set = |name: &str, value: &str| -> Result<(), Error> {
        if !value.is_empty() {
            parameters.insert(name.to_owned(), decode(value).map_err(|reason| invalid(name, reason))?);
        }
        Ok(())
    };
    let hosts = match authority.rsplit_once('@') {
        None => authority,
        Some((credentials, hosts)) => {
            let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
            set("user", user)?;
            set("password", password)?;
            hosts
        }
    };
    if hosts.contains(',') {
        return Err(several_hosts());
    }
    let (host, port) = split_port(hosts)?;
    if !port.is_empty() && port.parse::<u16>().is_err() {
        let error = invalid("port", "it is not a number from 1 to 65535");
        return Err(if before_query.contains('@') {
            error.hint("percent-encode special characters of the password: / is %2F, ? is %3F, @ is %40")
        } else {
            error
        });
    }
    set("host", host)?;
    set("port", port)?;
    set("dbname", database)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name).map_err(|reason| invalid("query", reason))?;
        if let Some((name, value)) = accept(&name, value, "connection URL")? {
            set(name, value)?;
        }
    }
    Ok(parameters)
}

/// Host and port of `host`, `host:port`, `[::1]`, `[::1]:port` or `:port`.
fn split_port(text: &str) -> Result<(&str, &str), Error> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) =
            rest.split_once(']').ok_or_else(|| invalid("host", "the bracket of an IPv6 address is not closed"))?;
        return match after.strip_prefix(':') {
            Some(port) => Ok((host, port)),
            None if after.is_empty() => Ok((host, "")),
            None => Err(invalid("host", "something other than a port follows the IPv6 address")),
        };
    }
    Ok(text.rsplit_once(':').unwrap_or((text, "")))
}

fn address(parameters: &Parameters<'_>, port: u16) -> Result<Address, Error> {
    let resolved = parameters.get("hostaddr").map(str::to_owned);
    match parameters.get("host") {
        Some(directory) if directory.starts_with('/') => Ok(Address::Socket(PathBuf::from(directory))),
        Some(hosts) if hosts.contains(',') => Err(several_hosts()),
        Some(host) => Ok(Address::Tcp { host: host.to_owned(), resolved }),
        None => Ok(match resolved {
            Some(address) => Address::Tcp { host: address, resolved: None },
            None => default_address(port),
        }),
    }
}

/// The socket of a server on this machine, or `localhost` when there is none.
fn default_address(port: u16) -> Address {
    let socket = SOCKET_DIRECTORIES.iter().map(Path::new).find(|path| path.join(format!(".s.PGSQL.{port}")).exists());
    match socket {
        Some(directory) => Address::Socket(directory.to_owned()),
        None => Address::Tcp { host: "localhost".to_owned(), resolved: None },
    }
}

fn tls(parameters: &Parameters<'_>, home: Option<&Path>) -> Result<(TlsMode, Option<PathBuf>), Error> {
    let written = parameters.get("sslrootcert");
    let system = written == Some("system");
    let required =
        || parameters.environment.get("PGREQUIRESSL").filter(|value| value.starts_with('1')).map(|_| "require");
    let mode = match parameters.get("sslmode").or_else(required) {
        None if system => TlsMode::VerifyFull,
        None | Some("prefer") => TlsMode::Prefer,
        Some("disable") => TlsMode::Disable,
        Some("allow") => TlsMode::Allow,
        Some("require") => TlsMode::Require,
        Some("verify-ca") => TlsMode::VerifyCa,
        Some("verify-full") => TlsMode::VerifyFull,
        Some(other) => {
            return Err(Error::new(format!("invalid sslmode {other:?}"))
                .hint("one of disable, allow, prefer, require, verify-ca, verify-full"));
        }
    };
    if system && mode != TlsMode::VerifyFull {
        return Err(invalid("sslrootcert", "the system's certificates need sslmode=verify-full"));
    }
    let certificate = match written {
        Some("system") => None,
        Some(path) => {
            let path = PathBuf::from(path);
            if !path.exists() {
                return Err(Error::new(format!("cannot find the root certificate {}", path.display()))
                    .hint("correct sslrootcert or PGSSLROOTCERT"));
            }
            Some(path)
        }
        None => file_at_home(home, "root.crt"),
    };
    // With a root certificate at hand `require` has always meant that the chain is checked too.
    let mode = if mode == TlsMode::Require && certificate.is_some() { TlsMode::VerifyCa } else { mode };
    Ok((mode, certificate))
}

/// A file where PostgreSQL's own clients keep those of TLS, when it is there.
fn file_at_home(home: Option<&Path>, name: &str) -> Option<PathBuf> {
    home.map(|home| home.join(".postgresql").join(name)).filter(|path| path.exists())
}

/// Server settings of an `options` value: `-c name=value`, `-cname=value` or `--name=value`, blanks escaped with a
/// backslash.
fn parse_options(text: &str) -> Result<Vec<(String, String)>, Error> {
    let mut words = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let word = words.last_mut();
        match (character, word) {
            ('\\', Some(word)) => word.extend(characters.next()),
            (blank, _) if blank.is_whitespace() => words.push(String::new()),
            (other, Some(word)) => word.push(other),
            (_, None) => {}
        }
    }
    let unsupported =
        || invalid("options", "only settings are supported").hint("write options as -c name=value or --name=value");
    let mut settings = Vec::new();
    let mut words = words.into_iter().filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let setting = if word == "-c" {
            words.next().ok_or_else(unsupported)?
        } else if let Some(setting) = word.strip_prefix("--").or_else(|| word.strip_prefix("-c")) {
            setting.to_owned()
        } else {
            return Err(unsupported());
        };
        let (name, value) = setting.split_once('=').ok_or_else(unsupported)?;
        settings.push((name.replace('-', "_"), value.to_owned()));
    }
    Ok(settings)
}

/// Seconds to wait; zero and less wait for ever, which the caller's own limit then ends.
fn parse_timeout(text: &str) -> Result<Option<Duration>, Error> {
    let seconds: i64 = text.trim().parse().map_err(|_| invalid("connect_timeout", "it is not a number of seconds"))?;
    Ok(u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs))
}

fn several_hosts() -> Error {
    Error::new("cannot connect to several hosts")
        .because("the URL or PGHOST names more than one")
        .hint("name the one server to read; a standby will do")
}

fn invalid(parameter: &str, reason: impl Into<String>) -> Error {
    Error::new(format!("invalid {parameter} in the connection parameters")).because(reason.into())
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
            let (Some(high), Some(low)) = (digit(), digit()) else {
                return Err("a % is not followed by two hexadecimal digits");
            };
            bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
        } else {
            bytes.push(byte);
        }
    }
    if bytes.contains(&0) {
        return Err("it contains the character %00");
    }
    String::from_utf8(bytes).map_err(|_| "its percent-encoding is not UTF-8")
}

/// Percent-encodes everything that could be read as a delimiter.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn parse(url: &str) -> Target {
        Target::parse(url, &BTreeMap::new()).expect("a valid URL")
    }

    fn complaint(url: &str) -> String {
        let error = Target::parse(url, &BTreeMap::new()).expect_err("an invalid URL");
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        format!("{error}: {cause} ({})", error.hint.as_deref().unwrap_or_default())
    }

    fn tcp(host: &str) -> Address {
        Address::Tcp { host: host.to_owned(), resolved: None }
    }

    #[test]
    fn a_full_url() {
        let target = parse("postgres://app:s%40cret@db.example:5433/sh%20op?sslmode=disable&application_name=x");
        assert_eq!(target.address, tcp("db.example"));
        assert_eq!(target.port, 5433);
        assert_eq!(target.user.as_deref(), Some("app"));
        assert_eq!(target.password, Some(Secret::new("s@cret")));
        assert_eq!(target.database.as_deref(), Some("sh op"));
        assert_eq!(target.tls, TlsMode::Disable);
        assert_eq!(target.application_name, "x");
    }

    #[test]
    fn every_scheme() {
        for scheme in ["postgres", "postgresql", "pg", "PostgreSQL"] {
            assert_eq!(parse(&format!("{scheme}://u@h/d")).address, tcp("h"));
        }
        assert!(complaint("mysql://u@h/d").contains("does not begin with postgres://"));
    }

    #[test]
    fn the_password_is_never_shown() {
        for url in ["postgres://app:hunter2@h/d", "postgres://app@h/d?password=hunter2"] {
            let target = parse(url);
            assert_eq!(target.password, Some(Secret::new("hunter2")));
            assert_eq!(target.to_string(), "postgres://app:****@h/d");
            assert!(!format!("{target:?}").contains("hunter2"));
        }
        for url in [
            "postgres://app:hunter2/x@h/d",
            "postgres://app:hunter2?x@h/d",
            "postgres://app:hunter2%zz@h/d",
            "postgres://h/d?password=hunter2%zz",
            "postgres://app:hunter2@h,g/d",
            "postgres://app:hunter2@h/d?nonsense=1",
            "nonsense://app:hunter2@h/d",
        ] {
            assert!(!complaint(url).contains("hunter2"), "{url}");
        }
        assert!(complaint("postgres://app:a/b@h/d").contains("percent-encode"));
    }

    #[test]
    fn sockets() {
        let directory = Address::Socket(PathBuf::from("/run/pg"));
        assert_eq!(parse("postgres:///d?host=/run/pg").address, directory);
        assert_eq!(parse("postgres://%2Frun%2Fpg/d").address, directory);
        assert_eq!(parse("postgres://u@/d?host=/run/pg&port=6000").to_string(), "postgres://u@:6000/d?host=/run/pg");
    }

    #[test]
    fn ipv6() {
        let target = parse("postgres://u@[::1]:6000/d");
        assert_eq!(target.address, tcp("::1"));
        assert_eq!(target.port, 6000);
        assert_eq!(target.to_string(), "postgres://u@[::1]:6000/d");
        assert!(complaint("postgres://[::1/d").contains("not closed"));
    }

    #[test]
    fn the_environment_fills_the_gaps_and_the_url_wins() {
        let environment = environment(&[
            ("PGHOST", "env.example"),
            ("PGPORT", "6000"),
            ("PGUSER", "env"),
            ("PGPASSWORD", "secret"),
            ("PGDATABASE", "envdb"),
            ("PGSSLMODE", "disable"),
            ("PGAPPNAME", "app"),
            ("PGOPTIONS", "-c geqo=off --work-mem=1MB -cseq_page_cost=2 -c search_path=a\\ b"),
            ("PGCONNECT_TIMEOUT", "7"),
        ]);
        let target = Target::parse("", &environment).expect("complete");
        assert_eq!(target.to_string(), "postgres://env:****@env.example:6000/envdb");
        assert_eq!(target.application_name, "app");
        assert_eq!(target.connect_timeout, Some(Duration::from_secs(7)));
        let settings: Vec<String> = target.settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(settings, ["geqo=off", "work_mem=1MB", "seq_page_cost=2", "search_path=a b"]);
        let target = Target::parse("pg://me@other/d?port=1&options=-c%20a%3Db", &environment).expect("complete");
        assert_eq!(target.to_string(), "postgres://me:****@other:1/d");
        assert_eq!(target.settings, [("a".to_owned(), "b".to_owned())]);
    }

    #[test]
    fn the_operating_system_s_user_is_the_default() {
        let target = Target::parse("postgres://h", &environment(&[("USER", "me")])).expect("complete");
        assert_eq!(target.user.as_deref(), Some("me"));
        assert_eq!(target.database.as_deref(), Some("me"));
        assert_eq!(target.application_name, "brownfield");
    }

    #[test]
    fn a_password_file_is_asked_last() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join(".pgpass");
        std::fs::write(&file, "h:5432:d:u:fromfile\nlocalhost:5432:*:*:socket\n").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("permissions");
        let home = home.path().to_str().expect("UTF-8");
        let environment = environment(&[("HOME", home)]);
        let password = |url: &str| Target::parse(url, &environment).expect("valid").password;
        assert_eq!(password("postgres://u@h/d"), Some(Secret::new("fromfile")));
        assert_eq!(password("postgres://u:given@h/d"), Some(Secret::new("given")));
        assert_eq!(password("postgres://other@h/d"), None);
        assert_eq!(password("postgres://u@/d?host=/tmp"), Some(Secret::new("socket")));
        assert_eq!(password("postgres://u@h/d?passfile=/nonexistent"), None);
    }

    #[test]
    fn what_is_not_supported_is_named() {
        assert!(complaint("postgres://a,b/d").contains("several hosts"));
        assert!(complaint("postgres:///d?host=a,b").contains("several hosts"));
        assert!(complaint("postgres://h/d?nonsense=1").contains("\"nonsense\""));
        assert!(complaint("postgres://h/d?schema=public").contains("--schema"));
        assert!(complaint("postgres://h/d?target_session_attrs=primary").contains("target_session_attrs"));
        assert!(complaint("postgres://h/d?service=x").contains("\"x\""));
        assert!(complaint("postgres://h/d?sslmode=maybe").contains("verify-full"));
        assert!(complaint("postgres://h/d?options=-E").contains("-c name=value"));
        assert!(complaint("postgres://h:x/d").contains("port"));
        assert!(complaint("postgres://h/d?port=0").contains("port"));
        assert!(complaint("postgres://h/d?connect_timeout=soon").contains("connect_timeout"));
        assert!(complaint("postgres://h/d?sslrootcert=/nonexistent").contains("/nonexistent"));
        assert!(complaint("postgres://h/%00").contains("%00"));
        parse("postgres://h/d?keepalives=1&channel_binding=prefer");
    }

    #[test]
    fn what_cannot_be_checked_is_refused_wherever_it_is_asked_for() {
        for (name, variable, harmless) in LIMITED {
            let refused = |url: &str, value: &str| {
                let error = Target::parse(url, &environment(&[(variable, value)])).expect_err("refused");
                (error.to_string(), error.hint.unwrap_or_default())
            };
            for (error, hint) in [refused("postgres://h/d", "x"), refused(&format!("postgres://h/d?{name}=x"), "")] {
                assert_eq!(error, format!("cannot connect with {name}=x"));
                assert!(hint.contains(variable) && harmless.iter().all(|value| hint.contains(value)), "{hint}");
            }
            for value in harmless.iter().chain(&[""]) {
                Target::parse("postgres://h/d", &environment(&[(variable, value)])).expect("harmless");
            }
            if let [value, ..] = harmless {
                let url = format!("postgres://h/d?{name}={value}");
                Target::parse(&url, &environment(&[(variable, "x")])).expect("the URL wins");
            }
        }
    }

    #[test]
    fn a_service_stands_between_the_url_and_the_environment() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("services");
        let text = "[shop]\nhost=service.example\nport=6000\nuser=service\npassword=hunter2\nkeepalives=1\n\
                    [wrong]\nnonsense=hunter2\n[strict]\nrequire_auth=scram-sha-256\n";
        std::fs::write(&file, text).expect("written");
        let environment = environment(&[
            ("PGSERVICEFILE", file.to_str().expect("UTF-8")),
            ("PGSERVICE", "shop"),
            ("PGHOST", "env.example"),
            ("PGDATABASE", "envdb"),
        ]);
        let target = |url: &str| Target::parse(url, &environment);
        let shown = |url: &str| target(url).expect("complete").to_string();
        assert_eq!(shown(""), "postgres://service:****@service.example:6000/envdb");
        assert_eq!(shown("postgres://me@h/d"), "postgres://me:****@h:6000/d");
        assert_eq!(target("").expect("complete").password, Some(Secret::new("hunter2")));
        let error = target("postgres:///?service=wrong").expect_err("a parameter nobody knows");
        assert!(
            error.to_string().contains("unsupported parameter \"nonsense\" in the service \"wrong\" of"),
            "{error}"
        );
        let error = target("postgres:///?service=strict").expect_err("a check that nobody makes");
        assert_eq!(error.to_string(), "cannot connect with require_auth=scram-sha-256");
        let other = format!("postgres:///?service=shop&servicefile={}", file.display());
        assert_eq!(Target::parse(&other, &BTreeMap::new()).expect("complete").port, 6000);
    }

    #[test]
    fn tls_modes() {
        assert_eq!(parse("postgres://h/d").tls, TlsMode::Prefer);
        assert_eq!(parse("postgres://h/d?ssl=true").tls, TlsMode::Require);
        assert_eq!(parse("postgres://h/d?requiressl=1").tls, TlsMode::Require);
        let required = |others: &[(&str, &str)]| {
            let variables = [&[("PGREQUIRESSL", "1")], others].concat();
            Target::parse("postgres://h/d", &environment(&variables)).expect("valid").tls
        };
        assert_eq!(required(&[]), TlsMode::Require);
        assert_eq!(required(&[("PGSSLMODE", "disable")]), TlsMode::Disable);
        assert_eq!(parse("postgres://h/d?sslrootcert=system").tls, TlsMode::VerifyFull);
        assert!(complaint("postgres://h/d?sslrootcert=system&sslmode=require").contains("verify-full"));
        let certificate = tempfile::NamedTempFile::new().expect("a file");
        let url = format!("postgres://h/d?sslmode=require&sslrootcert={}", certificate.path().display());
        assert_eq!(parse(&url).tls, TlsMode::VerifyCa);
    }

    #[test]
    fn files_of_tls_at_home() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(".postgresql");
        std::fs::create_dir(&folder).expect("made");
        let environment = environment(&[("HOME", home.path().to_str().expect("UTF-8"))]);
        let files = |url: &str| {
            let target = Target::parse(url, &environment).expect("valid");
            (target.root_certificate, target.client_certificate, target.client_key)
        };
        std::fs::write(folder.join("postgresql.key"), "").expect("written");
        assert_eq!(files("postgres://h/d"), (None, None, None));
        std::fs::write(folder.join("postgresql.crt"), "").expect("written");
        std::fs::write(folder.join("root.crt"), "").expect("written");
        let at_home = |name: &str| Some(folder.join(name));
        assert_eq!(
            files("postgres://h/d"),
            (at_home("root.crt"), at_home("postgresql.crt"), at_home("postgresql.key"))
        );
        std::fs::write(folder.join("root.crl"), "").expect("written");
        for checking in ["sslmode=verify-full", "sslmode=require"] {
            let error =
                Target::parse(&format!("postgres://h/d?{checking}"), &environment).expect_err("a list of revoked ones");
            assert!(error.to_string().contains("root.crl"), "{error}");
        }
        for other in ["postgres://h/d", "postgres:///d?host=/tmp&sslmode=verify-ca"] {
            Target::parse(other, &environment).expect("nothing is checked");
        }
        let given = files("postgres://h/d?sslcert=/a&sslkey=/b");
        assert_eq!(given, (at_home("root.crt"), Some("/a".into()), Some("/b".into())));
    }

    #[test]
    fn an_address_replaces_the_resolver() {
        let target = parse("postgres://db.example/d?hostaddr=10.0.0.1");
        let resolved = Some("10.0.0.1".to_owned());
        assert_eq!(target.address, Address::Tcp { host: "db.example".to_owned(), resolved });
        assert_eq!(parse("postgres:///d?hostaddr=10.0.0.1").address, tcp("10.0.0.1"));
        assert!(complaint("postgres://h/d?hostaddr=10.0.0.1&sslmode=verify-full").contains("hostaddr"));
    }
}

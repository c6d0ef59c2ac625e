//! Where and how to connect: a URL, the variables of the client programs, and the `[client]` group of `~/.my.cnf`.

use crate::catalog::tls::{self, Content};
use crate::catalog::{Error, Secret};
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use url::Url;

/// This machine.
const LOCAL: &str = "localhost";

/// Where and how to connect.
#[derive(Clone, Debug)]
pub struct Target {
    scheme: String,
    host: String,
    port: u16,
    socket: Option<String>,
    user: String,
    password: Option<Secret>,
    pub(super) database: Option<String>,
    tls: Option<MySqlSslMode>,
    authority: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

/// Parameters that other clients know and that change neither which server is read nor how safely.
const IGNORED: &[&str] = &[
    "charset",
    "characterencoding",
    "collation",
    "connection-limit",
    "encoding",
    "parsetime",
    "pool",
    "pool-timeout",
    "reconnect",
    "servertimezone",
    "timezone",
    "useunicode",
];

impl Target {
    /// Understands a URL. What it leaves open comes from `MYSQL_HOST`, `MYSQL_TCP_PORT`, `MYSQL_UNIX_PORT` and
    /// `MYSQL_PWD`, then from the `[client]` group of `~/.my.cnf` and of the files that it includes.
    pub fn parse(text: &str, environment: &BTreeMap<String, String>) -> Result<Self, Error> {
        // Neither the text nor the parser's complaint is shown: either may hold the password.
        let (text, named) = with_host(text);
        let url = Url::parse(&text).map_err(|error| {
            Error::new("cannot understand the database URL")
                .because(error)
                .hint("write mysql://user@host:3306/database, with special characters as %XX")
        })?;
        let group = environment
            .get("HOME")
            .and_then(|home| std::fs::read_to_string(format!("{home}/.my.cnf")).ok())
            .map(|text| client_group(&text))
            .unwrap_or_default();
        let either = |variable: &str, option: &str| {
            environment.get(variable).filter(|value| !value.is_empty()).or_else(|| group.get(option)).cloned()
        };
        let host = url.host_str().filter(|host| named && !host.is_empty()).map(|host| {
            let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            decode(address.unwrap_or(host))
        });
        let host = host.or_else(|| either("MYSQL_HOST", "host")).unwrap_or_else(|| LOCAL.to_owned());
        // As with the client programs, this machine by its name alone means its socket, when one is named.
        let by_socket = host == LOCAL
            && url.port().is_none()
            && group.get("protocol").is_none_or(|protocol| !protocol.eq_ignore_ascii_case("tcp"));
        let socket = either("MYSQL_UNIX_PORT", "socket").filter(|_| by_socket);
        let port = either("MYSQL_TCP_PORT", "port").and_then(|port| port.parse().ok());
        let user = Some(decode(url.username())).filter(|user| !user.is_empty());
        let password = url
            .password()
            .map(decode)
            .or_else(|| environment.get("MYSQL_PWD").or_else(|| group.get("password")).cloned());
        let mut target = Self {
            scheme: url.scheme().to_owned(),
            host,
            port: url.port().or(port).unwrap_or(3306),
            socket,
            user: user
                .or_else(|| group.get("user").cloned())
                .or_else(|| environment.get("USER").cloned())
                .unwrap_or_else(|| "root".to_owned()),
            password: password.map(Secret::new),
            database: Some(decode(url.path().trim_start_matches('/'))).filter(|name| !name.is_empty()),
            tls: tls_of_group(&group)?,
            authority: group.get("ssl-ca").cloned(),
            certificate: group.get("ssl-cert").cloned(),
            key: group.get("ssl-key").cloned(),
        };
        for (name, value) in url.query_pairs() {
            let value = value.into_owned();
            match name.to_ascii_lowercase().replace('_', "-").as_str() {
                "socket" => target.socket = Some(value),
                "ssl-mode" | "sslmode" => target.tls = Some(ssl_mode(&value)?),
                "ssl-ca" => target.authority = Some(value),
                "ssl-cert" => target.certificate = Some(value),
                "ssl-key" => target.key = Some(value),
                ignored if IGNORED.contains(&ignored) => {}
                _ => return Err(unsupported(&name)),
            }
        }
        // An authority that is named is meant to be asked.
        if target.authority.is_some() {
            target.tls.get_or_insert(MySqlSslMode::VerifyCa);
        }
        Ok(target)
    }

    /// Whether the files that TLS needs can be used. The driver would not name the one that cannot.
    pub(super) fn check_files(&self) -> Result<(), Error> {
        for (parameter, path, content) in [
            ("ssl-ca", &self.authority, Content::Certificates),
            ("ssl-cert", &self.certificate, Content::Certificates),
            ("ssl-key", &self.key, Content::Key),
        ] {
            if let Some(path) = path {
                tls::check_file(parameter, Path::new(path), content)?;
            }
        }
        if self.certificate.is_some() != self.key.is_some() {
            return Err(Error::new(format!("cannot connect to {self}"))
                .because("a client certificate needs ssl-cert and ssl-key, and only one is given")
                .hint("name the files of both"));
        }
        Ok(())
    }

    /// The driver's form.
    pub(super) fn options(&self) -> MySqlConnectOptions {
        let mut options = MySqlConnectOptions::new()
            .host(&self.host)
            .port(self.port)
            .username(&self.user)
            .pipes_as_concat(false)
            .no_engine_substitution(false);
        if let Some(socket) = &self.socket {
            options = options.socket(socket);
        }
        if let Some(password) = &self.password {
            options = options.password(password.reveal());
        }
        if let Some(database) = &self.database {
            options = options.database(database);
        }
        if let Some(mode) = self.tls {
            options = options.ssl_mode(mode);
        }
        if let Some(file) = &self.authority {
            options = options.ssl_ca(file);
        }
        if let Some(file) = &self.certificate {
            options = options.ssl_client_cert(file);
        }
        if let Some(file) = &self.key {
            options = options.ssl_client_key(file);
        }
        options
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = if self.password.is_some() { ":****" } else { "" };
        write!(formatter, "{}://{}{password}@", self.scheme, self.user)?;
        match &self.socket {
            Some(_) => formatter.write_str(&self.host)?,
            None if self.host.contains(':') => write!(formatter, "[{}]:{}", self.host, self.port)?,
            None => write!(formatter, "{}:{}", self.host, self.port)?,
        }
        write!(formatter, "/{}", self.database.as_deref().unwrap_or_default())?;
        match &self.socket {
            Some(socket) => write!(formatter, "?socket={socket}"),
            None => Ok(()),
        }
    }
}

/// The URL with this machine's name where it names no host, and whether it names one.
fn with_host(text: &str) -> (Cow<'_, str>, bool) {
    let start = text.find("://").map_or(text.len(), |at| at + 3);
    let rest = text.get(start..).unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let at = start + authority.rfind('@').map_or(0, |at| at + 1);
    let host = text.get(at..start + authority.len()).unwrap_or_default();
    if authority.is_empty() || !(host.is_empty() || host.starts_with(':')) {
        return (Cow::Borrowed(text), true);
    }
    let (before, after) = text.split_at(at);
    (Cow::Owned(format!("{before}{LOCAL}{after}")), false)
}

fn ssl_mode(text: &str) -> Result<MySqlSslMode, Error> {
    text.to_ascii_lowercase().replace('-', "_").parse().map_err(|_| {
        Error::new("cannot understand the parameter ssl-mode")
            .hint("known are DISABLED, PREFERRED, REQUIRED, VERIFY_CA and VERIFY_IDENTITY")
    })
}

/// What an option file says of TLS: `ssl-mode` of MySQL's programs, or the switches of MariaDB's.
fn tls_of_group(group: &BTreeMap<String, String>) -> Result<Option<MySqlSslMode>, Error> {
    if let Some(mode) = group.get("ssl-mode") {
        return ssl_mode(mode).map(Some);
    }
    let switch = |name: &str| {
        let value = group.get(name)?.to_ascii_lowercase();
        Some(!["0", "off", "false"].contains(&value.as_str()))
    };
    Ok(if switch("ssl-verify-server-cert") == Some(true) {
        Some(MySqlSslMode::VerifyIdentity)
    } else if switch("skip-ssl") == Some(true) || switch("ssl") == Some(false) {
        Some(MySqlSslMode::Disabled)
    } else {
        switch("ssl").map(|_| MySqlSslMode::Required)
    })
}

fn unsupported(name: &str) -> Error {
    // What is no name may be a piece of a password.
    let plain = name.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character));
    let named = if plain { format!("parameter {name:?}") } else { "parameter".to_owned() };
    Error::new(format!("unsupported {named} in the database URL"))
        .hint("supported are socket, ssl-mode, ssl-ca, ssl-cert and ssl-key; special characters of a password are %XX")
}

/// Undoes percent-encoding.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How deep option files include others, as with the client programs.
const DEEPEST: usize = 10;

/// The options of the `[client]` group of an option file and of those that it includes. A switch has an empty value.
fn client_group(text: &str) -> BTreeMap<String, String> {
    let mut options = BTreeMap::new();
    add_client_group(text, 0, &mut BTreeSet::new(), &mut options);
    options
}

/// Adds the options of one file, and reads each file that it includes once, in its place: later options win.
fn add_client_group(text: &str, depth: usize, read: &mut BTreeSet<PathBuf>, options: &mut BTreeMap<String, String>) {
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some(directive) = line.strip_prefix('!') {
            for file in included(directive) {
                if depth < DEEPEST
                    && read.insert(file.clone())
                    && let Ok(text) = std::fs::read_to_string(file)
                {
                    add_client_group(&text, depth + 1, read, options);
                }
            }
        } else if line.starts_with('[') {
            inside = without_comment(line) == "[client]";
        } else if inside && !line.is_empty() && !line.starts_with(['#', ';']) {
            let line = without_comment(line);
            let (name, value) = line.split_once('=').unwrap_or((line, ""));
            let value = value.trim();
            let quoted = ['"', '\''].iter().find_map(|mark| value.strip_prefix(*mark)?.strip_suffix(*mark));
            options.insert(name.trim().replace('_', "-"), unescaped(quoted.unwrap_or(value)));
        }
    }
}

/// The files that a directive names, those of a folder by their names.
fn included(directive: &str) -> Vec<PathBuf> {
    let (word, path) = directive.split_once(char::is_whitespace).unwrap_or_default();
    let path = PathBuf::from(path.trim());
    match word {
        "include" => vec![path],
        "includedir" => {
            let entries = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
            let mut files: Vec<PathBuf> =
                entries.filter(|file| file.extension().is_some_and(|extension| extension == "cnf")).collect();
            files.sort();
            files
        }
        _ => Vec::new(),
    }
}

/// A line of an option file up to a `#` outside of quotes.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut escaped) = (None, false);
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (None, '#') => return line.get(..at).unwrap_or_default().trim(),
            (None, '"' | '\'') => quote = Some(character),
            (Some(mark), _) if mark == character && !escaped => quote = None,
            _ => {}
        }
        escaped = quote.is_some() && character == '\\' && !escaped;
    }
    line
}

/// Undoes the escapes of an option file.
fn unescaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escape = match characters.peek() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('b') => Some('\u{8}'),
            Some('s') => Some(' '),
            Some(&sign @ ('"' | '\'' | '\\')) => Some(sign),
            _ => None,
        };
        match escape.filter(|_| character == '\\') {
            Some(meant) => {
                value.push(meant);
                characters.next();
            }
            None => value.push(character),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_password() {
        let target = Target::parse("mysql://ann:s%40cret@db:3307/shop", &BTreeMap::new()).expect("a good URL");
        assert_eq!(target.to_string(), "mysql://ann:****@db:3307/shop");
        assert_eq!(target.password, Some(Secret::new("s@cret")));
    }

    fn parse(url: &str, file: &str, variables: &[(&str, &str)]) -> Target {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::write(home.path().join(".my.cnf"), file).expect("written");
        let mut environment: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        environment.insert("HOME".to_owned(), home.path().display().to_string());
        Target::parse(url, &environment).expect("a good URL")
    }

    fn complaint(url: &str) -> String {
        Target::parse(url, &BTreeMap::new()).expect_err("a bad URL").to_string()
    }

    #[test]
    fn a_socket_is_for_this_machine_alone() {
        let file = "[client]\nsocket=/run/my.sock\n";
        let shown = |url: &str, variables: &[(&str, &str)]| parse(url, file, variables).to_string();
        for (url, expected) in [
            ("mysql://ann@/shop", "mysql://ann@localhost/shop?socket=/run/my.sock"),
            ("mysql://ann@localhost/shop", "mysql://ann@localhost/shop?socket=/run/my.sock"),
            ("mysql://ann@localhost:3307/shop", "mysql://ann@localhost:3307/shop"),
            ("mysql://ann@127.0.0.1/shop", "mysql://ann@127.0.0.1:3306/shop"),
            ("mysql://ann@/shop?socket=/tmp/other", "mysql://ann@localhost/shop?socket=/tmp/other"),
            ("mysql://ann@[::1]:3307/shop", "mysql://ann@[::1]:3307/shop"),
            ("mysql://ann@:3307/shop", "mysql://ann@localhost:3307/shop"),
        ] {
            assert_eq!(shown(url, &[]), expected, "{url}");
        }
        assert_eq!(shown("mysql://ann@/shop", &[("MYSQL_HOST", "127.0.0.1")]), "mysql://ann@127.0.0.1:3306/shop");
        assert_eq!(parse("mysql://ann@[::1]/", "", &[]).host, "::1");
        let tcp = parse("mysql:///shop", "[client]\nuser=ann\nsocket=/run/my.sock\nprotocol=TCP\n", &[]);
        assert_eq!(tcp.to_string(), "mysql://ann@localhost:3306/shop");
    }

    #[test]
    fn an_option_file_decides_on_encryption() {
        let tls =
            |url: &str, file: &str| parse(url, &format!("[client]\n{file}\n"), &[]).tls.map(|mode| format!("{mode:?}"));
        for (file, expected) in [
            ("", None),
            ("ssl-mode=VERIFY_IDENTITY", Some("VerifyIdentity")),
            ("ssl_mode = required # always", Some("Required")),
            ("ssl-ca=/etc/ca.pem", Some("VerifyCa")),
            ("ssl", Some("Required")),
            ("skip-ssl", Some("Disabled")),
            ("ssl-verify-server-cert", Some("VerifyIdentity")),
            ("ssl-verify-server-cert=0", None),
        ] {
            assert_eq!(tls("mysql://ann@db/", file).as_deref(), expected, "{file}");
        }
        assert_eq!(tls("mysql://ann@db/?ssl-mode=DISABLED", "ssl-mode=REQUIRED").as_deref(), Some("Disabled"));
        let target = parse("mysql://ann@db/", "[client]\nssl-cert=/c.pem\nssl-key='/k.pem'\n", &[]);
        assert_eq!((target.certificate.as_deref(), target.key.as_deref()), (Some("/c.pem"), Some("/k.pem")));
    }

    #[test]
    fn a_parameter_that_is_not_known_is_refused() {
        assert_eq!(
            complaint("mysql://ann@db/?ssl_mod=REQUIRED"),
            "unsupported parameter \"ssl_mod\" in the database URL"
        );
        for url in ["mysql://ann@db/?requireSSL=true", "mysql://ann@db/?password=s3cret", "mysql://ann:1?s3cret@db/"] {
            let complaint = complaint(url);
            assert!(complaint.starts_with("unsupported parameter") && !complaint.contains("s3cret"), "{complaint}");
        }
        assert_eq!(parse("mysql://ann@db/?charset=utf8mb4", "", &[]).to_string(), "mysql://ann@db:3306/");
    }

    #[test]
    fn comments_and_escapes_of_option_files_are_undone() {
        let of = |line: &str| client_group(&format!("[client]\n{line}\n")).get("password").cloned();
        for (line, expected) in [
            ("password=x   # comment", "x"),
            ("password=\"a#b\" # comment", "a#b"),
            ("password='it\\'s'", "it's"),
            (r"password=a\\b\sc", r"a\b c"),
        ] {
            assert_eq!(of(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn follows_what_an_option_file_includes() {
        let folder = tempfile::tempdir().expect("a folder");
        let (more, files) = (folder.path().join("more.cnf"), folder.path().join("files"));
        std::fs::create_dir(&files).expect("made");
        let write = |path: &Path, text: &str| std::fs::write(path, text).expect("written");
        // The folder is named again in a file of it, and a file by itself.
        write(&more, &format!("[client]\nuser=bob\nport=3307\n!include {}\n", more.display()));
        write(&files.join("b.cnf"), &format!("[client]\nhost=b\n!includedir {}\n[mysqld]\nport=1\n", files.display()));
        write(&files.join("a.cnf"), "[client]\nhost=a\npassword=x\n");
        write(&files.join("c.txt"), "[client]\nhost=c\n");
        let options = client_group(&format!(
            "!includedir {}\n[client]\nuser=ann\n!include {}\n!include /nonexistent.cnf\nport=3308\n",
            files.display(),
            more.display()
        ));
        let options: Vec<(&str, &str)> = options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(options, [("host", "b"), ("password", "x"), ("port", "3308"), ("user", "bob")]);
    }

    #[test]
    fn reads_the_client_group_alone() {
        let options = client_group("[mysqld]\nuser=no\n[client]\nuser = ann\npassword=\"a b\"\n");
        assert_eq!(options.get("user").map(String::as_str), Some("ann"));
        assert_eq!(options.get("password").map(String::as_str), Some("a b"));
    }
}

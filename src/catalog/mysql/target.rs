//! Where and how to connect: a URL, the variables of the client programs, and the `[client]` group of `~/.my.cnf`.

use crate::catalog::tls::{self, Content};
use crate::catalog::{Error, Secret};
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use url::Url;

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

impl Target {
    /// Understands a URL. What it leaves open comes from `MYSQL_HOST`, `MYSQL_TCP_PORT`, `MYSQL_UNIX_PORT` and
    /// `MYSQL_PWD`, then from the `[client]` group of `~/.my.cnf`; `!include` lines there are not followed.
    pub fn parse(text: &str, environment: &BTreeMap<String, String>) -> Result<Self, Error> {
        // Neither the text nor the parser's complaint is shown: either may hold the password.
        let url = Url::parse(text).map_err(|error| {
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
        let host = url.host_str().filter(|host| !host.is_empty()).map(decode);
        let socket = if host.is_none() { either("MYSQL_UNIX_PORT", "socket") } else { None };
        let port = either("MYSQL_TCP_PORT", "port").and_then(|port| port.parse().ok());
        let user = Some(decode(url.username())).filter(|user| !user.is_empty());
        let password = url
            .password()
            .map(decode)
            .or_else(|| environment.get("MYSQL_PWD").or_else(|| group.get("password")).cloned());
        let mut target = Self {
            scheme: url.scheme().to_owned(),
            host: host.or_else(|| either("MYSQL_HOST", "host")).unwrap_or_else(|| "localhost".to_owned()),
            port: url.port().or(port).unwrap_or(3306),
            socket,
            user: user
                .or_else(|| group.get("user").cloned())
                .or_else(|| environment.get("USER").cloned())
                .unwrap_or_else(|| "root".to_owned()),
            password: password.map(Secret::new),
            database: Some(decode(url.path().trim_start_matches('/'))).filter(|name| !name.is_empty()),
            tls: None,
            authority: None,
            certificate: None,
            key: None,
        };
        for (name, value) in url.query_pairs() {
            let value = value.into_owned();
            match name.to_ascii_lowercase().replace('_', "-").as_str() {
                "socket" => target.socket = Some(value),
                "ssl-mode" | "sslmode" => {
                    let mode = value.to_ascii_lowercase().replace('-', "_").parse();
                    target.tls = Some(mode.map_err(|_| {
                        Error::new("cannot understand the parameter ssl-mode")
                            .hint("known are DISABLED, PREFERRED, REQUIRED, VERIFY_CA and VERIFY_IDENTITY")
                    })?);
                }
                "ssl-ca" => target.authority = Some(value),
                "ssl-cert" => target.certificate = Some(value),
                "ssl-key" => target.key = Some(value),
                _ => {}
            }
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
        write!(formatter, "{}://{}{password}@{}:{}/", self.scheme, self.user, self.host, self.port)?;
        formatter.write_str(self.database.as_deref().unwrap_or_default())
    }
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

/// The options of the `[client]` group of an option file.
fn client_group(text: &str) -> BTreeMap<String, String> {
    let mut options = BTreeMap::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[client]";
        } else if inside
            && !line.starts_with(['#', ';', '!'])
            && let Some((name, value)) = line.split_once('=')
        {
            let value = value.trim();
            let quoted = ['"', '\''].iter().find_map(|mark| value.strip_prefix(*mark)?.strip_suffix(*mark));
            options.insert(name.trim().replace('_', "-"), quoted.unwrap_or(value).to_owned());
        }
    }
    options
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

    #[test]
    fn reads_the_client_group_alone() {
        let options = client_group("[mysqld]\nuser=no\n[client]\nuser = ann\npassword=\"a b\"\n");
        assert_eq!(options.get("user").map(String::as_str), Some("ann"));
        assert_eq!(options.get("password").map(String::as_str), Some("a b"));
    }
}

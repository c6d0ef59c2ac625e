//! Every `sslmode` against a PostgreSQL that has TLS, with certificates that fit and that do not.

use crate::support::certificates::{Authority, Certificate};
use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

pub(super) fn add(trials: &mut Vec<Trial>) {
    let mut places = Place::of(EngineName::PostgreSql);
    places.sort_by_key(|place| place.version());
    if let Some(&place) = places.last() {
        for case in CASES {
            trials.push(trial(case.title(place), move || case.run(place, "localhost")));
        }
        for case in ANOTHER_NAME {
            trials.push(trial(case.title(place), move || case.run(place, "db.example")));
        }
    }
    // The words in which a server refuses have changed.
    if let [place, _, ..] = places[..] {
        for case in CASES
            .iter()
            .filter(|case| matches!(case.expected, Fails(_, ["no pg_hba.conf entry" | "valid client certificate", ..])))
        {
            trials.push(trial(case.title(place), move || case.run(place, "localhost")));
        }
    }
}

/// Password of the roles that have one.
const PASSWORD: &str = "Geheim-1147";

/// One way to connect and what comes of it. `{name}` in it stands for the path of a file of [`FILES`].
struct Case {
    name: &'static str,
    role: &'static str,
    host: &'static str,
    /// Parameters in the URL.
    parameters: &'static str,
    environment: &'static [(&'static str, &'static str)],
    expected: Expected,
}

enum Expected {
    Connects,
    /// The exit code and what standard error says.
    Fails(i32, &'static [&'static str]),
}

use Expected::{Connects, Fails};

/// What most cases have: the role that must come encrypted and brings a password.
const CASE: Case =
    Case { name: "", role: "encrypted", host: "localhost", parameters: "", environment: &[], expected: Connects };

const UNANSWERED: i32 = 3;

const CASES: &[Case] = &[
    Case { name: "default", ..CASE },
    Case { name: "allow", parameters: "sslmode=allow", ..CASE },
    Case { name: "prefer", parameters: "sslmode=prefer", ..CASE },
    Case { name: "require", parameters: "sslmode=require", ..CASE },
    Case {
        name: "disable",
        parameters: "sslmode=disable",
        expected: Fails(UNANSWERED, &["no pg_hba.conf entry", "hint: try sslmode=require"]),
        ..CASE
    },
    Case { name: "verify_ca", parameters: "sslmode=verify-ca&sslrootcert={authority}", ..CASE },
    Case {
        name: "verify_ca_of_an_address",
        host: "127.0.0.1",
        parameters: "sslmode=verify-ca&sslrootcert={authority}",
        ..CASE
    },
    Case {
        name: "verify_ca_of_a_stranger",
        parameters: "sslmode=verify-ca&sslrootcert={stranger}",
        expected: Fails(UNANSWERED, &["UnknownIssuer", "hint: sslrootcert must hold"]),
        ..CASE
    },
    Case {
        name: "verify_ca_of_nobody",
        parameters: "sslmode=verify-ca",
        expected: Fails(UNANSWERED, &["UnknownIssuer", "hint: name the certificate of the authority"]),
        ..CASE
    },
    Case {
        name: "require_checks_an_authority_that_is_named",
        parameters: "sslmode=require&sslrootcert={stranger}",
        expected: Fails(UNANSWERED, &["UnknownIssuer", "hint: sslrootcert must hold"]),
        ..CASE
    },
    Case { name: "verify_full", parameters: "sslmode=verify-full&sslrootcert={authority}", ..CASE },
    Case {
        name: "verify_full_of_an_address",
        host: "127.0.0.1",
        parameters: "sslmode=verify-full&sslrootcert={authority}",
        expected: Fails(UNANSWERED, &["not valid for name \"127.0.0.1\"", "\"localhost\"", "hint: connect by a name"]),
        ..CASE
    },
    Case {
        name: "verify_full_of_a_stranger",
        parameters: "sslmode=verify-full&sslrootcert={stranger}",
        expected: Fails(UNANSWERED, &["UnknownIssuer"]),
        ..CASE
    },
    Case {
        name: "authorities_of_the_system",
        parameters: "sslrootcert=system",
        environment: &[("SSL_CERT_FILE", "{authority}")],
        ..CASE
    },
    Case {
        name: "strange_authorities_of_the_system",
        parameters: "sslrootcert=system",
        environment: &[("SSL_CERT_FILE", "{stranger}")],
        expected: Fails(UNANSWERED, &["UnknownIssuer"]),
        ..CASE
    },
    Case {
        name: "missing_authority",
        parameters: "sslmode=verify-full&sslrootcert=/nonexistent/root.crt",
        expected: Fails(2, &["cannot find the root certificate /nonexistent/root.crt", "hint: correct sslrootcert"]),
        ..CASE
    },
    Case {
        name: "authority_that_is_none",
        parameters: "sslmode=verify-ca&sslrootcert={certified_key}",
        expected: Fails(UNANSWERED, &["which sslrootcert names", "it holds no certificate"]),
        ..CASE
    },
    Case { name: "variables", environment: &[("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", "{authority}")], ..CASE },
    Case {
        name: "variable_that_disables",
        environment: &[("PGSSLMODE", "disable")],
        expected: Fails(UNANSWERED, &["no pg_hba.conf entry", "hint: try sslmode=require"]),
        ..CASE
    },
    Case {
        name: "variable_of_a_stranger",
        parameters: "sslmode=verify-ca",
        environment: &[("PGSSLROOTCERT", "{stranger}")],
        expected: Fails(UNANSWERED, &["UnknownIssuer"]),
        ..CASE
    },
    Case {
        name: "url_wins_over_variables",
        parameters: "sslmode=require&sslrootcert={authority}",
        environment: &[("PGSSLMODE", "disable"), ("PGSSLROOTCERT", "{stranger}")],
        ..CASE
    },
    Case {
        name: "client_certificate",
        role: "certified",
        parameters: "sslmode=verify-full&sslrootcert={authority}&sslcert={certified}&sslkey={certified_key}",
        ..CASE
    },
    Case {
        name: "client_certificate_by_variables",
        role: "certified",
        environment: &[("PGSSLCERT", "{certified}"), ("PGSSLKEY", "{certified_key}")],
        ..CASE
    },
    Case {
        name: "no_client_certificate",
        role: "certified",
        parameters: "sslmode=require",
        expected: Fails(
            UNANSWERED,
            &["valid client certificate", "hint: the server wants a certificate of certified", "sslcert", "sslkey"],
        ),
        ..CASE
    },
    Case {
        name: "client_certificate_of_another_role",
        role: "certified",
        parameters: "sslmode=require&sslcert={other}&sslkey={other_key}",
        expected: Fails(UNANSWERED, &["ertificate authentication failed", "hint: the certificate in sslcert must be"]),
        ..CASE
    },
    Case {
        name: "client_certificate_of_a_stranger",
        role: "certified",
        parameters: "sslmode=require&sslcert={strange}&sslkey={strange_key}",
        expected: Fails(
            UNANSWERED,
            &["hint: sslcert must hold a certificate that the server's ssl_ca_file vouches for"],
        ),
        ..CASE
    },
    Case {
        name: "client_certificate_without_its_key",
        role: "certified",
        parameters: "sslmode=require&sslcert={certified}",
        expected: Fails(UNANSWERED, &["sslkey does not name its key", "hint: name the file of the key"]),
        ..CASE
    },
    Case {
        name: "client_certificate_that_is_missing",
        role: "certified",
        parameters: "sslmode=require&sslcert=/nonexistent/client.crt&sslkey={certified_key}",
        expected: Fails(UNANSWERED, &["cannot use /nonexistent/client.crt, which sslcert names"]),
        ..CASE
    },
    Case {
        name: "client_key_that_is_none",
        role: "certified",
        parameters: "sslmode=require&sslcert={certified}&sslkey={certified}",
        expected: Fails(UNANSWERED, &["which sslkey names", "it holds no private key"]),
        ..CASE
    },
    Case { name: "prefer_gives_in_to_plain_text", role: "plain", parameters: "sslmode=prefer", ..CASE },
    Case {
        name: "require_does_not",
        role: "plain",
        parameters: "sslmode=require",
        expected: Fails(UNANSWERED, &["no pg_hba.conf entry", "hint: pg_hba.conf on the server must allow plain"]),
        ..CASE
    },
];

/// On a server whose certificate is made out to another name than the one that it is reached by.
const ANOTHER_NAME: &[Case] = &[
    Case { name: "verify_ca_of_another_name", parameters: "sslmode=verify-ca&sslrootcert={authority}", ..CASE },
    Case {
        name: "verify_full_of_another_name",
        parameters: "sslmode=verify-full&sslrootcert={authority}",
        expected: Fails(UNANSWERED, &["not valid for name \"localhost\"", "\"db.example\"", "hint: connect by a name"]),
        ..CASE
    },
];

impl Case {
    fn title(&self, place: Place) -> String {
        format!("live::tls::{}::{}", self.name, place.name())
    }

    fn run(&self, place: Place, server_name: &'static str) -> TestResult {
        let served = Served::of(place, server_name)?;
        let folder = tempfile::tempdir()?;
        for (name, content) in &served.files {
            std::fs::write(folder.path().join(name), content)?;
        }
        let password = if self.role == "certified" { "" } else { PASSWORD };
        let mut url = url::Url::parse(&served.database.url_as(self.role, password))?;
        url.set_host(Some(self.host))?;
        url.set_query(Some(&with_paths(self.parameters, folder.path())));
        let environment = self.environment.iter().map(|(name, value)| (name, with_paths(value, folder.path())));
        let assert = brownfield().envs(environment).args(["snapshot", "--no-stats", url.as_str()]).assert();
        let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        if said.contains(PASSWORD) || said.contains("PRIVATE") {
            return Err(format!("a secret is printed: {said}").into());
        }
        match self.expected {
            Connects => {
                let written = assert.try_success()?.get_output().stdout.clone();
                let seen = String::from_utf8(written)?.contains("\"kept\"");
                if seen { Ok(()) } else { Err("the table is not in the snapshot".into()) }
            }
            Fails(code, phrases) => {
                assert.try_code(code)?;
                match phrases.iter().find(|&&phrase| !said.contains(phrase)) {
                    None => Ok(()),
                    Some(phrase) => Err(format!("`{phrase}` is not said: {said}").into()),
                }
            }
        }
    }
}

fn with_paths(text: &str, folder: &Path) -> String {
    FILES.iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("{{{name}}}"), &folder.join(name).display().to_string())
    })
}

/// Files that cases name: certificates of authorities, then certificates of clients, each with its key.
const FILES: &[&str] =
    &["authority", "stranger", "certified", "certified_key", "other", "other_key", "strange", "strange_key"];

/// A PostgreSQL of this run's own that has TLS, and the files of its clients.
struct Served {
    database: Database,
    files: BTreeMap<&'static str, String>,
}

/// A server that started, or why it did not.
type Start = Result<&'static Served, String>;

impl Served {
    /// The server of this version whose certificate is made out to this name. Starts it for the first that asks.
    fn of(place: Place, name: &'static str) -> Start {
        static SERVED: OnceLock<Mutex<BTreeMap<(&'static str, &'static str), Start>>> = OnceLock::new();
        let mut served = SERVED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let start = || Self::start(place, name).map(|served| &*Box::leak(Box::new(served)));
        served.entry((place.name(), name)).or_insert_with(start).clone()
    }

    fn start(place: Place, name: &str) -> Result<Self, String> {
        let text = |error: rcgen::Error| error.to_string();
        let authority = Authority::new("Authority of a test").map_err(text)?;
        let stranger = Authority::new("Stranger").map_err(text)?;
        let server = authority.server(name).map_err(text)?;
        let mut files =
            BTreeMap::from([("authority", authority.certificate.clone()), ("stranger", stranger.certificate.clone())]);
        for (name, key_name, client) in [
            ("certified", "certified_key", authority.client("certified")),
            ("other", "other_key", authority.client("other")),
            ("strange", "strange_key", stranger.client("certified")),
        ] {
            let Certificate { certificate, key } = client.map_err(text)?;
            files.extend([(name, certificate), (key_name, key)]);
        }
        let database = Database::on_own_server(place)?;
        database.run(&setup(&authority.certificate, &server))?;
        // The server takes its new settings a moment after it was told to.
        for _ in 0..100 {
            if database.query("SHOW ssl")? == [["on"]] {
                return Ok(Self { database, files });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!("{} does not turn TLS on", place.name()))
    }
}

/// Who may come, and how.
const ACCESS: &str = "host all postgres 127.0.0.1/32 scram-sha-256
hostssl all encrypted 127.0.0.1/32 scram-sha-256
hostssl all certified 127.0.0.1/32 cert
hostnossl all plain 127.0.0.1/32 scram-sha-256";

/// Statements that turn TLS on. The server writes the files itself, so that they are its own, and its key nobody else's.
fn setup(authority: &str, server: &Certificate) -> String {
    let file = |name: &str, content: &str| {
        format!(
            "COPY (SELECT unnest(string_to_array('{}', E'\\n'))) TO PROGRAM 'umask 077; cat > {name}';\n",
            content.trim().replace('\r', "")
        )
    };
    [
        "CREATE TABLE kept (id int PRIMARY KEY);\n".to_owned(),
        format!("CREATE ROLE encrypted LOGIN PASSWORD '{PASSWORD}';\n"),
        format!("CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}';\n"),
        "CREATE ROLE certified LOGIN;\n".to_owned(),
        file("server.key", &server.key),
        file("server.crt", &server.certificate),
        file("root.crt", authority),
        file("pg_hba.conf", ACCESS),
        "ALTER SYSTEM SET ssl_ca_file = 'root.crt';\nALTER SYSTEM SET ssl = on;\nSELECT pg_reload_conf();\n".to_owned(),
    ]
    .concat()
}

//! `ssl-mode` against MySQL and MariaDB: with the certificate that a server makes for itself, and with one that a test made.

use crate::support::certificates::Authority;
use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

pub(super) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all().into_iter().filter(|place| place.engine().is_mysql_family()) {
        trials.push(trial(format!("live::tls::own_certificate::{}", place.name()), move || own(place)));
        // MariaDB takes another certificate only when it starts.
        if place.engine() == EngineName::MySql {
            trials.push(trial(format!("live::tls::certificates::{}", place.name()), move || given(place)));
        }
    }
}

/// MariaDB has TLS without being told from this version on.
const MARIADB_MAKES_A_CERTIFICATE: (u32, u32) = (11, 4);

const ABSENT: &str = "the server offers no TLS: ssl-mode=DISABLED connects without";
const STRANGER: &str = "hint: name the certificate of the authority that signed the server's in ssl-ca";

/// The certificate that a server made for itself encrypts, and no authority vouches for it.
fn own(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run("CREATE TABLE kept (id int PRIMARY KEY)")?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("stranger");
    std::fs::write(&file, Authority::new("Stranger")?.certificate)?;
    let stranger = format!("ssl-mode=VERIFY_CA&ssl-ca={}", file.display());
    let url = database.url();
    connects(&url, "ssl-mode=PREFERRED")?;
    if place.engine() == EngineName::MySql || place.version() >= MARIADB_MAKES_A_CERTIFICATE {
        connects(&url, "ssl-mode=REQUIRED")?;
        fails(&url, &stranger, STRANGER)?;
    } else {
        fails(&url, "ssl-mode=REQUIRED", ABSENT)?;
        fails(&url, &stranger, ABSENT)?;
    }
    fails(&url, "ssl-mode=VERIFY_CA&ssl-ca=/nonexistent", "cannot use /nonexistent, which ssl-ca names")
}

/// A certificate made out to `localhost`, and an account that must present one.
fn given(place: Place) -> TestResult {
    let (authority, stranger) = (Authority::new("Authority of a test")?, Authority::new("Stranger")?);
    let (server, client) = (authority.server("localhost")?, authority.client("certified")?);
    let folder = tempfile::tempdir()?;
    // Another user runs the server. The keys are nobody's after the test.
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    for (name, content) in [
        ("authority", &authority.certificate),
        ("stranger", &stranger.certificate),
        ("server", &server.certificate),
        ("server_key", &server.key),
        ("client", &client.certificate),
        ("client_key", &client.key),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content)?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o644))?;
    }
    let file = |name: &str| folder.path().join(name).display().to_string();
    let database = Database::on_own_server(place)?;
    database.run(&setup(folder.path(), &database.name))?;

    let (address, certified) = (database.url(), database.url_as("certified", "certified"));
    let name = address.replace("127.0.0.1", "localhost");
    let (trusted, strange) = (format!("ssl-ca={}", file("authority")), format!("ssl-ca={}", file("stranger")));
    connects(&address, &format!("ssl-mode=VERIFY_CA&{trusted}"))?;
    connects(&name, &format!("ssl-mode=VERIFY_IDENTITY&{trusted}"))?;
    fails(&address, &format!("ssl-mode=VERIFY_IDENTITY&{trusted}"), "hint: connect by a name")?;
    fails(&address, &format!("ssl-mode=VERIFY_CA&{strange}"), STRANGER)?;
    let presented = format!("ssl-cert={}&ssl-key={}", file("client"), file("client_key"));
    connects(&certified, &format!("ssl-mode=VERIFY_CA&{trusted}&{presented}"))?;
    connects(&certified, &format!("ssl-mode=REQUIRED&{presented}"))?;
    fails(&certified, "ssl-mode=REQUIRED", "an account can also want a client certificate")?;
    fails(&certified, &format!("ssl-mode=REQUIRED&ssl-cert={}", file("client")), "ssl-cert")
}

fn setup(folder: &Path, database: &str) -> String {
    let file = |name: &str| folder.join(name).display().to_string();
    format!(
        "SET GLOBAL ssl_ca = '{}', GLOBAL ssl_cert = '{}', GLOBAL ssl_key = '{}';
         ALTER INSTANCE RELOAD TLS;
         CREATE TABLE kept (id int PRIMARY KEY);
         CREATE USER certified@'127.0.0.1' IDENTIFIED BY 'certified' REQUIRE X509;
         GRANT SELECT ON {database}.* TO certified@'127.0.0.1';",
        file("authority"),
        file("server"),
        file("server_key"),
    )
}

fn connects(url: &str, parameters: &str) -> TestResult {
    let (code, written, said) = snapshot(url, parameters);
    let read = code == Some(0) && written.contains("\"kept\"");
    if read { Ok(()) } else { Err(format!("{parameters}: exit code {code:?}, said: {said}").into()) }
}

fn fails(url: &str, parameters: &str, phrase: &str) -> TestResult {
    let (code, _, said) = snapshot(url, parameters);
    let password = url::Url::parse(url)?.password().map(|password| format!(":{password}@"));
    let shown = password.is_some_and(|password| said.contains(&password));
    let explained = code == Some(3) && said.contains(phrase) && !shown;
    if explained { Ok(()) } else { Err(format!("{parameters}: exit code {code:?}, said: {said}").into()) }
}

fn snapshot(url: &str, parameters: &str) -> (Option<i32>, String, String) {
    let url = format!("{url}?{parameters}");
    let output = brownfield().args(["snapshot", "--no-stats", &url]).assert().get_output().clone();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

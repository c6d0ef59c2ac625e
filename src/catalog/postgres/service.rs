//! Named connections from a service file (`~/.pg_service.conf`), by the rules of PostgreSQL's own clients.

use crate::catalog::Error;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Where PostgreSQL's own clients are built to look for the file of the whole machine: Debian's choice, Red Hat's.
const SYSTEM_FOLDERS: &[&str] = &["/etc/postgresql-common", "/etc/sysconfig/pgsql"];

/// The parameters of a service, with the file that defines it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) file: PathBuf,
    pub(super) parameters: Parameters,
}

/// Names and values.
type Parameters = Vec<(String, String)>;

/// Looks a service up in the user's file, then in the machine's. `named` is the file that takes the place of the user's.
pub(super) fn look_up(
    name: &str,
    named: Option<&str>,
    environment: &BTreeMap<String, String>,
) -> Result<Service, Error> {
    let attempt = || Error::new(format!("cannot use the connection service {name:?}"));
    let variable = |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let of_user = match named {
        // A file that is named must be there.
        Some(file) => Some(PathBuf::from(file)),
        None => variable("HOME").map(|home| home.join(".pg_service.conf")).filter(|file| file.exists()),
    };
    let of_machine = match variable("PGSYSCONFDIR") {
        Some(folder) => vec![folder],
        None => SYSTEM_FOLDERS.iter().map(PathBuf::from).collect(),
    };
    let of_machine = of_machine.into_iter().map(|folder| folder.join("pg_service.conf")).filter(|file| file.exists());
    let files: Vec<PathBuf> = of_user.into_iter().chain(of_machine).collect();
    for file in &files {
        let text = fs::read(file).map_err(|error| attempt().because(format!("{}: {error}", file.display())))?;
        let found = find(&String::from_utf8_lossy(&text), name)
            .map_err(|(line, reason)| attempt().because(format!("{}, line {line}: {reason}", file.display())))?;
        if let Some(parameters) = found {
            return Ok(Service { file: file.clone(), parameters });
        }
    }
    let error = if files.is_empty() {
        attempt().because("there is no service file")
    } else {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        attempt().because(format!("no section [{name}] in {}", files.join(" or ")))
    };
    Err(error.hint("define it in ~/.pg_service.conf or in the file that PGSERVICEFILE names"))
}

/// The parameters of the first section of this name, or the line that cannot be understood and the reason. Nothing is
/// said of the line's text: a password may stand in it.
fn find(text: &str, name: &str) -> Result<Option<Parameters>, (usize, &'static str)> {
    let mut found: Option<Parameters> = None;
    for (at, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            found = rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(']')).then(Vec::new);
        } else if let Some(parameters) = &mut found {
            if line.starts_with("ldap") {
                return Err((at + 1, "services are not looked up in LDAP"));
            }
            match line.split_once('=') {
                None => return Err((at + 1, "it is not of the form name=value")),
                Some(("service" | "servicefile", _)) => return Err((at + 1, "a service cannot name another")),
                Some((key, value)) => parameters.push((key.to_owned(), value.to_owned())),
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;
    use std::path::Path;

    fn pairs(of: &[(&str, &str)]) -> Parameters {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_section_holds_parameters() {
        let text = "# ours\n[shop2]\nhost=no\n[shop]\n  host=db.example \n\n#port=1\npassword=a=b c\n[shop]\nport=2\n";
        assert_eq!(find(text, "shop"), Ok(Some(pairs(&[("host", "db.example"), ("password", "a=b c")]))));
        assert_eq!(find(text, "sho"), Ok(None));
        assert_eq!(find("host=h\n[empty]\n[b]\nnonsense", "empty"), Ok(Some(Vec::new())));
    }

    #[test]
    fn what_is_not_understood_is_named_by_its_line() {
        assert_eq!(find("[a]\nhost h", "a"), Err((2, "it is not of the form name=value")));
        assert_eq!(find("[a]\nservice=b", "a"), Err((2, "a service cannot name another")));
        assert_eq!(find("[a]\nldap://h/d", "a"), Err((2, "services are not looked up in LDAP")));
        assert_eq!(find("[b]\nhost h\n[a]", "a"), Ok(Some(Vec::new())));
    }

    #[test]
    fn the_user_s_file_comes_before_the_machine_s() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &Path, text: &str| fs::write(path, text).expect("written");
        let machine = folder.path().join("etc");
        fs::create_dir(&machine).expect("made");
        write(&machine.join("pg_service.conf"), "[a]\nhost=machine\n[b]\nhost=machine\n");
        write(&folder.path().join(".pg_service.conf"), "[a]\nhost=user\n");
        let named = folder.path().join("named");
        write(&named, "[a]\nhost=named\n");
        let named = named.to_str().expect("UTF-8");
        let environment: BTreeMap<String, String> =
            pairs(&[("HOME", &folder.path().display().to_string()), ("PGSYSCONFDIR", &machine.display().to_string())])
                .into_iter()
                .collect();
        let host = |name: &str, file: Option<&str>| {
            look_up(name, file, &environment).map(|service| service.parameters[0].1.clone())
        };
        assert_eq!(host("a", None).expect("there"), "user");
        assert_eq!(host("b", None).expect("there"), "machine");
        assert_eq!(host("a", Some(named)).expect("there"), "named");
        assert_eq!(host("b", Some(named)).expect("there"), "machine");
        let cause = |error: Error| error.source().map(ToString::to_string).unwrap_or_default();
        assert!(cause(host("c", None).expect_err("nowhere")).contains("no section [c] in"));
        assert!(cause(host("a", Some("/nonexistent")).expect_err("no file")).contains("/nonexistent"));
        let nowhere = pairs(&[("PGSYSCONFDIR", "/nonexistent")]).into_iter().collect();
        assert!(cause(look_up("a", None, &nowhere).expect_err("no file")).contains("there is no service file"));
    }
}

//! Passwords from a password file (`~/.pgpass`), by the rules of PostgreSQL's own clients.

use crate::catalog::Secret;
use std::path::Path;

/// What a connection would ask the file for. `host` is what the user named; `localhost` for the default socket.
pub(super) struct Wanted<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The password of the first line that matches. A file that others may read is left alone, as every other client
/// does, and the reason is logged.
pub(super) fn look_up(path: &Path, wanted: &Wanted<'_>) -> Option<Secret> {
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() {
        tracing::warn!("password file {} is not a plain file and is not used", path.display());
        return None;
    }
    if is_exposed(&metadata) {
        tracing::warn!("password file {} is readable by group or world and is not used; chmod 0600 it", path.display());
        return None;
    }
    let text = std::fs::read(path).ok()?;
    find(&String::from_utf8_lossy(&text), wanted).map(Secret::new)
}

#[cfg(unix)]
fn is_exposed(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_exposed(_: &std::fs::Metadata) -> bool {
    false
}

fn find(text: &str, wanted: &Wanted<'_>) -> Option<String> {
    let port = wanted.port.to_string();
    let fields = [wanted.host, &port, wanted.database, wanted.user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut rest = line;
        for field in fields {
            let (pattern, after) = split_field(rest)?;
            if pattern != "*" && unescape(pattern) != field {
                return None;
            }
            rest = after;
        }
        let password = split_field(rest).map_or(rest, |(password, _)| password);
        (!password.is_empty()).then(|| unescape(password))
    })
}

/// The text up to the first colon that no backslash protects, and the text behind it.
fn split_field(line: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (position, character) in line.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ':' => return Some((&line[..position], &line[position + 1..])),
            _ => {}
        }
    }
    None
}

fn unescape(field: &str) -> String {
    let mut plain = String::with_capacity(field.len());
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            plain.extend(characters.next());
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted<'static> = Wanted { host: "db.example", port: 5433, database: "shop", user: "app" };

    #[test]
    fn the_first_matching_line_wins() {
        let file = "# comment\nother:5433:shop:app:no\ndb.example:*:shop:app:first\n*:*:*:*:second\n";
        assert_eq!(find(file, &WANTED).as_deref(), Some("first"));
    }

    #[test]
    fn wildcards_match_whole_fields_only() {
        assert_eq!(find("*:*:*:*:any", &WANTED).as_deref(), Some("any"));
        assert_eq!(find("db.*:5433:shop:app:no", &WANTED), None);
        assert_eq!(find("db.example:5432:shop:app:no", &WANTED), None);
    }

    #[test]
    fn colons_and_backslashes_are_escaped() {
        let wanted = Wanted { host: "::1", port: 5432, database: "a\\b", user: "u" };
        assert_eq!(find(r"\:\:1:5432:a\\b:u:p\:w\\d", &wanted).as_deref(), Some("p:w\\d"));
    }

    #[test]
    fn short_lines_and_empty_passwords_are_passed_over() {
        assert_eq!(find("db.example:5433:shop\n\n:::\n*:*:*:*:", &WANTED), None);
        assert_eq!(find("*:*:*:*:pass:trailing", &WANTED).as_deref(), Some("pass"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), "*:*:*:*:secret").expect("written");
        let set = |mode| {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).expect("permissions set");
        };
        set(0o644);
        assert!(look_up(file.path(), &WANTED).is_none());
        set(0o600);
        assert_eq!(look_up(file.path(), &WANTED), Some(Secret::new("secret")));
    }
}

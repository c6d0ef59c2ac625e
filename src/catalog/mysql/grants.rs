//! What the account may not see. `information_schema` leaves such rows out silently, so the grants have to tell.

use super::statements::Version;
use crate::model::{EngineName, Unseen, UnseenKind, quote};

/// What stays hidden in a schema without all of these privileges.
const NEEDS: &[(UnseenKind, &[&str])] = &[
    (UnseenKind::Triggers, &["TRIGGER"]),
    (UnseenKind::Events, &["EVENT"]),
    (UnseenKind::ViewDefinitions, &["SELECT", "SHOW VIEW"]),
];

/// The oldest MariaDB with a privilege for the text of routines.
const SHOWS_ROUTINES: Version = (11, 3, 0);

/// What an account may do in a schema. Rights that come from a role are counted only when the server lists them.
pub(super) struct Privileges<'g> {
    /// Those on everything that are not revoked for the schema.
    everywhere: Vec<&'g str>,
    /// Those on the schema.
    here: Vec<&'g str>,
    /// Whether the table is readable that keeps the routines of MySQL 5.7 and MariaDB.
    reads_routines: bool,
    /// Names in grants are no patterns.
    literal: bool,
}

impl<'g> Privileges<'g> {
    /// `literal` says that `%` and `_` in the names of schemas stand for themselves.
    pub(super) fn on(schema: &str, grants: &'g [String], literal: bool) -> Self {
        let split = |list: &'g str| list.split(',').map(str::trim);
        let is_schema = |pattern: &str| {
            let name = pattern.replace("``", "`");
            if literal { name == schema } else { matches(&name, schema) }
        };
        let mut held = Self { everywhere: Vec::new(), here: Vec::new(), reads_routines: false, literal };
        let mut grantees = Vec::new();
        for (list, rest) in grants.iter().filter_map(|grant| grant.strip_prefix("GRANT ")?.split_once(" ON ")) {
            if rest.starts_with("*.* TO ") {
                held.everywhere.extend(split(list));
            } else if rest.starts_with("`mysql`.`proc` TO ") {
                held.reads_routines |= split(list).any(|privilege| ["ALL PRIVILEGES", "SELECT"].contains(&privilege));
            } else if let Some((pattern, grantee)) = rest.strip_prefix('`').and_then(|rest| rest.split_once("`.* TO "))
            {
                // Of several patterns of one account or role only the first counts.
                let grantee = grantee.split(" WITH ").next().unwrap_or_default();
                if is_schema(pattern) && !grantees.contains(&grantee) {
                    grantees.push(grantee);
                    held.here.extend(split(list));
                }
            }
        }
        // A schema is excepted from what is granted on everything, and is named as it is.
        for (list, rest) in grants.iter().filter_map(|grant| grant.strip_prefix("REVOKE ")?.split_once(" ON `")) {
            if rest.split_once("`.* FROM ").is_some_and(|(name, _)| name.replace("``", "`") == schema) {
                held.everywhere.retain(|privilege| !split(list).any(|revoked| revoked == *privilege));
            }
        }
        held
    }

    fn has(&self, privilege: &str) -> bool {
        self.everywhere.iter().chain(&self.here).any(|held| ["ALL PRIVILEGES", privilege].contains(held))
    }

    /// Whether the account is shown the statement of every table.
    pub(super) fn shows_statements(&self) -> bool {
        self.has("REFERENCES") || self.has("SELECT")
    }

    /// Whether the account is shown the text of every routine.
    fn shows_routines(&self) -> bool {
        let all = ["ALL PRIVILEGES", "SHOW_ROUTINE", "SELECT"];
        self.reads_routines || self.everywhere.iter().any(|held| all.contains(held)) || self.has("SHOW CREATE ROUTINE")
    }
}

/// Whether a name fits a pattern, in which `%` stands for any characters, `_` for one, and a backslash takes their meaning.
fn matches(pattern: &str, name: &str) -> bool {
    let mut rest = pattern.chars();
    let mut characters = name.chars();
    match rest.next() {
        None => name.is_empty(),
        Some('%') => {
            matches(rest.as_str(), name) || characters.next().is_some_and(|_| matches(pattern, characters.as_str()))
        }
        Some('_') => characters.next().is_some() && matches(rest.as_str(), characters.as_str()),
        Some(first) => {
            let literal = if first == '\\' { rest.next().unwrap_or(first) } else { first };
            characters.next() == Some(literal) && matches(rest.as_str(), characters.as_str())
        }
    }
}

/// The pattern that only this name fits.
fn pattern(name: &str) -> String {
    let escaped =
        |character: char| matches!(character, '%' | '_' | '\\').then_some('\\').into_iter().chain([character]);
    name.chars().flat_map(escaped).collect()
}

/// Lists what the privileges do not cover in a schema. Rights that are not known of are reported as missing, never the other
/// way round, and a role that is `inactive` is named. `statements` says that tables were read from their own statements,
/// which hide nothing from whom they are shown to.
pub(super) fn unseen(
    (engine, version): (EngineName, Version),
    account: &str,
    (held, inactive): (&Privileges<'_>, Option<&str>),
    schema: &str,
    statements: bool,
) -> Vec<Unseen> {
    let inactive = inactive.map(|role| format!("; the role {role}, which it was granted, is not active"));
    let inactive = inactive.unwrap_or_default();
    let pattern = if held.literal { schema.to_owned() } else { pattern(schema) };
    let on_schema = |privileges: &str| {
        format!("GRANT {privileges} ON {}.* TO {account}", quote::quote_identifier(engine, &pattern))
    };
    let missing = |what, privileges: &str| Unseen {
        what,
        schema: Some(schema.to_owned()),
        object: None,
        reason: format!("the account lacks {privileges}{inactive}"),
        remedy: on_schema(privileges),
    };
    let mut list = Vec::new();
    for (what, needed) in NEEDS {
        let lacking: Vec<&str> = needed.iter().copied().filter(|privilege| !held.has(privilege)).collect();
        if !lacking.is_empty() {
            list.push(missing(*what, &lacking.join(", ")));
        }
    }
    // MariaDB's information_schema shows the actions of foreign keys to SELECT alone only in part.
    let select_suffices = engine == EngineName::MySql || statements;
    if !(held.has("REFERENCES") || select_suffices && held.has("SELECT")) {
        list.push(missing(UnseenKind::ForeignKeys, "REFERENCES"));
        if !held.shows_statements() {
            for what in [UnseenKind::Tables, UnseenKind::Columns, UnseenKind::Constraints, UnseenKind::Indexes] {
                list.push(missing(what, "REFERENCES"));
            }
        }
    }
    if !held.shows_routines() {
        list.push(Unseen {
            what: UnseenKind::Functions,
            schema: Some(schema.to_owned()),
            object: None,
            reason: format!("the account may not see routines of others{inactive}"),
            remedy: match engine {
                EngineName::MySql if version >= (8, 0, 20) => format!("GRANT SHOW_ROUTINE ON *.* TO {account}"),
                EngineName::MySql if version >= (8, 0, 0) => format!("GRANT SELECT ON *.* TO {account}"),
                EngineName::MariaDb if version >= SHOWS_ROUTINES => on_schema("SHOW CREATE ROUTINE"),
                _ => format!("GRANT SELECT ON mysql.proc TO {account}"),
            },
        });
    }
    list
}

/// Whether the account is shown the tables of every database beside these, and their foreign keys with them.
pub(super) fn shows_every_table(grants: &[String], schemas: &[&str]) -> bool {
    let held = held_elsewhere(grants, schemas);
    held.has("SELECT") || held.has("REFERENCES")
}

/// Whether the account is shown the views, triggers, routines and events of every database beside these.
pub(super) fn shows_all_code(grants: &[String], schemas: &[&str]) -> bool {
    let held = held_elsewhere(grants, schemas);
    held.shows_routines() && NEEDS.iter().flat_map(|(_, needed)| *needed).all(|privilege| held.has(privilege))
}

/// What the account may do in every database beside these: nothing where one is excepted.
fn held_elsewhere<'g>(grants: &'g [String], schemas: &[&str]) -> Privileges<'g> {
    let mut held = Privileges::on("", grants, true);
    let excepted = grants.iter().filter_map(|grant| grant.strip_prefix("REVOKE ")?.split_once(" ON `"));
    let mut names = excepted.filter_map(|(_, rest)| Some(rest.split_once("`.* FROM ")?.0.replace("``", "`")));
    if names.any(|name| !schemas.contains(&name.as_str())) {
        held.everywhere.clear();
    }
    held
}

/// What shows the account the views, triggers, routines and events of every database.
pub(super) fn shows_outside_code(account: &str) -> String {
    format!("GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO {account}")
}

/// What shows the account the foreign keys of every database. No version of MySQL before 8.0 tells them at a bearable cost.
pub(super) fn shows_outside_keys((engine, version): (EngineName, Version), account: &str) -> String {
    match engine {
        EngineName::MariaDb => format!("GRANT PROCESS, REFERENCES ON *.* TO {account}"),
        _ if version < (8, 0, 0) => String::new(),
        _ => format!("GRANT REFERENCES ON *.* TO {account}"),
    }
}

/// The account as SQL names it, from `user@host`.
pub(super) fn account(engine: EngineName, current_user: &str) -> String {
    let (user, host) = current_user.rsplit_once('@').unwrap_or((current_user, "%"));
    format!("{}@{}", quote::quote_literal(engine, user), quote::quote_literal(engine, host))
}

/// What to say when the account sees no database at all.
pub(super) fn nothing(engine: EngineName, account: &str, grants: &[String]) -> Unseen {
    let (reason, remedy) = match role(grants) {
        // What an active role may see is listed with the account's own rights.
        Some(role) => (
            format!("the account sees no database, and the role {role}, which it was granted, is not active"),
            match engine {
                EngineName::MariaDb => format!("SET DEFAULT ROLE {role} FOR {account}"),
                _ => format!("SET DEFAULT ROLE ALL TO {account}"),
            },
        ),
        None => (
            "the account sees no database: either there is none, or it has no right on any".to_owned(),
            format!("GRANT REFERENCES ON *.* TO {account}"),
        ),
    };
    Unseen { what: UnseenKind::Schemas, schema: None, object: None, reason, remedy }
}

/// The role or roles that an account was granted, as SQL names them.
pub(super) fn role(grants: &[String]) -> Option<&str> {
    let roles = grants.iter().filter_map(|grant| grant.strip_prefix("GRANT ")).filter(|grant| !grant.contains(" ON "));
    roles.filter(|grant| grant.starts_with('`')).find_map(|grant| Some(grant.split_once(" TO ")?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(schema: &str, grants: &[&str], literal: bool, privilege: &str) -> bool {
        let grants: Vec<String> = grants.iter().map(|grant| (*grant).to_owned()).collect();
        Privileges::on(schema, &grants, literal).has(privilege)
    }

    #[test]
    fn other_databases_are_shown_to_who_may_see_all() {
        let shows = |grants: &[&str]| {
            let grants: Vec<String> = grants.iter().map(|grant| (*grant).to_owned()).collect();
            (shows_every_table(&grants, &["shop"]), shows_all_code(&grants, &["shop"]))
        };
        assert_eq!(
            shows(&["GRANT USAGE ON *.* TO `a`@`%`", "GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`"]),
            (false, false)
        );
        assert_eq!(shows(&["GRANT REFERENCES ON *.* TO `a`@`%`"]), (true, false));
        let all = "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO `a`@`%`";
        assert_eq!(shows(&[all]), (true, true));
        assert_eq!(shows(&[all, "REVOKE SELECT ON `shop`.* FROM `a`@`%`"]), (true, true));
        assert_eq!(shows(&[all, "REVOKE SELECT ON `pay`.* FROM `a`@`%`"]), (false, false));
    }

    #[test]
    fn references_shows_the_structure_only() {
        let grants = ["GRANT USAGE ON *.* TO `a`@`%`", "GRANT REFERENCES ON `sh\\_op`.* TO `a`@`%`"].map(str::to_owned);
        let seen = Privileges::on("sh_op", &grants, false);
        let list = unseen((EngineName::MySql, (9, 7, 0)), "'a'@'%'", (&seen, None), "sh_op", false);
        assert!(list.iter().all(|unseen| unseen.what != UnseenKind::Tables));
        let triggers = list.iter().find(|unseen| unseen.what == UnseenKind::Triggers);
        assert_eq!(triggers.map(|unseen| unseen.remedy.as_str()), Some("GRANT TRIGGER ON `sh\\_op`.* TO 'a'@'%'"));
        let all = ["GRANT ALL PRIVILEGES ON *.* TO `root`@`%`".to_owned()];
        let all = Privileges::on("shop", &all, false);
        assert_eq!(unseen((EngineName::MariaDb, (11, 8, 0)), "'root'@'%'", (&all, None), "shop", false), []);
    }

    #[test]
    fn patterns_match_as_in_the_server() {
        for (pattern, name, fits) in [
            ("sh_p", "shop", true),
            ("sh_p", "sh\u{f6}p", true),
            ("sh_p", "shp", false),
            ("s%p", "shop", true),
            ("%", "shop", true),
            ("s%o%", "shop", true),
            ("s%x", "shop", false),
            ("sh\\_p", "shop", false),
            ("sh\\_p", "sh_p", true),
            ("sh\\%", "sh%", true),
            ("shop", "shops", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
        let grant = ["GRANT SELECT ON `sh_p`.* TO `a`@`%`"];
        assert!(held("shop", &grant, false, "SELECT") && !held("shop", &grant, true, "SELECT"));
    }

    #[test]
    fn the_first_pattern_of_an_account_counts() {
        let grants =
            ["GRANT REFERENCES ON `shop`.* TO `a`@`%`", "GRANT SELECT ON `sh%`.* TO `a`@`%` WITH GRANT OPTION"];
        assert!(held("shop", &grants, false, "REFERENCES") && !held("shop", &grants, false, "SELECT"));
        let role = ["GRANT REFERENCES ON `shop`.* TO `a`@`%`", "GRANT SELECT ON `sh%`.* TO `role`"];
        assert!(held("shop", &role, false, "SELECT"));
    }

    #[test]
    fn revokes_take_from_what_is_granted_everywhere() {
        let grants = [
            "GRANT SELECT, TRIGGER, EVENT ON *.* TO `a`@`%`",
            "GRANT REFERENCES ON `shop`.* TO `a`@`%`",
            "REVOKE SELECT, TRIGGER ON `shop`.* FROM `a`@`%`",
        ];
        let has = |schema, privilege| held(schema, &grants, true, privilege);
        assert!(!has("shop", "SELECT") && !has("shop", "TRIGGER") && has("shop", "EVENT") && has("shop", "REFERENCES"));
        assert!(has("other", "SELECT") && !has("other", "REFERENCES"));
    }
}

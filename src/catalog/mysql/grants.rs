//! What the account may not see. `information_schema` leaves such rows out silently, so the grants have to tell.

use super::statements::Version;
use crate::model::{EngineName, Unseen, UnseenKind, quote};

/// What stays hidden in a schema and the privileges that would show it: any one of each group suffices.
const NEEDS: &[(UnseenKind, &[&str], &str)] = &[
    (UnseenKind::Triggers, &["TRIGGER"], "TRIGGER"),
    (UnseenKind::Events, &["EVENT"], "EVENT"),
    (UnseenKind::ViewDefinitions, &["SHOW VIEW"], "SELECT, SHOW VIEW"),
];

/// Lists what the grants do not cover in a schema. Rights that come from a role are counted only when the server
/// lists them; others are reported as missing, never the other way round, and a role that is `inactive` is named.
/// `statements` says that tables were read from their own statements, which hide nothing from whom they are shown to.
pub(super) fn unseen(
    (engine, version): (EngineName, Version),
    account: &str,
    (grants, inactive): (&[String], Option<&str>),
    schema: &str,
    statements: bool,
) -> Vec<Unseen> {
    let held: Vec<&str> = grants.iter().filter_map(|grant| privileges(grant, schema)).collect();
    let has = |names: &[&str]| {
        held.iter()
            .flat_map(|list| list.split(','))
            .any(|held| held.trim().starts_with("ALL PRIVILEGES") || names.contains(&held.trim()))
    };
    let inactive = inactive.map(|role| format!("; the role {role}, which it was granted, is not active"));
    let inactive = inactive.unwrap_or_default();
    let missing = |what, privilege: &str| Unseen {
        what,
        schema: Some(schema.to_owned()),
        object: None,
        reason: format!("the account lacks {privilege}{inactive}"),
        remedy: format!("GRANT {privilege} ON {}.* TO {account}", quote::quote_identifier(engine, schema)),
    };
    let mut list: Vec<_> =
        NEEDS.iter().filter(|need| !has(need.1)).map(|(what, _, privilege)| missing(*what, privilege)).collect();
    // MariaDB's information_schema shows the actions of foreign keys to SELECT alone only in part.
    let all = engine == EngineName::MySql || statements;
    let structure: &[&str] = if all { &["REFERENCES", "SELECT"] } else { &["REFERENCES"] };
    if !has(structure) {
        list.push(missing(UnseenKind::ForeignKeys, "REFERENCES"));
        if !has(&["REFERENCES", "SELECT"]) {
            for what in [UnseenKind::Tables, UnseenKind::Columns, UnseenKind::Constraints, UnseenKind::Indexes] {
                list.push(missing(what, "REFERENCES"));
            }
        }
    }
    let everywhere = grants.iter().filter_map(|grant| grant.strip_prefix("GRANT ")?.split_once(" ON *.*"));
    let routines = everywhere
        .flat_map(|(list, _)| list.split(','))
        .any(|held| ["ALL PRIVILEGES", "SHOW_ROUTINE", "SELECT"].contains(&held.trim()));
    if !routines && !has(&["SHOW CREATE ROUTINE"]) {
        list.push(Unseen {
            what: UnseenKind::Functions,
            schema: Some(schema.to_owned()),
            object: None,
            reason: format!("the account may not see routines of others{inactive}"),
            remedy: match engine {
                EngineName::MySql if version >= (8, 0, 20) => format!("GRANT SHOW_ROUTINE ON *.* TO {account}"),
                EngineName::MySql if version >= (8, 0, 0) => format!("GRANT SELECT ON *.* TO {account}"),
                _ => format!("GRANT SELECT ON mysql.proc TO {account}"),
            },
        });
    }
    list
}

/// Whether the account is shown the statement of every table in a schema.
pub(super) fn shows_statements(grants: &[String], schema: &str) -> bool {
    let held = grants.iter().filter_map(|grant| privileges(grant, schema)).flat_map(|list| list.split(','));
    held.map(str::trim).any(|held| held.starts_with("ALL PRIVILEGES") || ["REFERENCES", "SELECT"].contains(&held))
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

/// The privileges that a grant gives on every object of a schema.
fn privileges<'g>(grant: &'g str, schema: &str) -> Option<&'g str> {
    let (list, rest) = grant.strip_prefix("GRANT ")?.split_once(" ON ")?;
    if rest.starts_with("*.*") {
        return Some(list);
    }
    let (pattern, _) = rest.strip_prefix('`')?.split_once("`.* TO ")?;
    let pattern = pattern.replace("``", "`");
    let covered = match pattern.strip_suffix('%') {
        Some(start) if !start.ends_with('\\') => schema.starts_with(&start.replace('\\', "")),
        _ => schema == pattern.replace('\\', ""),
    };
    covered.then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_shows_the_structure_only() {
        let grants = ["GRANT USAGE ON *.* TO `a`@`%`", "GRANT REFERENCES ON `sh\\_op`.* TO `a`@`%`"].map(str::to_owned);
        let list = unseen((EngineName::MySql, (9, 7, 0)), "'a'@'%'", (&grants, None), "sh_op", false);
        assert!(list.iter().all(|unseen| unseen.what != UnseenKind::Tables));
        assert!(list.iter().any(|unseen| unseen.what == UnseenKind::Triggers));
        let all = ["GRANT ALL PRIVILEGES ON *.* TO `root`@`%`".to_owned()];
        assert_eq!(unseen((EngineName::MariaDb, (11, 8, 0)), "'root'@'%'", (&all, None), "shop", false), []);
    }
}

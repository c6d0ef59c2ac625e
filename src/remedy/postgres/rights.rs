//! Steps about rights: owners, row security, the rights that views and functions run with; and extensions.

use super::super::planner::Planner;
use super::super::requests::Request;
use super::super::{Duration, Phase, Safety, Step};
use super::{ACCESS_EXCLUSIVE, BRIEFLY, NO_LOCK};
use crate::checks::Change;
use crate::model::quote::quote_literal;
use crate::model::{EngineName, QualifiedName};

/// Adds the steps for one request.
pub(super) fn add(planner: &mut Planner<'_>, request: &Request) {
    let (rank, step) = match &request.change {
        Change::SetOwner { table, owner } => match set_owner(planner, table, owner) {
            Ok(step) => (80, step),
            Err(reason) => return planner.refuse(request.change.clone(), reason),
        },
        Change::EnableRowSecurity { table } => (68, enable_row_security(planner, table)),
        Change::AskPolicyOnce { table, policy, using, with_check } => {
            (67, ask_policy_once(planner, table, policy, using.as_deref(), with_check.as_deref()))
        }
        Change::SetSecurityInvoker { view } => (68, set_security_invoker(planner, view)),
        Change::SetSearchPath { function, arguments, path } => {
            (68, set_search_path(planner, function, arguments.as_deref(), path))
        }
        Change::RevokePublicCreate { schema } => (5, revoke_public_create(planner, schema)),
        Change::UpdateExtension { extension, version } => (5, update_extension(planner, extension, version)),
        _ => return,
    };
    planner.add(rank, request, step);
}

fn set_owner(planner: &Planner<'_>, table: &QualifiedName, owner: &str) -> Result<Step, String> {
    let relation = planner.relation(table);
    let statement = |owner: &str| format!("ALTER TABLE {relation} OWNER TO {}", planner.quote(owner));
    let of = planner.table(table).ok_or("the table is not in the catalog")?.table;
    let old = of.owner.as_deref().ok_or("the old owner is not in the catalog")?;
    if of.row_security && !of.force_row_security {
        return Err(format!(
            "row security binds all but the owner of {}, so that {old} would see other rows",
            table.name
        ));
    }
    let granted = planner.quote(old);
    let mut statements = vec![statement(owner), format!("GRANT ALL ON {relation} TO {granted}")];
    let defaults = of.columns.iter().filter_map(|column| column.default.as_ref());
    statements.extend(defaults.filter_map(|default| default.sequence.as_ref()).map(|sequence| {
        let sequence = planner.relation(sequence);
        format!("GRANT ALL ON SEQUENCE {sequence} TO {granted}")
    }));
    Ok(Step::new(format!("give {} to {owner}", table.name), table, Phase::Contract, statements)
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Breaking, Duration::Metadata)
        .undo(statement(old))
        .note("Sequences that columns own go along.")
        .note(format!(
            "{old} keeps its rights on the rows, also through views and functions of its own, but can no longer alter or \
             drop the table: run migrations as {owner} from this moment."
        )))
}

fn enable_row_security(planner: &Planner<'_>, table: &QualifiedName) -> Step {
    let relation = planner.relation(table);
    let statement = format!("ALTER TABLE {relation} ENABLE ROW LEVEL SECURITY");
    Step::new(format!("enable row security on {}", table.name), table, Phase::Contract, vec![statement])
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Breaking, Duration::Metadata)
        .undo(format!("ALTER TABLE {relation} DISABLE ROW LEVEL SECURITY"))
        .note("From this moment every role but the owner and those that bypass row security sees only the rows that a policy shows. Try each role on a copy first.")
}

fn ask_policy_once(
    planner: &Planner<'_>,
    table: &QualifiedName,
    policy: &str,
    using: Option<&str>,
    with_check: Option<&str>,
) -> Step {
    let (relation, name) = (planner.relation(table), planner.quote(policy));
    let statement = |using: Option<&str>, with_check: Option<&str>| {
        let using = using.map(|expression| format!(" USING ({expression})")).unwrap_or_default();
        let check = with_check.map(|expression| format!(" WITH CHECK ({expression})")).unwrap_or_default();
        format!("ALTER POLICY {name} ON {relation}{using}{check}")
    };
    let of = planner.table(table).and_then(|of| of.table.policies.iter().find(|known| known.name == policy));
    let title = format!("let policy {policy} on {} ask for the user or a setting once a query", table.name);
    let step = Step::new(title, table, Phase::Expand, vec![statement(using, with_check)]).how(
        "metadata only",
        ACCESS_EXCLUSIVE,
        BRIEFLY,
        Safety::Safe,
        Duration::Metadata,
    );
    match of {
        Some(of) => step.undo(statement(
            of.using.as_deref().filter(|_| using.is_some()),
            of.with_check.as_deref().filter(|_| with_check.is_some()),
        )),
        None => step.irreversible("the policy is not in the catalog"),
    }
}

fn set_security_invoker(planner: &Planner<'_>, view: &QualifiedName) -> Step {
    let relation = planner.relation(view);
    let statement = format!("ALTER VIEW {relation} SET (security_invoker = true)");
    Step::new(format!("let view {} run with the caller's rights", view.name), view, Phase::Contract, vec![statement])
        .how(
            "metadata only",
            ACCESS_EXCLUSIVE,
            "everything on the view, for a moment",
            Safety::Breaking,
            Duration::Metadata,
        )
        .undo(format!("ALTER VIEW {relation} RESET (security_invoker)"))
        .note(
            "Whoever reads the view then needs SELECT on its tables, too, and sees the rows that their policies show.",
        )
}

fn set_search_path(planner: &Planner<'_>, function: &QualifiedName, arguments: Option<&str>, path: &[String]) -> Step {
    let routine = match arguments {
        Some(arguments) => format!("{}({arguments})", planner.relation(function)),
        None => planner.relation(function),
    };
    let path: Vec<String> = path.iter().map(|schema| planner.quote(schema)).collect();
    let statement = format!("ALTER ROUTINE {routine} SET search_path = {}", path.join(", "));
    Step::new(format!("fix the search path of {}", function.name), function, Phase::Contract, vec![statement])
        .how("metadata only", NO_LOCK, "nothing", Safety::Caution, Duration::Metadata)
        .undo(format!("ALTER ROUTINE {routine} RESET search_path"))
        .note("What the function names without a schema is looked for there only. Add the schemas of extensions and tables that it needs, or name them in its body.")
}

fn revoke_public_create(planner: &Planner<'_>, schema: &QualifiedName) -> Step {
    let name = planner.quote(&schema.schema);
    let statement = format!("REVOKE CREATE ON SCHEMA {name} FROM PUBLIC");
    Step::new(format!("take CREATE on schema {} from PUBLIC", schema.schema), schema, Phase::Contract, vec![statement])
        .how("metadata only", NO_LOCK, "nothing", Safety::Caution, Duration::Metadata)
        .undo(format!("GRANT CREATE ON SCHEMA {name} TO PUBLIC"))
        .note("Grant CREATE to the roles that run migrations first, unless they own the schema or the database.")
}

fn update_extension(planner: &Planner<'_>, extension: &QualifiedName, version: &str) -> Step {
    let name = planner.quote(&extension.name);
    let version = quote_literal(EngineName::PostgreSql, version);
    let statement = format!("ALTER EXTENSION {name} UPDATE TO {version}");
    let verify = format!(
        "SELECT extversion FROM pg_catalog.pg_extension WHERE extname = {}",
        quote_literal(EngineName::PostgreSql, &extension.name)
    );
    Step::new(format!("update extension {}", extension.name), extension, Phase::Expand, vec![statement])
        .how(
            "update script",
            NO_LOCK,
            "what uses the objects that the script replaces, for a moment",
            Safety::Caution,
            Duration::Metadata,
        )
        .verify(verify)
        .irreversible("most extensions have no way back to an older version")
        .note("Read the release notes between the two versions. Most extensions have no way back to the older version.")
}

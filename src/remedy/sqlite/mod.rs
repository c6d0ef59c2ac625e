//! Steps for SQLite: a statement where there is one, else one rebuild of the table for all its changes together.

mod definition;
mod rebuild;

use super::planner::Planner;
use super::requests::Request;
use super::upserts::warned;
use super::{Duration, Phase, Safety, Step};
use crate::checks::{Change, is_strict_type};
use crate::model::{Index, KeyPart, QualifiedName, SortOrder};
use rebuild::Rebuild;
use std::collections::BTreeMap;

const WRITE_LOCK: &str = "database write lock";
const WRITES: &str = "writes to the database";

/// Adds the steps for all requests.
pub(super) fn plan(planner: &mut Planner<'_>, requests: Vec<Request>) {
    planner.preamble = vec!["PRAGMA busy_timeout = 5000".to_owned()];
    let mut by_table: BTreeMap<QualifiedName, Vec<Request>> = BTreeMap::new();
    for request in requests {
        by_table.entry(request.change.table().clone()).or_default().push(request);
    }
    for (table, requests) in by_table {
        plan_table(planner, &table, requests);
    }
}

fn plan_table(planner: &mut Planner<'_>, table: &QualifiedName, mut requests: Vec<Request>) {
    if planner.table(table).is_some_and(|of| of.table.strict) {
        for request in requests.extract_if(.., |request| !new_type(&request.change).is_none_or(is_strict_type)) {
            planner.refuse(request.change, "a STRICT table takes no such type");
        }
    }
    let (rebuilding, direct): (Vec<_>, Vec<_>) =
        requests.into_iter().partition(|request| needs_rebuild(planner, &request.change));
    let mut rebuild = None;
    if !rebuilding.is_empty() {
        match Rebuild::new(planner, table) {
            Ok(new) => rebuild = Some(new),
            Err(reason) => {
                for request in &rebuilding {
                    planner.refuse(request.change.clone(), reason.clone());
                }
            }
        }
    }
    if let Some(rebuild) = &mut rebuild {
        for request in &rebuilding {
            rebuild.apply(planner, request);
        }
    }
    for request in &direct {
        if !planner.is_pointless(request) {
            add(planner, request, rebuild.as_mut());
        }
    }
    if let Some(rebuild) = rebuild {
        rebuild.finish(planner);
    }
}

/// The type that a change gives a column.
fn new_type(change: &Change) -> Option<&str> {
    match change {
        Change::AddColumn { column, .. } => Some(&column.data_type),
        Change::ChangeType { data_type, .. } => Some(data_type),
        _ => None,
    }
}

fn needs_rebuild(planner: &Planner<'_>, change: &Change) -> bool {
    match change {
        Change::AddForeignKey { .. }
        | Change::ChangeDeleteAction { .. }
        | Change::DropForeignKey { .. }
        | Change::AddCheck { .. }
        | Change::DropCheck { .. }
        | Change::SetNotNull { .. }
        | Change::SetDefault { .. }
        | Change::ChangeType { .. }
        | Change::AddPrimaryKey { .. }
        | Change::AddSurrogateKey { .. }
        | Change::AddLookupTable { .. }
        | Change::RenameConstraint { .. } => true,
        Change::AddColumn { column, .. } => column.default.is_some() || column.not_null,
        Change::AddUnique { table, replaces: Some(old), .. } => {
            find_index(planner, table, old).is_none_or(|index| index.automatic)
        }
        _ => false,
    }
}

/// Adds a change that has a statement of its own. What the table's rebuild would take away again goes into it.
fn add(planner: &mut Planner<'_>, request: &Request, mut rebuild: Option<&mut Rebuild>) {
    if let Change::DropIndex { name, .. } | Change::RenameIndex { name, .. } = &request.change
        && rebuild.as_mut().is_some_and(|rebuild| rebuild.leaves_out(request, name))
    {
        return;
    }
    match &request.change {
        Change::AddIndex { table, name, method, key, predicate } => {
            if method != "btree" {
                return planner.refuse(request.change.clone(), format!("SQLite has no {method} indexes"));
            }
            let name = planner.fresh_index(table, name);
            let statement = create_index(planner, table, &name, false, key, predicate.as_deref());
            let step = index_step(planner, table, format!("add index {name}"), statement, &name);
            place(planner, request, rebuild, 50, step);
        }
        Change::AddUnique { table, name, columns, nulls_not_distinct, predicate, replaces } => {
            let steps = unique_steps(planner, table, name, columns, *nulls_not_distinct, predicate.as_deref());
            for step in steps {
                place(planner, request, rebuild.as_deref_mut(), 20, step);
            }
            if let Some(old) = replaces {
                let step = warned(planner, &request.change, drop_index(planner, table, old));
                planner.add(40, request, step);
            }
        }
        Change::DropIndex { table, name } => {
            if find_index(planner, table, name).is_some_and(|index| index.automatic) {
                return planner.refuse(request.change.clone(), "the index belongs to a constraint of the table");
            }
            let step = drop_index(planner, table, name);
            planner.add(40, request, step);
        }
        Change::RepairIndex { table, name } => {
            let statement = format!("REINDEX {}", planner.quote(name));
            let step = Step::new(format!("rebuild index {name}"), table, Phase::Expand, vec![statement])
                .how("REINDEX", WRITE_LOCK, WRITES, Safety::Caution, Duration::Scan)
                .irreversible("the index is what it was, without its damage");
            planner.add(50, request, step);
        }
        Change::AddColumn { table, column } => {
            let (relation, quoted) = (planner.relation(table), planner.quote(&column.name));
            let statement = format!("ALTER TABLE {relation} ADD COLUMN {quoted} {}", column.data_type);
            let step =
                Step::new(format!("add column {}.{}", table.name, column.name), table, Phase::Expand, vec![statement])
                    .how(
                        "metadata only",
                        WRITE_LOCK,
                        "writes to the database, for a moment",
                        Safety::Safe,
                        Duration::Metadata,
                    )
                    .undo(format!("ALTER TABLE {relation} DROP COLUMN {quoted}"));
            planner.add(35, request, step);
            if let Some(fill) = &column.fill {
                let statement = format!("UPDATE {relation} SET {quoted} = {fill} WHERE {quoted} IS NULL");
                let step =
                    Step::new(format!("fill {}.{}", table.name, column.name), table, Phase::Backfill, vec![statement])
                        .how("UPDATE", WRITE_LOCK, WRITES, Safety::Caution, Duration::Rewrite)
                        .verify(planner.nulls(table, &column.name))
                        .irreversible("the rows that it fills cannot be told from the others afterwards");
                planner.add(10, request, step);
            }
        }
        Change::RenameTable { table, to } => {
            let statement = format!("ALTER TABLE {} RENAME TO {}", planner.relation(table), planner.quote(to));
            let undo = format!("ALTER TABLE {} RENAME TO {}", planner.quote(to), planner.relation(table));
            let step = Step::new(format!("rename table {} to {to}", table.name), table, Phase::Contract, vec![statement])
                .how("metadata only", WRITE_LOCK, "writes to the database, for a moment", Safety::Breaking, Duration::Metadata)
                .undo(undo)
                .note("Code that says the old name fails from this moment; views, triggers and foreign keys follow by themselves.");
            planner.add(70, request, step);
        }
        Change::RenameColumn { table, column, to } => {
            let rename = |from: &str, to: &str| {
                let (from, to) = (planner.quote(from), planner.quote(to));
                format!("ALTER TABLE {} RENAME COLUMN {from} TO {to}", planner.relation(table))
            };
            let (statement, undo) = (rename(column, to), rename(to, column));
            let step = Step::new(
                format!("rename column {}.{column} to {to}", table.name),
                table,
                Phase::Contract,
                vec![statement],
            )
            .how(
                "metadata only",
                WRITE_LOCK,
                "writes to the database, for a moment",
                Safety::Breaking,
                Duration::Metadata,
            )
            .undo(undo)
            .note(
                "Code that says the old name fails from this moment; views, triggers and indexes follow by themselves.",
            );
            planner.add(60, request, step);
        }
        Change::RenameIndex { table, name, to } => {
            let Some(index) = find_index(planner, table, name).filter(|index| !index.automatic) else {
                return planner.refuse(request.change.clone(), "SQLite names the index of a constraint itself");
            };
            let to = planner.fresh_index(table, to);
            let statements = vec![
                format!("DROP INDEX {}", planner.quote(name)),
                create_index(planner, table, &to, index.unique, &index.key, index.predicate.as_deref()),
            ];
            let step = Step::new(format!("rename index {name} to {to}"), table, Phase::Contract, statements)
                .how("drop and create", WRITE_LOCK, WRITES, Safety::Caution, Duration::Scan)
                .undo(format!("DROP INDEX {}", planner.quote(&to)))
                .undo(create_index(planner, table, name, index.unique, &index.key, index.predicate.as_deref()))
                .note("SQLite cannot rename an index, so it is built again.");
            planner.add(50, request, step);
        }
        Change::MaintainUpdatedAt { table, column } => {
            if let Some(step) = maintain_updated_at(planner, table, column) {
                place(planner, request, rebuild, 65, step);
            } else {
                planner.refuse(request.change.clone(), "the table has no other column that a trigger could watch");
            }
        }
        other => planner.refuse(other.clone(), "SQLite has no such thing"),
    }
}

/// Into the rebuild when the table has one, else a step of its own.
fn place(planner: &mut Planner<'_>, request: &Request, rebuild: Option<&mut Rebuild>, rank: u32, step: Step) {
    match rebuild {
        Some(rebuild) => rebuild.absorb(request, step),
        None => planner.add(rank, request, step),
    }
}

fn find_index<'a>(planner: &Planner<'a>, table: &QualifiedName, name: &str) -> Option<&'a Index> {
    planner.table(table)?.table.indexes.iter().find(|index| index.name == name)
}

fn index_step(planner: &Planner<'_>, table: &QualifiedName, title: String, statement: String, name: &str) -> Step {
    Step::new(title, table, Phase::Expand, vec![statement])
        .how("CREATE INDEX", WRITE_LOCK, WRITES, Safety::Caution, Duration::Scan)
        .undo(format!("DROP INDEX {}", planner.quote(name)))
}

fn drop_index(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> Step {
    let statement = format!("DROP INDEX {}", planner.quote(name));
    let step = Step::new(format!("drop index {name}"), table, Phase::Contract, vec![statement]).how(
        "metadata only",
        WRITE_LOCK,
        "writes to the database, for a moment",
        Safety::Safe,
        Duration::Metadata,
    );
    match find_index(planner, table, name) {
        Some(index) => {
            step.undo(create_index(planner, table, name, index.unique, &index.key, index.predicate.as_deref()))
        }
        None => step.irreversible("the index is not in the catalog that was read"),
    }
}

pub(super) fn create_index(
    planner: &Planner<'_>,
    table: &QualifiedName,
    name: &str,
    unique: bool,
    key: &[KeyPart],
    predicate: Option<&str>,
) -> String {
    let parts: Vec<String> = key
        .iter()
        .map(|part| {
            let mut text = match (&part.column, &part.expression) {
                (Some(column), _) => planner.quote(column),
                (None, expression) => expression.clone().unwrap_or_default(),
            };
            if let Some(collation) = &*part.collation {
                text.push_str(" COLLATE ");
                text.push_str(&planner.quote(collation));
            }
            if part.order == SortOrder::Descending {
                text.push_str(" DESC");
            }
            text
        })
        .collect();
    let unique = if unique { "UNIQUE " } else { "" };
    let predicate = predicate.map(|text| format!(" WHERE {text}")).unwrap_or_default();
    format!(
        "CREATE {unique}INDEX {} ON {} ({}){predicate}",
        planner.quote(name),
        planner.relation(table),
        parts.join(", ")
    )
}

fn unique_steps(
    planner: &mut Planner<'_>,
    table: &QualifiedName,
    name: &str,
    columns: &[String],
    equal_nulls: bool,
    predicate: Option<&str>,
) -> Vec<Step> {
    let check = planner.duplicates(table, columns, predicate, equal_nulls);
    let mut steps = Vec::new();
    let key: Vec<KeyPart> = columns.iter().map(|column| KeyPart::column(column.clone())).collect();
    let exists = planner.table(table).is_some_and(|of| {
        of.table.indexes.iter().any(|index| index.unique && index.key == key && index.predicate.as_deref() == predicate)
    });
    if !exists {
        let name = planner.fresh_index(table, name);
        let statement = create_index(planner, table, &name, true, &key, predicate);
        steps.push(
            index_step(planner, table, format!("add unique index {name}"), statement, &name).check(check.clone()),
        );
    }
    if equal_nulls {
        for (rest, nulls) in planner.null_combinations(table, columns) {
            let mut condition: Vec<String> =
                nulls.iter().map(|column| format!("{} IS NULL", planner.quote(column))).collect();
            condition.extend(predicate.map(|predicate| format!("({predicate})")));
            let condition = condition.join(" AND ");
            let key = if rest.is_empty() {
                vec![KeyPart::expression("1")]
            } else {
                rest.into_iter().map(KeyPart::column).collect()
            };
            let name = planner.fresh_index(table, &format!("{name}_{}_null", nulls.join("_")));
            let statement = create_index(planner, table, &name, true, &key, Some(&condition));
            let step =
                index_step(planner, table, format!("add unique index {name}"), statement, &name).check(check.clone());
            steps.push(step.note("Only a partial index makes NULLs count as equal."));
        }
    }
    steps
}

fn maintain_updated_at(planner: &Planner<'_>, table: &QualifiedName, column: &str) -> Option<Step> {
    let of = planner.table(table)?;
    let others: Vec<String> = of
        .table
        .columns
        .iter()
        .filter(|other| other.name != column && other.generated.is_none())
        .map(|other| other.name.clone())
        .collect();
    if others.is_empty() {
        return None;
    }
    let known = of.table.column(column);
    let default = known.and_then(|column| column.default.as_ref()).filter(|default| default.sequence.is_none());
    let whole_number = known.is_some_and(|column| column.data_type.to_lowercase().contains("int"));
    let now = match default {
        Some(default) if default.kind == crate::model::DefaultKind::Expression => default.expression.clone(),
        _ if whole_number => "CAST(strftime('%s', 'now') AS INTEGER)".to_owned(),
        _ => "CURRENT_TIMESTAMP".to_owned(),
    };
    let (relation, quoted) = (planner.relation(table), planner.quote(column));
    let same_row = if of.table.without_rowid {
        let key = of.table.primary_key.as_ref()?;
        let equal: Vec<_> = key.columns.iter().map(|name| format!("{0} = NEW.{0}", planner.quote(name))).collect();
        equal.join(" AND ")
    } else {
        "rowid = NEW.rowid".to_owned()
    };
    let trigger = planner.quote(&format!("{}_set_{column}", table.name));
    let statement = format!(
        "CREATE TRIGGER {trigger} AFTER UPDATE OF {} ON {relation} FOR EACH ROW WHEN NEW.{quoted} IS OLD.{quoted} \
         BEGIN UPDATE {relation} SET {quoted} = {now} WHERE {same_row}; END",
        planner.list(&others)
    );
    // After the fills, which it would take for changes.
    let step = Step::new(format!("keep {}.{column} current", table.name), table, Phase::Validate, vec![statement])
        .how("trigger", WRITE_LOCK, "writes to the database, for a moment", Safety::Caution, Duration::Metadata)
        .undo(format!("DROP TRIGGER {trigger}"))
        .note("An update that sets the column itself keeps its value.");
    Some(step)
}

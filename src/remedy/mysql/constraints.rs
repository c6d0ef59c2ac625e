//! Foreign keys and checks.

use super::{
    Algorithm, CHECKS_OFF, CHECKS_ON, Duration, NONE, Phase, Planner, Request, Safety, Step, alter, is_served,
};
use crate::checks::{Change, is_unique_key};
use crate::model::quote::quote_literal;
use crate::model::{Action, CheckConstraint, EngineName, ForeignKey, QualifiedName, TableRef};
use crate::remedy::lookup_comment;
use crate::remedy::mysql::column::{Overrides, definition, is_textual};
use crate::remedy::mysql::columns::{STAMPS_ITSELF, stamps_itself};
use crate::remedy::planner::ONLY_VALUES_IN_USE;
use std::collections::{HashMap, HashSet};

/// Characters of the longest text that can be a key: InnoDB's 3072 bytes at four bytes a character.
const LONGEST_KEY: u32 = 768;

pub(super) fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::AddForeignKey { table, name, .. } => {
            let name = planner.fresh_constraint(table, name);
            add_foreign_key(planner, request, &name);
        }
        Change::ChangeDeleteAction { .. } => change_delete_action(planner, request, None),
        Change::DropForeignKey { table, name, columns } => {
            let found = planner.foreign_key(table, name.as_deref(), columns);
            let Some(name) = name.clone().or_else(|| found?.name.clone()) else {
                return planner.refuse(request.change.clone(), "the foreign key has no name to drop it by");
            };
            let title = format!("drop foreign key {name}");
            let clause = format!("DROP FOREIGN KEY {}", planner.quote(&name));
            let mut step = alter(planner, table, Phase::Contract, title, &clause, Algorithm::Inplace);
            if step.duration != Duration::Rewrite {
                (step.safety, step.duration) = (Safety::Caution, Duration::Metadata);
            }
            step = match found {
                Some(key) => {
                    step.undo(format!("ALTER TABLE {} {}", planner.relation(table), self::clause(planner, &name, key)))
                }
                None => step.irreversible("the key is not in the catalog"),
            };
            planner.add(10, request, step);
        }
        Change::EnforceConstraint { table, name } => {
            let title = format!("enforce check {name}");
            let clause = format!("ALTER CHECK {} ENFORCED", planner.quote(name));
            let mut step = alter(planner, table, Phase::Validate, title, &clause, Algorithm::Copy).undo(format!(
                "ALTER TABLE {} ALTER CHECK {} NOT ENFORCED",
                planner.relation(table),
                planner.quote(name)
            ));
            if let Some(check) = find_check(planner, table, Some(name), "") {
                step = step.check(violations(planner, table, &check.expression));
            }
            planner.add(20, request, step);
        }
        Change::AddCheck { table, name, expression } => {
            let version = planner.version;
            if planner.engine == EngineName::MySql && version < (8, 0, 16) {
                return planner.refuse(request.change.clone(), "MySQL before 8.0.16 reads a check and forgets it");
            }
            let name = planner.fresh_constraint(table, name);
            let clause = format!("ADD CONSTRAINT {} CHECK ({expression})", planner.quote(&name));
            let step = alter(planner, table, Phase::Validate, format!("add check {name}"), &clause, Algorithm::Copy)
                .check(violations(planner, table, expression))
                .undo(format!("ALTER TABLE {} DROP CONSTRAINT {}", planner.relation(table), planner.quote(&name)));
            planner.add_check(table, expression);
            planner.add(60, request, step);
        }
        Change::DropCheck { table, name, expression } => {
            drop_check(planner, request, table, name.as_deref(), expression);
        }
        Change::AddLookupTable { table, column, lookup_table, name, .. } => {
            add_lookup_table(planner, request, table, column, lookup_table, name);
        }
        Change::RenameConstraint { table, name, to } => rename_constraint(planner, request, table, name, to),
        _ => {}
    }
}

fn find_check<'a>(
    planner: &Planner<'a>,
    table: &QualifiedName,
    name: Option<&str>,
    expression: &str,
) -> Option<&'a CheckConstraint> {
    let checks = &planner.table(table)?.table.check_constraints;
    checks
        .iter()
        .find(|check| name.is_some() && check.name.as_deref() == name)
        .or_else(|| checks.iter().find(|check| check.expression == expression))
}

fn violations(planner: &Planner<'_>, table: &QualifiedName, expression: &str) -> String {
    format!("SELECT count(*) FROM {} WHERE NOT ({expression})", planner.relation(table))
}

/// `ADD CONSTRAINT …` for a foreign key as it is or shall be. Actions that nobody chose are left out, since the server would take
/// them for chosen.
pub(super) fn clause(planner: &Planner<'_>, name: &str, key: &ForeignKey) -> String {
    let unchosen = if planner.engine == EngineName::MariaDb { Action::Restrict } else { Action::NoAction };
    let mut text = format!(
        "ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
        planner.quote(name),
        planner.list(&key.columns),
        planner.relation(&key.referenced_table),
        planner.list(&key.referenced_columns),
    );
    if key.on_delete != unchosen || key.on_delete_explicit == Some(true) {
        text = format!("{text} ON DELETE {}", key.on_delete.sql());
    }
    if key.on_update != unchosen {
        text = format!("{text} ON UPDATE {}", key.on_update.sql());
    }
    text
}

/// Why a table can have no foreign key and be the target of none, where it is partitioned.
fn partitioned(planner: &Planner<'_>, table: &QualifiedName) -> Option<String> {
    let is_partitioned = planner.table(table).is_some_and(|of| of.table.partitioning.is_some());
    is_partitioned.then(|| format!("InnoDB has no foreign keys on partitioned tables, and {} is one", table.name))
}

fn add_foreign_key(planner: &mut Planner<'_>, request: &Request, name: &str) {
    let Change::AddForeignKey { table, columns, referenced_table, referenced_columns, on_delete, on_update, .. } =
        &request.change
    else {
        return;
    };
    if let Some(reason) = [table, referenced_table].into_iter().find_map(|table| partitioned(planner, table)) {
        return planner.refuse(request.change.clone(), reason);
    }
    if *on_delete == Action::SetDefault {
        return planner.refuse(request.change.clone(), "InnoDB refuses ON DELETE SET DEFAULT");
    }
    if planner.closes_circle(table, columns, referenced_table) {
        let reason = "with the other keys it would form a circle in which no column may be NULL, and InnoDB checks keys at \
                      once: no first row could be inserted";
        return planner.refuse(request.change.clone(), reason);
    }
    let text = format!(
        "ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {} ON UPDATE {}",
        planner.quote(name),
        planner.list(columns),
        planner.relation(referenced_table),
        planner.list(referenced_columns),
        on_delete.sql(),
        on_update.sql()
    );
    planner.add_foreign_key(table, columns);
    let mut undo = format!("ALTER TABLE {} DROP FOREIGN KEY {}", planner.relation(table), planner.quote(name));
    if !is_served(planner, table, columns) {
        // The index that the server makes bears the name of the key, and does not go with it.
        undo = format!("{undo}, DROP INDEX {}", planner.quote(name));
        planner.keys.entry(table.clone()).or_default().push(columns.clone());
    }
    let orphans = planner.orphans(table, columns, referenced_table, referenced_columns);
    let mut step = alter(planner, table, Phase::Expand, format!("add foreign key {name}"), &text, Algorithm::Copy)
        .check(orphans.clone())
        .verify(orphans)
        .undo(undo)
        .note("Only the copy checks existing rows. With foreign_key_checks=0 the key is added INPLACE, LOCK=NONE, and existing rows are never checked: then the query for orphans must find nothing before and after.");
    step.statements.insert(0, CHECKS_ON.to_owned());
    let step = planner.default_asked(step, &request.change);
    planner.add(60, request, step);
}

/// Takes out the renames of foreign keys that get another action too, by table and old name: one replacement does both, and
/// of two the second would not find its key.
pub(super) fn take_renames(
    planner: &Planner<'_>,
    requests: &mut Vec<Request>,
) -> HashMap<(QualifiedName, String), Request> {
    let replaced: HashSet<(QualifiedName, String)> = requests
        .iter()
        .filter_map(|request| match &request.change {
            Change::ChangeDeleteAction { table, name, columns, .. } => {
                Some((table.clone(), planner.foreign_key(table, name.as_deref(), columns)?.name.clone()?))
            }
            _ => None,
        })
        .collect();
    let key = |request: &Request| match &request.change {
        Change::RenameConstraint { table, name, .. } => {
            Some((table.clone(), name.clone())).filter(|key| replaced.contains(key))
        }
        _ => None,
    };
    requests
        .extract_if(.., |request| key(request).is_some())
        .filter_map(|request| Some((key(&request)?, request)))
        .collect()
}

/// Gives a key another action on delete, and the new name that is asked for it.
pub(super) fn change_delete_action(planner: &mut Planner<'_>, request: &Request, rename: Option<Request>) {
    let Change::ChangeDeleteAction { table, name, columns, on_delete } = &request.change else { return };
    let Some(key) = planner.foreign_key(table, name.as_deref(), columns) else {
        return planner.refuse(request.change.clone(), "the foreign key is not in the catalog");
    };
    let refuses = |action: Action| matches!(action, Action::Restrict | Action::NoAction);
    if planner.engine == EngineName::MariaDb && refuses(key.on_delete) && refuses(*on_delete) {
        let reason = "InnoDB treats RESTRICT and NO ACTION alike, so that nothing would change";
        planner.refuse(request.change.clone(), reason);
        if let Some(rename) = rename {
            add(planner, &rename);
        }
        return;
    }
    let mut request = request.clone();
    let mut new = key.clone();
    (new.on_delete, new.on_delete_explicit) = (*on_delete, Some(true));
    let mut title =
        format!("ON DELETE {} for foreign key {}", on_delete.sql(), key.name.as_deref().unwrap_or_default());
    if let Some(Request { change: Change::RenameConstraint { to, .. }, rules, notes, .. }) = rename {
        let to = planner.fresh_constraint(table, &to);
        title = format!("{title}, as {to}");
        new.name = Some(to);
        let others: Vec<_> = rules.into_iter().filter(|rule| !request.rules.contains(rule)).collect();
        request.rules.extend(others);
        request.notes.extend(notes);
    }
    replace_foreign_key(planner, &request, table, key, &new, &title);
}

/// Why a foreign key could not come back once it is gone, if it could not.
pub(super) fn lost_for_good(planner: &Planner<'_>, key: &ForeignKey) -> Option<String> {
    let parent = planner.table(&key.referenced_table)?;
    let allowed = planner.engine != EngineName::MySql || planner.version < (8, 4, 0);
    (!allowed && !is_unique_key(parent.table, &key.referenced_columns)).then(|| {
        format!(
            "MySQL 8.4 and later make no foreign key to columns without a unique key, so that {} could not come back: make \
             {} of {} unique first",
            key.name.as_deref().unwrap_or_default(),
            key.referenced_columns.join(", "),
            parent.name
        )
    })
}

/// Drops a key and adds it anew in one statement. Its rows were checked before, so they are not checked again.
fn replace_foreign_key(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    old: &ForeignKey,
    new: &ForeignKey,
    title: &str,
) {
    if let Some(reason) = lost_for_good(planner, old) {
        return planner.refuse(request.change.clone(), reason);
    }
    let (old_name, new_name) = (old.name.clone().unwrap_or_default(), new.name.clone().unwrap_or_default());
    let relation = planner.relation(table);
    let drop = format!("DROP FOREIGN KEY {}", planner.quote(&old_name));
    let add = clause(planner, &new_name, new);
    // The server looks for the name before it drops it, so a key that keeps its name goes in two statements.
    let clauses = if old_name == new_name { vec![drop, add] } else { vec![format!("{drop}, {add}")] };
    let steps: Vec<Step> = clauses
        .iter()
        .map(|clauses| alter(planner, table, Phase::Contract, title.to_owned(), clauses, Algorithm::Inplace))
        .collect();
    let statements: Vec<String> = steps.iter().flat_map(|step| &step.statements).cloned().collect();
    let Some(mut step) = steps.into_iter().max_by_key(|step| step.safety) else { return };
    step.statements = [CHECKS_OFF.to_owned()].into_iter().chain(statements).chain([CHECKS_ON.to_owned()]).collect();
    if step.duration != Duration::Rewrite {
        (step.safety, step.duration) = (Safety::Caution, Duration::Metadata);
    }
    let orphans = planner.orphans(table, &new.columns, &new.referenced_table, &new.referenced_columns);
    step = step.check(orphans.clone()).verify(orphans);
    if old_name == new_name {
        step = step.note("Between the two statements the key is not enforced: the query afterwards must find nothing.");
    }
    step = step
        .undo(CHECKS_OFF)
        .undo(format!("ALTER TABLE {relation} DROP FOREIGN KEY {}", planner.quote(&new_name)))
        .undo(format!("ALTER TABLE {relation} {}", clause(planner, &old_name, old)))
        .undo(CHECKS_ON);
    planner.add(10, request, step);
}

fn drop_check(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    name: Option<&str>,
    expression: &str,
) {
    let Some(check) = find_check(planner, table, name, expression) else {
        return planner.refuse(request.change.clone(), "the check is not in the catalog");
    };
    let name = check.name.clone().unwrap_or_default();
    let title = format!("drop check {name}");
    let of_column = (planner.engine == EngineName::MariaDb).then(|| planner.column(table, &name)).flatten();
    if of_column.is_some_and(|column| stamps_itself(planner, column)) {
        return planner.refuse(request.change.clone(), STAMPS_ITSELF);
    }
    let clause = match of_column {
        // A check that bears a column's name goes when the column is defined without it.
        Some(column) => format!("MODIFY {}", definition(planner.engine, column, &[], Overrides::default())),
        None => format!("DROP CONSTRAINT {}", planner.quote(&name)),
    };
    let algorithm = if planner.engine == EngineName::MariaDb { Algorithm::Instant } else { Algorithm::Inplace };
    let back = match of_column {
        Some(column) => {
            let checks = planner.table(table).map(|of| of.table.check_constraints.as_slice()).unwrap_or_default();
            format!("MODIFY {}", definition(planner.engine, column, checks, Overrides::default()))
        }
        None => format!("ADD CONSTRAINT {} CHECK ({})", planner.quote(&name), check.expression),
    };
    let mut step = alter(planner, table, Phase::Contract, title, &clause, algorithm)
        .undo(format!("ALTER TABLE {} {back}", planner.relation(table)));
    (step.safety, step.duration) = (Safety::Caution, Duration::Metadata);
    planner.add(20, request, step);
}

fn add_lookup_table(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    column: &str,
    lookup_table: &str,
    name: &str,
) {
    let Some(of) = planner.planned_column(table, column) else {
        return planner.refuse(request.change.clone(), "the column is not in the catalog");
    };
    if let Some(reason) = partitioned(planner, table) {
        return planner.refuse(request.change.clone(), reason);
    }
    let length = of.data_type.split_once('(').and_then(|(_, rest)| rest.split(')').next()?.parse::<u32>().ok());
    let listed = !of.values.is_empty();
    if is_textual(&of.data_type) && !listed && length.is_none_or(|length| length > LONGEST_KEY) {
        let reason = format!("a text of this length can be no key: make {column} a varchar of the longest value first");
        return planner.refuse(request.change.clone(), reason);
    }
    let (lookup, is_there) = planner.lookup_table(table, column, lookup_table);
    let (target, quoted) = (planner.relation(&lookup), planner.quote(column));
    let mut key = of;
    (key.default, key.comment, key.nullable) = (None, None, false);
    let text = definition(planner.engine, &key, &[], Overrides::default());
    // Like the column's, so that both are compared alike.
    let collation = key.collation.as_ref().map(|name| format!(" DEFAULT COLLATE={name}")).unwrap_or_default();
    let comment = planner.table(table).and_then(|of| lookup_comment(of.schema, table, column));
    let comment = comment.map(|text| format!(" COMMENT={}", quote_literal(planner.engine, &text))).unwrap_or_default();
    let create = format!("CREATE TABLE {target} ({text}, PRIMARY KEY ({quoted})) ENGINE=InnoDB{collation}{comment}");
    let step = planner.lookup_step(table, column, (&lookup, is_there), create).outside().how(
        "metadata and one read",
        NONE,
        "nothing",
        Safety::Caution,
        Duration::Scan,
    );
    planner.add(40, request, step);
    // No action may write a column that a check names.
    let named =
        |of: TableRef<'_>| of.table.check_constraints.iter().any(|check| check.columns.iter().any(|it| it == column));
    let on_update = if planner.table(table).is_some_and(named) { Action::NoAction } else { Action::Cascade };
    let columns = vec![column.to_owned()];
    let key = Change::AddForeignKey {
        table: table.clone(),
        name: name.to_owned(),
        columns: columns.clone(),
        referenced_table: lookup,
        referenced_columns: columns,
        // MariaDB does not tell RESTRICT from nothing said; both refuse the same.
        on_delete: if planner.engine == EngineName::MariaDb { Action::NoAction } else { Action::Restrict },
        on_update,
    };
    let mut key = Request::part_of(request, key);
    key.notes.push(ONLY_VALUES_IN_USE.to_owned());
    add(planner, &key);
}

fn rename_constraint(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, name: &str, to: &str) {
    let Some(of) = planner.table(table) else {
        return planner.refuse(request.change.clone(), "the table is not in the catalog");
    };
    if let Some(key) = of.table.foreign_keys.iter().find(|key| key.name.as_deref() == Some(name)) {
        let mut new = key.clone();
        new.name = Some(planner.fresh_constraint(table, to));
        let title = format!("rename foreign key {name} to {to}");
        return replace_foreign_key(planner, request, table, key, &new, &title);
    }
    if of.table.indexes.iter().any(|index| index.name == name && !index.primary) {
        let change = Change::RenameIndex { table: table.clone(), name: name.to_owned(), to: to.to_owned() };
        let request = Request { notes: request.notes.clone(), ..Request::part_of(request, change) };
        return super::indexes::add(planner, &request);
    }
    let Some(check) = of.table.check_constraints.iter().find(|check| check.name.as_deref() == Some(name)) else {
        return planner.refuse(request.change.clone(), "the constraint has a name that the server gives itself");
    };
    let to = planner.fresh_constraint(table, to);
    let rename = |from: &str, to: &str| {
        let (from, to) = (planner.quote(from), planner.quote(to));
        format!("DROP CONSTRAINT {from}, ADD CONSTRAINT {to} CHECK ({})", check.expression)
    };
    let title = format!("rename check {name} to {to}");
    let (clause, back) = (rename(name, &to), rename(&to, name));
    let step = alter(planner, table, Phase::Contract, title, &clause, Algorithm::Copy)
        .undo(format!("ALTER TABLE {} {back}", planner.relation(table)));
    planner.add(50, request, step);
}

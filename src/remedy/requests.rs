//! The changes that findings ask for, each once, without those that contradict or are contained in another.

use super::planner::Planner;
use crate::checks::{Change, Finding};
use crate::model::{Action, KeyPart, QualifiedName};
use std::collections::BTreeMap;

/// A change with the rules that ask for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    pub(super) change: Change,
    pub(super) rules: Vec<&'static str>,
    pub(super) notes: Vec<String>,
}

/// Gathers the changes of all findings.
pub(super) fn collect(planner: &mut Planner<'_>, findings: &[&Finding]) -> Vec<Request> {
    // Changes of different tables never touch each other here, so each table is settled by itself.
    let mut of_tables: BTreeMap<&QualifiedName, Vec<Request>> = BTreeMap::new();
    let new_types = new_types(findings);
    for finding in findings {
        for change in &finding.changes {
            let requests = of_tables.entry(change.table()).or_default();
            match as_others_become(change, &new_types) {
                Some(changed) => gather(planner, requests, &changed, finding.rule),
                None => gather(planner, requests, change, finding.rule),
            }
        }
    }
    of_tables.into_values().flat_map(|requests| settle(planner, requests)).collect()
}

/// The types that columns get, by schema and column name; `None` where tables differ.
fn new_types<'f>(findings: &[&'f Finding]) -> BTreeMap<(&'f str, &'f str), Option<&'f str>> {
    let mut types = BTreeMap::new();
    for change in findings.iter().flat_map(|finding| &finding.changes) {
        if let Change::ChangeType { table, column, data_type, .. } = change {
            let known = types.entry((table.schema.as_str(), column.as_str())).or_insert(Some(data_type.as_str()));
            if *known != Some(data_type.as_str()) {
                *known = None;
            }
        }
    }
    types
}

/// A new column that is like those of other tables gets the type that these get.
fn as_others_become(change: &Change, new_types: &BTreeMap<(&str, &str), Option<&str>>) -> Option<Change> {
    let Change::AddColumn { table, column } = change else { return None };
    let data_type = (*new_types.get(&(table.schema.as_str(), column.name.as_str()))?)?;
    let mut column = column.clone();
    data_type.clone_into(&mut column.data_type);
    Some(Change::AddColumn { table: table.clone(), column })
}

fn gather(planner: &mut Planner<'_>, requests: &mut Vec<Request>, change: &Change, rule: &'static str) {
    match requests.iter_mut().find(|request| relation(&request.change, change) != Relation::Independent) {
        None => requests.push(Request { change: change.clone(), rules: vec![rule], notes: Vec::new() }),
        Some(request) => match relation(&request.change, change) {
            Relation::Wider => {
                request.change = change.clone();
                serve(request, rule);
            }
            Relation::Contradicts(reason) => planner.refuse(change.clone(), reason),
            Relation::Same | Relation::Contains | Relation::Independent => serve(request, rule),
        },
    }
}

fn serve(request: &mut Request, rule: &'static str) {
    if !request.rules.contains(&rule) {
        request.rules.push(rule);
    }
}

/// How a new change relates to one already asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Independent,
    Same,
    /// The one already asked for does what the new one wants.
    Contains,
    /// The new one does what the one already asked for wants, and more.
    Wider,
    Contradicts(&'static str),
}

fn relation(known: &Change, new: &Change) -> Relation {
    if known.table() != new.table() {
        return Relation::Independent;
    }
    match (known, new) {
        (a, b) if a == b => Relation::Same,
        (
            Change::AddIndex { method, key, predicate, .. },
            Change::AddIndex { method: new_method, key: new_key, predicate: new_predicate, .. },
        ) if method == new_method && predicate == new_predicate => prefixes(method, key, new_key),
        (Change::AddForeignKey { columns, .. }, Change::AddForeignKey { columns: new, .. }) if columns == new => {
            Relation::Contradicts("another foreign key over the same columns is already planned")
        }
        (
            Change::AddUnique { columns, predicate, .. },
            Change::AddUnique { columns: new, predicate: new_predicate, .. },
        ) if columns == new && predicate == new_predicate => Relation::Contains,
        (Change::AddCheck { expression, .. }, Change::AddCheck { expression: new, .. }) if expression == new => {
            Relation::Same
        }
        (
            Change::AddPrimaryKey { .. } | Change::AddSurrogateKey { .. },
            Change::AddPrimaryKey { .. } | Change::AddSurrogateKey { .. },
        ) => Relation::Contradicts("another primary key is already planned"),
        (Change::AddColumn { column, .. }, Change::AddColumn { column: new, .. }) if column.name == new.name => {
            Relation::Contains
        }
        (Change::ChangeType { column, .. }, Change::ChangeType { column: new, .. }) if column == new => {
            Relation::Contradicts("another type for the column is already planned")
        }
        (Change::SetNotNull { column, fill, .. }, Change::SetNotNull { column: new, fill: new_fill, .. })
            if column == new =>
        {
            if fill.is_none() && new_fill.is_some() {
                Relation::Wider
            } else {
                Relation::Contains
            }
        }
        (Change::SetDefault { column, .. }, Change::SetDefault { column: new, .. }) if column == new => {
            Relation::Contradicts("another default for the column is already planned")
        }
        (
            Change::ChangeDeleteAction { name, columns, .. },
            Change::ChangeDeleteAction { name: new, columns: new_columns, .. },
        ) if name == new && columns == new_columns => {
            Relation::Contradicts("another delete action for the key is already planned")
        }
        (
            Change::DropForeignKey { name, columns, .. },
            Change::DropForeignKey { name: new, columns: new_columns, .. },
        ) if name == new && columns == new_columns => Relation::Same,
        (Change::RenameTable { .. }, Change::RenameTable { .. }) => {
            Relation::Contradicts("another name for the table is already planned")
        }
        (Change::RenameColumn { column, .. }, Change::RenameColumn { column: new, .. }) if column == new => {
            Relation::Contradicts("another name for the column is already planned")
        }
        (Change::RenameConstraint { name, .. }, Change::RenameConstraint { name: new, .. })
        | (Change::RenameIndex { name, .. }, Change::RenameIndex { name: new, .. })
            if name == new =>
        {
            Relation::Contradicts("another name for it is already planned")
        }
        (Change::SetReplicaIdentity { .. }, Change::SetReplicaIdentity { .. }) => Relation::Contains,
        _ => Relation::Independent,
    }
}

fn prefixes(method: &str, known: &[KeyPart], new: &[KeyPart]) -> Relation {
    if known == new {
        Relation::Same
    } else if method == "btree" && known.starts_with(new) {
        Relation::Contains
    } else if method == "btree" && new.starts_with(known) {
        Relation::Wider
    } else {
        Relation::Independent
    }
}

/// Takes out what another change makes needless or impossible.
fn settle(planner: &mut Planner<'_>, requests: Vec<Request>) -> Vec<Request> {
    let mut kept: Vec<Request> = Vec::with_capacity(requests.len());
    let all = requests.clone();
    for request in requests {
        match overruled(&all, &request.change) {
            Some(Overruled::Served(by)) => {
                // The other change takes over; its rules are extended below through `kept` or `all` order.
                if let Some(other) = kept.iter_mut().find(|other| other.change == all[by].change) {
                    for rule in request.rules {
                        serve(other, rule);
                    }
                }
            }
            Some(Overruled::Refused(reason)) => planner.refuse(request.change, reason),
            None => kept.push(request),
        }
    }
    // A request that was served by a later one is found only now.
    for request in &all {
        if let Some(Overruled::Served(by)) = overruled(&all, &request.change)
            && let Some(other) = kept.iter_mut().find(|other| other.change == all[by].change)
        {
            for rule in &request.rules {
                serve(other, rule);
            }
        }
    }
    kept
}

enum Overruled {
    Served(usize),
    Refused(&'static str),
}

fn overruled(all: &[Request], change: &Change) -> Option<Overruled> {
    let table = change.table();
    let on_table = || all.iter().enumerate().filter(|(_, request)| request.change.table() == table);
    let served = |found: Option<(usize, &Request)>| found.map(|(at, _)| Overruled::Served(at));
    match change {
        Change::AddIndex { method, key, predicate: None, .. } if method == "btree" => {
            served(on_table().find(|(_, other)| match &other.change {
                Change::AddUnique { columns, predicate: None, .. } | Change::AddPrimaryKey { columns, .. } => {
                    leads(columns, key)
                }
                _ => false,
            }))
        }
        Change::SetNotNull { column, .. } => {
            let primary = on_table().find(
                |(_, other)| matches!(&other.change, Change::AddPrimaryKey { columns, .. } if columns.contains(column)),
            );
            if primary.is_some() {
                return served(primary);
            }
            let set_null = on_table().any(|(_, other)| sets_null(&other.change, column));
            set_null.then_some(Overruled::Refused("a planned foreign key sets the column to NULL on delete"))
        }
        Change::AddUnique { columns, predicate: None, replaces: None, .. } => served(on_table().find(
            |(_, other)| matches!(&other.change, Change::AddPrimaryKey { columns: primary, .. } if primary == columns),
        )),
        Change::ValidateConstraint { name, .. } | Change::EnforceConstraint { name, .. } => {
            served(on_table().find(|(_, other)| match &other.change {
                Change::ChangeDeleteAction { name: other, .. } | Change::DropForeignKey { name: other, .. } => {
                    other.as_ref() == Some(name)
                }
                Change::DropCheck { name: other, .. } => other.as_ref() == Some(name),
                _ => false,
            }))
        }
        Change::ChangeDeleteAction { name, columns, .. } => served(on_table().find(|(_, other)| {
            matches!(&other.change, Change::DropForeignKey { name: dropped, columns: of, .. }
                if dropped == name && of == columns)
        })),
        Change::RepairIndex { name, .. } => served(drops(on_table(), table, name)),
        Change::RenameIndex { name, .. } => {
            let dropped = drops(on_table(), table, name);
            if dropped.is_some() {
                return served(dropped);
            }
            served(on_table().find(
                |(_, other)| matches!(&other.change, Change::RenameConstraint { name: constraint, .. } if constraint == name),
            ))
        }
        Change::RenameConstraint { name, .. } => served(on_table().find(|(_, other)| match &other.change {
            Change::DropForeignKey { name: dropped, .. } | Change::DropCheck { name: dropped, .. } => {
                dropped.as_ref() == Some(name)
            }
            Change::AddUnique { replaces, .. } => replaces.as_ref() == Some(name),
            _ => false,
        })),
        Change::DropIndex { name, .. } => served(on_table().find(
            |(_, other)| matches!(&other.change, Change::AddUnique { replaces: Some(replaced), .. } if replaced == name),
        )),
        _ => None,
    }
}

fn drops<'r>(
    mut others: impl Iterator<Item = (usize, &'r Request)>,
    table: &QualifiedName,
    name: &str,
) -> Option<(usize, &'r Request)> {
    others.find(|(_, other)| match &other.change {
        Change::DropIndex { table: of, name: dropped } => of == table && dropped == name,
        Change::AddUnique { replaces: Some(replaced), .. } => replaced == name,
        _ => false,
    })
}

fn leads(columns: &[String], key: &[KeyPart]) -> bool {
    key.len() <= columns.len() && key.iter().zip(columns).all(|(part, column)| *part == KeyPart::column(column.clone()))
}

fn sets_null(change: &Change, column: &String) -> bool {
    match change {
        Change::AddForeignKey { columns, on_delete, .. } | Change::ChangeDeleteAction { columns, on_delete, .. } => {
            *on_delete == Action::SetNull && columns.contains(column)
        }
        _ => false,
    }
}

//! The indexes that are needed once all changes are made.

use super::planner::Planner;
use super::requests::{Request, new_index, serve};
use crate::checks::{Change, Finding, Names, cover_with, serves_instead};
use crate::model::{ForeignKey, Index, KeyPart, QualifiedName, Table};
use std::collections::{BTreeSet, HashSet};

/// Indexes that go because another one serves instead, and not because something new does.
pub(super) fn in_favour_of_others<'f>(findings: &[&'f Finding]) -> HashSet<(&'f QualifiedName, &'f str)> {
    let dropped = |change: &'f Change| match change {
        Change::DropIndex { table, name } => Some((table, name.as_str())),
        _ => None,
    };
    let lone = findings.iter().filter(|finding| finding.changes.iter().all(|change| dropped(change).is_some()));
    lone.flat_map(|finding| &finding.changes).filter_map(dropped).collect()
}

/// Keeps or replaces the indexes of a table that are needed once all is done. Each change by itself leaves what serves; together
/// they can take away an index and the one in whose favour it goes, or the last one that a foreign key rests on.
pub(super) fn with_needed_indexes(
    planner: &Planner<'_>,
    mut requests: Vec<Request>,
    favoured: &HashSet<(&QualifiedName, &str)>,
) -> Vec<Request> {
    let Some(of) = requests.first().and_then(|request| planner.table(request.change.table())) else { return requests };
    if requests.iter().all(|request| gone(&request.change).is_none()) {
        return requests;
    }
    let is_gone = |index: &Index, change: &Change| gone(change).is_some_and(|name| index.is_called(name));
    let left = |requests: &[Request]| -> Vec<Index> {
        let kept = |index: &&Index| !requests.iter().any(|request| is_gone(index, &request.change));
        let new = requests.iter().filter_map(|request| new_index(planner, &request.change));
        of.table.indexes.iter().filter(kept).cloned().chain(new).collect()
    };
    let table = of.qualified_name();
    let is_favoured =
        |index: &&Index| !index.unique && index.is_usable() && favoured.contains(&(&table, index.name.as_str()));
    let mut going: Vec<&Index> = of.table.indexes.iter().filter(is_favoured).collect();
    // Longer ones first: what is kept of them serves instead of the shorter ones.
    going.sort_by_key(|index| std::cmp::Reverse(index.key.len()));
    for index in going {
        let heir = of.table.indexes.iter().find(|other| {
            other.name != index.name
                && serves_instead(other, index)
                && requests.iter().any(|request| is_gone(other, &request.change))
        });
        let Some(heir) = heir.filter(|_| !left(&requests).iter().any(|other| serves_instead(other, index))) else {
            continue;
        };
        let is_it =
            |request: &mut Request| matches!(&request.change, Change::DropIndex { name, .. } if *name == index.name);
        let rules: Vec<_> = requests.extract_if(.., is_it).flat_map(|request| request.rules).collect();
        if let Some(other) = requests.iter_mut().find(|request| is_gone(heir, &request.change)) {
            for rule in rules {
                serve(other, rule);
            }
        }
    }
    for (columns, parent) in searched(planner, &table, of.table, &requests).into_iter().rev() {
        let parent = parent.and_then(|(name, referenced)| Some((planner.table(&name)?.table, referenced)));
        let serves = |indexes: &[Index]| {
            // InnoDB wants the columns first and in their order.
            let ordered =
                |index: &Index| index.predicate.is_none() && index.is_usable() && begins_with(index, &columns);
            if planner.engine.is_mysql_family() {
                return indexes.iter().any(ordered);
            }
            let parent = parent.as_ref().map(|(table, referenced)| (*table, referenced.as_slice()));
            cover_with(of.table, indexes, &columns, parent).suffices()
        };
        if !serves(&of.table.indexes) || serves(&left(&requests)) {
            continue;
        }
        let served = of.table.indexes.iter().filter(|index| serves(std::slice::from_ref(*index)));
        let mut taken = served.filter_map(|index| {
            let by = requests.iter().find(|request| is_gone(index, &request.change))?;
            Some((index, by))
        });
        let Some((index, by)) = taken.next() else { continue };
        let change = Change::AddIndex {
            name: Names::new(planner.context).index(&table.schema, &table.name, &columns),
            table: table.clone(),
            method: "btree".to_owned(),
            key: columns.iter().map(KeyPart::column).collect(),
            predicate: None,
        };
        let mut request = Request::part_of(by, change);
        request.notes.push(format!("{} goes, and nothing else answers what it answered here.", index.name));
        request.after = Some(Box::new(by.change.clone()));
        requests.push(request);
    }
    requests
}

/// The index or constraint that a change takes away.
fn gone(change: &Change) -> Option<&str> {
    match change {
        Change::DropIndex { name, .. } => Some(name),
        Change::AddUnique { replaces, .. } => replaces.as_deref(),
        _ => None,
    }
}

fn begins_with(index: &Index, columns: &[String]) -> bool {
    index.key.len() >= columns.len()
        && index
            .key
            .iter()
            .zip(columns)
            .all(|(part, column)| part.column.as_ref() == Some(column) && part.prefix_length.is_none())
}

/// A table with the columns of it that are referred to.
type Parent = (QualifiedName, Vec<String>);

/// Columns of a table by which foreign keys look for rows, declared or only inferred, with what they refer to.
fn searched(
    planner: &Planner<'_>,
    table: &QualifiedName,
    of: &Table,
    requests: &[Request],
) -> BTreeSet<(Vec<String>, Option<Parent>)> {
    let is_dropped = |key: &&ForeignKey| {
        requests.iter().any(|request| {
            matches!(&request.change, Change::DropForeignKey { name, columns, .. } if *name == key.name && *columns == key.columns)
        })
    };
    let declared = of.foreign_keys.iter().filter(|key| !is_dropped(key));
    let declared =
        declared.map(|key| (key.columns.clone(), Some((key.referenced_table.clone(), key.referenced_columns.clone()))));
    let inferred = planner.context.survey.relations_of(table).filter(|relation| !relation.is_unsure());
    let inferred = inferred.map(|relation| (vec![relation.column.clone()], None));
    // InnoDB looks for the parent by an index too, which need not be unique.
    let parent = planner.table(table).filter(|_| planner.engine.is_mysql_family());
    let keys = parent.into_iter().flat_map(|of| planner.context.tables.referenced_by(of.id));
    let referenced = keys.map(|(_, key)| (key.referenced_columns.clone(), None));
    let planned = requests.iter().filter_map(|request| match &request.change {
        Change::AddForeignKey { columns, .. } => Some((columns.clone(), None)),
        Change::AddLookupTable { column, .. } => Some((vec![column.clone()], None)),
        _ => None,
    });
    declared.chain(inferred).chain(referenced).chain(planned).collect()
}

//! The changes that findings ask for, each once, without those that contradict or are contained in another.

use super::Changes;
use super::needed::{in_favour_of_others, with_needed_indexes};
use super::planner::{Planner, has_leading_index};
use crate::checks::{Change, Finding, is_secondary, serves_instead, successor};
use crate::model::{Action, EngineName, ForeignKey, Index, KeyPart, QualifiedName};
use std::collections::{BTreeMap, HashMap};

/// A change with the rules that ask for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    pub(super) change: Change,
    pub(super) rules: Vec<&'static str>,
    pub(super) notes: Vec<String>,
    /// Makes sense only when this other change is possible.
    pub(super) after: Option<Box<Change>>,
    /// It took the place of other changes, which are wanted again when it is impossible.
    pub(super) stands_for_others: bool,
}

impl Request {
    /// What else a change of the same findings takes.
    pub(super) fn part_of(request: &Self, change: Change) -> Self {
        Self { change, rules: request.rules.clone(), notes: Vec::new(), after: None, stands_for_others: false }
    }
}

/// Gathers the changes of all findings, without those that are known to be impossible.
pub(super) fn collect(
    planner: &mut Planner<'_>,
    findings: &[&Finding],
    impossible: &[(Change, String)],
) -> Vec<Request> {
    // Changes of different tables never touch each other here, so each table is settled by itself.
    let mut of_tables: BTreeMap<&QualifiedName, Vec<Request>> = BTreeMap::new();
    let namesakes = Namesakes::new(planner, findings);
    let impossible: Changes<'_> = impossible.iter().map(|(change, _)| change).collect();
    for finding in findings {
        let changes = namesakes.followed(&finding.changes);
        for (original, change) in finding.changes.iter().zip(changes) {
            if impossible.contains(&change) {
                continue;
            }
            gather(planner, of_tables.entry(original.table()).or_default(), change, finding.rule);
        }
    }
    let favoured = in_favour_of_others(findings);
    let mut settled = Vec::with_capacity(findings.len());
    for requests in of_tables.into_values() {
        let requests = without_refused(planner, requests);
        let requests = with_needed_indexes(planner, requests, &favoured);
        let requests = settle(planner, requests);
        settled.extend(without_needless_indexes(planner, requests));
    }
    one_type_a_column(planner, settled)
}

/// Leaves one type for each column. A column that changes with the one that it refers to cannot become something else by
/// itself, nor with another.
fn one_type_a_column(planner: &mut Planner<'_>, mut requests: Vec<Request>) -> Vec<Request> {
    type Place = (QualifiedName, String);
    let mut leaders: HashMap<Place, (usize, String)> = HashMap::new();
    for (at, request) in requests.iter_mut().enumerate() {
        if !matches!(request.change, Change::ChangeType { .. }) {
            continue;
        }
        let original = request.change.clone();
        let Change::ChangeType { data_type, with, .. } = &mut request.change else { continue };
        let before = with.len();
        with.retain(|of| {
            let (_, first) = leaders.entry(of.clone()).or_insert_with(|| (at, data_type.clone()));
            first == data_type
        });
        if with.len() < before {
            planner.follow(original, request.change.clone());
        }
    }
    let leader_of = |request: &Request| match &request.change {
        Change::ChangeType { table, column, .. } => leaders.get(&(table.clone(), column.clone())).map(|(at, _)| *at),
        _ => None,
    };
    let led: Vec<Option<usize>> =
        requests.iter().enumerate().map(|(at, request)| leader_of(request).filter(|leader| *leader != at)).collect();
    // Of two that lead each other, the first stays.
    let follows = |at: usize| led[at].filter(|leader| led[*leader] != Some(at) || *leader < at);
    let followers: Vec<(usize, usize)> = (0..led.len()).filter_map(|at| Some((at, follows(at)?))).collect();
    for (at, leader) in &followers {
        let follower = requests[*at].clone();
        let own = match &follower.change {
            Change::ChangeType { with, .. } => with.clone(),
            _ => Vec::new(),
        };
        let original = requests[*leader].change.clone();
        if let Change::ChangeType { table, column, with, .. } = &mut requests[*leader].change {
            let is_new = |of: &Place| (&of.0, &of.1) != (&*table, &*column) && !with.contains(of);
            let new: Vec<Place> = own.into_iter().filter(is_new).collect();
            with.extend(new);
        }
        for rule in &follower.rules {
            serve(&mut requests[*leader], rule);
        }
        let leader = requests[*leader].change.clone();
        planner.follow(original, leader.clone());
        planner.follow(follower.change, leader);
    }
    let mut at = 0;
    requests.retain(|_| {
        at += 1;
        followers.binary_search_by_key(&(at - 1), |(at, _)| *at).is_err()
    });
    requests
}

/// Drops the indexes of a table that new keys make needless.
fn without_needless_indexes(planner: &Planner<'_>, mut requests: Vec<Request>) -> Vec<Request> {
    let Some(of) = requests.first().and_then(|request| planner.table(request.change.table())) else { return requests };
    let dropped = |name: &str, requests: &[Request]| {
        requests.iter().any(|request| match &request.change {
            Change::DropIndex { name: dropped, .. } => dropped == name,
            Change::AddUnique { replaces, .. } => replaces.as_deref() == Some(name),
            _ => false,
        })
    };
    for index in of.table.indexes.iter().filter(|index| is_secondary(planner.engine, index) && !index.unique) {
        // InnoDB takes the index away by itself that it made for a foreign key.
        let own = planner.engine.is_mysql_family()
            && of.table.foreign_keys.iter().any(|key| key.name.as_ref() == Some(&index.name));
        if own || index.replica_identity || dropped(&index.name, &requests) {
            continue;
        }
        let new = requests
            .iter()
            .find(|request| new_index(planner, &request.change).is_some_and(|new| serves_instead(&new, index)));
        let Some(new) = new.cloned() else { continue };
        let count = requests.len();
        requests.retain(|request| !matches!(&request.change, Change::RenameIndex { name, .. } if *name == index.name));
        if requests.len() < count {
            for request in requests.iter_mut().filter(|request| request.change == new.change) {
                request.stands_for_others = true;
            }
        }
        let change = Change::DropIndex { table: of.qualified_name(), name: index.name.clone() };
        let mut request = Request::part_of(&new, change);
        request.notes.push("The new key begins with the same columns and answers what this index answers.".to_owned());
        request.after = Some(Box::new(new.change));
        requests.push(request);
    }
    requests
}

/// The index that a change makes, where it can stand in for another.
pub(super) fn new_index(planner: &Planner<'_>, change: &Change) -> Option<Index> {
    let mut index = Index::new("");
    match change {
        // The key is made of computed columns. One that takes the place of another begins with the columns, and does not keep them
        // unique.
        Change::AddUnique { columns, replaces, .. }
            if planner.engine.is_mysql_family() && planner.is_shaped(change) =>
        {
            replaces.as_ref()?;
            index.key = columns.iter().map(KeyPart::column).collect();
        }
        Change::AddUnique { columns, predicate: None, .. } | Change::AddPrimaryKey { columns, .. } => {
            index.unique = true;
            index.key = columns.iter().map(KeyPart::column).collect();
        }
        Change::AddIndex { method, key, predicate: None, .. } if method == "btree" => index.key.clone_from(key),
        _ => return None,
    }
    Some(index)
}

/// What becomes of columns, by schema and column name: a new column of that name follows. `None` where tables differ.
struct Namesakes<'f> {
    types: BTreeMap<(&'f str, &'f str), Option<&'f str>>,
    /// By type too: a day and a moment of one name get different names.
    names: BTreeMap<(&'f str, &'f str, &'f str), Option<&'f str>>,
}

impl<'f> Namesakes<'f> {
    fn new(planner: &Planner<'f>, findings: &[&'f Finding]) -> Self {
        fn agree<'f, K: Ord>(known: &mut BTreeMap<K, Option<&'f str>>, key: K, value: &'f str) {
            let first = known.entry(key).or_insert(Some(value));
            if *first != Some(value) {
                *first = None;
            }
        }
        let mut namesakes = Self { types: BTreeMap::new(), names: BTreeMap::new() };
        for change in findings.iter().flat_map(|finding| &finding.changes) {
            match change {
                Change::ChangeType { table, column, data_type, .. } => {
                    agree(&mut namesakes.types, (table.schema.as_str(), column.as_str()), data_type);
                }
                Change::RenameColumn { table, column, to } => {
                    if let Some(of) = planner.column(table, column) {
                        agree(
                            &mut namesakes.names,
                            (table.schema.as_str(), column.as_str(), of.data_type.as_str()),
                            to,
                        );
                    }
                }
                _ => {}
            }
        }
        namesakes
    }

    /// The changes of a finding, with new columns as their namesakes become.
    fn followed(&self, changes: &[Change]) -> Vec<Change> {
        let mut changes = changes.to_vec();
        let mut renamed: Option<(String, String)> = None;
        for change in &mut changes {
            match change {
                Change::AddColumn { table, column } => {
                    let of = (table.schema.as_str(), column.name.as_str());
                    let name = self.names.get(&(of.0, of.1, column.data_type.as_str())).copied().flatten();
                    let data_type = self.types.get(&of).copied().flatten();
                    if let Some(data_type) = data_type {
                        data_type.clone_into(&mut column.data_type);
                    }
                    if let Some(name) = name {
                        renamed = Some((column.name.clone(), name.to_owned()));
                        name.clone_into(&mut column.name);
                    }
                }
                Change::MaintainUpdatedAt { column, .. } => {
                    if let Some((_, to)) = renamed.as_ref().filter(|(from, _)| from == column) {
                        column.clone_from(to);
                    }
                }
                _ => {}
            }
        }
        changes
    }
}

fn gather(planner: &mut Planner<'_>, requests: &mut Vec<Request>, change: Change, rule: &'static str) {
    let both = requests.iter_mut().find_map(|request| Some((heir_of_both(&request.change, &change)?, request)));
    if let Some((both, request)) = both {
        planner.follow(request.change.clone(), both.clone());
        planner.follow(change, both.clone());
        request.change = both;
        return serve(request, rule);
    }
    let mut known = requests.iter_mut().map(|request| (relation(&request.change, &change), request));
    match known.find(|(relation, _)| *relation != Relation::Independent) {
        None => requests.push(Request {
            change,
            rules: vec![rule],
            notes: Vec::new(),
            after: None,
            stands_for_others: false,
        }),
        Some((Relation::Wider, request)) => {
            request.change = change;
            serve(request, rule);
        }
        Some((Relation::Contradicts(reason), _)) => planner.refuse(change, reason),
        Some((Relation::Same | Relation::Contains | Relation::Independent, request)) => serve(request, rule),
    }
}

/// The one key that takes the place of another as two changes want it: over the columns of the wider one, and for the rows of the
/// narrower one.
fn heir_of_both(known: &Change, new: &Change) -> Option<Change> {
    let (
        Change::AddUnique { table, name, columns, nulls_not_distinct, predicate, replaces: Some(old) },
        Change::AddUnique {
            table: new_table,
            name: new_name,
            columns: new_columns,
            nulls_not_distinct: new_nulls,
            predicate: new_predicate,
            replaces: Some(new_old),
        },
    ) = (known, new)
    else {
        return None;
    };
    let contains = |wide: &[String], narrow: &[String]| narrow.iter().all(|column| wide.contains(column));
    let (name, columns) = if contains(columns, new_columns) {
        (name, columns)
    } else if contains(new_columns, columns) {
        (new_name, new_columns)
    } else {
        return None;
    };
    let predicate = match (predicate, new_predicate) {
        (Some(one), Some(other)) if one != other => return None,
        (one, other) => one.as_ref().or(other.as_ref()).cloned(),
    };
    (table == new_table && old == new_old).then(|| Change::AddUnique {
        table: table.clone(),
        name: name.clone(),
        columns: columns.clone(),
        nulls_not_distinct: *nulls_not_distinct || *new_nulls,
        predicate,
        replaces: Some(old.clone()),
    })
}

pub(super) fn serve(request: &mut Request, rule: &'static str) {
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
        // The table of values is there, and its key is not yet.
        (
            Change::AddForeignKey { columns, referenced_table, .. },
            Change::AddLookupTable { column, lookup_table, .. },
        ) if *columns == [column.as_str()] => {
            if referenced_table.name == *lookup_table {
                Relation::Wider
            } else {
                Relation::Contains
            }
        }
        (Change::AddLookupTable { column, .. }, Change::AddForeignKey { columns, .. })
            if *columns == [column.as_str()] =>
        {
            Relation::Contains
        }
        (
            Change::AddUnique { columns, predicate, .. },
            Change::AddUnique { columns: new, predicate: new_predicate, .. },
        ) if columns == new && predicate == new_predicate => Relation::Contains,
        (Change::AddUnique { replaces: Some(old), .. }, Change::AddUnique { replaces: Some(new), .. })
            if old == new =>
        {
            Relation::Contradicts("another key that takes the place of the old one is already planned")
        }
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
        // A new default takes the place of one that is wrong.
        (
            Change::SetDefault { column, expression: None, .. },
            Change::SetDefault { column: new, expression: Some(_), .. },
        ) if column == new => Relation::Wider,
        (Change::SetDefault { column, .. }, Change::SetDefault { column: new, expression: None, .. })
            if column == new =>
        {
            Relation::Contains
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
            Relation::Contradicts("another name for the table is already proposed")
        }
        (Change::RenameColumn { column, .. }, Change::RenameColumn { column: new, .. }) if column == new => {
            Relation::Contradicts("another name for the column is already proposed")
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

/// Whether one change does what another wants, too.
pub(super) fn serves(known: &Change, wanted: &Change) -> bool {
    if known.table() != wanted.table() {
        return false;
    }
    let is_led = |columns: &[String]| match wanted {
        Change::AddIndex { method, key, predicate: None, .. } => method == "btree" && leads(columns, key),
        _ => false,
    };
    match known {
        Change::AddUnique { columns, predicate: None, .. } | Change::AddPrimaryKey { columns, .. }
            if is_led(columns) =>
        {
            true
        }
        _ => matches!(relation(known, wanted), Relation::Same | Relation::Contains),
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

/// Takes out what another change makes impossible, so that nothing counts on it.
fn without_refused(planner: &mut Planner<'_>, requests: Vec<Request>) -> Vec<Request> {
    let verdicts: Vec<Option<Overruled>> =
        requests.iter().map(|request| overruled(planner, &requests, &request.change)).collect();
    let mut kept = Vec::new();
    for (request, verdict) in requests.into_iter().zip(verdicts) {
        match verdict {
            Some(Overruled::Refused(reason)) => planner.refuse(request.change, reason),
            Some(Overruled::Served(_)) | None => kept.push(request),
        }
    }
    kept
}

/// Takes out what another change makes needless or impossible.
fn settle(planner: &mut Planner<'_>, requests: Vec<Request>) -> Vec<Request> {
    let verdicts: Vec<Option<Overruled>> =
        requests.iter().map(|request| overruled(planner, &requests, &request.change)).collect();
    let mut served = Vec::new();
    // At their places, so that those that take over can be found.
    let mut kept: Vec<Option<Request>> = Vec::with_capacity(requests.len());
    for (at, (request, verdict)) in requests.into_iter().zip(verdicts).enumerate() {
        kept.push(match verdict {
            Some(Overruled::Served(by)) => {
                served.push((at, by, request.rules));
                None
            }
            Some(Overruled::Refused(reason)) => {
                planner.refuse(request.change, reason);
                None
            }
            None => Some(request),
        });
    }
    // Those that come later first, as they were asked for when the other was there.
    served.sort_by_key(|(at, by, _)| at < by);
    for (_, by, rules) in served {
        if let Some(other) = kept.get_mut(by).and_then(Option::as_mut) {
            other.stands_for_others = true;
            for rule in rules {
                serve(other, rule);
            }
        }
    }
    kept.into_iter().flatten().collect()
}

enum Overruled {
    Served(usize),
    Refused(&'static str),
}

fn overruled(planner: &Planner<'_>, all: &[Request], change: &Change) -> Option<Overruled> {
    let table = change.table();
    let on_table = || all.iter().enumerate().filter(|(_, request)| request.change.table() == table);
    let served = |found: Option<(usize, &Request)>| found.map(|(at, _)| Overruled::Served(at));
    match change {
        Change::AddIndex { method, key, predicate: None, .. } if method == "btree" => {
            served(on_table().find(|(_, other)| {
                let is_key = matches!(&other.change, Change::AddUnique { .. } | Change::AddPrimaryKey { .. });
                is_key && new_index(planner, &other.change).is_some_and(|new| new.key.starts_with(key))
                    || is_indexed_with(planner, &other.change, key)
                    || repairs(planner, &other.change, key)
            }))
        }
        Change::SetNotNull { column, .. } => {
            let primary = on_table().find(
                |(_, other)| matches!(&other.change, Change::AddPrimaryKey { columns, .. } if columns.contains(column)),
            );
            if primary.is_some() {
                return served(primary);
            }
            if on_table().any(|(_, other)| sets_null(&other.change, column)) {
                return Some(Overruled::Refused("a planned foreign key sets the column to NULL on delete"));
            }
            let of = planner.table(table)?;
            let mut keys = of.foreign_keys.iter().filter(|key| key.sets_null(column));
            let stays = keys.any(|key| !on_table().any(|(_, other)| takes_action(&other.change, key)));
            stays.then_some(Overruled::Refused("a foreign key sets the column to NULL on delete or update"))
        }
        Change::AddPrimaryKey { columns, .. } => {
            // The new key holds for some rows, or over more columns.
            let narrowed = on_table().any(|(_, other)| {
                let Change::AddUnique { columns: of, predicate, replaces: Some(old), .. } = &other.change else {
                    return false;
                };
                let indexes = planner.table(table).map(|of| of.table.indexes.as_slice()).unwrap_or_default();
                let old = indexes.iter().find(|index| index.is_called(old));
                let old = old.and_then(Index::plain_columns).is_some_and(|old| old == *columns);
                (old || of == columns) && (predicate.is_some() || of != columns)
            });
            narrowed.then_some(Overruled::Refused("a planned change lets its columns repeat in some rows"))
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
            } || finishes(planner, &other.change, name)))
        }
        Change::ChangeDeleteAction { name, columns, .. } => served(on_table().find(|(_, other)| {
            matches!(&other.change, Change::DropForeignKey { name: dropped, columns: of, .. }
                if dropped == name && of == columns)
        })),
        // A primary key identifies rows where nothing else was chosen. It may take the very index over, or drop it.
        Change::SetReplicaIdentity { .. } => {
            let of = planner.table(table)?;
            let primary = on_table().find(|(_, other)| match &other.change {
                Change::AddPrimaryKey { .. } => true,
                Change::AddSurrogateKey { .. } => of.partitioning.is_none(),
                _ => false,
            })?;
            Some(match of.replica_identity {
                None => Overruled::Served(primary.0),
                Some(_) => Overruled::Refused("a primary key is planned: choose it as the identity when it is there"),
            })
        }
        Change::RepairIndex { name, .. } => served(drops(on_table(), table, name)),
        Change::RenameIndex { name, .. } => {
            let dropped = drops(on_table(), table, name).or_else(|| takes_over(planner, on_table(), name));
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
            other => finishes(planner, other, name),
        })),
        Change::DropIndex { name, .. } => {
            let replaced = on_table().find(
                |(_, other)| matches!(&other.change, Change::AddUnique { replaces: Some(replaced), .. } if replaced == name),
            );
            served(replaced.or_else(|| takes_over(planner, on_table(), name)))
        }
        _ => None,
    }
}

/// Whether a change finishes what earlier steps began with this key: it takes the place of another and gets its name.
fn finishes(planner: &Planner<'_>, change: &Change, name: &str) -> bool {
    let Change::ChangeDeleteAction { table, name: old, columns, .. } = change else { return false };
    let key = planner.foreign_key(table, old.as_deref(), columns).filter(|_| planner.engine == EngineName::PostgreSql);
    let new = planner.table(table).zip(key).and_then(|(of, key)| successor(of.table, key));
    new.is_some_and(|new| new.name.as_deref() == Some(name))
}

/// Whether the foreign key to a new table of values brings this index along.
fn is_indexed_with(planner: &Planner<'_>, change: &Change, key: &[KeyPart]) -> bool {
    let Change::AddLookupTable { table, column, .. } = change else { return false };
    let is_led = || planner.table(table).is_some_and(|of| has_leading_index(of.table, std::slice::from_ref(column)));
    key == [KeyPart::column(column)] && !planner.engine.is_mysql_family() && !is_led()
}

/// Whether a change finishes an index with this key, whose build earlier steps began.
fn repairs(planner: &Planner<'_>, change: &Change, key: &[KeyPart]) -> bool {
    let Change::RepairIndex { table, name } = change else { return false };
    let indexes = planner.table(table).map(|of| of.table.indexes.as_slice()).unwrap_or_default();
    indexes.iter().any(|index| {
        index.name == *name && index.method == "btree" && index.predicate.is_none() && index.key.starts_with(key)
    })
}

/// The new primary key whose statement drops the unique indexes over the same columns (MySQL, MariaDB).
fn takes_over<'r>(
    planner: &Planner<'_>,
    mut others: impl Iterator<Item = (usize, &'r Request)>,
    name: &str,
) -> Option<(usize, &'r Request)> {
    others.find(|(_, other)| {
        let Change::AddPrimaryKey { table, columns, .. } = &other.change else { return false };
        let indexes = planner.table(table).filter(|_| planner.engine.is_mysql_family()).map(|of| &of.table.indexes);
        let mut twins = indexes.into_iter().flatten().filter(|index| index.unique && index.name == name);
        twins.any(|index| index.plain_columns().is_some_and(|key| key == *columns))
    })
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

/// Whether a change takes the action on delete of a key away.
fn takes_action(change: &Change, key: &ForeignKey) -> bool {
    match change {
        Change::ChangeDeleteAction { name, columns, .. } | Change::DropForeignKey { name, columns, .. } => {
            *name == key.name && *columns == key.columns
        }
        _ => false,
    }
}

fn sets_null(change: &Change, column: &String) -> bool {
    match change {
        Change::AddForeignKey { columns, on_delete, .. } | Change::ChangeDeleteAction { columns, on_delete, .. } => {
            *on_delete == Action::SetNull && columns.contains(column)
        }
        _ => false,
    }
}

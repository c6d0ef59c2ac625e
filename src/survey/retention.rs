//! What limits how long rows are kept, and how a person's rows can be erased.

use super::personal_data::is_person_table;
use super::words::split;
use super::{DataSubject, ErasureStep, PersonalData, PersonalDataClass, Relation, Retention, TableClass};
use crate::model::{Action, Model, QualifiedName, TableId, Tables};
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Words of columns that say when a row ends.
const EXPIRY: &[&str] = &["expires", "expiry", "expiration", "expired", "ttl", "purge", "retention"];

/// How the engines call the present moment.
const CLOCKS: &[&str] = &[
    "now(",
    "current_timestamp",
    "current_date",
    "curdate(",
    "sysdate(",
    "date('now'",
    "datetime('now'",
    "unixepoch(",
];

/// Evidence of retention, by table.
pub(super) fn retention(model: &Model, tables: &Tables<'_>, classes: &[TableClass]) -> Vec<Retention> {
    let mut found = Vec::new();
    for table in tables.iter() {
        let name = || Some(table.qualified_name());
        for column in &table.table.columns {
            let words = split(&column.name);
            if words.iter().any(|word| EXPIRY.contains(&word.as_str())) {
                found.push(Retention { table: name(), kind: "expiry column", evidence: column.name.clone() });
            }
            if words.windows(2).any(|pair| pair == ["legal", "hold"]) {
                found.push(Retention { table: name(), kind: "legal hold column", evidence: column.name.clone() });
            }
        }
        if let Some(partitioning) = &table.table.partitioning
            && partitioning.strategy.starts_with("range")
        {
            let temporal = partitioning.columns.iter().any(|key| {
                table.table.column(key).is_some_and(|column| {
                    let base = column.base_type();
                    base.contains("date") || base.contains("time")
                })
            });
            if temporal {
                found.push(Retention { table: name(), kind: "time partitions", evidence: partitioning.key.clone() });
            }
        }
        if table.table.system_versioned {
            found.push(Retention { table: name(), kind: "history table", evidence: "system versioning".to_owned() });
        }
        let words = split(&table.table.name);
        let last = words.last().map(String::as_str).unwrap_or_default();
        match classes[table.id.0] {
            TableClass::Log if last.starts_with("audit") || words.iter().any(|word| word == "audit") => {
                found.push(Retention { table: name(), kind: "audit table", evidence: table.table.name.clone() });
            }
            TableClass::Log if last == "history" => {
                found.push(Retention { table: name(), kind: "history table", evidence: table.table.name.clone() });
            }
            TableClass::Clone if last.starts_with("archive") => {
                found.push(Retention { table: name(), kind: "archive table", evidence: table.table.name.clone() });
            }
            _ => {}
        }
    }
    for schema in &model.schemas {
        for event in schema.events.iter().filter(|event| event.body.to_lowercase().contains("delete")) {
            found.push(Retention { table: None, kind: "event", evidence: format!("{}.{}", schema.name, event.name) });
        }
    }
    found.extend(triggers_that_expire(model, tables));
    for job in &model.scheduled_jobs {
        let name = job.name.clone().unwrap_or_else(|| job.command.clone());
        found.push(Retention { table: None, kind: "pg_cron job", evidence: name });
    }
    if model.extensions.iter().any(|extension| extension.name == "pg_partman") {
        found.push(Retention { table: None, kind: "pg_partman", evidence: "extension pg_partman".to_owned() });
    }
    found.sort_by(|a, b| (&a.table, a.kind, &a.evidence).cmp(&(&b.table, b.kind, &b.evidence)));
    found
}

/// Triggers that delete rows by their age.
fn triggers_that_expire(model: &Model, tables: &Tables<'_>) -> Vec<Retention> {
    let mut found = Vec::new();
    for table in tables.iter() {
        for trigger in &table.table.triggers {
            let body = trigger.function.as_ref().and_then(|name| {
                let schema = model.schemas.iter().find(|schema| schema.name == name.schema)?;
                schema.functions.iter().find(|function| function.name == name.name)?.body.as_deref()
            });
            let text = body.unwrap_or(&trigger.definition).to_lowercase();
            let by_age = CLOCKS.iter().any(|clock| text.contains(clock)) && text.contains('<');
            if by_age && text.contains("delete from") {
                let table = Some(table.qualified_name());
                found.push(Retention { table, kind: "trigger", evidence: trigger.name.clone() });
            }
        }
    }
    found
}

/// A way from a child table to its parent.
#[derive(Clone)]
struct Way {
    child: TableId,
    column: String,
    on_delete: Option<Action>,
    inferred: bool,
}

/// Persons with the order in which their rows can be erased, by table.
pub(super) fn data_subjects(
    tables: &Tables<'_>,
    relations: &[Relation],
    personal: &[PersonalData],
) -> Vec<DataSubject> {
    let mut ways: BTreeMap<TableId, Vec<Way>> = BTreeMap::new();
    for table in tables.iter() {
        for (child, key) in tables.referenced_by(table.id) {
            ways.entry(table.id).or_default().push(Way {
                child: child.id,
                column: key.columns.join(", "),
                on_delete: Some(key.on_delete),
                inferred: false,
            });
        }
    }
    for relation in relations.iter().filter(|relation| relation.confidence >= 0.80) {
        if let (Some(parent), Some(child)) = (tables.find(&relation.referenced_table), tables.find(&relation.table)) {
            let way = Way { child: child.id, column: relation.column.clone(), on_delete: None, inferred: true };
            ways.entry(parent.id).or_default().push(way);
        }
    }
    let has_identity = |name: &QualifiedName| {
        let start = personal.partition_point(|data| data.table < *name);
        personal[start..]
            .iter()
            .take_while(|data| data.table == *name)
            .any(|data| matches!(data.class, PersonalDataClass::Contact | PersonalDataClass::Identity))
    };
    tables
        .base()
        .filter(|table| is_person_table(&table.table.name) && has_identity(&table.qualified_name()))
        .map(|table| subject(tables, &ways, table.id))
        .collect()
}

fn subject(tables: &Tables<'_>, ways: &BTreeMap<TableId, Vec<Way>>, person: TableId) -> DataSubject {
    // Breadth first, so that each table is reached by the shortest way.
    let mut reached: BTreeMap<TableId, Option<(Way, TableId)>> = BTreeMap::from([(person, None)]);
    let mut queue = VecDeque::from([person]);
    let mut graph = DiGraphMap::<TableId, ()>::new();
    graph.add_node(person);
    while let Some(parent) = queue.pop_front() {
        for way in ways.get(&parent).into_iter().flatten() {
            if way.child != parent {
                graph.add_edge(way.child, parent, ());
            }
            if let std::collections::btree_map::Entry::Vacant(entry) = reached.entry(way.child) {
                entry.insert(Some((way.clone(), parent)));
                queue.push_back(way.child);
            }
        }
    }
    // Components come out with those first that nothing leads away from, which is the person: erase in reverse.
    let mut components = tarjan_scc(&graph);
    components.reverse();
    for component in &mut components {
        component.sort();
    }
    let name = |id: &TableId| tables.get(*id).qualified_name();
    let cycles = components.iter().filter(|component| component.len() > 1);
    let cycles =
        cycles.map(|component| component.iter().map(name).collect::<BTreeSet<_>>().into_iter().collect()).collect();
    let erasure = components
        .iter()
        .flatten()
        .map(|id| {
            let way = reached.get(id).cloned().flatten();
            ErasureStep {
                table: name(id),
                column: way.as_ref().map(|(way, _)| way.column.clone()),
                towards: way.as_ref().map(|(_, parent)| name(parent)),
                on_delete: way.as_ref().and_then(|(way, _)| way.on_delete),
                inferred: way.is_some_and(|(way, _)| way.inferred),
            }
        })
        .collect();
    DataSubject { table: name(&person), erasure, cycles }
}

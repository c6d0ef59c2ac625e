//! How one person's rows can be erased: which go, in which order, and which stay.

use super::personal_data::{is_person_table, person_word};
use super::words::{singular, split};
use super::{
    DataSubject, Erasing, ErasureCycle, ErasureStep, ErasureWay, OnPartitions, OutsideKey, PersonalData,
    PersonalDataClass, PolymorphicPair, Relation, Retention, TableClass, WayEvidence,
};
use crate::model::{Action, Column, ForeignKey, Model, QualifiedName, TableId, TableRef, Tables};
use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

/// Words of columns that name who acted on a row, which is not whom the row is about.
const ACTORS: &[&str] = &[
    "by",
    "manager",
    "supervisor",
    "approver",
    "assignee",
    "reviewer",
    "editor",
    "updater",
    "modifier",
    "deleter",
    "creator",
];

/// Persons who work on the rows of others.
const WORKERS: &[&str] = &["employee", "staff"];

/// Columns by which people tell persons apart, whatever the key is. Many things have an e-mail address; a user's name is a
/// user's.
const NAMES_OF_USERS: &[&str] = &["username", "user_name", "login"];
const ADDRESSES_OF_PERSONS: &[&str] = &["email", "email_address", "user_email"];

/// Retention that may be a duty to keep rows.
const DUTIES: &[&str] = &["archive table", "audit table", "history table", "legal hold column", "legal hold table"];

/// Words of tables whose rows belong to the books, and words for the parts of such a record.
const RECORDS: &[&str] =
    &["bill", "invoice", "journal", "ledger", "payment", "payout", "receipt", "refund", "transaction"];
const PARTS_OF_RECORDS: &[&str] = &["detail", "entry", "item", "line", "position", "row"];

/// Whether a table is called like one of the books: `invoices`, `invoice_lines`, `payment_p2007_01`, `credit_notes`.
fn is_accounting_record(name: &str) -> bool {
    let words: Vec<String> = split(name)
        .iter()
        .take_while(|word| !word.contains(|character: char| character.is_ascii_digit()))
        .map(|word| singular(word))
        .collect();
    let of_part = words.last().is_some_and(|word| PARTS_OF_RECORDS.contains(&word.as_str()));
    let words = &words[..words.len() - usize::from(of_part)];
    words.last().is_some_and(|word| RECORDS.contains(&word.as_str()))
        || matches!(words, [.., kind, note] if ["credit", "debit"].contains(&kind.as_str()) && note == "note")
}

/// A way from a child table to its parent.
#[derive(Clone)]
struct Way {
    child: TableId,
    columns: Vec<String>,
    on_delete: Option<Action>,
    evidence: WayEvidence,
    /// What happens whoever the person is, where that is settled.
    settled: Option<Erasing>,
    /// Foreign keys of single partitions that declare it.
    on_partitions: Option<OnPartitions>,
    /// One of the columns can be set to NULL.
    nullable: bool,
}

/// Whether a key acts when rows of its parent go.
fn is_enforced(key: &ForeignKey) -> bool {
    key.enforced && !key.disabled_triggers_on.contains(&key.referenced_table)
}

impl Way {
    fn declared(child: TableRef<'_>, key: &ForeignKey) -> Self {
        // NULL where there may be none is refused, as if the key said nothing.
        let cuts = matches!(key.on_delete, Action::SetNull | Action::SetDefault)
            && ForeignKey::refusing(child.table, key.on_delete, key.set_on_delete()).is_empty();
        let settled = cuts.then_some(Erasing::Cut);
        if !is_enforced(key) {
            // What it is meant to do still says that the rows stay.
            return Self { settled, ..Self::undeclared(child, key.columns.clone(), WayEvidence::NotEnforced) };
        }
        let nullable = |name: &String| child.table.column(name).is_some_and(|column| column.nullable);
        Self {
            child: child.id,
            columns: key.columns.clone(),
            on_delete: Some(key.on_delete),
            evidence: WayEvidence::Declared,
            settled,
            on_partitions: None,
            nullable: key.columns.iter().any(nullable),
        }
    }

    fn undeclared(child: TableRef<'_>, columns: Vec<String>, evidence: WayEvidence) -> Self {
        let nullable = columns.iter().any(|name| child.table.column(name).is_some_and(|column| column.nullable));
        Self { child: child.id, columns, on_delete: None, evidence, settled: None, on_partitions: None, nullable }
    }

    /// A relation that the child itself does not declare; its partitions may.
    fn related(child: TableRef<'_>, relation: &Relation) -> Self {
        let evidence = if relation.is_declared() { WayEvidence::Declared } else { WayEvidence::Inferred };
        let mut way = Self::undeclared(child, vec![relation.column.clone()], evidence);
        way.on_partitions = relation.on_partitions;
        way.on_delete = relation.on_partitions.and_then(|keys| keys.on_delete);
        let cuts = matches!(way.on_delete, Some(Action::SetNull | Action::SetDefault));
        way.settled = (cuts && relation.is_declared() && way.nullable).then_some(Erasing::Cut);
        way
    }

    /// The same way to a copy of the child. Nothing cuts a link there.
    fn of_copy(&self, copy: TableRef<'_>) -> Self {
        let mut way = Self::undeclared(copy, self.columns.clone(), WayEvidence::Copy);
        way.settled = self.settled.map(|_| Erasing::Repoint);
        way
    }

    /// Whether the database refuses to delete the parent before these rows.
    fn blocks(&self) -> bool {
        let declared = self.evidence == WayEvidence::Declared || self.on_partitions.is_some();
        declared && self.settled.is_none() && self.on_delete != Some(Action::Cascade)
    }

    fn shares_key(&self) -> bool {
        self.evidence == WayEvidence::SharedKey
    }

    fn names_an_actor(&self) -> bool {
        self.columns.iter().any(|column| split(column).iter().any(|word| ACTORS.contains(&word.as_str())))
    }
}

/// What is known of all tables.
struct Erasure<'m, 't> {
    tables: &'t Tables<'m>,
    /// Ways to each table.
    ways: BTreeMap<TableId, Vec<Way>>,
    /// Tables of persons.
    persons: BTreeSet<TableId>,
    /// Tables of persons that each table's rows are about.
    about: BTreeMap<TableId, BTreeSet<TableId>>,
    with_personal_data: BTreeSet<TableId>,
    /// Tables that refer to whatever their rows name.
    polymorphic: Vec<Way>,
    /// What may be a duty to keep the rows of each table.
    duties: BTreeMap<TableId, BTreeSet<&'static str>>,
    /// Tables of persons that each share the kind of column by which persons are told apart.
    same: Vec<BTreeSet<TableId>>,
    /// Foreign keys of tables out of scope, by what they refer to.
    outside: Vec<(TableId, OutsideKey)>,
}

/// What an erasure is inferred from.
pub(super) struct Known<'k, 'm> {
    pub(super) model: &'k Model,
    pub(super) tables: &'k Tables<'m>,
    pub(super) classes: &'k [TableClass],
    pub(super) relations: &'k [Relation],
    pub(super) polymorphic: &'k [PolymorphicPair],
    pub(super) personal: &'k [PersonalData],
    pub(super) retention: &'k [Retention],
    /// The table of tenants, when they are no persons whatever it is called.
    pub(super) organisations: Option<&'k QualifiedName>,
}

/// Persons with the order in which their rows can be erased, by table.
pub(super) fn data_subjects(known: &Known<'_, '_>) -> Vec<DataSubject> {
    let mut erasure = Erasure::new(known);
    for entry in known.retention.iter().filter(|entry| DUTIES.contains(&entry.kind)) {
        if let Some(table) = entry.table.as_ref().and_then(|name| known.tables.find(name)) {
            erasure.duties.entry(table.id).or_default().insert(entry.kind);
        }
    }
    for table in known.tables.base().filter(|table| is_accounting_record(&table.table.name)) {
        erasure.duties.entry(table.id).or_default().insert("accounting record");
    }
    erasure.persons.iter().map(|person| erasure.subject(*person)).collect()
}

/// Whether a table of persons only links those of another to something: it refers to both, and is called after both, as
/// `policy_ref_user` is.
fn is_between(
    tables: &Tables<'_>,
    ways: &BTreeMap<TableId, Vec<Way>>,
    persons: &BTreeSet<TableId>,
    table: TableId,
) -> bool {
    let word = |id: TableId| person_word(&tables.get(id).table.name);
    let own = split(&tables.get(table).table.name);
    let named = own[..own.len().saturating_sub(1)].iter().map(|word| singular(word)).collect::<Vec<_>>();
    let parents = || {
        let refers = |ways: &[Way]| ways.iter().any(|way| way.child == table && !way.names_an_actor());
        ways.iter().filter(move |(parent, ways)| **parent != table && refers(ways)).map(|(parent, _)| *parent)
    };
    parents().any(|parent| persons.contains(&parent) && word(parent) == word(table))
        && parents().any(|parent| !persons.contains(&parent) && named.contains(&word(parent)))
}

/// Adds ways by what tells persons apart in their own table and stands in others under the same name. A table of persons
/// that has only this is none of its own. Gives the tables of persons that share such a column.
fn share_keys(
    model: &Model,
    tables: &Tables<'_>,
    ways: &mut BTreeMap<TableId, Vec<Way>>,
    persons: &mut BTreeSet<TableId>,
) -> Vec<BTreeSet<TableId>> {
    let mut same = Vec::new();
    for (name, of_users) in
        NAMES_OF_USERS.iter().map(|name| (name, true)).chain(ADDRESSES_OF_PERSONS.iter().map(|name| (name, false)))
    {
        let column = |table: TableRef<'_>| {
            let base_is_text = |column: &&Column| {
                let domain = model.domains_of(column).last();
                let base = domain.map_or(&column.data_type, |domain| &domain.base_type).base();
                ["char", "text"].iter().any(|kind| base.contains(kind))
            };
            let mut columns = table.table.columns.iter();
            columns
                .find(|column| column.name.eq_ignore_ascii_case(name))
                .filter(base_is_text)
                .map(|found| found.name.clone())
        };
        let holders: Vec<(TableRef<'_>, String)> =
            tables.base().filter_map(|table| Some((table, column(table)?))).collect();
        // How few columns tell rows apart by it.
        let uniqueness = |(table, column): &(TableRef<'_>, String)| {
            let unique = table.table.indexes.iter().filter(|index| index.guarantees_unique());
            let indexes = unique.filter(|index| index.key_columns().any(|key| key == Some(column)));
            let key = table.table.primary_key.iter().map(|key| &key.columns).filter(|key| key.contains(column));
            indexes.map(|index| index.key.len()).chain(key.map(Vec::len)).min()
        };
        let is_person = |persons: &BTreeSet<TableId>, holder: &(TableRef<'_>, String)| persons.contains(&holder.0.id);
        let keyed = holders.iter().filter(|holder| is_person(persons, holder));
        let first = keyed.filter_map(|holder| Some((uniqueness(holder)?, holder.0.id))).min().map(|(_, id)| id);
        let is_parent = |ways: &BTreeMap<TableId, Vec<Way>>, id| ways.get(&id).is_some_and(|ways| !ways.is_empty());
        let parents: BTreeSet<TableId> =
            holders.iter().map(|holder| holder.0.id).filter(|id| is_parent(ways, *id)).collect();
        if let Some(first) = first {
            let is_none = |holder: &&(TableRef<'_>, String)| {
                holder.0.id != first && !parents.contains(&holder.0.id) && uniqueness(holder) != Some(1)
            };
            for holder in holders.iter().filter(is_none) {
                let related = ways.get(&first).is_some_and(|ways| ways.iter().any(|way| way.child == holder.0.id));
                if !related {
                    persons.remove(&holder.0.id);
                }
            }
        }
        let of_persons: BTreeSet<TableId> =
            holders.iter().map(|holder| holder.0.id).filter(|id| persons.contains(id)).collect();
        for person in &of_persons {
            for holder in holders.iter().filter(|holder| holder.0.id != *person) {
                let (child, column) = holder;
                let mut related = ways.get(person).into_iter().flatten().filter(|way| way.child == child.id).peekable();
                let another = is_person(persons, holder) && (Some(*person) != first || uniqueness(holder) == Some(1));
                let is_found = if related.peek().is_some() {
                    // The rows of this person that refer to nobody are found by no reference.
                    let finds_all = |way: &Way| !way.nullable || way.shares_key() || way.names_an_actor();
                    !is_person(persons, holder) && !parents.contains(&child.id) && !related.any(finds_all)
                } else {
                    !another && (of_users || !parents.contains(&child.id))
                };
                if is_found {
                    let way = Way::undeclared(*child, vec![column.clone()], WayEvidence::SharedKey);
                    ways.entry(*person).or_default().push(way);
                }
            }
        }
        same.push(of_persons);
    }
    same
}

/// Copies of each table, by their names: `orders_backup` and `orders_2023` of `orders`.
fn copies<'m>(tables: &Tables<'m>, classes: &[TableClass]) -> BTreeMap<TableId, Vec<TableRef<'m>>> {
    let words = |table: &TableRef<'_>| split(&table.table.name);
    let is_copy = |table: &TableRef<'_>| classes[table.id.0] == TableClass::Clone;
    let originals: HashMap<(&str, Rc<[String]>), TableId> = tables
        .base()
        .filter(|table| !is_copy(table))
        .map(|table| ((table.schema.name.as_str(), words(&table)), table.id))
        .collect();
    let mut found: BTreeMap<TableId, Vec<TableRef<'m>>> = BTreeMap::new();
    for copy in tables.base().filter(is_copy) {
        let words = words(&copy);
        let original = (1..words.len())
            .rev()
            .find_map(|length| originals.get(&(copy.schema.name.as_str(), words[..length].into())));
        if let Some(original) = original {
            found.entry(*original).or_default().push(copy);
        }
    }
    found
}

/// Foreign keys of tables out of scope, sorted, each with the table in scope that it refers to.
fn outside_keys(model: &Model, tables: &Tables<'_>) -> Vec<(TableId, OutsideKey)> {
    let mut found = Vec::new();
    for schema in &model.outside {
        let keys = schema.tables.iter().flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)));
        for (table, key) in keys {
            let Some(parent) = tables.find(&key.referenced_table) else { continue };
            // MySQL and MariaDB are not asked what such a key does, and then it looks as if it did nothing.
            let is_known = !model.engine.name.is_mysql_family() || key.on_delete != Action::NoAction;
            let outside = OutsideKey {
                table: QualifiedName::new(&schema.name, &table.name),
                columns: key.columns.clone(),
                towards: parent.qualified_name(),
                on_delete: is_known.then_some(key.on_delete),
                enforced: is_enforced(key),
            };
            found.push((parent.id, outside));
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found
}

/// The tables of one person, as they are found.
struct Found {
    person: TableId,
    /// Ways from each table, where they lead and what happens to the rows.
    ways: BTreeMap<TableId, Vec<(Way, Option<TableId>, Erasing)>>,
    /// Tables with rows that go.
    deleted: BTreeSet<TableId>,
    queue: VecDeque<TableId>,
}

impl Found {
    fn add(&mut self, way: &Way, towards: Option<TableId>, erasing: Erasing) {
        self.ways.entry(way.child).or_default().push((way.clone(), towards, erasing));
        if erasing == Erasing::Delete && self.deleted.insert(way.child) {
            self.queue.push_back(way.child);
        }
    }

    /// Ways between two tables with rows that go: the way and its parent.
    fn edges(&self) -> impl Iterator<Item = (&Way, TableId)> {
        self.ways.values().flatten().filter_map(|(way, towards, erasing)| {
            let parent = towards.filter(|parent| *parent != way.child)?;
            (*erasing == Erasing::Delete).then_some((way, parent))
        })
    }
}

impl<'m, 't> Erasure<'m, 't> {
    fn new(known: &Known<'t, 'm>) -> Self {
        let &Known { model, tables, classes, relations, polymorphic, personal, organisations, .. } = known;
        let mut ways: BTreeMap<TableId, Vec<Way>> = BTreeMap::new();
        for parent in tables.iter() {
            let declared = tables.referenced_by(parent.id).map(|(child, key)| Way::declared(child, key));
            ways.entry(parent.id).or_default().extend(declared);
        }
        for relation in relations.iter().filter(|relation| !relation.is_unsure()) {
            if let (Some(parent), Some(child)) = (tables.find(&relation.referenced_table), tables.find(&relation.table))
            {
                ways.entry(parent.id).or_default().push(Way::related(child, relation));
            }
        }
        let id = |data: &&PersonalData| tables.find(&data.table).map(|table| table.id);
        let mut persons: BTreeSet<TableId> = personal
            .iter()
            .filter(|data| matches!(data.class, PersonalDataClass::Contact | PersonalDataClass::Identity))
            .filter(|data| is_person_table(&data.table.name) && Some(&data.table) != organisations)
            .filter_map(|data| id(&data))
            .filter(|id| classes[id.0] != TableClass::Junction)
            .collect();
        persons = persons.iter().copied().filter(|id| !is_between(tables, &ways, &persons, *id)).collect();
        let same = share_keys(model, tables, &mut ways, &mut persons);
        let mut about: BTreeMap<TableId, BTreeSet<TableId>> = BTreeMap::new();
        for person in &persons {
            // The same address is the same person's.
            let is_about = |way: &&Way| !way.shares_key() && !way.names_an_actor();
            for way in ways.get(person).into_iter().flatten().filter(is_about) {
                about.entry(way.child).or_default().insert(*person);
            }
        }
        let mut parents: BTreeMap<TableId, BTreeSet<TableId>> = BTreeMap::new();
        for (parent, ways) in &ways {
            for way in ways {
                parents.entry(way.child).or_default().insert(*parent);
            }
        }
        for (original, copies) in copies(tables, classes) {
            for copy in copies {
                let has = |column: &String| copy.table.column(column).is_some();
                for parent in parents.get(&original).into_iter().flatten() {
                    let Some(ways) = ways.get_mut(parent) else { continue };
                    let of_copy = |way: &&Way| way.child == original && way.columns.iter().all(has);
                    let known =
                        |found: &Way| ways.iter().any(|way| way.child == copy.id && way.columns == found.columns);
                    let more: Vec<Way> =
                        ways.iter().filter(of_copy).map(|way| way.of_copy(copy)).filter(|way| !known(way)).collect();
                    ways.extend(more);
                }
                let key = tables.get(original).table.primary_key.as_ref().map(|key| &key.columns);
                if let Some(key) = key.filter(|key| persons.contains(&original) && key.iter().all(has)) {
                    let way = Way::undeclared(copy, key.clone(), WayEvidence::Copy);
                    ways.entry(original).or_default().push(way);
                }
            }
        }
        for ways in ways.values_mut() {
            ways.sort_by(|a, b| (a.child, a.evidence, &a.columns).cmp(&(b.child, b.evidence, &b.columns)));
        }
        let pairs = polymorphic.iter().filter_map(|pair| {
            let child = tables.find(&pair.table).filter(|child| !persons.contains(&child.id))?;
            let columns = vec![pair.type_column.clone(), pair.id_column.clone()];
            Some(Way::undeclared(child, columns, WayEvidence::Polymorphic))
        });
        let polymorphic = pairs.collect();
        let with_personal_data = personal.iter().filter_map(|data| id(&data)).collect();
        let duties = BTreeMap::new();
        let outside = outside_keys(model, tables);
        Self { tables, ways, persons, about, with_personal_data, polymorphic, duties, same, outside }
    }

    fn name(&self, id: TableId) -> QualifiedName {
        self.tables.get(id).qualified_name()
    }

    fn names<'i>(&self, ids: impl IntoIterator<Item = &'i TableId>) -> Vec<QualifiedName> {
        ids.into_iter().map(|id| self.name(*id)).collect()
    }

    fn ways_to(&self, parent: TableId) -> impl Iterator<Item = &Way> {
        self.ways.get(&parent).into_iter().flatten()
    }

    fn subject(&self, person: TableId) -> DataSubject {
        let mut found =
            Found { person, ways: BTreeMap::new(), deleted: BTreeSet::from([person]), queue: VecDeque::from([person]) };
        self.follow(&mut found);
        for way in &self.polymorphic {
            found.add(way, None, Erasing::Delete);
            self.follow(&mut found);
        }
        let (order, cycles) = self.order(&found);
        let stays = |ways: &[(Way, Option<TableId>, Erasing)]| ways.iter().any(|way| way.2 != Erasing::Delete);
        let staying = found.ways.iter().filter(|(_, ways)| stays(ways)).map(|(id, _)| id);
        let left: BTreeSet<TableId> = self
            .with_personal_data
            .iter()
            .filter(|id| !self.persons.contains(id) && !found.deleted.contains(id) && !found.ways.contains_key(id))
            .filter(|id| {
                let mut ways = self.ways_to(**id);
                ways.any(|way| way.evidence != WayEvidence::Copy && found.deleted.contains(&way.child))
            })
            .copied()
            .collect();
        let same = self.same.iter().filter(|tables| tables.contains(&person)).flatten();
        let same: BTreeSet<TableId> =
            same.filter(|id| **id != person && !found.ways.contains_key(id)).copied().collect();
        let holds = self.duties.iter().filter(|(id, duties)| {
            // Without a way nothing tells whom a register of holds is about.
            duties.contains("legal hold table")
                || (duties.contains("legal hold column") && (found.ways.contains_key(id) || **id == person))
        });
        let holds: Vec<&TableId> = holds.map(|(id, _)| id).collect();
        let outside = self.outside.iter().filter(|(parent, _)| found.deleted.contains(parent));
        DataSubject {
            table: self.name(person),
            holds: self.names(holds),
            same: self.names(&same),
            staying: staying.map(|id| self.step(&found, *id, false)).collect(),
            erasure: order.iter().map(|id| self.step(&found, *id, true)).collect(),
            cycles,
            outside: outside.map(|(_, key)| key.clone()).collect(),
            left: self.names(&left),
        }
    }

    /// Follows every way to rows that go, and on from those.
    fn follow(&self, found: &mut Found) {
        while let Some(parent) = found.queue.pop_front() {
            for way in self.ways_to(parent) {
                let erasing = way.settled.unwrap_or_else(|| self.erasing(way, parent, found.person));
                found.add(way, Some(parent), erasing);
            }
        }
    }

    /// Whether rows go with those that a way leads to.
    fn erasing(&self, way: &Way, parent: TableId, person: TableId) -> Erasing {
        let child = way.child;
        let acts = self.persons.contains(&parent) && way.names_an_actor();
        // Who refers to the person in the table of persons is somebody else.
        let somebody = child == person && parent == person;
        let another =
            child != person && self.persons.contains(&child) && !(parent == person && self.is_record_of(way, person));
        // What several persons refer to is no one person's.
        let shared = child != person
            && self
                .ways_to(child)
                .any(|way| self.persons.contains(&way.child) && ![person, child].contains(&way.child));
        let works = |id: TableId| WORKERS.contains(&person_word(&self.tables.get(id).table.name).as_str());
        let worked_on = works(person) && self.about.get(&child).into_iter().flatten().any(|other| !works(*other));
        if acts || somebody || another || shared || worked_on { Erasing::Repoint } else { Erasing::Delete }
    }

    /// Whether the rows of another table of persons say more about the same person: one row for each, or a table that is
    /// called so.
    fn is_record_of(&self, way: &Way, person: TableId) -> bool {
        let child = self.tables.get(way.child);
        let columns: Vec<&str> = way.columns.iter().map(String::as_str).collect();
        let one_for_each = child.primary_key.as_ref().is_some_and(|key| key.columns == way.columns)
            || child
                .indexes
                .iter()
                .any(|index| index.guarantees_unique() && index.plain_columns().as_ref() == Some(&columns));
        let word = person_word(&child.table.name);
        one_for_each || word == "profile" || word == person_word(&self.tables.get(person).table.name)
    }

    /// What is done to rows of a table: the ways along which they go, or those along which they stay.
    fn step(&self, found: &Found, id: TableId, goes: bool) -> ErasureStep {
        let ways = found.ways.get(&id).map(Vec::as_slice).unwrap_or_default();
        let mut others = self.about.get(&id).cloned().unwrap_or_default();
        let to_person = |way: &&(Way, Option<TableId>, Erasing)| {
            let refers = way.0.evidence != WayEvidence::Copy && !way.0.shares_key();
            way.1 == Some(found.person) && way.2 == Erasing::Delete && refers
        };
        // A message has two ends.
        if id == found.person || ways.iter().filter(to_person).count() < 2 {
            others.remove(&found.person);
        }
        others.remove(&id);
        if id == found.person || !goes {
            others.clear();
        }
        let mut ways: Vec<ErasureWay> = ways
            .iter()
            .filter(|(_, _, erasing)| (*erasing == Erasing::Delete) == goes)
            .map(|(way, towards, erasing)| ErasureWay {
                columns: way.columns.clone(),
                towards: towards.map(|id| self.name(id)),
                on_delete: way.on_delete,
                evidence: way.evidence,
                erasing: *erasing,
                on_partitions: way.on_partitions,
            })
            .collect();
        ways.sort_by(|a, b| (a.evidence, &a.columns, &a.towards).cmp(&(b.evidence, &b.columns, &b.towards)));
        let duties = if goes { self.duties.get(&id).into_iter().flatten().copied().collect() } else { Vec::new() };
        ErasureStep { table: self.name(id), ways, others: self.names(&others), duties }
    }

    /// The tables with rows that go, children before parents, and the circles among them.
    fn order(&self, found: &Found) -> (Vec<TableId>, Vec<ErasureCycle>) {
        let mut graph = DiGraphMap::<TableId, ()>::new();
        for id in &found.deleted {
            graph.add_node(*id);
        }
        for (way, parent) in found.edges() {
            graph.add_edge(way.child, parent, ());
        }
        // What may name a row of any table comes before all of them, and what refers to it still before.
        let mut first: BTreeSet<TableId> = BTreeSet::new();
        let mut queue: Vec<TableId> = self.polymorphic.iter().map(|way| way.child).collect();
        while let Some(id) = queue.pop() {
            if first.insert(id) {
                queue.extend(graph.neighbors_directed(id, Direction::Incoming));
            }
        }
        let (mut order, mut cycles) = (Vec::new(), Vec::new());
        let (before, after): (Vec<_>, Vec<_>) =
            children_first(&graph).into_iter().partition(|component| component.iter().any(|id| first.contains(id)));
        for component in before.into_iter().chain(after) {
            if component.len() == 1 {
                order.extend(component);
            } else {
                order.extend(self.open(found, &component, &mut cycles));
            }
        }
        (order, cycles)
    }

    /// An order for tables that refer to each other in a circle: what does not hold up a delete is left out of account, and
    /// what can be NULL is set to NULL before.
    fn open(&self, found: &Found, component: &[TableId], cycles: &mut Vec<ErasureCycle>) -> Vec<TableId> {
        let members: BTreeSet<TableId> = component.iter().copied().collect();
        let within: Vec<(&Way, TableId)> = found
            .edges()
            .filter(|(way, parent)| way.blocks() && members.contains(&way.child) && members.contains(parent))
            .collect();
        let graph = |ways: &[(&Way, TableId)]| {
            let mut graph = DiGraphMap::<TableId, ()>::new();
            for id in component {
                graph.add_node(*id);
            }
            for (way, parent) in ways {
                graph.add_edge(way.child, *parent, ());
            }
            graph
        };
        let mut circle_of: BTreeMap<TableId, usize> = BTreeMap::new();
        for (number, circle) in children_first(&graph(&within)).into_iter().enumerate() {
            circle_of.extend(circle.into_iter().map(|id| (id, number)));
        }
        let in_circle = |way: &Way, parent: &TableId| circle_of.get(&way.child) == circle_of.get(parent);
        let (nulled, kept): (Vec<_>, Vec<_>) =
            within.into_iter().partition(|(way, parent)| way.nullable && in_circle(way, parent));
        let components = children_first(&graph(&kept));
        cycles.push(ErasureCycle {
            tables: self.names(&members),
            nulled: nulled.iter().map(|(way, _)| (self.name(way.child), way.columns.clone())).collect(),
            closed: components.iter().any(|component| component.len() > 1),
        });
        components.into_iter().flatten().collect()
    }
}

/// Strongly connected tables, those first to which nothing refers.
fn children_first(graph: &DiGraphMap<TableId, ()>) -> Vec<Vec<TableId>> {
    // They come out with those first that refer to nothing.
    let mut components = tarjan_scc(graph);
    components.reverse();
    for component in &mut components {
        component.sort();
    }
    components
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Deferral, Domain, Engine, EngineName, Index, KeyPart, PrimaryKey, Schema, Table};
    use crate::settings::Settings;
    use crate::survey::Survey;

    /// Tables with an `id` and these columns: `name`, `customer_id > customers`, `editor_id? > users SET NULL`.
    fn model(tables: &[(&str, &[&str])]) -> Model {
        let mut model = Model::new(Engine {
            name: EngineName::PostgreSql,
            version: String::new(),
            variant: None,
            encoding: None,
            collation: None,
            settings: BTreeMap::new(),
        });
        let mut schema = Schema::new("public");
        for (name, columns) in tables {
            let mut table = Table::new(*name);
            table.columns.push(Column::new("id", "integer"));
            table.primary_key = Some(PrimaryKey {
                name: None,
                columns: vec!["id".to_owned()],
                without_overlaps: false,
                deferral: Deferral::default(),
                comment: None,
            });
            for written in *columns {
                let mut words = written.splitn(4, ' ');
                let name = words.next().unwrap_or_default();
                let data_type = if name.contains("email") || name.contains("type") { "text" } else { "integer" };
                let mut column = Column::new(name.trim_end_matches('?'), data_type);
                column.nullable = name.ends_with('?');
                if let Some(parent) = words.nth(1) {
                    table.foreign_keys.push(key(&column.name, parent, words.next()));
                }
                table.columns.push(column);
            }
            schema.tables.push(table);
        }
        schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
        model.schemas.push(schema);
        model
    }

    fn key(column: &str, parent: &str, on_delete: Option<&str>) -> ForeignKey {
        ForeignKey {
            on_delete: match on_delete {
                Some("CASCADE") => Action::Cascade,
                Some("SET NULL") => Action::SetNull,
                Some("SET DEFAULT") => Action::SetDefault,
                Some("RESTRICT") => Action::Restrict,
                _ => Action::NoAction,
            },
            ..ForeignKey::new(vec![column.to_owned()], QualifiedName::new("public", parent), vec!["id".to_owned()])
        }
    }

    fn subject(model: &Model, person: &str) -> DataSubject {
        let survey = Survey::new(model, &Tables::new(model), &Settings::default());
        let found = survey.data_subjects.into_iter().find(|subject| subject.table.name == person);
        found.unwrap_or_else(|| panic!("no person {person}"))
    }

    /// `table: columns > parent` for every way, with what happens where the rows do not go.
    fn lines(steps: &[ErasureStep]) -> Vec<String> {
        let way = |way: &ErasureWay| {
            let target = way.towards.as_ref().map_or("any", |table| table.name.as_str());
            let erasing = match way.erasing {
                Erasing::Delete => "",
                Erasing::Cut => " (cut)",
                Erasing::Repoint => " (re-point)",
            };
            format!("{} > {target}{erasing}", way.columns.join("+"))
        };
        let line = |step: &ErasureStep| {
            let ways: Vec<String> = step.ways.iter().map(way).collect();
            let others: Vec<&str> = step.others.iter().map(|table| table.name.as_str()).collect();
            let others = if others.is_empty() { String::new() } else { format!(" | {}", others.join(", ")) };
            format!("{}: {}{others}", step.table.name, ways.join(", "))
        };
        steps.iter().map(line).collect()
    }

    #[test]
    fn every_way_to_a_table_is_kept_declared_ones_first() {
        let model = model(&[
            ("customers", &["email"]),
            ("addresses", &["customer_id > customers"]),
            ("orders", &["customer_id > customers"]),
            ("shipments", &["order_id > orders", "address_id?"]),
        ]);
        let expected = ["shipments: order_id > orders, address_id > addresses", "orders: customer_id > customers"];
        let found = lines(&subject(&model, "customers").erasure);
        assert_eq!(found[..2], expected);
        assert_eq!(found[2..], ["addresses: customer_id > customers", "customers: "]);
    }

    #[test]
    fn a_link_that_the_database_cuts_leads_no_further() {
        let model = model(&[
            ("customers", &["email"]),
            ("reviews", &["customer_id? > customers SET NULL"]),
            ("votes", &["review_id > reviews"]),
            ("ratings", &["customer_id? > customers SET DEFAULT"]),
            ("notes", &["customer_id > customers SET NULL"]),
            ("marks", &["customer_id > customers SET DEFAULT"]),
        ]);
        let subject = subject(&model, "customers");
        assert_eq!(
            lines(&subject.staying),
            ["ratings: customer_id > customers (cut)", "reviews: customer_id > customers (cut)"]
        );
        // NULL in a column without NULL is refused.
        let mut goes = lines(&subject.erasure);
        goes.sort();
        assert_eq!(goes, ["customers: ", "marks: customer_id > customers", "notes: customer_id > customers"]);
    }

    #[test]
    fn neither_other_persons_nor_what_they_share_go_with_one() {
        let model = model(&[
            ("staff", &["email", "store_id > store"]),
            ("store", &["manager_staff_id > staff"]),
            ("customer", &["email", "store_id > store"]),
            ("inventory", &["store_id > store"]),
            ("payment", &["customer_id > customer", "staff_id > staff"]),
            ("payslip", &["staff_id > staff"]),
        ]);
        let staff = subject(&model, "staff");
        let staying = ["payment: staff_id > staff (re-point)", "store: manager_staff_id > staff (re-point)"];
        assert_eq!(lines(&staff.staying), staying);
        assert_eq!(lines(&staff.erasure), ["payslip: staff_id > staff", "staff: "]);
        let customer = subject(&model, "customer");
        assert_eq!(lines(&customer.erasure), ["payment: customer_id > customer | staff", "customer: "]);
    }

    #[test]
    fn who_acted_on_a_row_does_not_own_it() {
        let model = model(&[
            ("users", &["email", "manager_id? > users"]),
            ("products", &["created_by > users"]),
            ("prices", &["product_id > products"]),
            ("profiles", &["user_id > users", "email"]),
        ]);
        let users = subject(&model, "users");
        let staying = ["products: created_by > users (re-point)", "users: manager_id > users (re-point)"];
        assert_eq!(lines(&users.staying), staying);
        assert_eq!(lines(&users.erasure), ["profiles: user_id > users", "users: "]);
    }

    #[test]
    fn a_key_that_is_switched_off_still_says_what_stays() {
        let mut model = model(&[
            ("customers", &["email"]),
            ("reviews", &["customer_id? > customers SET NULL"]),
            ("ratings", &["customer_id? > customers SET NULL"]),
            ("notes", &["customer_id > customers SET NULL"]),
            ("orders", &["customer_id > customers CASCADE"]),
        ]);
        for table in &mut model.schemas[0].tables {
            for key in &mut table.foreign_keys {
                key.enforced = table.name == "reviews";
                key.disabled_triggers_on = vec![key.referenced_table.clone()];
            }
        }
        let subject = subject(&model, "customers");
        assert_eq!(
            lines(&subject.staying),
            ["ratings: customer_id > customers (cut)", "reviews: customer_id > customers (cut)"]
        );
        let mut ways = subject.staying.iter().flat_map(|step| &step.ways);
        assert!(ways.all(|way| way.evidence == WayEvidence::NotEnforced && way.on_delete.is_none()));
        let mut goes = lines(&subject.erasure);
        goes.sort();
        assert_eq!(goes, ["customers: ", "notes: customer_id > customers", "orders: customer_id > customers"]);
    }

    #[test]
    fn what_refers_from_out_of_scope_is_kept_apart() {
        let mut model = model(&[
            ("customers", &["email"]),
            ("orders", &["customer_id > customers CASCADE"]),
            ("products", &[]),
            ("reviews", &["customer_id? > customers SET NULL"]),
        ]);
        let mut desk = Schema::new("desk");
        for (name, columns) in [
            ("tickets", &[("customer_id", "customers", None), ("order_id", "orders", Some("CASCADE"))][..]),
            ("replies", &[("review_id", "reviews", None), ("product_id", "products", None)]),
            ("calls", &[("customer_id", "customers", Some("SET NULL"))]),
        ] {
            let mut table = Table::new(name);
            table.foreign_keys = columns.iter().map(|(column, parent, action)| key(column, parent, *action)).collect();
            desk.tables.push(table);
        }
        desk.tables[2].foreign_keys[0].enforced = false;
        model.outside.push(desk);
        let keys = |model: &Model| -> Vec<_> {
            let keys = subject(model, "customers").outside;
            keys.into_iter().map(|key| (key.table.name, key.towards.name, key.on_delete, key.enforced)).collect()
        };
        let of = |table: &str, towards: &str, on_delete, enforced| {
            (table.to_owned(), towards.to_owned(), on_delete, enforced)
        };
        let expected = [
            of("calls", "customers", Some(Action::SetNull), false),
            of("tickets", "customers", Some(Action::NoAction), true),
            of("tickets", "orders", Some(Action::Cascade), true),
        ];
        assert_eq!(keys(&model), expected);
        model.engine.name = EngineName::MySql;
        assert_eq!(keys(&model)[1], of("tickets", "customers", None, true));
    }

    #[test]
    fn a_link_that_is_cut_deletes_nothing_of_others() {
        let model = model(&[
            ("customers", &["email"]),
            ("orders", &["customer_id > customers"]),
            ("order_items", &["order_id > orders", "gift_for_customer_id? > customers SET NULL"]),
        ]);
        let customers = subject(&model, "customers");
        assert_eq!(lines(&customers.staying), ["order_items: gift_for_customer_id > customers (cut)"]);
        let expected = ["order_items: order_id > orders", "orders: customer_id > customers", "customers: "];
        assert_eq!(lines(&customers.erasure), expected);
    }

    #[test]
    fn what_links_persons_to_things_is_no_person() {
        let model = model(&[
            ("x_user", &["email"]),
            ("x_policy", &[]),
            ("x_policy_ref_user", &["policy_id > x_policy", "user_id > x_user", "user_email"]),
        ]);
        let survey = Survey::new(&model, &Tables::new(&model), &Settings::default());
        let persons: Vec<&str> = survey.data_subjects.iter().map(|subject| subject.table.name.as_str()).collect();
        assert_eq!(persons, ["x_user"]);
    }

    #[test]
    fn what_tells_persons_apart_leads_to_them() {
        let mut model = model(&[
            ("web_users", &["email"]),
            ("banned_user", &[]),
            ("opaque_names", &[]),
            ("opaque_sessions", &["name_id > opaque_names"]),
            ("newsletters", &["email"]),
            ("suppliers", &["email", "contact_email"]),
            ("supplies", &["supplier_id > suppliers"]),
        ]);
        for table in &mut model.schemas[0].tables {
            if ["web_users", "banned_user", "opaque_names"].contains(&table.name.as_str()) {
                table.columns.push(Column::new("username", "text"));
            }
            if table.name == "web_users" {
                for columns in [&["email"][..], &["username", "id"]] {
                    let mut index = Index::new(columns.join("_"));
                    (index.unique, index.key) = (true, columns.iter().map(|name| KeyPart::column(*name)).collect());
                    table.indexes.push(index);
                }
            }
        }
        let survey = Survey::new(&model, &Tables::new(&model), &Settings::default());
        assert_eq!(survey.data_subjects.len(), 1);
        let mut goes = lines(&survey.data_subjects[0].erasure);
        goes.sort();
        let expected = [
            "banned_user: username > web_users",
            "newsletters: email > web_users",
            "opaque_names: username > web_users",
            "opaque_sessions: name_id > opaque_names",
            "web_users: ",
        ];
        assert_eq!(goes, expected);
        let left: Vec<String> =
            survey.not_erased().map(|data| format!("{}.{}", data.table.name, data.column)).collect();
        assert_eq!(left, ["suppliers.contact_email", "suppliers.email"]);
    }

    #[test]
    fn rows_of_nobody_are_found_by_the_address() {
        let mut model = model(&[
            ("customers", &["email"]),
            ("newsletter", &["email", "customer_id? > customers SET NULL"]),
            ("coupons", &["email", "customer_id? > customers"]),
            ("orders", &["email", "customer_id? > customers SET NULL"]),
            ("order_items", &["order_id > orders"]),
            ("mailing", &["email"]),
        ]);
        let domain = Domain {
            name: "address".to_owned(),
            base_type: "character varying(255)".into(),
            base_domain: None,
            not_null: false,
            default: None,
            collation: None,
            checks: Vec::new(),
            comment: None,
        };
        model.schemas[0].domains.push(domain);
        for table in &mut model.schemas[0].tables {
            for column in table.columns.iter_mut().filter(|column| column.name == "email" && table.name == "customers")
            {
                column.data_type = "address".into();
                column.user_type = Some(Box::new(QualifiedName::new("public", "address")));
            }
        }
        let customers = subject(&model, "customers");
        let staying = ["newsletter: customer_id > customers (cut)", "orders: customer_id > customers (cut)"];
        assert_eq!(lines(&customers.staying), staying);
        let mut goes = lines(&customers.erasure);
        goes.sort();
        let expected = [
            "coupons: customer_id > customers, email > customers",
            "customers: ",
            "mailing: email > customers",
            "newsletter: email > customers",
        ];
        assert_eq!(goes, expected);
    }

    #[test]
    fn every_person_is_found_by_the_same_address() {
        let mut model = model(&[
            ("customers", &["email"]),
            ("orders", &["customer_id > customers"]),
            ("password_resets", &["email"]),
            ("newsletter_subscribers", &["email"]),
        ]);
        for table in &mut model.schemas[0].tables {
            if ["newsletter_subscribers", "password_resets"].contains(&table.name.as_str()) {
                table.primary_key.as_mut().expect("a key").columns = vec!["email".to_owned()];
            }
        }
        for (person, other) in [("customers", "newsletter_subscribers"), ("newsletter_subscribers", "customers")] {
            let subject = subject(&model, person);
            let resets = format!("password_resets: email > {person}");
            assert!(lines(&subject.erasure).contains(&resets), "{:?}", subject.erasure);
            assert_eq!(subject.same, [QualifiedName::new("public", other)]);
        }
    }

    #[test]
    fn what_must_stay_is_said_before() {
        let mut model = model(&[
            ("customers", &["email"]),
            ("contracts", &["customer_id > customers"]),
            ("legal_holds", &["customer_id > customers"]),
            ("litigation_holds", &["reference"]),
            ("customer_audit", &["customer_id > customers"]),
            ("invoice_lines", &["customer_id > customers"]),
            ("credit_notes", &["customer_id > customers"]),
            ("payments_2023", &["customer_id > customers"]),
            ("payment_methods", &["customer_id > customers"]),
            ("order_lines", &["customer_id > customers"]),
        ]);
        let contracts = model.schemas[0].tables.iter_mut().find(|table| table.name == "contracts");
        contracts.expect("a table").columns.push(Column::new("legal_hold", "integer"));
        let subject = subject(&model, "customers");
        let holds: Vec<&str> = subject.holds.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(holds, ["contracts", "legal_holds", "litigation_holds"]);
        let duties = |name: &str| {
            let step = subject.erasure.iter().find(|step| step.table.name == name);
            step.map(|step| step.duties.clone()).unwrap_or_default()
        };
        assert_eq!(duties("contracts"), ["legal hold column"]);
        assert_eq!(duties("legal_holds"), ["legal hold table"]);
        assert_eq!(duties("customer_audit"), ["audit table"]);
        for books in ["invoice_lines", "credit_notes", "payments_2023"] {
            assert!(duties(books).contains(&"accounting record"), "{books}");
        }
        for others in ["payment_methods", "order_lines"] {
            assert!(duties(others).is_empty(), "{others}");
        }
        assert!(duties("customers").is_empty());
    }

    #[test]
    fn a_message_has_two_ends() {
        let model = model(&[
            ("users", &["email"]),
            ("messages", &["sender_id > users", "recipient_id > users", "answer_to? > messages"]),
        ]);
        let expected = ["messages: answer_to > messages, recipient_id > users, sender_id > users | users", "users: "];
        assert_eq!(lines(&subject(&model, "users").erasure), expected);
    }

    #[test]
    fn copies_and_polymorphic_pairs_are_no_foreign_keys_and_go_too() {
        let model = model(&[
            ("customers", &["email"]),
            ("customers_backup", &["email"]),
            ("orders", &["customer_id > customers"]),
            ("orders_archive", &["customer_id"]),
            ("reviews", &["customer_id? > customers SET NULL"]),
            ("reviews_2023", &["customer_id?"]),
            ("attachments", &["attachable_type", "attachable_id"]),
            ("thumbnails", &["attachment_id > attachments"]),
        ]);
        let customers = subject(&model, "customers");
        let staying = ["reviews: customer_id > customers (cut)", "reviews_2023: customer_id > customers (re-point)"];
        assert_eq!(lines(&customers.staying), staying);
        let found = lines(&customers.erasure);
        assert_eq!(
            found[..2],
            ["thumbnails: attachment_id > attachments", "attachments: attachable_type+attachable_id > any"]
        );
        let mut rest = found[2..].to_vec();
        assert_eq!(rest.pop().as_deref(), Some("customers: "));
        rest.sort();
        let expected = [
            "customers_backup: email > customers, id > customers",
            "orders: customer_id > customers",
            "orders_archive: customer_id > customers",
        ];
        assert_eq!(rest, expected);
    }

    #[test]
    fn circles_are_opened_where_null_is_allowed() {
        let model = model(&[
            ("customers", &["email", "main_address_id? > addresses"]),
            ("addresses", &["customer_id > customers"]),
            ("carts", &["customer_id > customers", "newest_item_id > cart_items"]),
            ("cart_items", &["cart_id > carts CASCADE"]),
            ("forms", &["customer_id > customers", "answer_id > answers"]),
            ("answers", &["form_id > forms"]),
        ]);
        let customers = subject(&model, "customers");
        let circle = |names: &[&str]| {
            customers.cycles.iter().find(|cycle| cycle.tables.iter().map(|table| &table.name).eq(names.iter()))
        };
        let of_person = circle(&["addresses", "customers"]).expect("a circle");
        assert_eq!(of_person.nulled, [(QualifiedName::new("public", "customers"), vec!["main_address_id".to_owned()])]);
        assert!(!of_person.closed);
        // What cascades does not hold up a delete.
        let cascading = circle(&["cart_items", "carts"]).expect("a circle");
        assert!(cascading.nulled.is_empty() && !cascading.closed);
        assert!(circle(&["answers", "forms"]).is_some_and(|cycle| cycle.closed));
        let order: Vec<&str> = customers.erasure.iter().map(|step| step.table.name.as_str()).collect();
        let place = |name: &str| order.iter().position(|table| *table == name);
        assert!(place("carts") < place("cart_items"), "{order:?}");
        assert!(place("addresses") < place("customers"), "{order:?}");
    }

    #[test]
    fn what_the_person_refers_to_is_named() {
        let mut model = model(&[("customers", &["email", "address_id > addresses"]), ("addresses", &[])]);
        model.schemas[0].tables[0].columns.push(Column::new("street", "text"));
        let customers = subject(&model, "customers");
        assert_eq!(customers.left, [QualifiedName::new("public", "addresses")]);
    }
}

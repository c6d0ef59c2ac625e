//! Relations that no foreign key declares, inferred from names, keys, types and the keys that are declared.

use super::words::{OfNames, key_words, lower, singular, split, with_last_singular};
use super::{OnPartitions, PolymorphicPair, Relation, TableClass, classes};
use crate::model::{Column, PartitionedKey, QualifiedName, TableRef, Tables, base_type};
use crate::settings::Settings;
use foldhash::HashMap;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Last words of columns that hold a generated key.
const NUMBER_SUFFIXES: &[&str] = &["id", "fk", "uuid", "guid", "uid", "ref", "oid"];
/// Last words of columns that hold a natural key.
const KEY_SUFFIXES: &[&str] = &["code", "no", "num", "number", "key", "slug", "name", "iso"];
/// What may follow the stem in the column that names a polymorphic target.
const TYPE_SUFFIXES: &[&str] = &["_type", "type", "_kind", "_class", "_table", "_content_type", "_content_type_id"];
/// First words that point outside the database.
const EXTERNAL: &[&str] = &[
    "external",
    "remote",
    "provider",
    "stripe",
    "github",
    "google",
    "facebook",
    "twitter",
    "slack",
    "trace",
    "span",
    "request",
    "req",
    "session",
    "sess",
    "transaction",
    "txn",
    "correlation",
    "message",
    "device",
    "client",
    "tracking",
    "idempotency",
];
/// Words before and after the name proper of a table that say no more than that it is one.
const MARKS_BEFORE: &[&str] = &["tbl", "t", "tb"];
const MARKS_AFTER: &[&str] = &["tbl", "master"];
/// Roles that a user plays.
const USER_ROLES: &[&str] = &[
    "creator",
    "author",
    "owner",
    "updater",
    "approver",
    "assignee",
    "reviewer",
    "editor",
    "deleter",
    "manager",
    "sender",
    "recipient",
];
/// What somebody did who is signed in, before `by`: `created_by_id`.
const DEEDS: &[&str] = &[
    "added",
    "approved",
    "archived",
    "assigned",
    "canceled",
    "cancelled",
    "changed",
    "closed",
    "confirmed",
    "created",
    "deleted",
    "edited",
    "entered",
    "granted",
    "inserted",
    "invited",
    "locked",
    "modified",
    "opened",
    "published",
    "rejected",
    "removed",
    "requested",
    "resolved",
    "reviewed",
    "revoked",
    "submitted",
    "upd",
    "updated",
    "uploaded",
    "verified",
];
/// Who did it: of the roles, those that nobody plays who does not sign in. An author may have written the book.
const DOERS: &[&str] = &["approver", "assignee", "creator", "deleter", "reviewer", "updater"];
/// What a table of those who sign in is called, and its column that says so.
const SIGNING_IN: &[&str] = &["user", "account", "admin", "administrator", "employee", "member", "operator", "staff"];
const PASSWORDS: &[&str] = &["password", "passwd", "pwd"];
/// Whole names that are values although a table may be called so.
const VALUES: &[&str] = &[
    "version", "status", "type", "state", "source", "vote", "level", "order", "position", "value", "name", "code",
    "count", "rank", "path", "language", "location", "amount", "total", "score", "size", "data", "date", "time",
];

/// Confidence below which nothing is kept.
const LEAST: f64 = 0.70;
/// What a name loses that is probably copied.
const COPIED: f64 = 0.20;

/// What can be joined to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Integer,
    Uuid,
    Text,
    Binary16,
}

fn family(column: &Column) -> Option<Family> {
    if column.array_dimensions > 0 { None } else { family_of(&column.data_type) }
}

fn family_of(data_type: &str) -> Option<Family> {
    let full = lower(data_type);
    let base = base_type(&full);
    if full == "binary(16)" {
        return Some(Family::Binary16);
    }
    match base.as_ref() {
        "uuid" | "uniqueidentifier" => Some(Family::Uuid),
        "numeric" | "decimal" | "number" => {
            // SQLite and Oracle heritage: a number without a scale is a key like any integer.
            (full == base || full.ends_with(",0)") || !full.contains(',')).then_some(Family::Integer)
        }
        "interval" | "point" | "tinyint" if full == "tinyint(1)" || base != "tinyint" => None,
        _ if base.contains("int") || base.contains("serial") => Some(Family::Integer),
        _ if base.contains("char") || base.contains("text") || base == "name" || base.contains("clob") => {
            Some(Family::Text)
        }
        _ => None,
    }
}

/// Whether a foreign key could lead from one column to the other: integers to integers, texts to texts. Of a type of the
/// user's nothing is known.
pub(crate) fn is_joinable(column: &Column, referenced: &Column) -> bool {
    let untold = |column: &Column| column.user_type.is_some() || column.data_type.is_empty();
    if untold(column) || untold(referenced) {
        return true;
    }
    if let (Some(one), Some(other)) = (family(column), family(referenced)) {
        return one == other;
    }
    let (one, other) = (column.base_type(), referenced.base_type());
    one == other || one.contains("int") && other.contains("int")
}

/// A single-column key that something may refer to.
#[derive(Clone, Copy, Debug)]
struct Key<'m> {
    column: &'m Column,
    primary: bool,
}

/// What the name of a column says.
struct Said {
    /// Without what says that it is a key.
    words: Vec<String>,
    suffix: Option<String>,
    /// The words, the last in the singular.
    stem: String,
    /// All of the words, the last in the singular.
    all: Vec<String>,
}

impl Said {
    /// What the name of a column says.
    fn read(name: &str) -> Option<Self> {
        let mut words = split(name).to_vec();
        let mut suffix: Option<String> = None;
        let known = |word: &str| NUMBER_SUFFIXES.contains(&word) || KEY_SUFFIXES.contains(&word);
        if words.len() > 1 && words.last().is_some_and(|word| known(word)) {
            suffix = words.pop();
        } else if words.len() > 1 && words.first().is_some_and(|word| word == "id" || word == "fk") {
            suffix = Some(words.remove(0));
        } else if let [.., last] = words.as_mut_slice() {
            for (glued, shortest) in [("id", 4), ("code", 5)] {
                if last.len() > shortest && last.ends_with(glued) && suffix.is_none() {
                    last.truncate(last.len() - glued.len());
                    suffix = Some(glued.to_owned());
                }
            }
        }
        // A name that is nothing but a suffix, `id` above all, says nothing about where it points.
        if words.is_empty() || (suffix.is_none() && matches!(words.as_slice(), [word] if known(word))) {
            return None;
        }
        let stem = with_last_singular(&words).join("_");
        let all = key_words(&lower(name));
        Some(Self { words, suffix, stem, all })
    }
}

/// The words of a table's name, the last in the singular.
struct Own {
    joined: String,
    glued: String,
    words: Vec<String>,
}

impl Own {
    fn new(words: Vec<String>) -> Self {
        Self { joined: words.join("_"), glued: words.concat(), words }
    }
}

struct Inference<'m, 't> {
    tables: &'t Tables<'m>,
    /// What names of columns say, which recur from table to table; `None` for what says nothing about where it points.
    said: HashMap<&'m str, Option<Rc<Said>>>,
    /// Tables by the singular words of their name, joined and glued; with the loss of confidence.
    by_key: HashMap<String, Vec<(TableRef<'m>, f64)>>,
    /// Tables by the singular of the last word of their name, with all words.
    by_last_word: HashMap<String, Vec<(TableRef<'m>, Vec<String>)>>,
    /// The only table of people who sign in: it has their passwords.
    signing_in: Option<TableRef<'m>>,
    /// What many names of tables begin with.
    prefix: Option<String>,
    /// Tables by the name of their single-column primary key.
    by_primary: HashMap<String, Vec<TableRef<'m>>>,
    /// Tables by the names of their single-column keys, and whether it is the primary one.
    by_unique: HashMap<String, Vec<(TableRef<'m>, bool)>>,
    /// Targets of declared keys by the referencing column's name, with the number of referencing tables.
    peers: HashMap<String, BTreeMap<(QualifiedName, String), u32>>,
    keys: HashMap<QualifiedName, Vec<Key<'m>>>,
    /// Tables by the name of each of their columns. Made when it is first asked for.
    by_column: OnceCell<HashMap<&'m str, Vec<TableRef<'m>>>>,
}

/// A possible target with its confidence and reason.
struct Candidate<'m> {
    table: TableRef<'m>,
    column: &'m str,
    confidence: f64,
    why: String,
}

/// Infers relations and polymorphic pairs, both by table and column.
pub(super) fn infer(tables: &Tables<'_>, settings: &Settings) -> (Vec<Relation>, Vec<PolymorphicPair>) {
    let mut inference = Inference::new(tables);
    let mut families = OfNames::new(family_of);
    let (mut relations, mut polymorphic) = (Vec::new(), Vec::new());
    for table in tables.base() {
        let partitioned =
            table.table.partitioning.as_ref().map(|it| it.foreign_keys(&table.schema.name)).unwrap_or_default();
        let declared: BTreeSet<&str> =
            table.table.foreign_keys.iter().flat_map(|key| &key.columns).map(String::as_str).collect();
        let own = Own::new(key_words(&table.table.name));
        let before = relations.len();
        for column in &table.table.columns {
            if declared.contains(column.name.as_str()) {
                continue;
            }
            let path = || format!("{}.{}.{}", table.schema.name, table.table.name, column.name);
            if !settings.relations.is_empty()
                && let Some(pin) = settings.relations.get(&path())
            {
                relations.extend(pin.as_ref().and_then(|target| pinned(tables, table, column, target)));
                continue;
            }
            if let Some(found) = by_partitions(table, column, &partitioned) {
                relations.push(found);
                continue;
            }
            let is_key = column.array_dimensions == 0 && families.of(&column.data_type).is_some();
            if column.generated.is_some() || !is_key {
                continue;
            }
            if let Some(type_column) = inference.polymorphic(table, column) {
                polymorphic.push(PolymorphicPair {
                    table: table.qualified_name(),
                    type_column,
                    id_column: column.name.clone(),
                });
                continue;
            }
            relations.extend(inference.relation(table, column, &own));
        }
        doubt_copied_names(&inference, &mut relations[before..]);
    }
    relations.retain(|relation| relation.confidence >= LEAST - 1e-9);
    relations.sort_by(|a: &Relation, b: &Relation| (&a.table, &a.column).cmp(&(&b.table, &b.column)));
    polymorphic.sort_by(|a, b| (&a.table, &a.id_column).cmp(&(&b.table, &b.id_column)));
    (relations, polymorphic)
}

/// Beside a column that refers to a table by its primary key, a second unique column of that table is most likely copied
/// for reading: `group_name` beside `group_id`.
fn doubt_copied_names(inference: &Inference<'_, '_>, relations: &mut [Relation]) {
    let is_primary = |relation: &Relation| {
        let keys = inference.keys.get(&relation.referenced_table).map(Vec::as_slice).unwrap_or_default();
        keys.iter().any(|key| key.primary && key.column.name == relation.referenced_column)
    };
    let by_primary: Vec<QualifiedName> = relations
        .iter()
        .filter(|relation| !relation.is_unsure() && is_primary(relation))
        .map(|relation| relation.referenced_table.clone())
        .collect();
    for relation in relations.iter_mut().filter(|relation| !relation.pinned && !is_primary(relation)) {
        if by_primary.contains(&relation.referenced_table) {
            relation.confidence = ((relation.confidence - COPIED) * 100.0).round() / 100.0;
        }
    }
}

/// The relation that the configuration tells, when there is something at its other end.
fn pinned(tables: &Tables<'_>, table: TableRef<'_>, column: &Column, target: &str) -> Option<Relation> {
    let (rest, referenced_column) = target.rsplit_once('.')?;
    let (schema, name) = rest.split_once('.')?;
    let referenced_table = QualifiedName::new(schema, name);
    let referenced = tables.find(&referenced_table)?.table.column(referenced_column)?;
    if !is_joinable(column, referenced) {
        return None;
    }
    Some(Relation {
        table: table.qualified_name(),
        column: column.name.clone(),
        referenced_table,
        referenced_column: referenced_column.to_owned(),
        confidence: 1.0,
        why: "set in the configuration".to_owned(),
        pinned: true,
        on_partitions: None,
    })
}

/// Where most partitions declare that a column refers to, each by a foreign key of its own.
fn by_partitions(table: TableRef<'_>, column: &Column, keys: &[PartitionedKey<'_>]) -> Option<Relation> {
    let of_column = keys.iter().filter(|found| found.key.columns == [column.name.as_str()]);
    // The first of those that are on equally many.
    let found = of_column.rev().max_by_key(|found| found.having)?;
    let [referenced_column] = found.key.referenced_columns.as_slice() else { return None };
    let of = found.having + found.missing.len();
    let why = match found.missing.as_slice() {
        [] => "every partition declares it by a foreign key of its own".to_owned(),
        [missing] => {
            format!("{} of {of} partitions declare it by foreign keys of their own, not {}", found.having, missing.name)
        }
        _ => format!("{} of {of} partitions declare it by foreign keys of their own", found.having),
    };
    Some(Relation {
        table: table.qualified_name(),
        column: column.name.clone(),
        referenced_table: found.key.referenced_table.clone(),
        referenced_column: referenced_column.clone(),
        confidence: if found.missing.is_empty() { 1.0 } else { 0.99 },
        why,
        pinned: false,
        on_partitions: Some(OnPartitions {
            having: found.having,
            of,
            on_delete: found.actions.map(|(on_delete, _)| on_delete),
            on_update: found.actions.map(|(_, on_update)| on_update),
        }),
    })
}

impl<'m, 't> Inference<'m, 't> {
    fn new(tables: &'t Tables<'m>) -> Self {
        let mut inference = Self {
            tables,
            said: HashMap::default(),
            by_key: HashMap::default(),
            by_last_word: HashMap::default(),
            signing_in: None,
            prefix: common_prefix(tables),
            by_primary: HashMap::default(),
            by_unique: HashMap::default(),
            peers: HashMap::default(),
            keys: HashMap::default(),
            by_column: OnceCell::new(),
        };
        let mut signing_in = Vec::new();
        for table in tables.base() {
            let words = key_words(&table.table.name);
            let is_password =
                |column: &Column| split(&column.name).iter().any(|word| PASSWORDS.contains(&word.as_str()));
            if words.last().is_some_and(|word| SIGNING_IN.contains(&word.as_str()))
                && table.table.columns.iter().any(is_password)
            {
                signing_in.push(table);
            }
            let bare = &words[inference.prefix_length(&words)..];
            inference.add_key(&words, table, 0.0);
            if bare.len() < words.len() {
                inference.add_key(bare, table, 0.03);
            }
            if let [proper @ .., last, mark] = bare
                && MARKS_AFTER.contains(&mark.as_str())
                // In the plural it is what the table holds.
                && split(&table.table.name).last() == Some(mark)
            {
                let last = singular(last);
                inference.add_key(&[proper, &[last]].concat(), table, 0.03);
            }
            if let Some(last) = words.last() {
                inference.by_last_word.entry(last.clone()).or_default().push((table, words.clone()));
            }
            let keys = single_keys(table);
            if let Some(primary) = keys.iter().find(|key| key.primary) {
                inference.by_primary.entry(primary.column.name.to_lowercase()).or_default().push(table);
            }
            // A column may have several keys; the primary one comes first.
            let mut named = BTreeSet::new();
            for key in &keys {
                let name = key.column.name.to_lowercase();
                if named.insert(name.clone()) {
                    inference.by_unique.entry(name).or_default().push((table, key.primary));
                }
            }
            inference.keys.insert(table.qualified_name(), keys);
            let mut seen = BTreeSet::new();
            for key in table.table.foreign_keys.iter().filter(|key| key.columns.len() == 1) {
                if let [referenced] = key.referenced_columns.as_slice() {
                    let target = (key.referenced_table.clone(), referenced.clone());
                    let name = key.columns[0].to_lowercase();
                    if seen.insert((name.clone(), target.clone())) {
                        *inference.peers.entry(name).or_default().entry(target).or_default() += 1;
                    }
                }
            }
        }
        if let [only] = signing_in.as_slice() {
            inference.signing_in = Some(*only);
        }
        inference
    }

    /// Words at the beginning of a table's name that many others begin with, too.
    fn prefix_length(&self, words: &[String]) -> usize {
        usize::from(words.len() > 1 && self.prefix.is_some() && words.first() == self.prefix.as_ref())
    }

    fn add_key(&mut self, words: &[String], table: TableRef<'m>, loss: f64) {
        let mut names = vec![words.join("_")];
        if words.len() > 1 {
            names.push(words.concat());
        }
        for name in names {
            self.by_key.entry(name).or_default().push((table, loss));
        }
    }

    /// The column that names the target of a polymorphic reference, when this is one.
    fn polymorphic(&mut self, table: TableRef<'m>, column: &Column) -> Option<String> {
        let name = lower(&column.name);
        let stem = name.strip_suffix("uuid").or_else(|| name.strip_suffix("id"))?.trim_end_matches('_').to_owned();
        if stem.is_empty() {
            return None;
        }
        let type_column = table.table.columns.iter().find(|other| {
            let other = lower(&other.name);
            other.strip_prefix(&stem).is_some_and(|rest| TYPE_SUFFIXES.contains(&rest))
        })?;
        let words = key_words(&stem);
        let names_table = self.by_key.contains_key(&words.join("_"));
        // A session, a device or a message of some kind is not a row of one of several tables.
        let external = split(&stem).first().is_some_and(|word| word != "provider" && EXTERNAL.contains(&word.as_str()));
        (!names_table && !external).then(|| type_column.name.clone())
    }

    /// What the name of a column says.
    fn said(&mut self, name: &'m str) -> Option<Rc<Said>> {
        if let Some(known) = self.said.get(name) {
            return known.clone();
        }
        let said = Said::read(name).map(Rc::new);
        self.said.insert(name, said.clone());
        said
    }

    /// Where a column most probably points.
    fn relation(&mut self, table: TableRef<'m>, column: &'m Column, own: &Own) -> Option<Relation> {
        let said = self.said(&column.name)?;
        // `reactions.reaction_id` and `downloads.downloads` name their own table, not another.
        if said.stem == own.joined || said.stem == own.glued || said.all == own.words {
            return None;
        }
        let mut candidates = Vec::new();
        self.peer(&mut candidates, table, column, &lower(&column.name));
        match said.suffix.as_deref() {
            Some(suffix) => self.by_stem(&mut candidates, table, column, &said, suffix),
            None => self.by_whole_name(&mut candidates, table, column, &said, own),
        }
        if candidates.is_empty() {
            return None;
        }
        let is_unique = self
            .keys
            .get(&table.qualified_name())
            .is_some_and(|keys| keys.iter().any(|key| key.column.name == column.name));
        let ancestors = table.table.inheritance.as_ref().map_or(&[][..], |inheritance| &inheritance.parents);
        // A child repeats its parent's key and does not refer to it. It holds rows of its own, whatever its name.
        candidates.retain(|candidate| !ancestors.contains(&candidate.table.qualified_name()));
        let is_copy = ancestors.is_empty() && classes::by_name(&table.table.name) == Some(TableClass::Clone);
        for candidate in &mut candidates {
            if is_copied_name(table, candidate) {
                candidate.confidence -= COPIED;
            }
            if candidate.table.schema.name == table.schema.name {
                candidate.confidence += 0.005;
            }
            if is_unique {
                candidate.confidence -= 0.05;
            }
            if is_copy {
                candidate.confidence -= 0.50;
            }
        }
        let best = candidates.iter().max_by(|a, b| a.confidence.total_cmp(&b.confidence))?;
        let tied = candidates.iter().any(|other| {
            (other.confidence - best.confidence).abs() < 1e-9
                && (other.table.id, other.column) != (best.table.id, best.column)
        });
        let confidence = (best.confidence * 100.0).round() / 100.0;
        (!tied && confidence >= LEAST - 1e-9).then(|| Relation {
            table: table.qualified_name(),
            column: column.name.clone(),
            referenced_table: best.table.qualified_name(),
            referenced_column: best.column.to_owned(),
            confidence: confidence.min(0.99),
            why: best.why.clone(),
            pinned: false,
            on_partitions: None,
        })
    }

    /// Other tables declare where a column of this name points.
    fn peer(&self, candidates: &mut Vec<Candidate<'m>>, table: TableRef<'m>, column: &Column, lower: &str) {
        let Some(targets) = self.peers.get(lower) else { return };
        let [(target, count)] = targets.iter().collect::<Vec<_>>()[..] else { return };
        let Some(parent) = self.tables.find(&target.0).filter(|parent| parent.id != table.id) else { return };
        let Some(referenced) = parent.table.column(&target.1) else { return };
        if family(referenced) == family(column) {
            // `type` may mean another list in every table: one declaration elsewhere is no evidence.
            let telling = !VALUES.contains(&lower);
            candidates.push(Candidate {
                table: parent,
                column: &referenced.name,
                confidence: match count {
                    2.. => 0.98,
                    _ if telling => 0.90,
                    _ => 0.70,
                },
                why: match count {
                    1 => "another table declares that a column of this name refers to it".to_owned(),
                    _ => format!("{count} other tables declare that a column of this name refers to it"),
                },
            });
        }
    }

    fn by_stem(
        &mut self,
        candidates: &mut Vec<Candidate<'m>>,
        table: TableRef<'m>,
        column: &'m Column,
        Said { words, stem, .. }: &Said,
        suffix: &str,
    ) {
        let before = candidates.len();
        // The name of the one primary key that is called so.
        if let Some([parent]) = self.by_primary.get(&*lower(&column.name)).map(Vec::as_slice)
            && parent.id != table.id
            && self.by_key.get(stem).is_some_and(|named| named.iter().any(|(named, _)| named.id == parent.id))
        {
            self.push(candidates, *parent, column, suffix, 0.97, "its name is that table's primary key".to_owned());
        }
        let mut plain = BTreeSet::new();
        for (parent, loss) in self.by_key.get(stem).cloned().unwrap_or_default() {
            let why = "its name is that table's, with a key's suffix".to_owned();
            if parent.id != table.id && self.push(candidates, parent, column, suffix, 0.95 - loss, why) {
                plain.insert(parent.id);
            }
        }
        // oauth_access_tokens.application_id refers to oauth_applications, unless there are applications as well. Below
        // a prefix of the whole schema both ways lead to the same table, and there is no doubt.
        let own = split(&table.table.name);
        for length in (1..own.len()).rev() {
            // What begins with the word itself belongs to the table that it names: `group_id` of `group_permissions` is no
            // row of `group_groups`.
            if !plain.is_empty() && own[..length].iter().any(|word| singular(word) == *stem) {
                continue;
            }
            let key = [&own[..length].join("_"), "_", stem].concat();
            for (parent, loss) in self.by_key.get(&key).cloned().unwrap_or_default() {
                let doubt = if plain.is_empty() && !self.is_used_beyond(column, &own[..length]) { 0.0 } else { 0.20 };
                let why = "its name with its own table's prefix is that table's".to_owned();
                if parent.id != table.id
                    && !plain.contains(&parent.id)
                    && self.push(candidates, parent, column, suffix, 0.92 - loss - doubt, why)
                    && doubt > 0.0
                {
                    for candidate in &mut candidates[before..] {
                        candidate.confidence = candidate.confidence.min(0.75);
                    }
                }
            }
        }
        if candidates.len() > before {
            return;
        }
        let numeric = NUMBER_SUFFIXES.contains(&suffix);
        // A primary key of that name would be the table's own number, and then the table were named in it.
        if let Some([(parent, false)]) = self.by_unique.get(&*lower(&column.name)).map(Vec::as_slice)
            && numeric
            && parent.id != table.id
            && !EXTERNAL.contains(&words[0].as_str())
        {
            let why = "the only table where a column of this name is unique".to_owned();
            // What several tables repeat is no accident.
            let confidence = if self.tables_with(column).len() > 2 { 0.90 } else { 0.85 };
            if self.push(candidates, *parent, column, &column.name.to_lowercase(), confidence, why) {
                return;
            }
        }
        if stem == "parent" && numeric {
            self.push(candidates, table, column, suffix, 0.90, "a parent in the same table".to_owned());
            return;
        }
        if !numeric || EXTERNAL.contains(&words[0].as_str()) {
            return;
        }
        for dropped in 1..words.len() {
            let stem = with_last_singular(&words[dropped..]).join("_");
            let role = words[..dropped].join("_");
            for (parent, loss) in self.by_key.get(&stem).cloned().unwrap_or_default() {
                let why = format!("that table's name in the role `{role}`");
                let confidence = if self.has_namesake(table, parent, &words[dropped..]) { 0.75 } else { 0.85 };
                self.push(candidates, parent, column, suffix, confidence - loss, why);
            }
            if candidates.len() > before {
                return;
            }
        }
        if words.last().is_some_and(|word| USER_ROLES.contains(&word.as_str())) || is_deed(words) {
            self.user_role(candidates, table, column, words, suffix);
        }
    }

    fn by_whole_name(
        &mut self,
        candidates: &mut Vec<Candidate<'m>>,
        table: TableRef<'m>,
        column: &'m Column,
        Said { words, stem, .. }: &Said,
        own: &Own,
    ) {
        let of_table = [&own.joined, "_", stem].concat();
        for (parent, loss) in self.by_key.get(&of_table).cloned().unwrap_or_default() {
            self.push(
                candidates,
                parent,
                column,
                "id",
                0.92 - loss,
                "its name after its own table's is that table's".to_owned(),
            );
        }
        if !matches!(family(column), Some(Family::Integer | Family::Uuid)) || VALUES.contains(&stem.as_str()) {
            return;
        }
        if stem == "parent" {
            self.push(candidates, table, column, "id", 0.85, "a parent in the same table".to_owned());
            return;
        }
        for (parent, loss) in self.by_key.get(stem).cloned().unwrap_or_default() {
            if parent.id != table.id {
                self.push(candidates, parent, column, "id", 0.82 - loss, "its name is that table's".to_owned());
            }
        }
        if candidates.is_empty() {
            let own = split(&table.table.name);
            for length in (1..own.len()).rev() {
                let key = [&own[..length].join("_"), "_", stem].concat();
                for (parent, loss) in self.by_key.get(&key).cloned().unwrap_or_default() {
                    let why = "its name with its own table's prefix is that table's".to_owned();
                    if parent.id != table.id {
                        self.push(candidates, parent, column, "id", 0.82 - loss, why);
                    }
                }
            }
        }
        if words.len() > 1 && words.last().is_some_and(|word| word == "by") {
            self.user_role(candidates, table, column, words, "id");
        }
    }

    fn user_role(
        &mut self,
        candidates: &mut Vec<Candidate<'m>>,
        table: TableRef<'m>,
        column: &'m Column,
        words: &[String],
        suffix: &str,
    ) {
        if let Some(parent) = self.signing_in
            && (is_deed(words) || words.last().is_some_and(|word| DOERS.contains(&word.as_str())))
        {
            let why = "what somebody did who signs in, and no other table has passwords".to_owned();
            // A log tells it still when that person is gone.
            let is_log = classes::by_name(&table.table.name) == Some(TableClass::Log);
            self.push(candidates, parent, column, suffix, if is_log { 0.75 } else { 0.85 }, why);
            return;
        }
        for name in ["user", "account"] {
            for (parent, loss) in self.by_key.get(name).cloned().unwrap_or_default() {
                if parent.id != table.id {
                    self.push(candidates, parent, column, suffix, 0.70 - loss, "a role that a user plays".to_owned());
                }
            }
        }
    }

    /// Whether among the tables that begin as this one does, another than the parent is called so at the end of its name:
    /// `left_item_id` of `stock_moves` may mean a row of `stock_order_items` and none of `items`.
    fn has_namesake(&mut self, table: TableRef<'m>, parent: TableRef<'m>, name: &[String]) -> bool {
        let own = split(&table.table.name);
        let begins = self.prefix_length(&own) + 1;
        let mut name = name.to_vec();
        let Some(last) = name.last_mut().filter(|_| begins < own.len()) else { return false };
        *last = singular(last);
        // What begins with the word itself belongs to the table that it names.
        if own[..begins].iter().any(|word| singular(word) == *last) {
            return false;
        }
        let same_end = self.by_last_word.get(last).map(Vec::as_slice).unwrap_or_default();
        same_end.iter().any(|(other, words)| {
            other.id != table.id
                && other.id != parent.id
                && words.len() >= begins + name.len()
                && words.starts_with(&own[..begins])
                && words.ends_with(&name)
        })
    }

    /// Tables with a column of this name.
    fn tables_with(&self, column: &Column) -> &[TableRef<'m>] {
        let by_column = self.by_column.get_or_init(|| {
            let mut found: HashMap<&'m str, Vec<TableRef<'m>>> = HashMap::default();
            for table in self.tables.base() {
                for column in &table.table.columns {
                    found.entry(&column.name).or_default().push(table);
                }
            }
            found
        });
        by_column.get(column.name.as_str()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether most tables with a column of that name have names that do not begin with these words: then it means something
    /// that the prefix does not tell.
    fn is_used_beyond(&self, column: &Column, prefix: &[String]) -> bool {
        let tables = self.tables_with(column);
        let within = tables.iter().filter(|table| split(&table.table.name).starts_with(prefix)).count();
        within * 2 < tables.len()
    }

    /// Adds a candidate when the parent has a key that this column can hold.
    fn push(
        &self,
        candidates: &mut Vec<Candidate<'m>>,
        parent: TableRef<'m>,
        column: &Column,
        suffix: &str,
        confidence: f64,
        why: String,
    ) -> bool {
        let Some(keys) = self.keys.get(&parent.qualified_name()) else { return false };
        let compatible = |key: &&Key<'_>| family(key.column) == family(column);
        let named = |key: &&Key<'_>, suffix: &str| key.column.name.to_lowercase().ends_with(suffix);
        let found = if NUMBER_SUFFIXES.contains(&suffix) {
            keys.iter()
                .filter(compatible)
                .find(|key| key.primary)
                .or_else(|| keys.iter().filter(compatible).find(|key| named(key, suffix)))
        } else {
            let own = split(&parent.table.name).join("_");
            keys.iter().filter(compatible).find(|key| {
                let name = key.column.name.to_lowercase();
                name == suffix
                    || name == format!("{}_{suffix}", super::words::singular(&own))
                    || name == column.name.to_lowercase()
            })
        };
        let Some(key) = found else { return false };
        candidates.push(Candidate { table: parent, column: &key.column.name, confidence, why });
        true
    }
}

/// Whether the words say what somebody did: `last_updated_by`.
fn is_deed(words: &[String]) -> bool {
    matches!(words, [.., deed, by] if by == "by" && DEEDS.contains(&deed.as_str()))
}

/// Whether the table refers to the candidate by a declared key, so that another unique column of it, such as its name, is
/// most likely copied for reading.
fn is_copied_name(table: TableRef<'_>, candidate: &Candidate<'_>) -> bool {
    let parent = candidate.table.qualified_name();
    let primary = candidate.table.table.primary_key.as_ref();
    table.id != candidate.table.id
        && primary.is_none_or(|key| key.columns != [candidate.column])
        && table.table.foreign_keys.iter().any(|key| key.referenced_table == parent)
}

/// The first word that at least half of the tables, and four, begin with; or a customary mark for a table.
fn common_prefix(tables: &Tables<'_>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for table in tables.base() {
        if let Some(first) = split(&table.table.name).first() {
            *counts.entry(first.clone()).or_default() += 1;
        }
    }
    let total = tables.base().count();
    counts
        .into_iter()
        .filter(|(word, count)| (*count >= 4 && count * 2 >= total) || MARKS_BEFORE.contains(&word.as_str()))
        .max_by_key(|(_, count)| *count)
        .map(|(word, _)| word)
}

/// Single-column primary and unique keys that can be referred to: not partial, not deferrable, no expression.
fn single_keys(table: TableRef<'_>) -> Vec<Key<'_>> {
    let mut keys = Vec::new();
    if let Some(key) = &table.table.primary_key
        && let [column] = key.columns.as_slice()
    {
        keys.extend(table.table.column(column).map(|column| Key { column, primary: true }));
    }
    for index in table
        .table
        .indexes
        .iter()
        .filter(|index| index.guarantees_unique() && index.predicate.is_none() && !index.primary)
    {
        if let Some([column]) = index.plain_columns().as_deref() {
            keys.extend(table.table.column(column).map(|column| Key { column, primary: false }));
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Deferral, Engine, EngineName, ForeignKey, Index, Inheritance, KeyPart, Model, PrimaryKey, Schema, Table,
    };

    /// A schema of tables with an `id` and these further integer columns.
    fn model(tables: &[(&str, &[&str])]) -> Model {
        let mut schema = Schema::new("public");
        for (name, columns) in tables {
            let mut table = Table::new(*name);
            let all = ["id"].into_iter().chain(columns.iter().copied());
            table.columns.extend(all.map(|column| Column::new(column, "integer")));
            table.primary_key = Some(PrimaryKey {
                name: None,
                columns: vec!["id".to_owned()],
                without_overlaps: false,
                deferral: Deferral::default(),
                comment: None,
            });
            schema.tables.push(table);
        }
        let mut model = Model::new(Engine {
            name: EngineName::PostgreSql,
            version: String::new(),
            variant: None,
            encoding: None,
            collation: None,
            settings: BTreeMap::new(),
        });
        model.schemas.push(schema);
        model
    }

    /// What is inferred from 0.80 on: `table.column > parent`.
    fn inferred(model: &Model) -> Vec<String> {
        let (relations, _) = infer(&Tables::new(model), &Settings::default());
        let sure = relations.iter().filter(|relation| relation.confidence >= 0.80);
        sure.map(|found| format!("{}.{} > {}", found.table.name, found.column, found.referenced_table.name)).collect()
    }

    #[test]
    fn a_prefix_of_the_whole_schema_raises_no_doubt() {
        let model = model(&[("x_group", &[]), ("x_asset", &[]), ("x_audit", &["asset_id"]), ("x_map", &["group_id"])]);
        assert_eq!(inferred(&model), ["x_audit.asset_id > x_asset", "x_map.group_id > x_group"]);
    }

    #[test]
    fn two_tables_that_fit_by_and_without_a_prefix_leave_doubt() {
        let one = model(&[("oauth_applications", &[]), ("oauth_access_tokens", &["application_id"])]);
        assert_eq!(inferred(&one), ["oauth_access_tokens.application_id > oauth_applications"]);
        let two =
            model(&[("applications", &[]), ("oauth_applications", &[]), ("oauth_access_tokens", &["application_id"])]);
        assert!(inferred(&two).is_empty());
    }

    #[test]
    fn a_prefix_says_nothing_about_a_name_that_other_tables_have() {
        let tables: &[(&str, &[&str])] =
            &[("policy_item", &[]), ("policy_rule", &["item_id"]), ("service", &["item_id"]), ("enum", &["item_id"])];
        assert!(inferred(&model(tables)).is_empty());
        assert_eq!(inferred(&model(&tables[..3])), ["policy_rule.item_id > policy_item"]);
    }

    #[test]
    fn what_begins_with_a_word_belongs_to_the_table_of_that_word() {
        let tables: &[(&str, &[&str])] = &[("group", &[]), ("group_group", &[]), ("group_right", &["group_id"])];
        assert_eq!(inferred(&model(tables)), ["group_right.group_id > group"]);
    }

    #[test]
    fn a_parent_is_one_of_the_same_table() {
        let model = model(&[("defs", &["parent"]), ("nodes", &["parent_id"])]);
        assert_eq!(inferred(&model), ["defs.parent > defs", "nodes.parent_id > nodes"]);
    }

    #[test]
    fn a_bare_name_may_leave_out_what_its_own_table_begins_with() {
        let tables: &[(&str, &[&str])] = &[("consent_preset", &[]), ("consent_session", &["preset", "level"])];
        assert_eq!(inferred(&model(tables)), ["consent_session.preset > consent_preset"]);
    }

    fn unique(column: &str) -> Index {
        Index { unique: true, key: vec![KeyPart::column(column)], ..Index::new(format!("{column}_key")) }
    }

    #[test]
    fn the_only_table_where_a_name_is_unique_is_its_home() {
        let tables: &[(&str, &[&str])] =
            &[("consents", &["challenge_id", "trace_id"]), ("codes", &["challenge_id", "trace_id"])];
        let mut model = model(tables);
        assert!(inferred(&model).is_empty());
        model.schemas[0].tables[0].indexes.extend([unique("challenge_id"), unique("trace_id")]);
        // A trace is none of the database's.
        assert_eq!(inferred(&model), ["codes.challenge_id > consents"]);
        model.schemas[0].tables[1].indexes.push(unique("challenge_id"));
        assert!(inferred(&model).is_empty());
        let consents = &mut model.schemas[0].tables[0];
        consents.indexes.clear();
        consents.primary_key = consents.primary_key.take().map(|mut key| {
            key.columns = vec!["challenge_id".to_owned()];
            key
        });
        model.schemas[0].tables[1].indexes.clear();
        assert!(inferred(&model).is_empty());
    }

    #[test]
    fn what_several_tables_repeat_counts_for_more() {
        let tables: &[(&str, &[&str])] =
            &[("consents", &["challenge_id"]), ("codes", &["challenge_id"]), ("tokens", &["challenge_id"])];
        let confidence = |tables: &[(&str, &[&str])]| {
            let mut model = model(tables);
            model.schemas[0].tables[0].indexes.push(unique("challenge_id"));
            let (relations, _) = infer(&Tables::new(&model), &Settings::default());
            relations.iter().map(|relation| relation.confidence).collect::<Vec<_>>()
        };
        assert!(confidence(&tables[..2]).iter().all(|confidence| *confidence < 0.90));
        assert!(confidence(tables).iter().all(|confidence| *confidence >= 0.90));
    }

    #[test]
    fn a_mark_after_the_name_is_no_part_of_it() {
        let tables: &[(&str, &[&str])] = &[("customers_master", &[]), ("item_tbl", &["customer_id"])];
        assert_eq!(inferred(&model(tables)), ["item_tbl.customer_id > customers_master"]);
        assert!(inferred(&model(&[("dungeon_masters", &[]), ("games", &["dungeon_id"])])).is_empty());
    }

    #[test]
    fn a_role_leaves_a_doubt_beside_a_table_that_begins_alike() {
        let tables: &[(&str, &[&str])] =
            &[("items", &[]), ("stock_moves", &["left_item_id"]), ("sale_items", &[]), ("stock_order_items", &[])];
        assert_eq!(inferred(&model(&tables[..3])), ["stock_moves.left_item_id > items"]);
        assert!(inferred(&model(tables)).is_empty());
        let own: &[(&str, &[&str])] = &[("items", &[]), ("item_moves", &["left_item_id"]), ("item_sub_items", &[])];
        assert_eq!(inferred(&model(own)), ["item_moves.left_item_id > items"]);
    }

    #[test]
    fn who_signs_in_does_what_is_done() {
        let deeds: &[&str] = &["added_by_id", "upd_by_id", "approver_id", "last_modified_by", "sorted_by", "author_id"];
        let tables: &[(&str, &[&str])] = &[
            ("x_user", &[]),
            ("x_portal_user", &["password", "added_by_id"]),
            ("x_password_reset", &["password"]),
            ("x_policy", deeds),
            ("x_policy_log", &["added_by_id"]),
            ("x_admin", &["password_hash"]),
        ];
        assert_eq!(
            inferred(&model(&tables[..5])),
            [
                "x_policy.added_by_id > x_portal_user",
                "x_policy.approver_id > x_portal_user",
                "x_policy.last_modified_by > x_portal_user",
                "x_policy.upd_by_id > x_portal_user",
                "x_portal_user.added_by_id > x_portal_user",
            ]
        );
        // Who of those?
        assert!(inferred(&model(tables)).is_empty());
        // The table of the users has no password: it is not known who signs in.
        assert!(inferred(&model(&[tables[0], tables[2], tables[3]])).is_empty());
    }

    #[test]
    fn a_name_beside_the_key_is_copied() {
        let mut model = model(&[("groups", &[]), ("members", &["group_id"]), ("notes", &[])]);
        for table in &mut model.schemas[0].tables {
            table.columns.push(Column::new("group_name", "varchar(40)"));
        }
        model.schemas[0].tables[0].indexes.push(unique("group_name"));
        assert_eq!(inferred(&model), ["members.group_id > groups", "notes.group_name > groups"]);
    }

    #[test]
    fn a_session_and_its_kind_are_no_polymorphic_pair() {
        let mut model = model(&[("audits", &["session_id", "subject_id"])]);
        for name in ["session_type", "subject_type"] {
            model.schemas[0].tables[0].columns.push(Column::new(name, "varchar(30)"));
        }
        let (_, pairs) = infer(&Tables::new(&model), &Settings::default());
        assert_eq!(pairs.iter().map(|pair| pair.id_column.as_str()).collect::<Vec<_>>(), ["subject_id"]);
    }

    #[test]
    fn a_child_table_does_not_refer_to_what_it_inherits_from() {
        let mut model =
            model(&[("payments", &["customer_id"]), ("payments_p2007_01", &["payment_id"]), ("customers", &[])]);
        assert_eq!(inferred(&model), ["payments.customer_id > customers"]);
        let child = &mut model.schemas[0].tables[1];
        child.columns.push(Column::new("customer_id", "integer"));
        let parents = vec![QualifiedName::new("public", "payments")];
        child.inheritance = Some(Inheritance { parents, children: Vec::new() });
        let expected = ["payments.customer_id > customers", "payments_p2007_01.customer_id > customers"];
        assert_eq!(inferred(&model), expected);
    }

    fn declared(column: &str) -> ForeignKey {
        ForeignKey::new(vec![column.to_owned()], QualifiedName::new("public", "kinds"), vec!["id".to_owned()])
    }

    #[test]
    fn one_declared_type_says_nothing_about_another() {
        let mut model = model(&[("kinds", &[]), ("goods", &["type", "maker"]), ("offers", &["type", "maker"])]);
        for column in ["type", "maker"] {
            model.schemas[0].tables[1].foreign_keys.push(declared(column));
        }
        assert_eq!(inferred(&model), ["offers.maker > kinds"]);
    }
}

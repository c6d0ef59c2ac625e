//! Which expressions are stored alike, so that one of them is printed for all: printing is what costs the server most, since
//! it opens the relation. Tables that were made by one program, or once for every tenant, have hundreds of such.

use super::cells::Digest;
use super::rows::{ColumnRow, Oid, Rows};
use foldhash::{HashMap, HashSet};

/// The object whose expression is printed in the place of another's.
#[derive(Debug, Default)]
pub(super) struct Alike {
    defaults: Group,
    checks: Group,
    indexes: Group,
}

impl Alike {
    /// Compares what the catalog stores. An expression names columns by their numbers, so that it is printed alike for
    /// relations only whose columns have the same names. Relations on which somebody holds a lock are not opened.
    pub(super) fn new(rows: &Rows) -> Self {
        let locked = rows.locked();
        let columns = rows.columns.iter().chain(&rows.own_columns);
        let generated: HashSet<(Oid, i16)> =
            columns.filter(|column| column.is_generated()).map(|column| (column.relation, column.number)).collect();
        let own: HashSet<(Oid, i16)> = rows.own_columns.iter().map(|column| (column.relation, column.number)).collect();
        // Whether it is a partition. Temporary tables of other sessions are none of these, and are not to be opened.
        let relations: HashMap<Oid, bool> =
            rows.relations.iter().map(|relation| (relation.oid, relation.partition)).collect();
        let lists = lists_of_columns(rows);
        let named = |relation: Oid| match relation {
            // A domain has no columns.
            0 => Some(Named::None),
            _ => lists.get(&relation).map(|list| Named::Of(*list)),
        };

        let mut alike = Self::default();
        for row in &rows.defaults {
            let column = (row.relation, row.number);
            let is_wanted = |partition: &bool| !partition || own.contains(&column);
            if !relations.get(&row.relation).is_some_and(is_wanted) {
                continue;
            }
            if generated.contains(&column) {
                alike.defaults.add(row.oid, row.digest.zip(named(row.relation)), locked.contains(&row.relation));
            } else {
                alike.defaults.add(row.oid, row.digest.zip(Some(Named::None)), false);
            }
        }
        for row in rows.constraints.iter().filter(|row| row.kind == 'c') {
            alike.checks.add(row.oid, row.digest.zip(named(row.relation)), locked.contains(&row.relation));
        }
        for row in rows.indexes.iter().filter(|row| row.has_expressions()) {
            alike.indexes.add(row.oid, row.digest.zip(named(row.relation)), locked.contains(&row.relation));
        }
        for group in [&mut alike.defaults, &mut alike.checks, &mut alike.indexes] {
            group.settle();
        }
        alike
    }

    pub(super) fn defaults(&self) -> &Group {
        &self.defaults
    }

    pub(super) fn checks(&self) -> &Group {
        &self.checks
    }

    pub(super) fn indexes(&self) -> &Group {
        &self.indexes
    }
}

/// The columns that an expression can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Named {
    None,
    /// Those of a list, by its number.
    Of(usize),
}

/// What is stored, and the columns that it can name.
type Key = (Digest, Named);

/// Objects of one kind.
#[derive(Debug, Default)]
pub(super) struct Group {
    first: HashMap<Key, Oid>,
    printed_as: HashMap<Oid, Oid>,
    printed: Vec<Oid>,
    /// Objects of relations that are not opened, until it is known whether another is printed alike.
    waiting: Vec<(Oid, Key)>,
}

impl Group {
    /// Adds an object; one without a key is alike with no other.
    fn add(&mut self, object: Oid, key: Option<Key>, locked: bool) {
        match key {
            Some(key) if locked => self.waiting.push((object, key)),
            Some(key) => {
                let first = *self.first.entry(key).or_insert(object);
                if first == object {
                    self.printed.push(object);
                }
                self.printed_as.insert(object, first);
            }
            None if locked => {}
            None => {
                self.printed.push(object);
                self.printed_as.insert(object, object);
            }
        }
    }

    fn settle(&mut self) {
        for (object, key) in std::mem::take(&mut self.waiting) {
            if let Some(first) = self.first.get(&key) {
                self.printed_as.insert(object, *first);
            }
        }
        self.first = HashMap::default();
    }

    /// The objects to ask for.
    pub(super) fn printed(&self) -> &[Oid] {
        &self.printed
    }

    /// The object whose text is this one's; none when it is not asked for.
    pub(super) fn printed_as(&self, object: Oid) -> Option<Oid> {
        self.printed_as.get(&object).copied()
    }
}

/// A number for each relation, the same for those whose columns have the same names under the same numbers. The columns of
/// partitions are not known.
fn lists_of_columns(rows: &Rows) -> HashMap<Oid, usize> {
    let mut columns: Vec<&ColumnRow> = rows.columns.iter().filter(|column| column.number > 0).collect();
    // They come almost in order, of which this sort makes use.
    columns.sort_by_key(|column| (column.relation, column.number));
    let mut numbers: HashMap<Vec<(i16, &str)>, usize> = HashMap::default();
    let mut lists = HashMap::default();
    for of_relation in columns.chunk_by(|one, other| one.relation == other.relation) {
        let Some(first) = of_relation.first() else { continue };
        let names = of_relation.iter().map(|column| (column.number, column.name.as_str())).collect();
        let next = numbers.len();
        lists.insert(first.relation, *numbers.entry(names).or_insert(next));
    }
    lists
}

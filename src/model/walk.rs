//! Cheap handles for walking a model: from a table to its parents and children without clones or `Rc`.

use super::{Model, QualifiedName, Schema, Sequence, Table};
use foldhash::HashMap;
use std::ops::{Deref, Range};

/// Position of a table in [`Tables`]: tables are numbered by schema, then name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(pub usize);

/// A table together with its schema. Dereferences to the [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct TableRef<'m> {
    /// Position in [`Tables`].
    pub id: TableId,
    /// Schema it stands in.
    pub schema: &'m Schema,
    /// The table itself.
    pub table: &'m Table,
}

impl Deref for TableRef<'_> {
    type Target = Table;

    fn deref(&self) -> &Table {
        self.table
    }
}

impl TableRef<'_> {
    /// Schema and name.
    pub fn qualified_name(&self) -> QualifiedName {
        QualifiedName::new(&self.schema.name, &self.table.name)
    }
}

/// Every table of a model in order, with an index by name, the foreign keys that point at each and the sequences of its columns.
#[derive(Debug)]
pub struct Tables<'m> {
    list: Vec<TableRef<'m>>,
    of_schemas: HashMap<&'m str, Range<usize>>,
    by_name: HashMap<(&'m str, &'m str), TableId>,
    referenced_by: Vec<Vec<(TableId, usize)>>,
    sequences: HashMap<TableId, Vec<(&'m Schema, &'m Sequence)>>,
}

impl<'m> Tables<'m> {
    /// Numbers the tables of a model.
    pub fn new(model: &'m Model) -> Self {
        let mut list = Vec::new();
        let mut of_schemas = HashMap::default();
        let mut by_name = HashMap::default();
        for schema in &model.schemas {
            of_schemas.insert(schema.name.as_str(), list.len()..list.len() + schema.tables.len());
            for table in &schema.tables {
                let id = TableId(list.len());
                by_name.insert((schema.name.as_str(), table.name.as_str()), id);
                list.push(TableRef { id, schema, table });
            }
        }
        let (referenced_by, sequences) = (vec![Vec::new(); list.len()], HashMap::default());
        let mut tables = Self { list, of_schemas, by_name, referenced_by, sequences };
        for child in 0..tables.list.len() {
            for (position, foreign_key) in tables.list[child].table.foreign_keys.iter().enumerate() {
                if let Some(parent) = tables.find(&foreign_key.referenced_table) {
                    tables.referenced_by[parent.id.0].push((TableId(child), position));
                }
            }
        }
        for schema in &model.schemas {
            for sequence in &schema.sequences {
                let owner = sequence.owned_by.as_ref().filter(|owner| !owner.identity);
                if let Some(owner) = owner.and_then(|owner| tables.find(&owner.table)) {
                    tables.sequences.entry(owner.id).or_default().push((schema, sequence));
                }
            }
        }
        tables
    }

    /// Every table, by schema and name.
    pub fn iter(&self) -> impl Iterator<Item = TableRef<'m>> + '_ {
        self.list.iter().copied()
    }

    /// The tables that scored rules judge: ordinary and partitioned ones.
    pub fn base(&self) -> impl Iterator<Item = TableRef<'m>> + '_ {
        self.iter().filter(|table| table.is_base())
    }

    /// Those of one schema.
    pub fn base_of(&self, schema: &str) -> impl Iterator<Item = TableRef<'m>> + '_ {
        let range = self.of_schemas.get(schema).cloned().unwrap_or_default();
        self.list[range].iter().copied().filter(|table| table.is_base())
    }

    /// Number of tables.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is no table.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The table at a position.
    pub fn get(&self, id: TableId) -> TableRef<'m> {
        self.list[id.0]
    }

    /// The position of a table.
    pub fn id(&self, schema: &str, name: &str) -> Option<TableId> {
        self.by_name.get(&(schema, name)).copied()
    }

    /// The table of this name. Names compare exactly; readers resolve engines' looser rules.
    pub fn find(&self, name: &QualifiedName) -> Option<TableRef<'m>> {
        self.id(&name.schema, &name.name).map(|id| self.get(id))
    }

    /// The foreign keys that point at a table: the child and the key's position in its list.
    pub fn referenced_by(&self, id: TableId) -> impl Iterator<Item = (TableRef<'m>, &'m super::ForeignKey)> + '_ {
        self.referenced_by[id.0].iter().map(|(child, position)| {
            let child = self.get(*child);
            (child, &child.table.foreign_keys[*position])
        })
    }

    /// The sequences that belong to columns of a table and are dropped with them, those of identities left out, each with its
    /// schema.
    pub fn sequences_of(&self, id: TableId) -> &[(&'m Schema, &'m Sequence)] {
        self.sequences.get(&id).map(Vec::as_slice).unwrap_or_default()
    }
}

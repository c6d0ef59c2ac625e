//! Tables in groups that are small enough for one diagram.

use crate::model::{TableGroup, TableId, Tables};
use crate::settings::GroupChoice;
use std::collections::{BTreeMap, BTreeSet};

/// Tables that are drawn together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name for the reader, unique.
    pub name: String,
    /// What the tables have in common, when the user says it.
    pub description: Option<String>,
    /// Tables, by schema and name.
    pub tables: Vec<TableId>,
}

/// The largest number of tables in a group, beyond which a diagram cannot be read.
const LARGEST: usize = 25;
/// Groups below this number of tables stand together with other small ones.
const SMALLEST: usize = 4;

/// The largest group that a new table may still join: an earlier grouping is worth more than the number.
const STRETCHED: usize = 30;
/// Name of what stays when the others are grouped.
const OTHERS: &str = "other tables";

/// Groups tables: first as the user says, then as they were grouped before, then by schema and by what is linked most
/// closely, `links` leading from child to parent.
///
/// A parent with many children binds each of them less, so that the table of users does not glue everything together.
/// What was grouped before stays as it was; a table that is new since then goes where most of its links lead.
pub(super) fn groups(
    tables: &Tables<'_>,
    links: &[(TableId, TableId)],
    chosen: &[GroupChoice],
    before: &[TableGroup],
) -> Vec<Group> {
    let mut children = vec![0_u32; tables.len()];
    for (_, parent) in links {
        children[parent.0] += 1;
    }
    let mut grouping = Grouping { tables, links, children, of: vec![None; tables.len()], groups: Vec::new() };
    for choice in chosen {
        let is_meant = |id: &TableId| {
            let table = tables.get(*id);
            let name = within(&table.schema.name, &table.table.name);
            choice.tables.iter().any(|(_, matcher)| matcher.is_match(&name))
        };
        let members = grouping.left().into_iter().filter(is_meant).collect();
        grouping.add(choice.name.clone(), choice.description.clone(), members);
    }
    let chosen = grouping.groups.len();
    for group in before {
        let members = group.tables.iter().filter_map(|name| Some(tables.find(name)?.id)).collect();
        grouping.add(group.name.clone(), None, members);
    }
    grouping.join(chosen);
    grouping.gather();
    for group in &mut grouping.groups {
        group.tables.sort_unstable();
    }
    grouping.groups
}

/// Groups so far.
struct Grouping<'g, 'a> {
    tables: &'g Tables<'a>,
    links: &'g [(TableId, TableId)],
    /// Children of each table.
    children: Vec<u32>,
    /// Group of each table.
    of: Vec<Option<usize>>,
    groups: Vec<Group>,
}

impl Grouping<'_, '_> {
    /// Tables without a group.
    fn left(&self) -> Vec<TableId> {
        self.tables.iter().map(|table| table.id).filter(|id| self.of[id.0].is_none()).collect()
    }

    /// Adds a group of those that have none yet. A name that is taken gets a number.
    fn add(&mut self, name: String, description: Option<String>, members: Vec<TableId>) {
        let members: Vec<TableId> = members.into_iter().filter(|id| self.of[id.0].is_none()).collect();
        if members.is_empty() {
            return;
        }
        let is_taken = |name: &str| self.groups.iter().any(|group| group.name == name);
        let numbered = (2..).map(|number| format!("{name} {number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !is_taken(name));
        for id in &members {
            self.of[id.0] = Some(self.groups.len());
        }
        self.groups.push(Group { name: free.unwrap_or(name), description, tables: members });
    }

    /// Lets new tables join the groups from `first` on that they are linked with, the most closely linked first, and
    /// otherwise the group of their schema's other tables.
    fn join(&mut self, first: usize) {
        if self.groups.len() == first {
            return;
        }
        let room = |group: &Group| group.tables.len() < STRETCHED;
        while let Some((id, group)) = self.closest(first) {
            self.of[id.0] = Some(group);
            self.groups[group].tables.push(id);
        }
        for id in self.left() {
            if self.links.iter().any(|(child, parent)| child != parent && (*child == id || *parent == id)) {
                continue;
            }
            let schema = &self.tables.get(id).schema.name;
            let names = [OTHERS.to_owned(), within(schema, OTHERS), schema.clone()];
            let others =
                (first..self.groups.len()).find(|at| names.contains(&self.groups[*at].name) && room(&self.groups[*at]));
            if let Some(group) = others {
                self.of[id.0] = Some(group);
                self.groups[group].tables.push(id);
            }
        }
    }

    /// The table without a group that is bound most to a group of its schema with room, and that group.
    fn closest(&self, first: usize) -> Option<(TableId, usize)> {
        let schema = |id: TableId| self.tables.get(id).schema.name.as_str();
        let mut bonds = BTreeMap::<(TableId, usize), f64>::new();
        for (child, parent) in self.links {
            for (new, known) in [(child, parent), (parent, child)] {
                if let (None, Some(group)) = (self.of[new.0], self.of[known.0])
                    && group >= first
                    && self.groups[group].tables.len() < STRETCHED
                    && schema(*new) == schema(*known)
                {
                    *bonds.entry((*new, group)).or_default() += 1.0 / f64::from(self.children[parent.0].max(1));
                }
            }
        }
        bonds.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(bond, _)| bond)
    }

    /// Groups what is left, schema by schema.
    fn gather(&mut self) {
        let left = self.left();
        let known: BTreeSet<&str> = self
            .tables
            .iter()
            .filter(|table| self.of[table.id.0].is_some())
            .map(|table| table.schema.name.as_str())
            .collect();
        let mut schemas = BTreeMap::<&str, Vec<TableId>>::new();
        for table in self.tables.iter() {
            schemas.entry(&table.schema.name).or_default();
        }
        let several = schemas.len() > 1;
        for id in left {
            schemas.entry(&self.tables.get(id).schema.name).or_default().push(id);
        }
        for (schema, members) in schemas {
            if members.len() <= LARGEST && !known.contains(schema) {
                self.add(schema.to_owned(), None, members);
                continue;
            }
            let (close, rest) = gather(self.tables, &members, self.links, &self.children);
            let within = |name: &str| if several { within(schema, name) } else { name.to_owned() };
            for members in close {
                let centre = members.iter().max_by_key(|id| (self.children[id.0], std::cmp::Reverse(**id)));
                let name = centre.map_or("", |id| self.tables.get(*id).table.name.as_str());
                self.add(within(name), None, members);
            }
            for part in rest.chunks(rest.len().div_ceil(rest.len().div_ceil(LARGEST).max(1)).max(1)) {
                self.add(within(OTHERS), None, part.to_vec());
            }
        }
    }
}

/// A name in a schema, as patterns of groups see it.
pub(super) fn within(schema: &str, name: &str) -> String {
    format!("{schema}.{name}")
}

/// Joins the closest tables first, as long as groups stay small. Returns the groups, and the tables that stay nearly
/// alone.
fn gather(
    tables: &Tables<'_>,
    members: &[TableId],
    links: &[(TableId, TableId)],
    children: &[u32],
) -> (Vec<Vec<TableId>>, Vec<TableId>) {
    let mut group_of: Vec<usize> = (0..tables.len()).collect();
    let mut groups: Vec<Vec<TableId>> = tables.iter().map(|table| vec![table.id]).collect();
    let inside = |id: &TableId| members.binary_search(id).is_ok();
    let mut links: Vec<(u32, TableId, TableId)> = links
        .iter()
        .filter(|(child, parent)| child != parent && inside(child) && inside(parent))
        .map(|(child, parent)| (children[parent.0], *child, *parent))
        .collect();
    links.sort_unstable();
    for (_, child, parent) in links {
        let (from, to) = (group_of[child.0], group_of[parent.0]);
        if from == to || groups[from].len() + groups[to].len() > LARGEST {
            continue;
        }
        let (small, large) = if groups[from].len() <= groups[to].len() { (from, to) } else { (to, from) };
        let moved = std::mem::take(&mut groups[small]);
        for id in &moved {
            group_of[id.0] = large;
        }
        groups[large].extend(moved);
    }
    let (mut close, mut rest) = (Vec::new(), Vec::new());
    for mut group in groups.into_iter().filter(|group| group.iter().any(inside)) {
        group.sort_unstable();
        if group.len() < SMALLEST {
            rest.extend(group);
        } else {
            close.push(group);
        }
    }
    close.sort_unstable();
    rest.sort_unstable();
    (close, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Engine, EngineName, Model, Schema, Table};
    use proptest::prelude::*;

    /// A schema of so many tables, some of them left out.
    fn model(count: usize, without: &[usize]) -> Model {
        let engine = Engine {
            name: EngineName::PostgreSql,
            version: "17.0".to_owned(),
            variant: None,
            encoding: None,
            collation: None,
            settings: BTreeMap::new(),
        };
        let mut model = Model::new(engine);
        let mut schema = Schema::new("public");
        schema.tables =
            (0..count).filter(|at| !without.contains(at)).map(|at| Table::new(format!("t{at:03}"))).collect();
        model.schemas.push(schema);
        model
    }

    /// Groups by the names of their tables.
    fn named(model: &Model, links: &[(usize, usize)], before: &[TableGroup]) -> Vec<TableGroup> {
        let tables = Tables::new(model);
        let find =
            |at: usize| tables.iter().find(|table| table.table.name == format!("t{at:03}")).map(|table| table.id);
        let links: Vec<_> = links.iter().filter_map(|(a, b)| Some((find(*a)?, find(*b)?))).collect();
        let name = |id: &TableId| tables.get(*id).qualified_name();
        let groups = groups(&tables, &links, &[], before);
        groups
            .into_iter()
            .map(|group| TableGroup { name: group.name, tables: group.tables.iter().map(name).collect() })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 60,
            rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_102),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn small_changes_move_no_table(
            links in prop::collection::vec((0_usize..120, 0_usize..120), 60..200),
            gone in prop::collection::vec(0_usize..120, 0..6),
            new in prop::collection::vec(0_usize..120, 0..6),
        ) {
            let before = named(&model(120, &new), &links, &[]);
            prop_assert_eq!(&named(&model(120, &new), &links, &before), &before, "nothing changed");
            let after = named(&model(120, &gone), &links, &before);
            let all: usize = after.iter().map(|group| group.tables.len()).sum();
            prop_assert_eq!(all, model(120, &gone).schemas[0].tables.len(), "each table is in one group");
            for group in &before {
                let left: Vec<_> = group
                    .tables
                    .iter()
                    .filter(|table| after.iter().any(|group| group.tables.contains(table)))
                    .collect();
                let same = after.iter().find(|other| other.name == group.name);
                prop_assert!(
                    left.is_empty() || same.is_some_and(|same| left.iter().all(|table| same.tables.contains(table))),
                    "{} was {:?} and is {:?}", group.name, group.tables, same
                );
            }
            for group in &after {
                prop_assert!(group.tables.len() <= STRETCHED);
            }
        }
    }

    #[test]
    fn the_user_decides_first() {
        let model = model(40, &[]);
        let tables = Tables::new(&model);
        let matcher = globset::Glob::new("public.t00[0-3]").expect("a glob").compile_matcher();
        let choice = GroupChoice {
            name: "Mine".to_owned(),
            description: Some("said".to_owned()),
            tables: vec![("public.t00[0-3]".to_owned(), matcher)],
        };
        let groups = groups(&tables, &[], &[choice], &[]);
        assert_eq!((groups[0].name.as_str(), groups[0].tables.len()), ("Mine", 4));
        assert_eq!(groups[0].description.as_deref(), Some("said"));
        assert_eq!(groups.iter().map(|group| group.tables.len()).sum::<usize>(), 40);
    }
}

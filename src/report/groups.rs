//! Tables in groups that are small enough for one diagram.

use crate::model::{TableId, Tables};
use std::collections::{BTreeMap, BTreeSet};

/// Tables that are drawn together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name for the reader, unique.
    pub name: String,
    /// Tables, by schema and name.
    pub tables: Vec<TableId>,
}

/// The largest number of tables in a group, beyond which a diagram cannot be read.
const LARGEST: usize = 25;
/// Groups below this number of tables stand together with other small ones.
const SMALLEST: usize = 4;

/// Groups the tables of each schema that are linked most closely, `links` leading from child to parent. A parent with
/// many children binds each of them less, so that the table of users does not glue everything together.
pub(super) fn groups(tables: &Tables<'_>, links: &[(TableId, TableId)]) -> Vec<Group> {
    let mut schemas = BTreeMap::<&str, Vec<TableId>>::new();
    for table in tables.iter() {
        schemas.entry(&table.schema.name).or_default().push(table.id);
    }
    let several = schemas.len() > 1;
    let mut children = vec![0_u32; tables.len()];
    for (_, parent) in links {
        children[parent.0] += 1;
    }
    let mut groups = Vec::new();
    let mut names = BTreeSet::new();
    for (schema, members) in schemas {
        if members.len() <= LARGEST {
            groups.push(Group { name: unique(&mut names, schema), tables: members });
            continue;
        }
        let (close, rest) = gather(tables, &members, links, &children);
        let within = |name: &str| if several { format!("{schema}.{name}") } else { name.to_owned() };
        for members in close {
            let centre = members.iter().max_by_key(|id| (children[id.0], std::cmp::Reverse(**id)));
            let name = centre.map_or("", |id| tables.get(*id).table.name.as_str());
            groups.push(Group { name: unique(&mut names, &within(name)), tables: members });
        }
        for part in rest.chunks(rest.len().div_ceil(rest.len().div_ceil(LARGEST).max(1)).max(1)) {
            groups.push(Group { name: unique(&mut names, &within("other tables")), tables: part.to_vec() });
        }
    }
    groups
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

fn unique(taken: &mut BTreeSet<String>, name: &str) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name} {number}");
        number += 1;
    }
    candidate
}

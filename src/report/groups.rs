//! Tables in groups that are small enough for one diagram.

use crate::model::{TableId, Tables};
use std::collections::BTreeMap;

/// Tables that are drawn together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name for the reader, unique.
    pub name: String,
    /// Tables, by schema and name.
    pub tables: Vec<TableId>,
}

/// The largest number of tables in a group, beyond which a diagram cannot be read.
const LARGEST_GROUP: usize = 25;

/// Groups tables by schema, then by the first word of their names, and cuts what is still too large.
pub(super) fn groups(tables: &Tables<'_>) -> Vec<Group> {
    let mut schemas = BTreeMap::<&str, Vec<TableId>>::new();
    for table in tables.iter() {
        schemas.entry(&table.schema.name).or_default().push(table.id);
    }
    let several = schemas.len() > 1;
    let mut groups = Vec::new();
    for (schema, members) in schemas {
        if members.len() <= LARGEST_GROUP {
            groups.push(Group { name: schema.to_owned(), tables: members });
            continue;
        }
        let mut families = BTreeMap::<&str, Vec<TableId>>::new();
        for id in members {
            let name = tables.get(id).table.name.as_str();
            let word = name.find('_').filter(|end| *end > 0).map_or(name, |end| &name[..end]);
            families.entry(word).or_default().push(id);
        }
        let mut rest = Vec::new();
        for (word, members) in families {
            if members.len() < 4 {
                rest.extend(members);
                continue;
            }
            let name = if several { format!("{schema}.{word}") } else { word.to_owned() };
            cut(&mut groups, &name, &members);
        }
        cut(&mut groups, &if several { format!("{schema}: other tables") } else { "other tables".to_owned() }, &rest);
    }
    groups
}

fn cut(groups: &mut Vec<Group>, name: &str, members: &[TableId]) {
    let parts = members.len().div_ceil(LARGEST_GROUP);
    if parts == 0 {
        return;
    }
    for (number, part) in members.chunks(members.len().div_ceil(parts)).enumerate() {
        let name = if parts == 1 { name.to_owned() } else { format!("{name} ({})", number + 1) };
        groups.push(Group { name, tables: part.to_vec() });
    }
}

//! From a statement to the table that it would make.

use super::pieces::{self, ColumnFacts, PartitionFacts, add_check, add_index, add_period, character_set};
use crate::catalog::mysql::show_create::{Column, Generated, Key, KeyKind, Part, Statement};
use crate::model::{EngineName, GeneratedStorage, Index, KeyPart, QualifiedName, SortOrder, Table};

const ENGINE: EngineName = EngineName::MariaDb;

/// The table of a statement. `None` when the statement leaves something to the server's own rules that are not known
/// here: a collation that is not named, the default method of a strange engine's indexes.
pub(in crate::catalog::mysql) fn table(schema: &str, name: &str, statement: &Statement<'_>) -> Option<Table> {
    let mut table = Table::new(name);
    table.storage_engine = Some(statement.engine.to_owned()).filter(|engine| !engine.is_empty());
    table.collation = Some(statement.collation?.to_owned());
    table.character_set = statement.collation.map(character_set).map(str::to_owned);
    table.row_format = statement.row_format.map(str::to_lowercase);
    table.comment = statement.comment.clone().filter(|comment| !comment.is_empty());
    table.system_versioned = statement.system_versioned;
    table.columns =
        statement.columns.iter().map(|column| pieces::column(ENGINE, facts(column, statement.collation))).collect();
    for key in &statement.keys {
        let index = index(statement, key)?;
        add_index(&mut table, index, key.without_overlaps.as_deref());
    }
    for key in &statement.foreign_keys {
        let parent = QualifiedName::new(key.schema.as_deref().unwrap_or(schema), &*key.table);
        let actions = (key.on_delete, key.on_update);
        let referenced = (parent, key.referenced.clone());
        table.foreign_keys.push(pieces::foreign_key(ENGINE, &key.name, key.columns.clone(), referenced, actions));
    }
    let of_columns = statement.columns.iter().filter_map(|column| Some((&column.name, column.check?, true)));
    let of_table = statement.checks.iter().map(|(name, clause)| (name, *clause, false));
    for (name, clause, of_column) in of_columns.chain(of_table) {
        add_check(ENGINE, &mut table, name, clause, of_column, true);
    }
    for period in &statement.periods {
        add_period(&mut table, &period.name, &period.start, &period.end);
    }
    if let Some(partitions) = &statement.partitions {
        let below = partitions.below.as_ref().map(|(method, key)| (method.as_str(), *key));
        let list = partitions.parts.iter().map(partition).collect();
        pieces::partition(&mut table, &partitions.method, partitions.key, below, list);
    }
    Some(table)
}

fn facts<'a>(column: &'a Column<'a>, collation: Option<&str>) -> ColumnFacts<'a> {
    let lower = column.data_type.to_ascii_lowercase();
    let textual = ["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"];
    let textual = textual.contains(&lower.split(['(', ' ']).next().unwrap_or_default());
    let collation = column.collation.or(collation.filter(|_| textual));
    let row = matches!(column.generated, Some(Generated::RowStart | Generated::RowEnd));
    ColumnFacts {
        name: &column.name,
        data_type: column.data_type,
        // These are never NULL, which the statement does not say.
        nullable: !column.not_null && !row,
        default: column.default,
        character_set: collation.map(character_set).map(str::to_owned),
        collation: collation.map(str::to_owned),
        comment: column.comment.clone().filter(|comment| !comment.is_empty()),
        auto_increment: column.auto_increment,
        invisible: column.invisible,
        compressed: column.compressed,
        unversioned: column.unversioned,
        on_update: column.on_update,
        generated: column.generated.map(|generated| match generated {
            Generated::Virtual(expression) => (expression, GeneratedStorage::Virtual),
            Generated::Stored(expression) => (expression, GeneratedStorage::Stored),
            Generated::RowStart => ("ROW START", GeneratedStorage::RowStart),
            Generated::RowEnd => ("ROW END", GeneratedStorage::RowEnd),
        }),
        ..ColumnFacts::default()
    }
}

fn index(statement: &Statement<'_>, key: &Key<'_>) -> Option<Index> {
    let mut index = Index::new(&*key.name);
    index.primary = key.kind == KeyKind::Primary;
    index.unique = index.primary || key.kind == KeyKind::Unique;
    index.visible = !key.ignored;
    index.comment = key.comment.clone().filter(|comment| !comment.is_empty());
    index.options = key.options.clone().into();
    let special = match key.kind {
        KeyKind::FullText => Some("fulltext"),
        KeyKind::Spatial => Some("spatial"),
        KeyKind::Vector => Some("vector"),
        KeyKind::Plain | KeyKind::Primary | KeyKind::Unique => None,
    };
    let usual = match statement.engine {
        "InnoDB" | "MyISAM" | "Aria" | "MRG_MyISAM" => Some("btree"),
        "MEMORY" => Some("hash"),
        _ => None,
    };
    index.method = pieces::method(statement.engine, special.or(key.using).or(usual)?, index.unique);
    index.key = key
        .parts
        .iter()
        .map(|part| {
            let mut made = KeyPart::column(&*part.column);
            made.prefix_length = part.prefix;
            if part.descending {
                made.order = SortOrder::Descending;
            }
            made
        })
        .collect();
    if let Some(name) = &key.without_overlaps {
        let period = statement.periods.iter().find(|period| period.name == *name)?;
        index.key.extend([&period.end, &period.start].map(KeyPart::column));
    }
    Some(index)
}

fn partition(part: &Part<'_>) -> PartitionFacts {
    let comment = |part: &Part<'_>| part.comment.clone().filter(|comment| !comment.is_empty());
    let inherited = comment(part);
    let below: Vec<_> =
        part.parts.iter().map(|part| (part.name.clone(), comment(part).or_else(|| inherited.clone()))).collect();
    // A comment belongs to the lowest level.
    let comment = inherited.filter(|_| below.is_empty());
    PartitionFacts { name: part.name.clone(), bound: part.bound.map(str::to_owned), comment, below }
}

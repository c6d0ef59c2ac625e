//! Which index serves which look-up, and which index another one makes superfluous.

use crate::model::{
    EngineName, Index, KeyPart, NullsOrder, Partitioning, QualifiedName, SortOrder, Table, TableRef, Tables, is_unseen,
};
use std::collections::{BTreeSet, HashSet};

/// How well a table's indexes serve equality on a set of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cover<'i> {
    /// An index starts with exactly these columns, in any order. Its name, or `rowid`.
    Full(&'i str),
    /// An index starts with some of them, which identify the parent row by themselves.
    Identifying(&'i str),
    /// An index starts with some of them only.
    Leading(&'i str),
    /// None starts with any of them.
    Missing,
}

impl Cover<'_> {
    /// Whether look-ups by the columns need no further index.
    pub(crate) fn suffices(self) -> bool {
        matches!(self, Self::Full(_) | Self::Identifying(_))
    }

    fn rank(self) -> u8 {
        match self {
            Self::Full(_) => 3,
            Self::Identifying(_) => 2,
            Self::Leading(_) => 1,
            Self::Missing => 0,
        }
    }
}

/// The best cover that a child table has for its reference to a parent. `parent` is the parent with the referenced
/// columns, paired with `columns`.
pub(crate) fn cover<'i>(child: &'i Table, columns: &[String], parent: Option<(&Table, &[String])>) -> Cover<'i> {
    cover_with(child, &child.indexes, columns, parent)
}

/// The same where the table has these indexes.
pub(crate) fn cover_with<'i>(
    child: &Table,
    indexes: &'i [Index],
    columns: &[String],
    parent: Option<(&Table, &[String])>,
) -> Cover<'i> {
    // The row identifier is unique, so further columns cannot narrow a look-up.
    if child.columns.iter().any(|column| column.rowid_alias && columns.contains(&column.name)) {
        return Cover::Full("rowid");
    }
    let best = indexes
        .iter()
        .map(|index| cover_by(index, columns, parent))
        .fold(Cover::Missing, |best, next| if next.rank() > best.rank() { next } else { best });
    if best.suffices() {
        return best;
    }
    match &child.partitioning {
        Some(partitioning) if partitions_cover(partitioning, columns, parent) => Cover::Full("one index a partition"),
        _ => best,
    }
}

fn partitions_cover(partitioning: &Partitioning, columns: &[String], parent: Option<(&Table, &[String])>) -> bool {
    !partitioning.partitions.is_empty()
        && partitioning.partitions.iter().all(|partition| {
            partition.local_indexes.iter().any(|index| cover_by(index, columns, parent).suffices())
                || partition.partitioning.as_ref().is_some_and(|below| partitions_cover(below, columns, parent))
        })
}

/// How well one index serves equality on a set of columns, as [`cover`] says for all of a table.
pub(crate) fn cover_by<'i>(index: &'i Index, columns: &[String], parent: Option<(&Table, &[String])>) -> Cover<'i> {
    let serves_equality = match index.method.as_str() {
        "btree" => true,
        "hash" | "gin" | "gist" | "spgist" => columns.len() == 1 && index.key.len() == 1,
        _ => false,
    };
    if !index.is_usable() || !serves_equality {
        return Cover::Missing;
    }
    let whole = |part: &KeyPart| part.prefix_length.is_none() && part.collation.is_none();
    let mut leading: Vec<&str> = Vec::new();
    for part in &index.key {
        match &part.column {
            Some(column) if whole(part) && columns.contains(column) && !leading.contains(&column.as_str()) => {
                leading.push(column);
            }
            _ => break,
        }
    }
    let every_row = || {
        index.predicate.as_deref().is_none_or(|predicate| {
            not_null_columns(predicate)
                .is_some_and(|named| named.iter().all(|name| columns.iter().any(|column| names_column(name, column))))
        })
    };
    if leading.is_empty() || !every_row() {
        return Cover::Missing;
    }
    let distinct: BTreeSet<&String> = columns.iter().collect();
    if leading.len() == distinct.len() {
        return Cover::Full(&index.name);
    }
    let identifies = parent.is_some_and(|(parent, referenced)| {
        let mapped: Vec<&str> = columns
            .iter()
            .zip(referenced)
            .filter(|(column, _)| leading.contains(&column.as_str()))
            .map(|(_, referenced)| referenced.as_str())
            .collect();
        unique_keys(parent).iter().any(|key| key.iter().all(|column| mapped.contains(column)))
    });
    if identifies { Cover::Identifying(&index.name) } else { Cover::Leading(&index.name) }
}

/// The column lists that identify every row: the primary key and unique keys without condition, expression or prefix.
pub(super) fn unique_keys(table: &Table) -> Vec<Vec<&str>> {
    let primary = table.primary_key.iter().map(|key| &key.columns);
    let constraints = table.unique_constraints.iter().map(|key| &key.columns);
    let declared = primary.chain(constraints).map(|columns| columns.iter().map(String::as_str).collect());
    let indexed = table
        .indexes
        .iter()
        .filter(|index| index.guarantees_unique() && index.predicate.is_none())
        .filter_map(Index::plain_columns);
    declared.chain(indexed).filter(|columns: &Vec<&str>| !columns.is_empty()).collect()
}

/// Whether some unique key consists of exactly these columns, in any order.
pub(crate) fn is_unique_key(table: &Table, columns: &[String]) -> bool {
    let wanted: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    unique_keys(table).iter().any(|key| key.iter().copied().collect::<BTreeSet<_>>() == wanted)
}

/// Whether an index could be dropped without dropping a constraint. In MySQL and MariaDB a unique constraint is
/// nothing but its index.
pub(crate) fn is_secondary(engine: EngineName, index: &Index) -> bool {
    !index.primary
        && !index.automatic
        && !index.exclusion
        && index.is_usable()
        && (index.constraint.is_none() || engine.is_mysql_family())
}

/// Indexes of tables and partitions that foreign keys stand on, as far as they could stand on another: they cannot be
/// dropped while the key is there.
pub(super) fn referenced_indexes<'m>(tables: &Tables<'m>) -> HashSet<(&'m QualifiedName, &'m str)> {
    let of_partitions = |table: TableRef<'m>| {
        let partitioning = table.table.partitioning.as_ref();
        partitioning.map(|it| it.all(&table.schema.name)).into_iter().flatten().flat_map(|(_, it)| &it.foreign_keys)
    };
    let keys = tables.iter().flat_map(|table| table.table.foreign_keys.iter().chain(of_partitions(table)));
    keys.filter_map(|key| Some((&key.referenced_table, key.referenced_index.as_deref()?))).collect()
}

/// Whether two indexes hold the same entries in the same order, read forwards or backwards, under the same rule of
/// uniqueness.
pub(super) fn equivalent(a: &Index, b: &Index) -> bool {
    a.key.len() == b.key.len()
        && a.unique == b.unique
        && a.immediate == b.immediate
        && a.nulls_not_distinct == b.nulls_not_distinct
        && set(&a.include) == set(&b.include)
        && a.key.iter().zip(&b.key).all(|(a, b)| a.prefix_length == b.prefix_length)
        && comparable(a, b)
}

/// Whether `longer` answers every look-up that `shorter` answers and, if `shorter` is unique, refuses the same rows.
pub(crate) fn serves_instead(longer: &Index, shorter: &Index) -> bool {
    let included = shorter.include.iter().all(|column| {
        longer.include.contains(column) || longer.key.iter().any(|part| part.column.as_ref() == Some(column))
    });
    let uniqueness = !shorter.unique
        || (longer.unique
            && longer.immediate
            && shorter.key.len() == longer.key.len()
            && shorter.nulls_not_distinct == longer.nulls_not_distinct
            && shorter.key.iter().zip(&longer.key).all(|(a, b)| a.prefix_length == b.prefix_length));
    shorter.method == "btree"
        && longer.is_usable()
        && shorter.key.len() <= longer.key.len()
        && included
        && uniqueness
        && comparable(shorter, longer)
}

/// Same method, same rows, and the key of `a` is a prefix of the key of `b`.
fn comparable(a: &Index, b: &Index) -> bool {
    let last = a.key.len().saturating_sub(1);
    let same_parts = a.key.iter().zip(&b.key).enumerate().all(|(position, (a, b))| {
        let lengths = match (a.prefix_length, b.prefix_length) {
            (None, None) => true,
            (Some(_), None) => position == last,
            (Some(a), Some(b)) => a == b || (position == last && a < b),
            (None, Some(_)) => false,
        };
        lengths
            && a.column == b.column
            && same(a.expression.as_deref(), b.expression.as_deref())
            && same(a.operator_class.as_deref(), b.operator_class.as_deref())
            && same(a.collation.as_deref(), b.collation.as_deref())
    });
    let directions = |flip: bool| a.key.iter().zip(&b.key).all(|(a, b)| direction(a) == flipped(direction(b), flip));
    !a.key.is_empty()
        && a.method == b.method
        && same(a.predicate.as_deref(), b.predicate.as_deref())
        && same_parts
        && (directions(false) || (a.method == "btree" && directions(true)))
}

/// Whether two texts are known to say the same.
fn same(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => !is_unseen(a) && normal(a) == normal(b),
        (None, None) => true,
        _ => false,
    }
}

fn direction(part: &KeyPart) -> (bool, bool) {
    let ascending = part.order == SortOrder::Ascending;
    let nulls_last = part.nulls.map_or(ascending, |nulls| nulls == NullsOrder::Last);
    (ascending, nulls_last)
}

fn flipped((ascending, nulls_last): (bool, bool), flip: bool) -> (bool, bool) {
    (ascending != flip, nulls_last != flip)
}

fn set(names: &[String]) -> BTreeSet<&String> {
    names.iter().collect()
}

/// Expression text without differences in white space and outer parentheses.
pub(super) fn normal(expression: &str) -> String {
    let spaced = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    strip_parentheses(&spaced).to_owned()
}

/// The columns of a condition that is nothing but `column IS NOT NULL`, or several of these joined by AND; as written,
/// with quotes.
pub(super) fn not_null_columns(predicate: &str) -> Option<Vec<String>> {
    tested_columns(predicate, ["is not null", "notnull"])
}

/// The same of `column IS NULL`.
pub(super) fn null_columns(predicate: &str) -> Option<Vec<String>> {
    tested_columns(predicate, ["is null", "isnull"])
}

/// The columns of a condition that is nothing but such tests joined by AND.
fn tested_columns(predicate: &str, tests: [&str; 2]) -> Option<Vec<String>> {
    let text = normal(predicate);
    split_at_word(&text, " and ")
        .into_iter()
        .map(|conjunct| {
            let conjunct = strip_parentheses(conjunct);
            let lower = conjunct.to_ascii_lowercase();
            let name = tests
                .iter()
                .find_map(|suffix| lower.strip_suffix(suffix))
                .and_then(|rest| conjunct.get(..rest.len()))
                .map(|name| strip_parentheses(name.trim_end()))?;
            let quoted = name.starts_with(['"', '`', '[']) && name.len() > 2;
            let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
            (quoted || plain).then(|| name.to_owned())
        })
        .collect()
}

/// Whether an identifier as written names a column.
pub(super) fn names_column(written: &str, column: &str) -> bool {
    let inner = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
    match written.chars().next() {
        Some('"') => inner.replace("\"\"", "\"") == column,
        Some('`') => inner.replace("``", "`") == column,
        Some('[') => inner == column,
        _ => written.eq_ignore_ascii_case(column),
    }
}

pub(super) fn strip_parentheses(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let mut depth = 0_i32;
        let balanced = inner.chars().all(|character| {
            depth += i32::from(character == '(') - i32::from(character == ')');
            depth >= 0
        });
        if !balanced || depth != 0 {
            break;
        }
        text = inner.trim();
    }
    text
}

/// Splits at every such word outside parentheses and quotes. It is given in lower case between blanks.
pub(super) fn split_at_word<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    for (position, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != character),
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ' ') if depth == 0 => {
                let end = position + word.len();
                let is_word = text.get(position..end).is_some_and(|found| found.eq_ignore_ascii_case(word));
                if is_word && let Some(part) = text.get(start..position) {
                    parts.push(part);
                    start = end;
                }
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Column, PrimaryKey, UNSEEN};

    fn index(name: &str, columns: &[&str]) -> Index {
        Index { key: columns.iter().map(|column| KeyPart::column(*column)).collect(), ..Index::new(name) }
    }

    fn table(indexes: Vec<Index>) -> Table {
        Table { indexes, ..Table::new("child") }
    }

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn covered(index: Index, names: &[&str]) -> bool {
        cover(&table(vec![index]), &columns(names), None).suffices()
    }

    #[test]
    fn what_serves_a_foreign_key() {
        assert!(
            covered(Index { primary: true, unique: true, ..index("pk", &["a", "b"]) }, &["a"]),
            "prefix of the key"
        );
        assert!(!covered(index("i", &["b", "a"]), &["a"]), "second position");
        assert!(covered(index("i", &["b", "a"]), &["a", "b"]), "other order");
        assert!(!covered(index("i", &["a", "x", "b"]), &["a", "b"]), "not contiguous");
        assert!(!covered(Index { include: vec!["a".into()].into(), ..index("i", &["b"]) }, &["a"]), "INCLUDE only");
        assert!(!covered(Index { method: "brin".into(), ..index("i", &["a"]) }, &["a"]), "BRIN");
        assert!(covered(Index { method: "hash".into(), ..index("i", &["a"]) }, &["a"]), "hash");
        assert!(!covered(Index { valid: false, ..index("i", &["a"]) }, &["a"]), "invalid");
        assert!(!covered(Index { ready: false, ..index("i", &["a"]) }, &["a"]), "not ready");
        assert!(!covered(Index { visible: false, ..index("i", &["a"]) }, &["a"]), "invisible");
        let expression = Index { key: vec![KeyPart::expression("lower(a)")], ..Index::new("i") };
        assert!(!covered(expression, &["a"]), "expression");
        let prefix = KeyPart { prefix_length: Some(10), ..KeyPart::column("a") };
        assert!(!covered(Index { key: vec![prefix], ..Index::new("i") }, &["a"]), "prefix");
        let descending = KeyPart { order: SortOrder::Descending, ..KeyPart::column("a") };
        assert!(covered(Index { key: vec![descending], ..Index::new("i") }, &["a"]), "descending");
    }

    #[test]
    fn partial_indexes_serve_only_when_they_hold_every_referencing_row() {
        let partial = |predicate: &str, names: &[&str]| {
            covered(Index { predicate: Some(predicate.to_owned()), ..index("i", names) }, names)
        };
        assert!(partial("(a IS NOT NULL)", &["a"]));
        assert!(partial("\"a\" is not null", &["a"]));
        assert!(partial("((a IS NOT NULL) AND (b IS NOT NULL))", &["a", "b"]));
        assert!(!partial("(b IS NOT NULL)", &["a"]));
        assert!(!partial("a IS NOT NULL AND deleted_at IS NULL", &["a"]));
        assert!(!partial("(deleted_at IS NULL)", &["a"]));
        assert!(!partial("a > 0", &["a"]));
    }

    #[test]
    fn a_leading_part_suffices_when_it_identifies_the_parent() {
        let child = table(vec![index("i", &["user_id"])]);
        let mut parent = Table::new("users");
        let both = (columns(&["tenant_id", "user_id"]), columns(&["tenant_id", "id"]));
        assert_eq!(cover(&child, &both.0, Some((&parent, &both.1))), Cover::Leading("i"));
        parent.primary_key = Some(PrimaryKey {
            name: None,
            columns: columns(&["id"]),
            without_overlaps: false,
            deferral: crate::model::Deferral::NotDeferrable,
            comment: None,
        });
        assert_eq!(cover(&child, &both.0, Some((&parent, &both.1))), Cover::Identifying("i"));
    }

    #[test]
    fn a_row_identifier_needs_no_index() {
        let mut child = table(Vec::new());
        child.columns.push(Column { rowid_alias: true, ..Column::new("id", "INTEGER") });
        assert_eq!(cover(&child, &columns(&["id"]), None), Cover::Full("rowid"));
    }

    fn with(name: &str, parts: &[(&str, SortOrder, Option<NullsOrder>)]) -> Index {
        let key = parts.iter().map(|(column, order, nulls)| KeyPart {
            order: *order,
            nulls: *nulls,
            ..KeyPart::column(*column)
        });
        Index { key: key.collect(), ..Index::new(name) }
    }

    #[test]
    fn directions_may_be_flipped_together() {
        use SortOrder::{Ascending as Up, Descending as Down};
        assert!(equivalent(&with("i", &[("a", Up, None)]), &with("j", &[("a", Down, None)])));
        assert!(equivalent(
            &with("i", &[("a", Up, None), ("b", Down, None)]),
            &with("j", &[("a", Down, None), ("b", Up, None)])
        ));
        assert!(!equivalent(
            &with("i", &[("a", Up, None), ("b", Down, None)]),
            &with("j", &[("a", Up, None), ("b", Up, None)])
        ));
        assert!(!equivalent(&with("i", &[("a", Up, None)]), &with("j", &[("a", Down, Some(NullsOrder::Last))])));
    }

    #[test]
    fn what_is_unseen_equals_nothing() {
        let unseen = || Some(UNSEEN.to_owned());
        let partial = |name| Index { predicate: unseen(), ..index(name, &["a"]) };
        let part = |part: KeyPart| Index { key: vec![part], ..Index::new("i") };
        let parts = [
            KeyPart::expression(UNSEEN),
            KeyPart { operator_class: unseen().into(), ..KeyPart::column("a") },
            KeyPart { collation: unseen().into(), ..KeyPart::column("a") },
        ];
        let indexes = parts.map(part).into_iter().chain([partial("i")]);
        for index in indexes {
            assert!(index.is_unseen());
            assert!(!equivalent(&index, &index) && !serves_instead(&index, &index), "{index:?}");
        }
        assert!(!covered(partial("i"), &["a"]));
    }

    #[test]
    fn what_makes_indexes_differ() {
        let plain = index("i", &["a"]);
        assert!(equivalent(&plain, &index("j", &["a"])));
        assert!(!equivalent(&plain, &index("j", &["ab"])));
        assert!(!equivalent(&plain, &Index { unique: true, ..index("j", &["a"]) }));
        assert!(!equivalent(&plain, &Index { predicate: Some("a > 0".into()), ..index("j", &["a"]) }));
        assert!(!equivalent(&plain, &Index { include: vec!["b".into()].into(), ..index("j", &["a"]) }));
        assert!(!equivalent(&plain, &Index { method: "hash".into(), ..index("j", &["a"]) }));
        let class = KeyPart { operator_class: Some("text_pattern_ops".to_owned()).into(), ..KeyPart::column("a") };
        assert!(!equivalent(&plain, &Index { key: vec![class], ..Index::new("j") }));
        let collated = KeyPart { collation: Some("C".to_owned()).into(), ..KeyPart::column("a") };
        assert!(!equivalent(&plain, &Index { key: vec![collated], ..Index::new("j") }));
        let lower = |name: &str| Index { key: vec![KeyPart::expression("lower(a)")], ..Index::new(name) };
        assert!(equivalent(&lower("i"), &lower("j")));
    }

    #[test]
    fn what_a_longer_index_replaces() {
        let (short, long) = (index("i", &["a"]), index("j", &["a", "b"]));
        assert!(serves_instead(&long, &short));
        assert!(!serves_instead(&short, &long));
        let unique = Index { unique: true, ..short.clone() };
        assert!(!serves_instead(&long, &unique), "uniqueness is not a prefix");
        assert!(serves_instead(&unique, &short), "the unique twin serves");
        assert!(!serves_instead(&index("j", &["ab", "b"]), &short), "names are not text prefixes");
        assert!(!serves_instead(&Index { visible: false, ..long.clone() }, &short));
        assert!(serves_instead(&long, &Index { include: vec!["b".into()].into(), ..short.clone() }));
        assert!(!serves_instead(&long, &Index { include: vec!["c".into()].into(), ..short.clone() }));
        let hash = |names| Index { method: "hash".into(), ..index("h", names) };
        assert!(!serves_instead(&hash(&["a", "b"]), &hash(&["a"])));
        let prefix =
            |length| Index { key: vec![KeyPart { prefix_length: length, ..KeyPart::column("a") }], ..Index::new("p") };
        assert!(serves_instead(&prefix(Some(20)), &prefix(Some(10))));
        assert!(serves_instead(&prefix(None), &prefix(Some(10))));
        assert!(!serves_instead(&prefix(Some(10)), &prefix(Some(20))));
        assert!(!serves_instead(&prefix(Some(10)), &prefix(None)));
    }
}

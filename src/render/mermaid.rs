//! Mermaid entity-relationship diagrams that every version of Mermaid since 9.4 parses, whatever the names are.
//!
//! Only constructs that all versions share are written: bare or quoted entities, ASCII attribute words, quoted labels.
//! What Mermaid has no escape for travels as entity codes (`#46;`), which it replaces before parsing and decodes after
//! rendering.

use super::names::Names;
use crate::model::{QualifiedName, Table, TableId, TableRef};
use crate::report::{Group, Report};
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// UTF-16 units of a diagram, below the 50,000 from which Mermaid refuses to draw.
const BUDGET: usize = 45_000;
/// Most neighbours around one table.
const NEIGHBOURS: usize = 12;
/// Most columns that are all written out in one diagram.
const COLUMNS: usize = 250;
/// Most groups in an overview.
const OVERVIEW: usize = 40;

/// Words that Mermaid's lexers or JavaScript's objects claim for themselves.
const RESERVED: &[&str] = &[
    "accdescr",
    "acctitle",
    "class",
    "classdef",
    "constructor",
    "direction",
    "end",
    "erdiagram",
    "fk",
    "hasownproperty",
    "isprototypeof",
    "many",
    "o",
    "one",
    "only",
    "optionally",
    "pk",
    "propertyisenumerable",
    "style",
    "subgraph",
    "title",
    "to",
    "tolocalestring",
    "tostring",
    "u",
    "uk",
    "valueof",
    "zero",
    "__definegetter__",
    "__definesetter__",
    "__lookupgetter__",
    "__lookupsetter__",
    "__proto__",
];

/// Words that stand for keys after an attribute.
const RESERVED_KEYS: [&str; 3] = ["pk", "fk", "uk"];

/// The whole schema in one diagram, as far as the budget of Mermaid goes: columns first, then relations are left out.
pub fn render(report: &Report<'_>) -> String {
    let names = Names::new(report.tables);
    let all: Vec<TableId> = report.tables.iter().map(|table| table.id).collect();
    Artist::new(report, &names).whole(&all)
}

/// Draws parts of one schema.
#[derive(Debug)]
pub(crate) struct Artist<'r, 'a> {
    report: &'r Report<'a>,
    names: &'r Names,
    /// Rows of the key columns of each table: a table appears in the neighbourhoods of all its neighbours.
    key_rows: OnceCell<Vec<String>>,
}

impl<'r, 'a> Artist<'r, 'a> {
    pub(crate) fn new(report: &'r Report<'a>, names: &'r Names) -> Self {
        Self { report, names, key_rows: OnceCell::new() }
    }

    fn key_rows(&self, id: TableId) -> &str {
        let rows = || self.report.tables.iter().map(|table| attributes(table.table, Detail::Keys)).collect();
        &self.key_rows.get_or_init(rows)[id.0]
    }

    /// These tables with the relations among them.
    pub(crate) fn whole(&self, tables: &[TableId]) -> String {
        let report = self.report;
        let columns: usize = tables.iter().map(|id| report.tables.get(*id).table.columns.len()).sum();
        let details: &[Detail] = if columns <= COLUMNS {
            &[Detail::Full, Detail::Keys, Detail::Names]
        } else {
            &[Detail::Keys, Detail::Names]
        };
        let members: HashSet<TableId> = tables.iter().copied().collect();
        let mut last = String::new();
        for detail in details {
            let mut diagram = Diagram::new(self, *detail);
            for id in tables {
                diagram.table(*id);
            }
            for id in tables {
                diagram.relations(*id, |parent| members.contains(&parent));
            }
            if diagram.left_out == 0 {
                return diagram.text;
            }
            last = diagram.text;
        }
        last
    }

    /// A table with the tables next to it, keys only. `None` when it stands alone. The number of neighbours that did not
    /// fit comes with it.
    pub(crate) fn neighbourhood(&self, id: TableId) -> Option<(String, usize)> {
        let report = self.report;
        let table = report.tables.get(id);
        let details = report.details(id);
        let survey = &report.survey;
        let parents = table.table.foreign_keys.iter().filter_map(|key| report.tables.find(&key.referenced_table));
        let inferred_parents =
            details.relations.iter().filter_map(|at| report.tables.find(&survey.relations[*at].referenced_table));
        let children = report.tables.referenced_by(id).map(|(child, _)| child);
        let inferred_children =
            details.referenced_by_relations.iter().filter_map(|at| report.tables.find(&survey.relations[*at].table));
        let mut seen = HashSet::from([id]);
        let mut around = Vec::new();
        for neighbour in parents.chain(inferred_parents).chain(children).chain(inferred_children) {
            if seen.insert(neighbour.id) {
                around.push(neighbour.id);
            }
        }
        let itself = table.table.foreign_keys.iter().any(|key| key.referenced_table == table.qualified_name());
        if around.is_empty() && !itself {
            return None;
        }
        let left_out = around.len().saturating_sub(NEIGHBOURS);
        around.truncate(NEIGHBOURS);
        let shown: HashSet<TableId> = around.iter().copied().chain([id]).collect();
        let mut diagram = Diagram::new(self, Detail::Keys);
        diagram.table(id);
        for neighbour in &around {
            diagram.table(*neighbour);
        }
        diagram.relations(id, |parent| shown.contains(&parent));
        for neighbour in &around {
            diagram.relations(*neighbour, |parent| parent == id);
        }
        Some((diagram.text, left_out))
    }
}
/// The groups as boxes with the number of foreign keys between them, and how many groups did not fit.
pub(crate) fn overview(report: &Report<'_>, groups: &[Group]) -> (String, usize) {
    let mut largest: Vec<usize> = (0..groups.len()).collect();
    largest.sort_by_key(|at| (std::cmp::Reverse(groups[*at].tables.len()), *at));
    largest.truncate(OVERVIEW);
    largest.sort_unstable();
    let mut group_of = HashMap::new();
    for &at in &largest {
        for id in &groups[at].tables {
            group_of.insert(*id, at);
        }
    }
    let mut edges = BTreeMap::<(usize, usize), usize>::new();
    for table in report.tables.iter() {
        let Some(&child) = group_of.get(&table.id) else { continue };
        for key in &table.table.foreign_keys {
            let parent = report.tables.find(&key.referenced_table).and_then(|parent| group_of.get(&parent.id));
            if let Some(&parent) = parent.filter(|parent| **parent != child) {
                *edges.entry((parent, child)).or_default() += 1;
            }
        }
    }
    let mut tokens = Tokens::default();
    let mut text = String::from("erDiagram\n");
    let mut of = HashMap::new();
    for at in largest.iter().copied() {
        let count = groups[at].tables.len();
        let token =
            tokens.unique(&format!("{} ({count} {})", groups[at].name, if count == 1 { "table" } else { "tables" }));
        push!(text, "    {token}\n");
        of.insert(at, token);
    }
    for ((parent, child), keys) in edges {
        let noun = if keys == 1 { "foreign key" } else { "foreign keys" };
        push!(text, "    {} ||--o{{ {} : \"{keys} {noun}\"\n", of[&parent], of[&child]);
    }
    (text, groups.len() - largest.len())
}

/// How much of each table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    Full,
    Keys,
    Names,
}

/// Entity tokens that are taken.
#[derive(Debug, Default)]
struct Tokens {
    taken: HashSet<String>,
}

impl Tokens {
    fn unique(&mut self, name: &str) -> String {
        let mut token = entity(name);
        let mut number = 2;
        while !self.taken.insert(token.to_lowercase()) {
            token = entity(&format!("{name} ({number})"));
            number += 1;
        }
        token
    }
}

struct Diagram<'d, 'r, 'a> {
    artist: &'d Artist<'r, 'a>,
    detail: Detail,
    text: String,
    units: usize,
    tokens: Tokens,
    of: HashMap<TableId, String>,
    left_out: usize,
}

impl<'d, 'r, 'a> Diagram<'d, 'r, 'a> {
    fn new(artist: &'d Artist<'r, 'a>, detail: Detail) -> Self {
        let text = String::from("erDiagram\n");
        let units = text.len();
        Self { artist, detail, text, units, tokens: Tokens::default(), of: HashMap::new(), left_out: 0 }
    }

    fn push(&mut self, block: &str) {
        let units = block.encode_utf16().count();
        if self.units + units > BUDGET {
            self.left_out += 1;
        } else {
            self.units += units;
            self.text.push_str(block);
        }
    }

    fn table(&mut self, id: TableId) {
        let token = self.tokens.unique(self.artist.names.table(id));
        let mut block = format!("    {token}");
        let full;
        let rows = match self.detail {
            Detail::Names => "",
            Detail::Keys => self.artist.key_rows(id),
            Detail::Full => {
                full = attributes(self.artist.report.tables.get(id).table, self.detail);
                &full
            }
        };
        if rows.is_empty() {
            block.push('\n');
        } else {
            block.push_str(" {\n");
            block.push_str(rows);
            block.push_str("    }\n");
        }
        self.of.insert(id, token);
        self.push(&block);
    }

    /// The relations of a child whose parents are wanted: declared ones solid, inferred ones dashed.
    fn relations(&mut self, child: TableId, wanted: impl Fn(TableId) -> bool) {
        let table = self.artist.report.tables.get(child);
        for key in &table.table.foreign_keys {
            let Some(parent) = self.artist.report.tables.find(&key.referenced_table) else { continue };
            if wanted(parent.id) {
                let line = self.line(parent, table, &key.columns, true);
                self.push(&line);
            }
        }
        for at in &self.artist.report.details(child).relations {
            let relation = &self.artist.report.survey.relations[*at];
            let Some(parent) = self.artist.report.tables.find(&relation.referenced_table) else { continue };
            if wanted(parent.id) {
                let columns = std::slice::from_ref(&relation.column);
                let line = self.line(parent, table, columns, false);
                self.push(&line);
            }
        }
    }

    fn line(&self, parent: TableRef<'_>, child: TableRef<'_>, columns: &[String], declared: bool) -> String {
        let optional = columns.iter().any(|name| child.table.column(name).is_none_or(|column| column.nullable));
        let left = if optional { "|o" } else { "||" };
        let right = if is_unique(child.table, columns) { "o|" } else { "o{" };
        let stroke = if declared { "--" } else { ".." };
        let label = if declared { columns.join(", ") } else { format!("{}, inferred", columns.join(", ")) };
        format!("    {} {left}{stroke}{right} {} : \"{}\"\n", self.of[&parent.id], self.of[&child.id], text(&label, 60))
    }
}

fn attributes(table: &Table, detail: Detail) -> String {
    let mut rows = String::new();
    for column in &table.columns {
        let mut keys = Vec::new();
        if table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name)) {
            keys.push("PK");
        }
        if table.foreign_keys.iter().any(|key| key.columns.contains(&column.name)) {
            keys.push("FK");
        }
        if !keys.contains(&"PK") && is_unique(table, std::slice::from_ref(&column.name)) {
            keys.push("UK");
        }
        if detail == Detail::Keys && keys.is_empty() {
            continue;
        }
        let name = word(&column.name);
        let data_type = word(&short_type(&column.data_type, column.user_type.as_ref()));
        rows.push_str("        ");
        rows.push_str(&data_type);
        rows.push(' ');
        rows.push_str(&name);
        if !keys.is_empty() {
            rows.push(' ');
            rows.push_str(&keys.join(", "));
        }
        if name != column.name || (name.starts_with('_') && name.ends_with('_')) {
            push!(rows, " \"{}\"", text(&column.name, 60));
        }
        rows.push('\n');
    }
    rows
}

/// Whether a table has at most one row for these columns' values.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    let same = |key: &[String]| key.len() == columns.len() && key.iter().all(|name| columns.contains(name));
    table.primary_key.as_ref().is_some_and(|key| same(&key.columns))
        || table.unique_constraints.iter().any(|key| same(&key.columns))
        || table.indexes.iter().any(|index| {
            index.unique
                && index.predicate.is_none()
                && index.plain_columns().is_some_and(|names| {
                    names.len() == columns.len() && names.iter().all(|name| columns.iter().any(|column| column == name))
                })
        })
}

/// The type in as few words as engineers use for it.
fn short_type(data_type: &str, user_type: Option<&QualifiedName>) -> String {
    if let Some(user_type) = user_type {
        let array = if data_type.ends_with("[]") { "[]" } else { "" };
        return format!("{}{array}", user_type.name);
    }
    let lower = data_type.to_ascii_lowercase();
    if lower.starts_with("enum(") || lower.starts_with("set(") {
        return lower.chars().take_while(|character| *character != '(').collect();
    }
    for (long, short) in [("character varying", "varchar"), ("double precision", "float8"), ("character", "char")] {
        if let Some(rest) = lower.strip_prefix(long) {
            return format!("{short}{rest}");
        }
    }
    for (base, zoned) in [("timestamp", "timestamptz"), ("time", "timetz")] {
        if let Some(rest) = lower.strip_prefix(base) {
            if let Some((precision, after)) = rest.split_once(" with time zone") {
                return format!("{zoned}{precision}{after}");
            }
            if let Some((precision, after)) = rest.split_once(" without time zone") {
                return format!("{base}{precision}{after}");
            }
        }
    }
    if data_type.is_empty() { "any".to_owned() } else { data_type.to_owned() }
}

/// A name as an entity: bare when Mermaid reads it so, else quoted.
fn entity(name: &str) -> String {
    let is_reserved = |word: &str| RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved));
    if is_plain(name) && !is_reserved(name) {
        return name.to_owned();
    }
    let mut quoted = text(name, usize::MAX);
    if quoted.is_empty() {
        quoted.push_str("#40;empty#41;");
    }
    if is_reserved(&quoted)
        && let Some(first) = quoted.chars().next()
    {
        quoted = format!("#{};{}", u32::from(first), &quoted[first.len_utf8()..]);
    }
    format!("\"{quoted}\"")
}

/// A type or column as an attribute word, which has no escape: what it cannot hold becomes `_`.
fn word(name: &str) -> String {
    if is_plain(name) && !RESERVED_KEYS.iter().any(|key| name.eq_ignore_ascii_case(key)) {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for character in name.nfc() {
        if character.is_whitespace() || matches!(character, ',' | '.' | ':' | ';' | '/') {
            if !gap {
                out.push('_');
            }
            gap = true;
            continue;
        }
        gap = false;
        let allowed = character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '[' | ']' | '(' | ')');
        out.push(if allowed { character } else { '_' });
    }
    let starts = out.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let key = out.get(..2).is_some_and(|two| ["pk", "fk", "uk"].contains(&two.to_ascii_lowercase().as_str()))
        && !out[2..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
    if !starts || key {
        out.insert(0, '_');
    }
    out
}

/// Text for a quoted name, label or comment. Newer versions read it as Markdown and HTML, and all of them as directives,
/// so whatever could mean something becomes an entity code.
fn text(raw: &str, longest: usize) -> String {
    if raw.len() <= longest && is_plain(raw) && !raw.ends_with('_') {
        return raw.to_owned();
    }
    let mut flat: Vec<char> = Vec::with_capacity(raw.len());
    for character in raw.nfc() {
        let blank = character.is_whitespace()
            || matches!(
                character.general_category(),
                GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
            )
            || character.general_category_group() == GeneralCategoryGroup::Other;
        match (blank, flat.last()) {
            (true, None | Some(' ')) => {}
            (true, _) => flat.push(' '),
            (false, _) => flat.push(character),
        }
    }
    if flat.last() == Some(&' ') {
        flat.pop();
    }
    if flat.len() > longest {
        flat.truncate(longest - 1);
        flat.push('…');
    }
    let is_word =
        |at: Option<usize>| at.and_then(|at| flat.get(at)).is_some_and(|character| character.is_alphanumeric());
    let joins = |at: Option<usize>| is_word(at) || at.and_then(|at| flat.get(at)) == Some(&'_');
    let ends_in_words = is_word(Some(0)) && is_word(flat.len().checked_sub(1));
    let mut out = String::with_capacity(flat.len() + 8);
    for (at, &character) in flat.iter().enumerate() {
        let before = at.checked_sub(1);
        let plain = match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '…' => true,
            ' ' => !ends_with_direction(&out),
            '_' => ends_in_words && joins(before) && joins(Some(at + 1)),
            '.' | ',' | '(' | ')' | '/' | '-' | '?' | '!' | '=' => is_word(before),
            // Mermaid's own placeholder for a semicolon starts with this ligature.
            '\u{fb02}' => false,
            '\u{c0}'.. => {
                matches!(
                    character.general_category_group(),
                    GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark | GeneralCategoryGroup::Number
                ) || character.general_category() == GeneralCategory::OtherSymbol
            }
            _ => false,
        };
        if plain {
            out.push(character);
        } else {
            push!(out, "#{};", u32::from(character));
        }
    }
    out
}

/// Words that need no care anywhere: a letter, then letters, digits and underscores.
fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn ends_with_direction(text: &str) -> bool {
    const WORD: &str = "direction";
    text.len()
        .checked_sub(WORD.len())
        .and_then(|start| text.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case(WORD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tables;
    use crate::render::fixture::{self, hostile};
    use crate::settings::Settings;
    use proptest::prelude::*;

    /// A bare entity, or a quoted one without anything that some version refuses.
    fn is_entity(token: &str) -> bool {
        if let Some(quoted) = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            return !quoted.is_empty() && is_text(quoted) && !RESERVED.contains(&quoted.to_lowercase().as_str());
        }
        token.starts_with(|first: char| first.is_ascii_alphabetic())
            && token.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
            && !RESERVED.contains(&token.to_lowercase().as_str())
    }

    /// Text without quotes, directives, line breaks, Markdown or HTML, and with whole entity codes only.
    fn is_text(text: &str) -> bool {
        let mut rest = text;
        let mut plain = String::new();
        while let Some(at) = rest.find('#') {
            plain.push_str(&rest[..at]);
            let Some((code, after)) = rest[at + 1..].split_once(';') else { return false };
            if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                return false;
            }
            rest = after;
        }
        plain.push_str(rest);
        !text.to_lowercase().contains("direction ")
            && !plain.contains(['"', '%', '\\', '<', '>', '&', ';', ':', '{', '}', '[', ']', '|', '~', '*', '`', '$'])
            && !plain
                .contains(|character: char| character.is_control() || "\u{2028}\u{2029}\u{feff}".contains(character))
    }

    fn is_word(word: &str) -> bool {
        let lower = word.to_ascii_lowercase();
        word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && word.chars().all(|character| character.is_ascii_alphanumeric() || "_-[]()".contains(character))
            && !["pk", "fk", "uk"].iter().any(|key| {
                lower
                    .strip_prefix(key)
                    .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_'))
            })
    }

    proptest! {
        #![proptest_config(crate::render::fixture::cases(2000))]

        #[test]
        fn tokens_stay_in_the_grammar(raw in hostile()) {
            prop_assert!(is_entity(&entity(&raw)), "{:?} -> {}", raw, entity(&raw));
            prop_assert!(is_word(&word(&raw)), "{:?} -> {}", raw, word(&raw));
            let label = text(&raw, 60);
            prop_assert!(is_text(&label), "{:?} -> {}", raw, label);
        }
    }

    proptest! {
        #![proptest_config(crate::render::fixture::cases(100))]

        #[test]
        fn nothing_is_dropped(names in prop::collection::vec(hostile(), 12..30)) {
            let model = fixture::hostile_model(&names);
            let tables = Tables::new(&model);
            let settings = Settings::default();
            let report = fixture::report(&model, &tables, &settings, |_| {});
            let diagram = render(&report);
            prop_assert_eq!(diagram.lines().filter(|line| line.ends_with(" {")).count(), 2, "{}", &diagram);
            prop_assert_eq!(diagram.lines().filter(|line| line.starts_with("        ")).count(), 6, "{}", &diagram);
            prop_assert_eq!(diagram.lines().count(), 1 + 2 * 2 + 6 + 1, "{}", &diagram);
        }
    }

    #[test]
    fn names_that_look_alike_stay_apart() {
        let mut tokens = Tokens::default();
        let all: Vec<String> =
            ["a b", "a  b", "a\tb", "A B", "a", "A"].iter().map(|name| tokens.unique(name)).collect();
        let different: HashSet<String> = all.iter().map(|token| token.to_lowercase()).collect();
        assert_eq!(different.len(), all.len(), "{all:?}");
    }

    #[test]
    fn types_are_short() {
        for (long, short) in [
            ("timestamp(3) with time zone", "timestamptz(3)"),
            ("timestamp without time zone", "timestamp"),
            ("time with time zone", "timetz"),
            ("character varying(40)", "varchar(40)"),
            ("character(2)[]", "char(2)[]"),
            ("double precision", "float8"),
            ("enum('a','b')", "enum"),
            ("timestamp", "timestamp"),
            ("", "any"),
        ] {
            assert_eq!(short_type(long, None), short);
        }
    }

    #[test]
    fn the_shop() {
        let model = fixture::shop();
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let report = fixture::report(&model, &tables, &settings, fixture::surveyed);
        assert_eq!(
            render(&report),
            "erDiagram
    customers {
        bigint id PK
        text email
        timestamptz created_at
        timestamptz deleted_at
    }
    events {
        timestamptz at
        jsonb payload
    }
    orders {
        bigint id PK
        bigint customer_id FK
        order_status status
        numeric(12_2) total
        timestamptz placed_at
        bigint shipper_id
    }
    shippers {
        bigint id PK
        text name UK
    }
    customers ||--o{ orders : \"customer_id\"
    shippers |o..o{ orders : \"shipper_id, inferred\"
"
        );
    }
}

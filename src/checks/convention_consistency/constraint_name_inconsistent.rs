use crate::checks::columns::stands_for;
use crate::checks::coverage::is_secondary;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{
    CheckConstraint, EngineName, ForeignKey, Index, PrimaryKey, Table, TableId, TableRef, UniqueConstraint, UnseenKind,
};
use crate::survey::split_anew;
use foldhash::HashSet;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(super) static RULE: Rule = Rule {
    id: "constraint-name-inconsistent",
    summary: "A constraint or index is named after another pattern than most of its kind",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::ForeignKeys, UnseenKind::Indexes],
    denominator: "named constraints, unique indexes and other secondary indexes of every kind that has at least five members, more than half of which follow one pattern; not the indexes that carry a constraint's name",
    options: &[],
    peers: &["Bytebase", "GitLab schema specs", "SchemaCrawler additional lints", "Eessaar"],
    references: &["https://docs.gitlab.com/ee/development/database/constraint_naming_convention.html"],
    documentation: r#"
## What it does

Turns each name into a pattern, `{table}_{columns}_fkey`, `idx_{table}_#`, and compares it with the pattern that most
constraints of the same kind follow.

## Why

Error messages name the constraint. A pattern tells the table and columns without looking them up, and a migration that
drops a constraint by a guessed name works everywhere.

## Not reported

Kinds with fewer than five members, and kinds in which no pattern is followed by more than half: there is no convention to
break. Names that the engine makes where nobody gives one (`orders_customer_id_idx` in PostgreSQL), which are a pattern of their
own. Names that the engine's length limit cut.
Names that say what they are for in place of several columns, an expression or a condition (`orders_open_idx`), how they search
when that is not by order (`reviews_body_search_idx`), or in which role they refer to a table to which others of their table
refer. Names made of columns where the pattern is made of the table, which has several of the kind. The mark `fk` in names of indexes.

## Fix

Rename the constraint or index to the pattern that the others follow; nothing but its name changes.

## Example

```sql,fires,postgresql
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY);
CREATE TABLE d (id integer PRIMARY KEY);
CREATE TABLE e (id integer, CONSTRAINT the_key_of_e PRIMARY KEY (id));
```

```sql,fires,sqlite
CREATE TABLE orders (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER, d INTEGER, e INTEGER);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_b_idx ON orders (b);
CREATE INDEX orders_c_idx ON orders (c);
CREATE INDEX orders_d_idx ON orders (d);
CREATE INDEX slow_report_fix ON orders (e);
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id int PRIMARY KEY, a int, b int, c int, d int, e int);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_b_idx ON orders (b);
CREATE INDEX orders_c_idx ON orders (c);
CREATE INDEX orders_d_idx ON orders (d);
CREATE INDEX slow_report_fix ON orders (e);
```

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, a integer, b integer, c integer, d integer, e integer);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_b_idx ON orders (b);
CREATE INDEX orders_c_idx ON orders (c);
CREATE INDEX orders_d_idx ON orders (d);
CREATE INDEX orders_e_idx ON orders (e);
```

Names that the engine made:

```sql,passes,postgresql
CREATE TABLE a (id integer PRIMARY KEY, b integer, c integer, d integer, e integer, f integer);
CREATE INDEX a1 ON a (b);
CREATE INDEX a2 ON a (c);
CREATE INDEX a3 ON a (d);
CREATE INDEX a4 ON a (e);
CREATE INDEX a5 ON a (f);
CREATE TABLE notes (id integer PRIMARY KEY, g integer);
CREATE INDEX ON notes (g);
```

Fewer than five make no pattern:

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, a integer, b integer);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX idx_b ON orders (b);
```

However words are parted:

```sql,passes,postgresql,sqlite
CREATE TABLE "PlaylistTrack" ("Id" integer PRIMARY KEY, "TrackId" integer, "PlaylistId" integer, "AddedBy" integer, "SortOrder" integer, "RatingId" integer);
CREATE INDEX "IX_PlaylistTrackTrackId" ON "PlaylistTrack" ("TrackId");
CREATE INDEX "IX_PlaylistTrackPlaylistId" ON "PlaylistTrack" ("PlaylistId");
CREATE INDEX "IX_PlaylistTrackAddedBy" ON "PlaylistTrack" ("AddedBy");
CREATE INDEX "IX_PlaylistTrackSortOrder" ON "PlaylistTrack" ("SortOrder");
CREATE INDEX "IX_PlaylistTrackRatingId" ON "PlaylistTrack" ("RatingId");
```

```sql,passes,mysql,mariadb
CREATE TABLE PlaylistTrack (Id int PRIMARY KEY, TrackId int, PlaylistId int, AddedBy int, SortOrder int, RatingId int, INDEX IX_PlaylistTrackTrackId (TrackId), INDEX IX_PlaylistTrackPlaylistId (PlaylistId), INDEX IX_PlaylistTrackAddedBy (AddedBy), INDEX IX_PlaylistTrackSortOrder (SortOrder), INDEX IX_PlaylistTrackRatingId (RatingId));
```

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, a integer, b integer, c integer, d integer, e integer, f integer);
CREATE INDEX idx_a ON orders (a);
CREATE INDEX idx_b ON orders (b);
CREATE INDEX idx_c ON orders (c);
CREATE INDEX idx_d ON orders (d);
CREATE INDEX idx_monthly_report ON orders (e, f);
```

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE parts (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, a integer, b integer, c integer, d integer, part_id integer, FOREIGN KEY (part_id) REFERENCES parts (id));
CREATE INDEX idx_a ON orders (a);
CREATE INDEX idx_b ON orders (b);
CREATE INDEX idx_c ON orders (c);
CREATE INDEX idx_d ON orders (d);
CREATE INDEX idx_fk_part_id ON orders (part_id);
```

Two of a kind in one table, where most are named for their table:

```sql,passes,postgresql,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, a integer, CONSTRAINT unique_orders UNIQUE (a));
CREATE TABLE visits (id integer PRIMARY KEY, a integer, CONSTRAINT unique_visits UNIQUE (a));
CREATE TABLE parts (id integer PRIMARY KEY, a integer, CONSTRAINT unique_parts UNIQUE (a));
CREATE TABLE files (id integer PRIMARY KEY, a integer, b integer, CONSTRAINT unique_a UNIQUE (a), CONSTRAINT unique_b UNIQUE (b));
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id int PRIMARY KEY, a int, b int, c int, body text, INDEX orders_a_idx (a), INDEX orders_b_idx (b), INDEX orders_c_idx (c), FULLTEXT INDEX orders_body_search_idx (body));
CREATE TABLE visits (id int PRIMARY KEY, a int, INDEX visits_a_idx (a));
```

No pattern that more than half follow:

```sql,passes,postgresql,mysql,mariadb,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, a integer, b integer, c integer, d integer, e integer, f integer);
CREATE INDEX orders_a_idx ON orders (a);
CREATE INDEX orders_b_idx ON orders (b);
CREATE INDEX orders_c_idx ON orders (c);
CREATE INDEX ix_d ON orders (d);
CREATE INDEX ix_e ON orders (e);
CREATE INDEX fast_list ON orders (f);
```
"#,
    check,
};

/// Members that a kind needs before it can have a pattern.
const FEWEST: usize = 5;

/// What has a name.
#[derive(Clone, Copy)]
enum Named<'m> {
    PrimaryKey(&'m PrimaryKey),
    ForeignKey(&'m ForeignKey),
    Unique(&'m UniqueConstraint),
    Check(&'m CheckConstraint),
    Index(&'m Index),
}

impl<'m> Named<'m> {
    fn name(self) -> Option<&'m str> {
        match self {
            Self::PrimaryKey(key) => key.name.as_deref(),
            Self::ForeignKey(key) => key.name.as_deref(),
            Self::Unique(key) => key.name.as_deref(),
            Self::Check(check) => check.name.as_deref(),
            Self::Index(index) => Some(&index.name),
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::PrimaryKey(_) => "primary key",
            Self::ForeignKey(_) => "foreign key",
            Self::Unique(_) => "unique constraint",
            Self::Check(_) => "check constraint",
            Self::Index(index) if index.unique => "unique index",
            Self::Index(_) => "index",
        }
    }

    /// The columns that its name may be made of.
    fn columns(self, table: &'m Table) -> Vec<&'m str> {
        let texts = |columns: &'m [String]| columns.iter().map(String::as_str).collect();
        match self {
            Self::PrimaryKey(key) => texts(&key.columns),
            Self::ForeignKey(key) => texts(&key.columns),
            Self::Unique(key) => key.columns.iter().map(|column| stands_for(table, column)).collect(),
            Self::Check(check) => texts(&check.columns),
            Self::Index(index) => index.key_columns().flatten().collect(),
        }
    }

    fn parent(self) -> Option<&'m str> {
        if let Self::ForeignKey(key) = self { Some(&key.referenced_table.name) } else { None }
    }

    fn is_index(self, engine: EngineName) -> bool {
        match self {
            // There the constraint is its index.
            Self::Unique(_) => engine.is_mysql_family(),
            Self::Index(_) => true,
            _ => false,
        }
    }

    /// Whether one column or the parent alone cannot tell what it is for.
    fn needs_description(self, table: &Table) -> bool {
        let special =
            |index: &Index| index.predicate.is_some() || index.plain_columns().is_none() || index.method != "btree";
        let parent = self.parent();
        let among = table.foreign_keys.iter().filter(|key| parent == Some(&key.referenced_table.name)).count();
        let index = table.indexes.iter().find(|index| Some(index.name.as_str()) == self.name());
        self.columns(table).len() != 1 || among > 1 || index.is_some_and(special)
    }
}

/// One of a kind, with the pattern of its name.
struct Member<'m> {
    table: TableId,
    named: Named<'m>,
    name: &'m str,
    shape: Rc<str>,
}

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = context.model.engine.name;
    let mut kinds: BTreeMap<&'static str, Vec<Member<'_>>> = BTreeMap::new();
    // Few names are made like no other.
    let mut shapes: HashSet<Rc<str>> = HashSet::default();
    for table in context.tables.base() {
        let of_table = glued(&[&table.table.name]);
        for (named, name) in named_things(engine, table.table) {
            let shape = shape(named, name, table.table, &of_table);
            let shape = shapes.get(shape.as_str()).cloned().unwrap_or_else(|| {
                let shape: Rc<str> = shape.into();
                shapes.insert(shape.clone());
                shape
            });
            kinds.entry(named.kind()).or_default().push(Member { table: table.id, named, name, shape });
        }
    }
    for (kind, members) in kinds.into_iter().filter(|(_, members)| members.len() >= FEWEST) {
        let pattern = |member: &Member<'_>| -> Rc<str> {
            if !member.named.is_index(engine) {
                return member.shape.clone();
            }
            match without_mark(&member.shape) {
                Cow::Borrowed(_) => member.shape.clone(),
                Cow::Owned(pattern) => pattern.into(),
            }
        };
        let patterns: Vec<Rc<str>> = members.iter().map(pattern).collect();
        let all = members.len();
        let most = most_frequent(patterns.iter().map(|pattern| &**pattern)).filter(|(_, count)| count * 2 > all);
        let Some((dominant, count)) = most else { continue };
        for (at, (member, pattern)) in members.iter().zip(&patterns).enumerate() {
            let table = context.tables.get(member.table);
            let is_index = member.named.is_index(engine);
            let object_kind = if is_index { ObjectKind::Index } else { ObjectKind::Constraint };
            let object = || Object::inside(table, object_kind, member.name);
            // Then the table's name alone cannot tell them apart.
            let has_sibling = || {
                let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
                beside.filter_map(|at| members.get(at)).any(|other| other.table == member.table)
            };
            let is_described = || {
                !matches!(member.named, Named::PrimaryKey(_))
                    && (describes(pattern, dominant) && member.named.needs_description(table.table)
                        || **pattern == dominant.replace("{table}", "{columns}") && has_sibling())
            };
            let is_by_engine = || default_pattern(engine, kind) == Some(pattern);
            if **pattern == *dominant || is_by_engine() || member.name.len() >= 63 || is_described() {
                verdicts.pass_in(table, object);
                continue;
            }
            let message = format!(
                "this {kind}'s name is made like {}, and {count} of {all} are made like {dominant}",
                member.shape
            );
            let rename = rename(engine, table, member, dominant);
            verdicts.fail(Finding::new(&RULE, object(), message).with(rename));
        }
    }
}

/// The pattern of the names that the engine makes where nobody gives one.
fn default_pattern(engine: EngineName, kind: &str) -> Option<&'static str> {
    match (engine, kind) {
        (EngineName::PostgreSql, "primary key") => Some("{table}_pkey"),
        (EngineName::PostgreSql, "foreign key") => Some("{table}_{columns}_fkey"),
        (EngineName::PostgreSql, "unique constraint") => Some("{table}_{columns}_key"),
        (EngineName::PostgreSql, "check constraint") => Some("{table}_{columns}_check"),
        (EngineName::PostgreSql, "index" | "unique index") => Some("{table}_{columns}_idx"),
        (EngineName::MySql | EngineName::MariaDb, "foreign key") => Some("{table}_ibfk"),
        (EngineName::MySql, "check constraint") => Some("{table}_chk"),
        (EngineName::MySql | EngineName::MariaDb, "index" | "unique constraint") => Some("{columns}"),
        _ => None,
    }
}

/// The most frequent text with its count; of equals the first by name.
fn most_frequent<'t>(texts: impl Iterator<Item = &'t str>) -> Option<(&'t str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)))
}

/// What has a name in a table, with the name: by kind, in order.
fn named_things(engine: EngineName, table: &Table) -> impl Iterator<Item = (Named<'_>, &str)> {
    let checks = table.check_constraints.iter().filter(|check| !check.automatic && !check.inherited);
    let by_itself = |index: &&Index| {
        // Made by the server for a constraint, under its name.
        let named = |name: &Option<String>| name.as_ref() == Some(&index.name);
        table.foreign_keys.iter().any(|key| named(&key.name))
            || table.unique_constraints.iter().any(|key| named(&key.name))
    };
    let secondary = table.indexes.iter().filter(move |index| is_secondary(engine, index) && !by_itself(index));
    let all = table.primary_key.iter().map(Named::PrimaryKey);
    let all = all.chain(table.foreign_keys.iter().map(Named::ForeignKey));
    let all = all.chain(table.unique_constraints.iter().map(Named::Unique));
    let all = all.chain(checks.map(Named::Check)).chain(secondary.map(Named::Index));
    all.filter_map(|named| Some((named, named.name()?)))
}

/// The name with what it is made of replaced: `{table}`, `{columns}`, `{parent}`, and `#` for digits. Digits at the end
/// are left out: engines add them where a name is taken.
fn shape(named: Named<'_>, name: &str, table: &Table, of_table: &str) -> String {
    let mut words = split_anew(name);
    replace(&mut words, of_table, "{table}");
    let columns = named.columns(table);
    replace(&mut words, &glued(&columns), "{columns}");
    for column in &columns {
        replace(&mut words, &glued(&[column]), "{columns}");
    }
    if let Some(parent) = named.parent() {
        replace(&mut words, &glued(&[parent]), "{parent}");
    }
    let is_number = |word: &Cow<'_, str>| word.bytes().all(|byte| byte.is_ascii_digit());
    while words.len() > 1 && words.last().is_some_and(is_number) {
        words.pop();
    }
    for word in words.iter_mut().filter(|word| is_number(word)) {
        *word = "#".into();
    }
    words.dedup_by(|second, first| second == first && (first.starts_with('{') || first == "#"));
    words.join("_")
}

/// The letters of names, in lower case.
fn glued(names: &[&str]) -> String {
    let mut glued = String::with_capacity(names.iter().map(|name| name.len()).sum());
    for part in names.iter().flat_map(|name| name.split('_')) {
        if part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            glued.push_str(part);
        } else {
            let letters = part.chars().filter(|character| character.is_alphanumeric());
            glued.extend(letters.flat_map(char::to_lowercase));
        }
    }
    glued
}

/// Puts a placeholder for the first run of words that spell names, however they are parted: `playlist_track`, `PlaylistTrack`,
/// `playlisttrack`.
fn replace(words: &mut Vec<Cow<'_, str>>, glued: &str, placeholder: &'static str) {
    if glued.is_empty() {
        return;
    }
    for start in 0..words.len() {
        if words[start].as_bytes().first() != glued.as_bytes().first() {
            continue;
        }
        let mut rest = glued;
        for end in start..words.len() {
            match rest.strip_prefix(&*words[end]) {
                Some("") => {
                    words[start] = placeholder.into();
                    words.drain(start + 1..=end);
                    return;
                }
                Some(after) => rest = after,
                None => break,
            }
        }
    }
}

/// The pattern without the word that some put before indexes of foreign keys.
fn without_mark(shape: &str) -> Cow<'_, str> {
    if !shape.contains("fk") {
        return shape.into();
    }
    shape.split('_').filter(|word| *word != "fk").collect::<Vec<_>>().join("_").into()
}

/// Whether a name follows a pattern but for words that say more than the columns or the parent would.
fn describes(shape: &str, dominant: &str) -> bool {
    ["{columns}", "{parent}"].iter().any(|placeholder| {
        dominant.split_once(placeholder).is_some_and(|(before, after)| {
            let rest = shape.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            !(before.is_empty() && after.is_empty())
                && rest.is_some_and(|rest| !rest.is_empty() && !rest.contains("{table}"))
        })
    })
}

/// A rename to the dominant pattern, where that is possible and the pattern tells the whole name.
fn rename(engine: EngineName, table: TableRef<'_>, member: &Member<'_>, dominant: &str) -> Option<Change> {
    let is_index = member.named.is_index(engine);
    if dominant.contains('#') || (!is_index && engine != EngineName::PostgreSql) {
        return None;
    }
    let columns = member.named.columns(table.table);
    let to = dominant
        .replace("{table}", &table.table.name)
        .replace("{columns}", &columns.join("_"))
        .replace("{parent}", member.named.parent().unwrap_or_default());
    let name = member.name.to_owned();
    let taken = table.table.indexes.iter().any(|index| index.name == to);
    if to == name
        || taken
        || to.len() > 63
        || to.contains('{')
        || (columns.is_empty() && dominant.contains("{columns}"))
    {
        None
    } else if is_index {
        Some(Change::RenameIndex { table: table.qualified_name(), name, to })
    } else {
        Some(Change::RenameConstraint { table: table.qualified_name(), name, to })
    }
}

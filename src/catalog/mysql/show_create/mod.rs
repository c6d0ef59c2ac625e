//! Understands what MariaDB prints for `SHOW CREATE TABLE`, all of it or nothing.
//!
//! `information_schema` of MariaDB opens every table once for each of its views; this statement opens it once for all.
//! A statement with something that the parser does not know is refused as a whole, and the table is read from
//! `information_schema` instead, so that nothing is guessed or lost.

mod bodies;
mod partitions;
mod scanner;
#[cfg(test)]
mod tests;

pub(super) use bodies::{event_body, routine_body, trigger_body};
pub(super) use partitions::{Part, Partitions};
pub(super) use scanner::Refusal;
use scanner::Scanner;
use std::borrow::Cow;

/// A table as its statement describes it. Expressions are as the server prints them.
#[derive(Debug, Default)]
pub(super) struct Statement<'s> {
    pub(super) columns: Vec<Column<'s>>,
    pub(super) keys: Vec<Key<'s>>,
    pub(super) foreign_keys: Vec<ForeignKey<'s>>,
    /// Name and condition of the checks on the table.
    pub(super) checks: Vec<(Cow<'s, str>, &'s str)>,
    pub(super) periods: Vec<Period<'s>>,
    pub(super) engine: &'s str,
    pub(super) collation: Option<&'s str>,
    pub(super) comment: Option<String>,
    pub(super) row_format: Option<&'s str>,
    pub(super) system_versioned: bool,
    /// It is a sequence, which looks like a table.
    pub(super) sequence: bool,
    pub(super) partitions: Option<Partitions<'s>>,
}

#[derive(Debug, Default)]
pub(super) struct Column<'s> {
    pub(super) name: Cow<'s, str>,
    pub(super) data_type: &'s str,
    pub(super) collation: Option<&'s str>,
    pub(super) generated: Option<Generated<'s>>,
    pub(super) not_null: bool,
    pub(super) invisible: bool,
    pub(super) compressed: bool,
    pub(super) unversioned: bool,
    pub(super) auto_increment: bool,
    pub(super) default: Option<&'s str>,
    pub(super) on_update: Option<&'s str>,
    pub(super) comment: Option<String>,
    pub(super) check: Option<&'s str>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Generated<'s> {
    Virtual(&'s str),
    Stored(&'s str),
    RowStart,
    RowEnd,
}

#[derive(Debug, Default)]
pub(super) struct Key<'s> {
    /// `PRIMARY` for the primary key.
    pub(super) name: Cow<'s, str>,
    pub(super) kind: KeyKind,
    pub(super) parts: Vec<KeyPart<'s>>,
    /// Period that may not overlap, after the other parts.
    pub(super) without_overlaps: Option<Cow<'s, str>>,
    /// `BTREE`, `HASH` or `RTREE`, when it is written out.
    pub(super) using: Option<&'s str>,
    pub(super) ignored: bool,
    pub(super) comment: Option<String>,
    /// Parser of a full-text key and options of a vector key, as `name=value`.
    pub(super) options: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum KeyKind {
    #[default]
    Plain,
    Primary,
    Unique,
    FullText,
    Spatial,
    Vector,
}

#[derive(Debug, Default)]
pub(super) struct KeyPart<'s> {
    pub(super) column: Cow<'s, str>,
    pub(super) prefix: Option<u32>,
    pub(super) descending: bool,
}

#[derive(Debug)]
pub(super) struct ForeignKey<'s> {
    pub(super) name: Cow<'s, str>,
    pub(super) columns: Vec<String>,
    /// Schema of the parent, when it is another one.
    pub(super) schema: Option<Cow<'s, str>>,
    pub(super) table: Cow<'s, str>,
    pub(super) referenced: Vec<String>,
    /// Actions as `information_schema` calls them.
    pub(super) on_delete: &'static str,
    pub(super) on_update: &'static str,
}

#[derive(Debug)]
pub(super) struct Period<'s> {
    pub(super) name: Cow<'s, str>,
    pub(super) start: String,
    pub(super) end: String,
}

/// A sequence as its statement describes it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sequence<'s> {
    pub(super) data_type: Option<&'s str>,
    pub(super) start: i128,
    pub(super) minimum: i128,
    pub(super) maximum: i128,
    pub(super) increment: i64,
    pub(super) cache: i64,
    pub(super) cycle: bool,
}

/// Reads the statement of a sequence, up to the options that every table has.
pub(super) fn sequence(text: &str) -> Result<Sequence<'_>, Refusal> {
    let mut scanner = Scanner::new(text);
    let mut sequence = Sequence::default();
    scanner.expect("CREATE SEQUENCE")?;
    scanner.name()?;
    if scanner.eat("as") {
        sequence.data_type = Some(scanner.data_type()?);
    }
    scanner.expect("start with")?;
    sequence.start = scanner.signed()?;
    scanner.expect("minvalue")?;
    sequence.minimum = scanner.signed()?;
    scanner.expect("maxvalue")?;
    sequence.maximum = scanner.signed()?;
    scanner.expect("increment by")?;
    sequence.increment = scanner.signed()?;
    if !scanner.eat("nocache") {
        scanner.expect("cache")?;
        sequence.cache = scanner.signed()?;
    }
    sequence.cycle = scanner.eat("cycle");
    if sequence.cycle || scanner.eat("nocycle") { Ok(sequence) } else { scanner.refuse("cycle or nocycle") }
}

/// Reads the statement of a table or sequence.
pub(super) fn parse(text: &str) -> Result<Statement<'_>, Refusal> {
    let mut scanner = Scanner::new(text);
    let mut statement = Statement::default();
    scanner.expect("CREATE TABLE")?;
    scanner.name()?;
    scanner.expect("(")?;
    loop {
        definition(&mut scanner, &mut statement)?;
        if !scanner.eat(",") {
            break;
        }
    }
    scanner.expect(")")?;
    while !scanner.ended() {
        if scanner.eat("PARTITION BY") {
            statement.partitions = Some(partitions::parse(&mut scanner)?);
        } else {
            option(&mut scanner, &mut statement)?;
        }
    }
    Ok(statement)
}

/// The columns of a statement of MySQL, whose keys and options are not read.
pub(super) fn columns(text: &str) -> Result<Vec<Column<'_>>, Refusal> {
    let mut scanner = Scanner::new(text);
    scanner.expect("CREATE TABLE")?;
    scanner.name()?;
    scanner.expect("(")?;
    let mut columns = vec![column(&mut scanner)?];
    while scanner.eat(",") && scanner.clone().name().is_ok() {
        columns.push(column(&mut scanner)?);
    }
    Ok(columns)
}

/// The full-text and vector keys of a statement of MySQL or MariaDB, of which `information_schema` does not tell all.
pub(super) fn special_keys(text: &str) -> Vec<Key<'_>> {
    let kinds = [("FULLTEXT KEY ", KeyKind::FullText), ("VECTOR KEY ", KeyKind::Vector)];
    let lines = text.lines().filter_map(|line| {
        kinds.iter().find_map(|(words, kind)| Some((line.trim_start().strip_prefix(words)?, *kind)))
    });
    lines.filter_map(|(rest, kind)| key(&mut Scanner::new(rest), kind).ok()).collect()
}

/// The value of a string literal; none when it is something else.
pub(super) fn literal(text: &str) -> Option<String> {
    Scanner::new(text).string().ok()
}

/// The values of string literals with commas between.
pub(super) fn literals(text: &str) -> Vec<String> {
    let mut scanner = Scanner::new(text);
    let mut values = Vec::new();
    while let Ok(value) = scanner.string() {
        values.push(value);
        scanner.eat(",");
    }
    values
}

/// A column, key, constraint or period.
fn definition<'s>(scanner: &mut Scanner<'s>, statement: &mut Statement<'s>) -> Result<(), Refusal> {
    let kinds = [
        ("PRIMARY KEY", KeyKind::Primary),
        ("UNIQUE KEY", KeyKind::Unique),
        ("FULLTEXT KEY", KeyKind::FullText),
        ("SPATIAL KEY", KeyKind::Spatial),
        ("VECTOR KEY", KeyKind::Vector),
        ("KEY", KeyKind::Plain),
    ];
    if let Some((_, kind)) = kinds.into_iter().find(|(words, _)| scanner.eat(words)) {
        statement.keys.push(key(scanner, kind)?);
    } else if scanner.eat("PERIOD FOR") {
        let name = if scanner.eat("SYSTEM_TIME") { Cow::Borrowed("SYSTEM_TIME") } else { scanner.name()? };
        let Ok([start, end]) = <[String; 2]>::try_from(scanner.names()?) else {
            return scanner.refuse("two columns of a period");
        };
        statement.periods.push(Period { name, start, end });
    } else if scanner.eat("CONSTRAINT") {
        let name = scanner.name()?;
        if scanner.eat("CHECK") {
            statement.checks.push((name, scanner.parenthesized()?));
        } else {
            statement.foreign_keys.push(foreign_key(scanner, name)?);
        }
    } else {
        statement.columns.push(column(scanner)?);
    }
    Ok(())
}

fn column<'s>(scanner: &mut Scanner<'s>) -> Result<Column<'s>, Refusal> {
    let name = scanner.name()?;
    let data_type = scanner.data_type()?;
    let compressed = scanner.eat_comment("COMPRESSED").is_some();
    let mut column = Column { name, data_type, compressed, ..Column::default() };
    loop {
        if scanner.eat("CHARACTER SET") {
            scanner.word()?;
            scanner.expect("COLLATE")?;
            column.collation = Some(scanner.word()?);
        } else if scanner.eat("COLLATE") {
            column.collation = Some(scanner.word()?);
        } else if scanner.eat("GENERATED ALWAYS AS ROW START") {
            column.generated = Some(Generated::RowStart);
        } else if scanner.eat("GENERATED ALWAYS AS ROW END") {
            column.generated = Some(Generated::RowEnd);
        } else if scanner.eat("GENERATED ALWAYS AS") {
            let expression = scanner.parenthesized()?;
            column.generated = Some(if scanner.eat("VIRTUAL") {
                Generated::Virtual(expression)
            } else {
                scanner.expect("STORED")?;
                Generated::Stored(expression)
            });
        } else if scanner.eat("NOT NULL") {
            column.not_null = true;
        } else if scanner.eat("DEFAULT") {
            column.default = Some(scanner.value()?);
        } else if scanner.eat("ON UPDATE") {
            column.on_update = Some(scanner.value()?);
        } else if scanner.eat("INVISIBLE") {
            column.invisible = true;
        } else if scanner.eat("AUTO_INCREMENT") {
            column.auto_increment = true;
        } else if scanner.eat("COMMENT") {
            column.comment = Some(scanner.string()?);
        } else if scanner.eat("CHECK") {
            column.check = Some(scanner.parenthesized()?);
        } else if scanner.eat("REF_SYSTEM_ID=") {
            scanner.word()?;
        } else if scanner.eat("WITHOUT SYSTEM VERSIONING") {
            column.unversioned = true;
        } else if !(scanner.eat("NULL") || attribute(scanner)?) {
            return Ok(column);
        }
    }
}

fn key<'s>(scanner: &mut Scanner<'s>, kind: KeyKind) -> Result<Key<'s>, Refusal> {
    let name = if kind == KeyKind::Primary { Cow::Borrowed("PRIMARY") } else { scanner.name()? };
    let mut key = Key { name, kind, ..Key::default() };
    scanner.expect("(")?;
    loop {
        let column = scanner.name()?;
        if scanner.eat("WITHOUT OVERLAPS") {
            key.without_overlaps = Some(column);
            break;
        }
        let mut part = KeyPart { column, ..KeyPart::default() };
        if scanner.eat("(") {
            part.prefix = Some(scanner.number()?);
            scanner.expect(")")?;
        }
        part.descending = scanner.eat("DESC");
        key.parts.push(part);
        if !scanner.eat(",") {
            break;
        }
    }
    scanner.expect(")")?;
    loop {
        // MySQL has the parser in a comment, which is not to be passed over on the way to another word.
        if let Some(parser) = scanner.eat_comment("WITH PARSER") {
            key.options.push(format!("parser={}", Scanner::new(parser).name()?));
        } else if scanner.eat("USING") {
            key.using = Some(scanner.word()?);
        } else if scanner.eat("COMMENT") {
            key.comment = Some(scanner.string()?);
        } else if scanner.eat("IGNORED") || scanner.eat_comment("INVISIBLE").is_some() {
            key.ignored = true;
        } else if scanner.eat("WITH PARSER") {
            key.options.push(format!("parser={}", scanner.name()?));
        } else if kind == KeyKind::Vector && scanner.clone().name().is_ok() {
            let name = scanner.name()?.to_lowercase();
            scanner.expect("=")?;
            let value = scanner.value()?;
            key.options.push(format!("{name}={}", literal(value).unwrap_or_else(|| value.to_owned())));
        } else if scanner.eat("KEY_BLOCK_SIZE=") || scanner.eat("CLUSTERING=") {
            scanner.word()?;
        } else if !attribute(scanner)? {
            return Ok(key);
        }
    }
}

fn foreign_key<'s>(scanner: &mut Scanner<'s>, name: Cow<'s, str>) -> Result<ForeignKey<'s>, Refusal> {
    scanner.expect("FOREIGN KEY")?;
    let columns = scanner.names()?;
    scanner.expect("REFERENCES")?;
    let mut table = scanner.name()?;
    let mut schema = None;
    if scanner.eat(".") {
        schema = Some(std::mem::replace(&mut table, scanner.name()?));
    }
    let referenced = scanner.names()?;
    // This clause comes from InnoDB, which does not double back-ticks on all versions: names with one are ambiguous.
    let names = [&name, &table].into_iter().chain(&schema).map(|name| &**name);
    if names.chain(columns.iter().chain(&referenced).map(String::as_str)).any(|name| name.contains('`')) {
        return scanner.refuse("names without back-ticks in a foreign key");
    }
    // RESTRICT is what it does when nothing is said.
    let (mut on_delete, mut on_update) = ("RESTRICT", "RESTRICT");
    loop {
        if scanner.eat("ON DELETE") {
            on_delete = action(scanner)?;
        } else if scanner.eat("ON UPDATE") {
            on_update = action(scanner)?;
        } else {
            return Ok(ForeignKey { name, columns, schema, table, referenced, on_delete, on_update });
        }
    }
}

fn action(scanner: &mut Scanner<'_>) -> Result<&'static str, Refusal> {
    let actions = ["CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION", "RESTRICT"];
    actions.into_iter().find(|action| scanner.eat(action)).map_or_else(|| scanner.refuse("an action"), Ok)
}

/// An attribute that a storage engine defines: `` `PAGE_COMPRESSED`=1 ``.
fn attribute(scanner: &mut Scanner<'_>) -> Result<bool, Refusal> {
    let mut after = scanner.clone();
    if after.name().is_err() {
        return Ok(false);
    }
    after.expect("=")?;
    after.value()?;
    *scanner = after;
    Ok(true)
}

/// An option of the table. Those that the model does not have are passed by.
fn option<'s>(scanner: &mut Scanner<'s>, statement: &mut Statement<'s>) -> Result<(), Refusal> {
    if scanner.eat("WITH SYSTEM VERSIONING") {
        statement.system_versioned = true;
    } else if scanner.eat("COMMENT=") {
        statement.comment = Some(scanner.string()?);
    } else if scanner.eat("ENGINE=") {
        statement.engine = scanner.word()?;
    } else if scanner.eat("COLLATE=") {
        statement.collation = Some(scanner.word()?);
    } else if scanner.eat("ROW_FORMAT=") {
        statement.row_format = Some(scanner.word()?);
    } else if scanner.eat("SEQUENCE=") {
        statement.sequence = scanner.word()? == "1";
    } else if !attribute(scanner)? {
        if !(scanner.eat("DEFAULT CHARSET") || scanner.eat("DATA DIRECTORY") || scanner.eat("INDEX DIRECTORY")) {
            scanner.word()?;
        }
        scanner.expect("=")?;
        scanner.value()?;
    }
    Ok(())
}

//! The clause that divides a table.

use super::scanner::{Refusal, Scanner};

/// How a table is divided. Expressions are as the server prints them.
#[derive(Debug, Default)]
pub(in crate::catalog::mysql) struct Partitions<'s> {
    /// Method as `information_schema` calls it: `RANGE COLUMNS`, `LINEAR HASH`.
    pub(in crate::catalog::mysql) method: String,
    pub(in crate::catalog::mysql) key: &'s str,
    /// Method and key of the subpartitions.
    pub(in crate::catalog::mysql) below: Option<(String, &'s str)>,
    pub(in crate::catalog::mysql) parts: Vec<Part<'s>>,
}

/// A partition or subpartition.
#[derive(Debug, Default)]
pub(in crate::catalog::mysql) struct Part<'s> {
    pub(in crate::catalog::mysql) name: String,
    /// What stands between the parentheses of its bound, or `MAXVALUE` or `DEFAULT`.
    pub(in crate::catalog::mysql) bound: Option<&'s str>,
    pub(in crate::catalog::mysql) comment: Option<String>,
    pub(in crate::catalog::mysql) parts: Vec<Part<'s>>,
}

/// Most partitions that a table can have.
const MOST: usize = 8192;

/// How the partitions of a table's history are called in `information_schema`.
const SYSTEM_TIME: &str = "SYSTEM_TIME";

/// The bound of the partition that holds the rows of now.
const CURRENT: &str = "CURRENT";

/// Reads what follows `PARTITION BY`.
pub(super) fn parse<'s>(scanner: &mut Scanner<'s>) -> Result<Partitions<'s>, Refusal> {
    // When the next partition begins stands up to the end of the line.
    let (method, key) =
        if scanner.eat(SYSTEM_TIME) { (SYSTEM_TIME.to_owned(), scanner.line()) } else { method(scanner)? };
    let mut partitions = Partitions { method, key, ..Partitions::default() };
    let count = count(scanner, "PARTITIONS")?;
    let mut count_below = 0;
    if scanner.eat("SUBPARTITION BY") {
        partitions.below = Some(self::method(scanner)?);
        count_below = self::count(scanner, "SUBPARTITIONS")?;
    }
    if scanner.eat("(") {
        loop {
            scanner.expect("PARTITION")?;
            partitions.parts.push(part(scanner, partitions.below.is_some())?);
            if !scanner.eat(",") {
                break;
            }
        }
        scanner.expect(")")?;
    } else {
        partitions.parts = unnamed(count, |number| format!("p{number}"));
        if let Some(last) = partitions.parts.last_mut().filter(|_| partitions.method == SYSTEM_TIME) {
            (last.name, last.bound) = ("pn".to_owned(), Some(CURRENT));
        }
    }
    if count_below.saturating_mul(partitions.parts.len()) > MOST {
        return scanner.refuse("a possible number of subpartitions");
    }
    // Names that nobody gave are not printed.
    for part in partitions.parts.iter_mut().filter(|part| part.parts.is_empty()) {
        part.parts = unnamed(count_below, |number| format!("{}sp{number}", part.name));
    }
    Ok(partitions)
}

fn method<'s>(scanner: &mut Scanner<'s>) -> Result<(String, &'s str), Refusal> {
    let linear = if scanner.eat("LINEAR") { "LINEAR " } else { "" };
    let Some(method) = ["RANGE", "LIST", "HASH", "KEY"].into_iter().find(|method| scanner.eat(method)) else {
        return scanner.refuse("RANGE, LIST, HASH or KEY");
    };
    if scanner.eat("ALGORITHM =") {
        scanner.word()?;
    }
    let columns = if scanner.eat("COLUMNS") { " COLUMNS" } else { "" };
    Ok((format!("{linear}{method}{columns}"), scanner.parenthesized()?))
}

fn count(scanner: &mut Scanner<'_>, word: &str) -> Result<usize, Refusal> {
    if !scanner.eat(word) {
        return Ok(0);
    }
    let count = scanner.number()?;
    if count > MOST { scanner.refuse("a possible number of partitions") } else { Ok(count) }
}

fn unnamed<'s>(count: usize, name: impl Fn(usize) -> String) -> Vec<Part<'s>> {
    (0..count).map(|number| Part { name: name(number), ..Part::default() }).collect()
}

/// What follows `PARTITION` or `SUBPARTITION`.
fn part<'s>(scanner: &mut Scanner<'s>, divided: bool) -> Result<Part<'s>, Refusal> {
    let mut part = Part { name: scanner.name()?.into_owned(), ..Part::default() };
    if scanner.eat("VALUES LESS THAN MAXVALUE") {
        part.bound = Some("MAXVALUE");
    } else if scanner.eat(CURRENT) {
        part.bound = Some(CURRENT);
    } else if scanner.eat("DEFAULT") {
        part.bound = Some("DEFAULT");
    } else if scanner.eat("HISTORY") {
        part.bound = None;
    } else if scanner.eat("VALUES LESS THAN") || scanner.eat("VALUES IN") {
        part.bound = Some(scanner.parenthesized()?);
    }
    loop {
        if scanner.eat("COMMENT =") {
            part.comment = Some(scanner.string()?);
        } else if ["ENGINE", "MAX_ROWS", "MIN_ROWS", "DATA DIRECTORY", "INDEX DIRECTORY", "TABLESPACE", "NODEGROUP"]
            .into_iter()
            .any(|option| scanner.eat(option))
        {
            scanner.expect("=")?;
            scanner.value()?;
        } else if divided && scanner.eat("(") {
            loop {
                scanner.expect("SUBPARTITION")?;
                part.parts.push(self::part(scanner, false)?);
                if !scanner.eat(",") {
                    break;
                }
            }
            scanner.expect(")")?;
        } else {
            return Ok(part);
        }
    }
}

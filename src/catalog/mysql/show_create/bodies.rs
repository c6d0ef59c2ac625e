//! Finds the bodies in the statements of triggers, routines and events, as they were written.

use super::scanner::{Refusal, Scanner};

/// What the server prints of a routine before its body, each on a line of its own, when it is not what a routine has anyway.
const CHARACTERISTICS: [&str; 7] = [
    "CONTAINS SQL",
    "NO SQL",
    "READS SQL DATA",
    "MODIFIES SQL DATA",
    "DETERMINISTIC",
    "SQL SECURITY DEFINER",
    "SQL SECURITY INVOKER",
];

/// The body in the statement of an event, whose head the server prints anew.
pub(in crate::catalog::mysql) fn event_body(text: &str) -> Result<&str, Refusal> {
    let mut scanner = Scanner::new(text);
    while !scanner.eat("DO") {
        scanner.value()?;
    }
    Ok(scanner.rest().trim())
}

/// The body in the statement of a trigger, whose head MariaDB keeps as it was written, with comments and in any case.
pub(in crate::catalog::mysql) fn trigger_body(text: &str) -> Result<&str, Refusal> {
    let mut scanner = Scanner::new(text);
    let mut last = [""; 3];
    while !["FOR", "EACH", "ROW"].iter().zip(last).all(|(word, token)| word.eq_ignore_ascii_case(token)) {
        last = [last[1], last[2], scanner.token()?];
    }
    let mut after = scanner.clone();
    let word = after.token()?;
    let is_order = ["FOLLOWS", "PRECEDES"].iter().any(|order| order.eq_ignore_ascii_case(word));
    // Otherwise it is the label of a block.
    if is_order && after.token()? != ":" {
        scanner = after;
    }
    Ok(scanner.rest().trim())
}

/// The body in the statement of a procedure, function or package. Its parameters are as they were written.
pub(in crate::catalog::mysql) fn routine_body(text: &str) -> Result<&str, Refusal> {
    let mut scanner = Scanner::new(text);
    let kind = loop {
        let token = scanner.token()?;
        if ["PROCEDURE", "FUNCTION", "PACKAGE"].contains(&token) {
            break token;
        }
    };
    if kind == "PACKAGE" {
        scanner.eat("BODY");
        scanner.token()?;
        return Ok(scanner.rest().trim());
    }
    scanner.token()?;
    scanner.expect("(")?;
    let mut depth = 1_u32;
    while depth > 0 {
        match scanner.token()? {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
    }
    if kind == "FUNCTION" {
        // The type stands up to the end of the line.
        while !scanner.rest().starts_with('\n') {
            scanner.token()?;
        }
    }
    while CHARACTERISTICS.iter().any(|words| scanner.eat(words)) {}
    let mut after = scanner.clone();
    if after.eat("COMMENT") && after.string().is_ok() {
        scanner = after;
    } else if after.eat("LANGUAGE") {
        return scanner.refuse("a body in SQL");
    }
    Ok(scanner.rest().trim())
}

//! What the condition of a check constraint can refuse.

use super::coverage::{names_column, normal, not_null_columns, split_at_word, strip_parentheses};
use crate::model::CheckConstraint;

/// Whether a check can refuse a row: it is enforced, and no alternative of its condition always holds.
pub(super) fn can_fail(check: &CheckConstraint) -> bool {
    check.enforced && always_holding(&check.expression).is_none()
}

/// The alternative that makes a condition hold for every row, with what is left of the condition without it. `x OR NULL`
/// is NULL where x is false, and a check that is NULL holds.
pub(super) fn always_holding(condition: &str) -> Option<(&'static str, String)> {
    let text = normal(condition);
    let parts = split_at_word(&text, " or ");
    let weak = parts.iter().find_map(|part| constant(part))?;
    let rest: Vec<&str> = parts.into_iter().filter(|part| constant(part).is_none()).collect();
    Some((weak, rest.join(" OR ")))
}

/// Whether a condition is false where a column is NULL, since it asks for `IS NOT NULL`, be it among other things.
pub(super) fn asks_for_value(condition: &str, column: &str) -> bool {
    let text = normal(condition);
    let parts = split_at_word(&text, " and ").into_iter();
    parts.filter_map(not_null_columns).flatten().any(|written| names_column(&written, column))
}

/// Whether a condition holds for no row, whatever the row: such a check keeps a table empty on purpose.
pub(super) fn is_never(condition: &str) -> bool {
    let text = bare(condition);
    text.eq_ignore_ascii_case("false") || text == "0" || text == "1 = 0" || text == "1=0"
}

fn constant(part: &str) -> Option<&'static str> {
    let text = bare(part);
    // MySQL writes what is no comparison as one: `0 <> NULL`, and `0 = NULL` where it is negated.
    let text = text.strip_prefix("0 <> ").unwrap_or(text);
    let is_number = || text.parse::<i64>().is_ok_and(|number| number != 0);
    if text.eq_ignore_ascii_case("null") || text.eq_ignore_ascii_case("0 = null") {
        Some("NULL")
    } else if text.eq_ignore_ascii_case("true") || is_number() {
        Some("TRUE")
    } else {
        None
    }
}

/// Without parentheses and a cast at the end.
fn bare(text: &str) -> &str {
    let text = strip_parentheses(text);
    strip_parentheses(text.strip_suffix("::boolean").unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_that_always_hold_are_found() {
        for (condition, rest) in [
            ("(a > 0) OR NULL::boolean", Some("(a > 0)")),
            ("((a > 0) or NULL)", Some("(a > 0)")),
            ("a > 0 OR b > 0 OR true", Some("a > 0 OR b > 0")),
            ("((`a` > 0) or (0 <> NULL))", Some("(`a` > 0)")),
            ("((0 <> `a`) or (0 = NULL))", Some("(0 <> `a`)")),
            ("((`a` > 0) or (0 <> 2))", Some("(`a` > 0)")),
            ("((`a` > 0) or (0 <> 0))", None),
            ("((`a` > 0) or (0 <> `b`))", None),
            ("TRUE", Some("")),
            ("a > 0 AND (b OR NULL)", None),
            ("a = ' or null'", None),
            ("a IS NULL OR a > 0", None),
        ] {
            assert_eq!(always_holding(condition).map(|(_, rest)| rest).as_deref(), rest, "{condition}");
        }
        assert!(is_never("(false)") && !is_never("a > 0"));
    }
}

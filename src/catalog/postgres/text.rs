//! The little that must be understood of the SQL text that the server prints.

use crate::model::QualifiedName;

/// One spelling for expressions that the server prints in two ways. A cast of an `ARRAY[…]` constructor is read back
/// as casts of its elements, so the first reading of a schema and the reading of its dump would differ.
pub(super) fn canonical(expression: &str) -> String {
    let mut text = expression.trim().to_owned();
    // Each round removes a cast, and what is inside may then be cast once more.
    while let Some(changed) = push_array_cast_down(&text) {
        text = changed;
    }
    text
}

/// `(ARRAY[a, b])::type[]` → `ARRAY[(a)::type, (b)::type]`, for the first such cast.
fn push_array_cast_down(text: &str) -> Option<String> {
    const OPENING: &str = "(ARRAY[";
    if !text.contains(OPENING) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut position = 0;
    while position < bytes.len() {
        if text[position..].starts_with(OPENING) {
            let bracket = position + OPENING.len() - 1;
            let close = closing(bytes, bracket)?;
            let after = text.get(close + 1..)?;
            if let Some((element_type, rest)) = after.strip_prefix(")::").and_then(split_array_type) {
                let elements = cast_elements(&text[bracket + 1..close], element_type);
                return Some(format!("{}ARRAY[{elements}]{rest}", &text[..position]));
            }
        }
        position = after_token(bytes, position);
    }
    None
}

fn cast_elements(elements: &str, element_type: &str) -> String {
    let cast = |element: &str| match element.strip_prefix("ARRAY[").and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => format!("ARRAY[{}]", cast_elements(inner, element_type)),
        None => format!("({element})::{element_type}"),
    };
    split_list(elements).into_iter().map(cast).collect::<Vec<_>>().join(", ")
}

/// Splits `character varying(10)[] rest` into the element type and the rest; `None` when it is no array type.
fn split_array_type(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut position = 0;
    loop {
        match bytes.get(position)? {
            b'[' => return Some((&text[..position], text[position..].strip_prefix("[]")?)),
            b'(' => position = closing(bytes, position)? + 1,
            b'"' => position = after_token(bytes, position),
            byte if byte.is_ascii_alphanumeric() || b"_. $".contains(byte) || *byte >= 0x80 => position += 1,
            _ => return None,
        }
    }
}

/// The parts between top-level commas, trimmed. Commas in brackets, strings and quoted names do not count.
pub(super) fn split_list(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut position) = (0, 0);
    while position < bytes.len() {
        match bytes[position] {
            b'(' | b'[' => position = closing(bytes, position).map_or(bytes.len(), |close| close + 1),
            b',' => {
                parts.push(text[start..position].trim());
                position += 1;
                start = position;
            }
            _ => position = after_token(bytes, position),
        }
    }
    if !text.trim().is_empty() {
        parts.push(text[start..].trim());
    }
    parts
}

/// Position of the bracket that closes the one at `open`.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_u32;
    let mut position = open;
    while position < bytes.len() {
        match bytes[position] {
            b'(' | b'[' => depth += 1,
            b')' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(position);
                }
            }
            _ => {}
        }
        position = after_token(bytes, position);
    }
    None
}

/// The position behind the string, quoted name or single byte at `position`. Every delimiter is ASCII, so positions
/// taken at one are always on character boundaries.
fn after_token(bytes: &[u8], position: usize) -> usize {
    let Some(&quote) = bytes.get(position).filter(|byte| matches!(byte, b'\'' | b'"')) else {
        // Steps over a whole multi-byte character.
        let next = position + 1;
        return bytes[next..].iter().position(|byte| byte & 0xC0 != 0x80).map_or(bytes.len(), |more| next + more);
    };
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let before = position.checked_sub(1).and_then(|before| bytes.get(before));
    let escapes = quote == b'\''
        && before == Some(&b'E')
        && !position.checked_sub(2).and_then(|before| bytes.get(before)).is_some_and(is_word);
    let mut next = position + 1;
    while let Some(&byte) = bytes.get(next) {
        next += 1;
        if byte == b'\\' && escapes {
            next += 1;
        } else if byte == quote {
            if bytes.get(next) == Some(&quote) {
                next += 1;
            } else {
                return next;
            }
        }
    }
    bytes.len()
}

/// Whether an expression is a constant: a number, string, boolean or NULL, with any casts.
pub(super) fn is_literal(expression: &str) -> bool {
    let mut text = expression.trim();
    // '-1'::integer, (-1), ('a'::character varying)::text
    loop {
        let bytes = text.as_bytes();
        if text.starts_with('(') && closing(bytes, 0) == Some(bytes.len() - 1) {
            text = text[1..text.len() - 1].trim();
            continue;
        }
        match last_cast(text) {
            Some(position) => text = text[..position].trim(),
            None => break,
        }
    }
    let bytes = text.as_bytes();
    let string = text.strip_prefix('E').or_else(|| text.strip_prefix('B')).unwrap_or(text);
    let is_string = string.starts_with('\'') && after_token(bytes, text.len() - string.len()) == bytes.len();
    is_string
        || text.eq_ignore_ascii_case("true")
        || text.eq_ignore_ascii_case("false")
        || text.eq_ignore_ascii_case("null")
        || text.parse::<f64>().is_ok_and(|_| text.ends_with(|last: char| last.is_ascii_digit()))
}

/// Position of the last top-level `::`, when a type is all that follows it.
fn last_cast(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut position, mut found) = (0, None);
    while position < bytes.len() {
        match bytes[position] {
            b'(' | b'[' => position = closing(bytes, position)? + 1,
            b':' if bytes.get(position + 1) == Some(&b':') => {
                found = Some(position);
                position += 2;
            }
            _ => position = after_token(bytes, position),
        }
    }
    let type_name = &text[found? + 2..];
    let in_type = |character: char| character.is_alphanumeric() || "_. $\"()[],".contains(character);
    type_name.chars().all(in_type).then_some(found?)
}

/// The sequence of a plain `nextval('schema.name'::regclass)`.
pub(super) fn sequence_of_default(expression: &str) -> Option<QualifiedName> {
    let inside = expression.strip_prefix("nextval(")?.strip_suffix(')')?;
    let literal = match inside.strip_suffix("::regclass")? {
        // Resolved anew at each call: nextval(('"s"."q"'::text)::regclass)
        late if late.starts_with('(') => late.strip_prefix('(')?.strip_suffix("::text)")?,
        fixed => fixed,
    };
    let quoted = literal.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'");
    match <[String; 2]>::try_from(split_name(&quoted)?).ok()? {
        [schema, name] => Some(QualifiedName { schema, name }),
    }
}

/// The parts of a possibly quoted, possibly qualified name.
fn split_name(name: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let part = parts.last_mut()?;
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => part.extend(characters.next()),
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            other => part.push(other),
        }
    }
    (!quoted).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_of_arrays_move_to_the_elements() {
        let printed = "((status)::text = ANY ((ARRAY['a'::character varying, 'b, c'::character varying])::text[]))";
        let restored =
            "((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b, c'::character varying)::text]))";
        assert_eq!(canonical(printed), restored);
        assert_eq!(canonical(restored), restored);
        assert_eq!(
            canonical("(ARRAY[1, (2 + x)])::numeric(10,2)[]"),
            "ARRAY[(1)::numeric(10,2), ((2 + x))::numeric(10,2)]"
        );
        assert_eq!(
            canonical("(ARRAY[ARRAY[1], ARRAY[2]])::\"my []\"[]"),
            "ARRAY[ARRAY[(1)::\"my []\"], ARRAY[(2)::\"my []\"]]"
        );
        assert_eq!(
            canonical("((ARRAY['x'::text])::a[])::b[]"),
            "(ARRAY[('x'::text)::a])::b[]".replace("(ARRAY[('x'::text)::a])::b[]", "ARRAY[(('x'::text)::a)::b]")
        );
    }

    #[test]
    fn text_that_only_looks_like_an_array_stays() {
        for text in [
            "'(ARRAY[1])::text[]'::text",
            "\"(ARRAY[1])::text[]\"",
            "(ARRAY[1])",
            "(ARRAY[1])::text",
            "(ARRAY[1]",
            "E'\\'(ARRAY[1])::text[]'",
            "lower(é) = 'ü'",
        ] {
            assert_eq!(canonical(text), text);
        }
    }

    #[test]
    fn lists_split_at_top_level_commas() {
        assert_eq!(split_list("a, lower(b), (c || ', ' || d)"), ["a", "lower(b)", "(c || ', ' || d)"]);
        assert_eq!(
            split_list("E'it\\'s, x', \"a,b\", f(ARRAY[1, 2], ')')"),
            ["E'it\\'s, x'", "\"a,b\"", "f(ARRAY[1, 2], ')')"]
        );
        assert_eq!(split_list("'it''s, x'"), ["'it''s, x'"]);
        assert_eq!(split_list("漢, é"), ["漢", "é"]);
        assert_eq!(split_list(""), Vec::<&str>::new());
        assert_eq!(split_list("f(a, b"), ["f(a, b"]);
    }

    #[test]
    fn literals_and_expressions() {
        for literal in [
            "0",
            "1.50",
            "'-1'::integer",
            "(-1)",
            "'it''s'::text",
            "NULL::character varying",
            "true",
            "'{\"a\": \"b''c\"}'::jsonb",
            "'2020-01-01 00:00:00+00'::timestamp with time zone",
            "'x'::nasty.\"My mood\"",
            "('a'::character varying)::text",
            "'{}'::integer[]",
            "'1.00'::numeric(10,2)",
            "E'a\\\\b'::text",
            "B'101'::\"bit\"",
            "1e10",
        ] {
            assert!(is_literal(literal), "{literal}");
        }
        for expression in [
            "now()",
            "('now'::text || 'x'::text)",
            "ARRAY[1, 2]",
            "nextval('a.b'::regclass)",
            "CURRENT_TIMESTAMP",
            "(1 + 2)",
            "'a'::text || 'b'::text",
            "md5('x'::text)",
            "",
            "infinity",
        ] {
            assert!(!is_literal(expression), "{expression}");
        }
    }

    #[test]
    fn sequences_of_defaults() {
        let name = |schema: &str, name: &str| Some(QualifiedName::new(schema, name));
        assert_eq!(sequence_of_default("nextval('public.t_id_seq'::regclass)"), name("public", "t_id_seq"));
        assert_eq!(
            sequence_of_default("nextval('\"My.S\".\"it''s \"\"q\"\"\"'::regclass)"),
            name("My.S", "it's \"q\"")
        );
        assert_eq!(sequence_of_default("nextval(('public.s'::text)::regclass)"), name("public", "s"));
        assert_eq!(sequence_of_default("nextval('s'::regclass)"), None);
        assert_eq!(sequence_of_default("(nextval('public.s'::regclass) + 1)"), None);
        assert_eq!(sequence_of_default("now()"), None);
    }
}

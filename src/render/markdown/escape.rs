//! Text of the database as Markdown that says the same and nothing else.
//!
//! Everything that could mean something to CommonMark, to its GFM extensions or to the hosts' own additions (mentions,
//! emoji words, math) becomes a numeric character reference. These are read back inside table cells, paragraphs and
//! raw HTML alike, on every renderer, which no backslash is.

use std::borrow::Cow;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Text for a table cell, a paragraph or an HTML element: never the start of a line.
pub(crate) fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + raw.len() / 8);
    push_text(&mut out, raw);
    out
}

/// A sentence of this program, in which backticks stand around code.
pub(crate) fn prose(raw: &str) -> String {
    let pieces: Vec<&str> = raw.trim().split('`').collect();
    let spans = pieces.iter().skip(1).step_by(2);
    if pieces.len().is_multiple_of(2) || spans.clone().any(|span| span.is_empty()) {
        return text(raw);
    }
    let mut out = String::with_capacity(raw.len() + raw.len() / 8);
    for (place, piece) in pieces.into_iter().enumerate() {
        if place % 2 == 0 {
            push_inner(&mut out, piece);
        } else {
            push_code(&mut out, piece);
        }
    }
    out
}

/// Text that may start a line: a paragraph of its own.
pub(crate) fn paragraph(raw: &str) -> String {
    let escaped = text(raw);
    let digits = escaped.bytes().take_while(u8::is_ascii_digit).count();
    let marker = if digits == 0 { 0 } else { digits };
    match escaped.as_bytes().get(marker) {
        Some(b'-' | b'+' | b'=') if digits == 0 => format!("&#{};{}", escaped.as_bytes()[0], &escaped[1..]),
        Some(byte @ (b'.' | b')')) if digits > 0 => {
            format!("{}&#{byte};{}", &escaped[..marker], &escaped[marker + 1..])
        }
        _ => escaped,
    }
}

/// An identifier, type or expression in code type, for a cell, a paragraph or the text of a link.
pub(crate) fn code(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 2);
    push_code(&mut out, raw);
    out
}

/// Bytes that mean nothing in a code span.
const PLAIN_CODE: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'`' | b'|' | b'\\');
        byte += 1;
    }
    plain
};

/// Writes an identifier, type or expression in code type.
pub(crate) fn push_code(out: &mut String, raw: &str) {
    // Most are of this kind.
    if raw.bytes().fold(true, |plain, byte| plain & PLAIN_CODE[usize::from(byte)])
        && !raw.is_empty()
        && !raw.starts_with(' ')
        && !raw.ends_with(' ')
    {
        out.push('`');
        out.push_str(raw);
        return out.push('`');
    }
    let mut flat = String::with_capacity(raw.len());
    let mut plain = true;
    for character in raw.chars() {
        // A bar ends a cell even inside a code span, a backslash means something else in a cell than outside, and a code
        // span shows no end of a line.
        plain &= !matches!(character, '|' | '\\' | '\n' | '\r');
        match class(character) {
            Class::Ordinary => flat.push(character),
            Class::LineBreak | Class::Space => flat.push(' '),
            Class::Unprintable => flat.push('\u{fffd}'),
        }
    }
    if !plain || flat.is_empty() || flat.trim() != flat {
        return push_html_code(out, raw);
    }
    let fence = "`".repeat(longest_run(&flat) + 1);
    let space = if flat.starts_with('`') || flat.ends_with('`') { " " } else { "" };
    out.extend([&fence, space, &flat, space, &fence]);
}

/// Writes names in code type, comma-separated.
pub(crate) fn push_codes<S: AsRef<str>>(out: &mut String, names: &[S]) {
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        push_code(out, name.as_ref());
    }
}

/// The longest run of backticks.
fn longest_run(content: &str) -> usize {
    if !content.contains('`') {
        return 0;
    }
    content.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

/// The same as an HTML element, for places where Markdown is not read: inside `<summary>`.
pub(crate) fn html_code(raw: &str) -> String {
    let mut out = String::new();
    push_html_code(&mut out, raw);
    out
}

/// Writes the same as an HTML element.
pub(crate) fn push_html_code(out: &mut String, raw: &str) {
    out.push_str("<code>");
    push_text(out, raw);
    out.push_str("</code>");
}

/// What stands above SQL that may look different from what it is.
const TURNED: &str = "-- Characters below are not shown and change the direction in which text is written.\n";

/// Whether a character changes the direction of those around it, which SQL has to keep.
fn turns(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A fenced block. The fence is longer than any run of backticks inside.
pub(crate) fn fence(language: &str, content: &str) -> String {
    let mut out = String::new();
    push_fence(&mut out, language, content);
    out
}

/// Writes a fenced block.
pub(crate) fn push_fence(out: &mut String, language: &str, content: &str) {
    let fence = "`".repeat(longest_run(content).max(2) + 1);
    let mut content = Cow::Borrowed(content.trim_end_matches(['\n', '\r']));
    if content.contains('\0') {
        content = Cow::Owned(content.replace('\0', "\u{fffd}"));
    }
    let note = if language == "sql" && !content.is_ascii() && content.contains(turns) { TURNED } else { "" };
    out.extend([&fence, language, "\n", note, &content, "\n", &fence, "\n"]);
}

/// Writes a row of a table from cells that are already Markdown.
pub(crate) fn push_row<I: AsRef<str>>(out: &mut String, cells: &[I]) {
    out.push('|');
    for cell in cells {
        push_cell(out, |out| out.push_str(cell.as_ref()));
    }
    out.push('\n');
}

/// Writes a cell of a row that was begun with a bar: what `write` writes, which is Markdown.
pub(crate) fn push_cell(out: &mut String, write: impl FnOnce(&mut String)) {
    out.push(' ');
    let start = out.len();
    write(out);
    if out.len() == start {
        out.push('—');
    }
    out.push_str(" |");
}

/// Writes the first two lines of a table.
pub(crate) fn push_header(out: &mut String, header: &[&str]) {
    push_row(out, header);
    out.push('|');
    for _ in header {
        out.push_str("---|");
    }
    out.push('\n');
}

/// A whole table.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    push_header(&mut out, header);
    for cells in rows {
        push_row(&mut out, cells);
    }
    out
}

/// Most characters of one name in a file name.
const LONGEST: usize = 48;
/// Names that Windows keeps for devices, whatever follows the first dot.
const RESERVED_FILES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A name as part of an anchor or a file name: `[a-z0-9_-]` only. Names that are not plain lower-case words get the
/// hash of what they really are, so that names that differ only in case or punctuation stay apart.
pub(crate) fn slug(parts: &[&str]) -> String {
    let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    let mut out = String::new();
    let mut exact = true;
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            out.push('-');
        }
        exact &= !part.is_empty();
        for character in part.chars().take(LONGEST) {
            let lower = character.to_ascii_lowercase();
            exact &= plain(character);
            out.push(if plain(lower) { lower } else { '-' });
        }
        exact &= part.len() <= LONGEST && !RESERVED_FILES.contains(part);
    }
    if !exact {
        push!(out, "-{:08x}", fingerprint(parts));
    }
    out
}

/// FNV-1a over the parts, with a separator that no name holds.
fn fingerprint(parts: &[&str]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    hash
}

enum Class {
    Ordinary,
    LineBreak,
    Space,
    Unprintable,
}

fn class(character: char) -> Class {
    match character {
        '\n' | '\r' => Class::LineBreak,
        '\t' | ' ' => Class::Space,
        '!'..='~' => Class::Ordinary,
        _ => match character.general_category() {
            GeneralCategory::SpaceSeparator => Class::Space,
            GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => Class::Unprintable,
            _ if character.general_category_group() == GeneralCategoryGroup::Other => Class::Unprintable,
            _ => Class::Ordinary,
        },
    }
}

/// Characters that mean nothing to any renderer wherever they stand.
const fn is_plain(byte: u8) -> bool {
    matches!(
        byte,
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9'
            | b' ' | b',' | b';' | b'(' | b')' | b'-' | b'+' | b'/' | b'=' | b'"' | b'\'' | b'!' | b'?' | b'%' | b'^' | b'{' | b'}'
    )
}

/// These, by their bytes.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        plain[byte as usize] = is_plain(byte);
        byte += 1;
    }
    plain
};

/// Whether the byte at a place means nothing there. An underscore does not inside a word, so that names stay readable in the
/// source.
fn is_plain_at(bytes: &[u8], at: usize) -> bool {
    let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    PLAIN[usize::from(bytes[at])] || bytes[at] == b'_' && at > 0 && is_letter(at - 1) && is_letter(at + 1)
}

/// Writes text for a table cell, a paragraph or an HTML element.
pub(crate) fn push_text(out: &mut String, raw: &str) {
    push_inner(out, raw.trim_matches(|edge| matches!(class(edge), Class::LineBreak | Class::Space)));
}

fn push_inner(out: &mut String, mut raw: &str) {
    loop {
        let plain = (0..raw.len()).find(|at| !is_plain_at(raw.as_bytes(), *at)).unwrap_or(raw.len());
        out.push_str(&raw[..plain]);
        let mut rest = raw[plain..].chars();
        let Some(character) = rest.next() else { return };
        raw = rest.as_str();
        let next = rest.next();
        match character {
            // Inside a word and before a space these two mean nothing.
            '_' if out.ends_with(|last: char| last.is_ascii_alphanumeric())
                && next.is_some_and(|next| next.is_ascii_alphanumeric()) =>
            {
                out.push('_');
            }
            ':' if next == Some(' ') && out.ends_with(|last: char| last.is_ascii_alphanumeric()) => out.push(':'),
            '\r' => {
                if next != Some('\n') {
                    out.push_str("<br>");
                }
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$' | '@' | ':' => {
                push!(out, "&#{};", u32::from(character));
            }
            // `www.` starts a link by itself.
            '.' if out.len() >= 3
                && out.is_char_boundary(out.len() - 3)
                && out[out.len() - 3..].eq_ignore_ascii_case("www") =>
            {
                out.push_str("&#46;");
            }
            _ => match class(character) {
                Class::Ordinary => out.push(character),
                Class::LineBreak => out.push_str("<br>"),
                Class::Space => out.push(' '),
                Class::Unprintable => out.push('\u{fffd}'),
            },
        }
    }
}

/// What a reader sees of the raw text: white space folded, what cannot be printed replaced.
#[cfg(test)]
pub(super) fn visible(raw: &str) -> String {
    let raw = raw.trim_matches([' ', '\t', '\n', '\r']).replace("\r\n", "\n").replace('\r', "\n");
    let flat: String = raw
        .chars()
        .map(|character| match class(character) {
            Class::Ordinary => character,
            Class::LineBreak | Class::Space => ' ',
            Class::Unprintable => '\u{fffd}',
        })
        .collect();
    flat.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture::hostile;
    use crate::render::markdown::reading::{gfm, read};
    use comrak::nodes::NodeValue;
    use comrak::{Arena, parse_document};
    use proptest::prelude::*;

    fn assert_reads(markdown: &str, wanted: &[Vec<String>]) -> Result<(), TestCaseError> {
        let arena = Arena::new();
        let document = parse_document(&arena, markdown, &gfm());
        let blocks: Vec<_> = document.children().collect();
        prop_assert_eq!(blocks.len(), 2, "blocks of {}", markdown);
        let rows: Vec<_> = blocks[0].children().skip(1).collect();
        prop_assert_eq!(rows.len(), wanted.len(), "rows of {}", markdown);
        for (row, wanted) in rows.iter().zip(wanted) {
            let cells: Vec<_> = row.children().collect();
            prop_assert_eq!(cells.len(), wanted.len(), "cells of {}", markdown);
            for (cell, wanted) in cells.iter().zip(wanted) {
                let (mut text, mut strange) = (String::new(), Vec::new());
                read(cell, &mut text, &mut strange);
                prop_assert!(strange.is_empty(), "{:?} in {}", strange, markdown);
                let seen = text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
                let wanted = visible(wanted);
                prop_assert_eq!(seen, if wanted.is_empty() { String::new() } else { wanted }, "in {}", markdown);
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(crate::render::fixture::cases(1500))]

        #[test]
        fn every_cell_is_found_again(raw in prop::collection::vec((hostile(), hostile(), hostile()), 1..4)) {
            let rows: Vec<_> = raw.iter().map(|(a, b, c)| vec![code(a), format!("{}.", text(b)), html_code(c)]).collect();
            let wanted: Vec<_> = raw
                .iter()
                .map(|(a, b, c)| vec![a.clone(), format!("{}.", b.trim_matches(|edge| matches!(class(edge), Class::LineBreak | Class::Space))), c.clone()])
                .collect();
            assert_reads(&format!("{}\nafter\n", table(&["A", "B", "C"], &rows)), &wanted)?;
        }

        #[test]
        fn a_paragraph_stays_one_paragraph(raw in hostile()) {
            let markdown = format!("{}\n", paragraph(&raw));
            let arena = Arena::new();
            let document = parse_document(&arena, &markdown, &gfm());
            let (mut seen, mut strange) = (String::new(), Vec::new());
            for block in document.children() {
                prop_assert!(matches!(block.data.borrow().value, NodeValue::Paragraph), "{markdown}");
                read(block, &mut seen, &mut strange);
            }
            prop_assert!(strange.is_empty(), "{strange:?} in {markdown}");
            let seen = seen.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(seen, visible(&raw));
        }

        #[test]
        fn a_fence_holds_its_content(raw in hostile()) {
            let markdown = format!("{}\nafter\n", fence("sql", &raw));
            let arena = Arena::new();
            let document = parse_document(&arena, &markdown, &gfm());
            let blocks: Vec<_> = document.children().collect();
            prop_assert_eq!(blocks.len(), 2, "{}", markdown);
            let wanted = raw.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
            let NodeValue::CodeBlock(block) = &blocks[0].data.borrow().value else {
                return Err(TestCaseError::fail(markdown));
            };
            let seen = block.literal.replace("\r\n", "\n").replace('\r', "\n");
            let seen = seen.strip_prefix(TURNED).unwrap_or(&seen);
            prop_assert_eq!(seen.trim_end_matches('\n'), wanted.trim_end_matches('\n'));
        }
    }

    #[test]
    fn code_keeps_its_lines() {
        assert_eq!(code("'a\nb'"), "<code>'a<br>b'</code>");
        assert_eq!(code("'a\r\nb'"), "<code>'a<br>b'</code>");
        assert_eq!(code("'a b'"), "`'a b'`");
    }

    #[test]
    fn sql_that_looks_different_is_marked() {
        let name = "SELECT \"\u{202e}live\"";
        assert_eq!(fence("sql", name), format!("```sql\n{TURNED}{name}\n```\n"));
        assert_eq!(fence("sql", "SELECT 1"), "```sql\nSELECT 1\n```\n");
    }

    #[test]
    fn sentences_show_their_code() {
        assert_eq!(prose("set `expected`"), "set `expected`");
        assert_eq!(prose("in the role `a|b`, or *more*"), "in the role <code>a&#124;b</code>, or &#42;more&#42;");
        // What is no pair is no code.
        for raw in ["a ` b", "``", "`a` and `"] {
            assert_eq!(prose(raw), text(raw));
        }
    }

    #[test]
    fn slugs_stay_apart() {
        assert_eq!(slug(&["public", "order_items"]), "public-order_items");
        assert_ne!(slug(&["public", "Orders"]), slug(&["public", "orders"]));
        assert_ne!(slug(&["a", "b-c"]), slug(&["a-b", "c"]));
        assert_ne!(slug(&["a", "b.c"]), slug(&["a", "b c"]));
        assert!(slug(&["", ""]).starts_with('-'));
    }
}

//! Reads documents as a renderer of GitHub's Markdown does, for tests.

use super::escape::visible;
use crate::render::marks;
use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

/// CommonMark with everything that GitHub and GitLab add.
pub(super) fn gfm() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options
}

/// The text below a node, and every node that is neither text nor one of this program's own elements.
pub(super) fn read<'a>(node: &'a AstNode<'a>, out: &mut String, strange: &mut Vec<String>) {
    for child in node.children() {
        match &child.data.borrow().value {
            NodeValue::Text(content) => out.push_str(content),
            NodeValue::Code(code) => out.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => out.push(' '),
            NodeValue::HtmlInline(html) if html == "<br>" => out.push(' '),
            NodeValue::HtmlInline(html) if matches!(html.as_str(), "<code>" | "</code>") => {}
            // An address with an at sign stays a link to itself, which loses nothing.
            NodeValue::Link(link) if link.url.starts_with("mailto:") => {}
            other => strange.push(format!("{other:?}")),
        }
        read(child, out, strange);
    }
}

/// The rows of all tables, each cell as its reader sees it.
pub(super) fn rows(document: &str) -> Vec<Vec<String>> {
    let arena = Arena::new();
    let root = parse_document(&arena, document, &gfm());
    let rows = root.descendants().filter(|node| matches!(node.data.borrow().value, NodeValue::TableRow(_)));
    rows.map(|row| {
        let cells = row.children().map(|cell| {
            let mut text = String::new();
            read(cell, &mut text, &mut Vec::new());
            visible(&text)
        });
        cells.collect()
    })
    .collect()
}

/// Every tag in a document that this program does not write.
pub(super) fn foreign_tags(document: &str) -> Vec<String> {
    let arena = Arena::new();
    let root = parse_document(&arena, document, &gfm());
    let mut found = Vec::new();
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::HtmlInline(html) => found.push(html.clone()),
            NodeValue::HtmlBlock(block) => found.extend(tags(&block.literal)),
            _ => {}
        }
    }
    found.retain(|tag| !is_ours(tag));
    found
}

fn tags(html: &str) -> Vec<String> {
    html.split('<').skip(1).map(|tag| format!("<{}>", tag.split('>').next().unwrap_or_default())).collect()
}

fn is_ours(tag: &str) -> bool {
    let anchor = tag.strip_prefix("<a name=\"").and_then(|rest| rest.strip_suffix("\">"));
    let is_slug = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let known = ["<br>", "<code>", "</code>", "</a>", "<details>", "</details>", "<summary>", "</summary>"];
    anchor.is_some_and(is_slug) || known.contains(&tag) || marks::is_generated(tag)
}

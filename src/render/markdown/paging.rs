//! Keeps every page so short that the hosts show it: long lists get pages of their own, and what is still too long is cut
//! into parts.

use super::page::PAGES;
use super::template::Fence;
use std::collections::HashSet;

/// Bytes of a folded list above which it gets a page of its own.
const LONGEST_LIST: usize = 8 * 1024;

/// Bytes above which a page is cut: half of what GitHub shows.
pub(super) const LONGEST_PAGE: usize = 256 * 1024;

/// A list on a page of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct List {
    /// File name without its ending.
    pub(super) name: String,
    /// Heading.
    pub(super) title: String,
    /// Header of the table, when it is one.
    pub(super) head: String,
    /// Rows or items, a line each.
    pub(super) lines: Vec<String>,
}

/// Lists that were taken out of pages.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) all: Vec<List>,
    names: HashSet<String>,
}

impl Lists {
    /// A text with links in place of its long folded lists. `place` tells whose lists they are where headings do not.
    pub(super) fn taken_from(&mut self, text: &str, place: Option<&str>) -> String {
        let lines: Vec<&str> = text.lines().collect();
        let mut out: Vec<String> = Vec::with_capacity(lines.len());
        let mut heading = "";
        let mut fence = Fence::default();
        let mut at = 0;
        while let Some(&line) = lines.get(at) {
            at += 1;
            let fenced = fence.is_around(line);
            if !fenced && line.starts_with('#') {
                heading = line.trim_start_matches('#').trim();
            }
            let block = if fenced { None } else { Block::at(&lines[at - 1..]) };
            let Some(block) = block.filter(|block| block.bytes > LONGEST_LIST) else {
                out.push(line.to_owned());
                continue;
            };
            at += block.lines.len() + 1;
            // A bullet says what its list holds; another list does so itself, after the number of its rows.
            let bullet = out.iter().rposition(|line| !line.is_empty()).filter(|_| line.starts_with(' '));
            let title = match bullet {
                Some(bullet) => out[bullet].trim_start_matches("- ").rsplit_once(" (").map_or("", |(title, _)| title),
                None => block.summary.trim_start_matches(|first: char| first.is_ascii_digit() || first == ' '),
            };
            let heading = place.unwrap_or(heading);
            let name = self.unique(&format!("{}-{}", file_name(heading), file_name(title)));
            let link = format!("[{}]({PAGES}lists/{name}.md)", block.summary);
            let list = block.list(name, format!("{heading}: {title}"));
            match bullet {
                Some(bullet) => {
                    out.truncate(bullet + 1);
                    push!(out[bullet], " {link}");
                    // The list of bullets goes on.
                    at += usize::from(lines.get(at).is_some_and(|line| line.is_empty()));
                }
                None => out.push(link),
            }
            self.all.push(list);
        }
        out.push(String::new());
        out.join("\n")
    }

    fn unique(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(|name| self.names.insert(name.clone())).unwrap_or_default()
    }
}

/// A folded block that holds one table or one list.
struct Block<'t> {
    summary: &'t str,
    lines: &'t [&'t str],
    bytes: usize,
}

impl<'t> Block<'t> {
    /// The block whose first line is the first one.
    fn at(lines: &'t [&'t str]) -> Option<Self> {
        let summary = lines.first()?.trim_start().strip_prefix("<details><summary>")?.strip_suffix("</summary>")?;
        let is_other = |line: &&str| ["<details>", "```", "~~~", "#"].iter().any(|start| line.starts_with(start));
        let inner = lines[1..].iter().position(|line| line.trim_start() == "</details>")?;
        let lines = &lines[1..=inner];
        let is_list = !lines.iter().map(|line| line.trim_start()).any(|line| is_other(&line));
        is_list.then(|| Block { summary, lines, bytes: lines.iter().map(|line| line.len() + 1).sum() })
    }

    fn list(&self, name: String, title: String) -> List {
        let mut lines = self.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).peekable();
        let mut head = String::new();
        if lines.peek().is_some_and(|first| first.starts_with('|')) {
            for line in lines.by_ref().take(2) {
                push!(head, "{line}\n");
            }
        }
        let item = |line: &str| match line.chars().next() {
            Some('|' | '-' | '0'..='9') => line.to_owned(),
            _ => format!("- {}", line.trim_end_matches(',')),
        };
        List { name, title, head, lines: lines.map(item).collect() }
    }
}

/// Words as a file's name.
fn file_name(title: &str) -> String {
    let words = title.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// Lines in parts that are short enough, each with its head.
pub(super) fn parts(head: &str, lines: &[String]) -> Vec<String> {
    let mut parts = vec![head.to_owned()];
    for line in lines {
        if let Some(part) = parts.last_mut() {
            if part.len() + line.len() > LONGEST_PAGE && part.len() > head.len() {
                parts.push(format!("{head}{line}\n"));
            } else {
                push!(part, "{line}\n");
            }
        }
    }
    parts
}

/// A text in parts that are short enough, cut before headings and folded blocks.
pub(super) fn cut(text: String) -> Vec<String> {
    if text.len() <= LONGEST_PAGE {
        return vec![text];
    }
    let mut pieces: Vec<Vec<&str>> = Vec::new();
    let (mut fence, mut depth) = (Fence::default(), 0_usize);
    for line in text.lines() {
        let fenced = fence.is_around(line);
        let opens = !fenced && line.starts_with("<details>");
        let starts = depth == 0 && (opens || (!fenced && line.starts_with("###")));
        depth += usize::from(opens);
        if !fenced && line == "</details>" {
            depth = depth.saturating_sub(1);
        }
        match pieces.last_mut() {
            Some(piece) if !starts => piece.push(line),
            _ => pieces.push(vec![line]),
        }
    }
    parts("", &pieces.iter().map(|lines| lines.join("\n")).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_lists_are_taken_out() {
        let names: Vec<String> = (0..1000).map(|number| format!("  [`t{number}`](\u{2}tables/t{number}.md)")).collect();
        let long = format!(
            "- Without a time (1000):\n\n  <details><summary>1000 names</summary>\n\n{}\n\n  </details>\n\n- Next\n",
            names.join(",\n")
        );
        let rows = "| `a` | b |\n".repeat(1000);
        let table = format!("<details><summary>1000 findings</summary>\n\n| A | B |\n|---|---|\n{rows}\n</details>\n");
        let fenced = format!("<details><summary>Code</summary>\n\n```sql\n{table}```\n</details>\n");
        let short = "<details><summary>1 name</summary>\n\n[`a`](b)\n\n</details>\n";
        let mut lists = Lists::default();
        let text = lists.taken_from(&format!("### Times\n\n{long}\n## Doubts\n\n{table}\n{fenced}{short}"), None);
        let taken = "### Times\n\n- Without a time (1000): [1000 names](\u{2}lists/times-without-a-time.md)\n- Next\n\n\
                     ## Doubts\n\n[1000 findings](\u{2}lists/doubts-findings.md)\n\n";
        assert_eq!(text, format!("{taken}{fenced}{short}"));
        let [times, doubts] = lists.all.as_slice() else { panic!("{:?}", lists.all.len()) };
        assert_eq!((times.lines[9].as_str(), times.lines.len()), ("- [`t9`](\u{2}tables/t9.md)", 1000));
        assert_eq!((doubts.head.as_str(), doubts.lines.len()), ("| A | B |\n|---|---|\n", 1000));
        lists.taken_from(&format!("## Doubts\n\n{table}"), None);
        assert_eq!(lists.all[2].name, "doubts-findings-2");
    }

    #[test]
    fn parts_are_short_and_lose_nothing() {
        let block = |number: usize| format!("<details><summary>{number}</summary>\n\n### {number}\n\n</details>\n\n");
        let text: String = (0..20_000).map(block).collect();
        let parts = cut(text.clone());
        assert!(parts.len() > 2 && parts.iter().all(|part| part.len() <= LONGEST_PAGE), "{}", parts.len());
        assert!(parts.iter().all(|part| part.starts_with("<details>")));
        assert_eq!(parts.concat(), text);
    }
}

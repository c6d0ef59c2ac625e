//! Templates of the reader's own.
//!
//! A template is minijinja with three additions: `{{import:$VARIABLE/file.md#section}}` stands for a section of a file,
//! `{{env:NAME}}` for a variable of the environment, and HTML comments are instructions to the template's author, which
//! the document does not need. What a template may name is in [`Sections`](super::Sections); `report` is the JSON report
//! and `model` the snapshot.

use super::{DocumentOptions, Sections};
use crate::render::marks;
use crate::report::{Report, v1};
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error as EngineError, ErrorKind, UndefinedBehavior};
use std::sync::Arc;

/// Reads a file whose path a template gives; `Err` says why it could not be read.
type ReadFile = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;
/// Looks up a variable of the environment.
type ReadVariable = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The world outside, as far as a template may see it.
#[derive(Clone)]
pub struct Surroundings {
    /// Reads a file that a template imports or includes.
    pub file: ReadFile,
    /// Looks up a variable.
    pub variable: ReadVariable,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// Why a template could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template {name}, line {line}: {reason}")]
pub struct TemplateError {
    /// File of the template, as the user gave it.
    pub name: String,
    /// Line, from 1; 0 when the whole template is meant.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
    /// What to do about it, when something is known.
    pub hint: Option<String>,
}

/// Renders a document through a template. `name` is the template's file for errors.
pub fn render_template(
    report: &Report<'_>,
    options: &DocumentOptions,
    name: &str,
    source: &str,
    surroundings: &Surroundings,
) -> Result<String, TemplateError> {
    let mut sections = super::sections(report, options);
    if sections.date.is_empty() {
        sections.date.push('—');
    }
    let known = names(&sections);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let world = surroundings.clone();
    environment.add_function("env", move |name: &str| variable(&world, name));
    let world = surroundings.clone();
    environment.add_function("import", move |place: &str| import(&world, place));
    environment.add_filter("cell", |raw: &str| super::escape::text(raw));
    let world = surroundings.clone();
    environment.set_loader(move |path| match (world.file)(path) {
        Ok(source) => translate(&source).map(Some).map_err(|line| failure(format!("{path}, line {line}: {UNCLOSED}"))),
        Err(reason) => Err(EngineError::new(ErrorKind::TemplateNotFound, format!("cannot read {path}: {reason}"))),
    });
    let source = translate(source).map_err(|line| TemplateError {
        name: name.to_owned(),
        line,
        reason: UNCLOSED.to_owned(),
        hint: Some("a comment ends with `-->`".to_owned()),
    })?;
    let mut context: Vec<(String, Value)> = Vec::new();
    if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(&sections) {
        context.extend(fields.into_iter().map(|(field, value)| (field, Value::from(Serde(value)))));
    }
    context.push(("report".to_owned(), Value::from(Serde(v1::Report::new(report)))));
    // The model of a large schema costs more than the whole document, so it is there only for templates that name it.
    if source.contains("model") || source.contains("include") {
        context.push(("model".to_owned(), Value::from(Serde(report.model))));
    }
    let context = Value::from_pairs(context);
    let rendered = environment.render_named_str(name, &source, context.clone());
    let mut document = rendered.map_err(|error| explain(&error, name, &source, &known, &context))?;
    document.truncate(document.trim_end().len());
    document.push('\n');
    if !marks::has_header(&document) {
        push!(document, "\n{}\n", marks::COMMENT);
    }
    Ok(document)
}

/// The names that templates may use.
fn names(sections: &Sections) -> Vec<String> {
    let mut names = vec!["report".to_owned(), "model".to_owned()];
    if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(sections) {
        names.extend(fields.into_iter().map(|(name, _)| name));
    }
    names
}

fn explain(error: &EngineError, name: &str, source: &str, known: &[String], context: &Value) -> TemplateError {
    use std::error::Error as _;
    // An error in an included file stands below the one in the file that includes it.
    if let Some(inner) = error.source().and_then(|inner| inner.downcast_ref::<EngineError>()) {
        return explain(inner, name, source, known, context);
    }
    let word = error.range().and_then(|range| {
        let text = error.template_source().unwrap_or(source);
        // Of a path of several parts the engine means the last ones only.
        let before = text.get(..range.start)?;
        let of_path = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
        let text = text.get(before.trim_end_matches(of_path).len()..range.end)?;
        Some(text.trim().trim_start_matches("{{").trim_end_matches("}}").trim().to_owned())
    });
    let (reason, hint) = match (error.kind(), word) {
        (ErrorKind::UndefinedError, Some(word)) => {
            let hint = match nearest(&word, known, context) {
                Some(close) => format!("did you mean `{close}`?"),
                None if word.contains('.') => {
                    "`--format json` shows the fields of `report`, `snapshot` those of `model`; `is defined` asks whether \
                     an optional one is there"
                        .to_owned()
                }
                None => format!("a template may name {}", known.join(", ")),
            };
            (format!("`{word}` is not a field"), Some(hint))
        }
        _ => (error.detail().map_or_else(|| error.kind().to_string(), str::to_owned), None),
    };
    TemplateError {
        name: error.name().unwrap_or(name).to_owned(),
        line: error.line().unwrap_or_default(),
        reason,
        hint,
    }
}

/// What may have been meant by a name that is not there, or by the first part of a path that is not there: among the
/// fields of what stands before it, as far as these are known outside the template's loops.
fn nearest(word: &str, known: &[String], context: &Value) -> Option<String> {
    let closest = |wanted: &str, names: &[String]| {
        let near = names.iter().filter(|name| distance(name, wanted) <= 3);
        near.min_by_key(|name| distance(name, wanted)).cloned()
    };
    let Some((first, rest)) = word.split_once('.') else { return closest(word, known) };
    let mut value = context.get_attr(first).ok()?;
    let mut path = first.to_owned();
    for part in rest.split('.') {
        let next = value.get_attr(part).ok()?;
        if next.is_undefined() {
            let fields: Vec<String> =
                value.try_iter().ok()?.filter_map(|field| Some(field.as_str()?.to_owned())).collect();
            return closest(part, &fields).map(|field| format!("{path}.{field}"));
        }
        path = format!("{path}.{part}");
        value = next;
    }
    None
}

/// Number of letters to insert, remove or replace to get from one word to another.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (at, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, b) in to.chars().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(row[column + 1] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

fn variable(surroundings: &Surroundings, name: &str) -> Result<String, EngineError> {
    (surroundings.variable)(name).ok_or_else(|| failure(format!("the variable {name} is not set")))
}

fn import(surroundings: &Surroundings, place: &str) -> Result<String, EngineError> {
    let (path, section) = match place.split_once('#') {
        Some((path, section)) => (path, Some(section)),
        None => (place, None),
    };
    let path = expand(surroundings, path)?;
    let text = (surroundings.file)(&path).map_err(|reason| failure(format!("cannot import {path}: {reason}")))?;
    match section {
        None => Ok(text.trim().to_owned()),
        Some(section) => part(&text, section).ok_or_else(|| failure(format!("{path} has no section `{section}`"))),
    }
}

fn failure(reason: String) -> EngineError {
    EngineError::new(ErrorKind::InvalidOperation, reason)
}

/// Puts variables into a path: `$NAME/file.md`.
fn expand(surroundings: &Surroundings, path: &str) -> Result<String, EngineError> {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let end = after
            .find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
            .unwrap_or(after.len());
        out.push_str(&variable(surroundings, &after[..end])?);
        rest = &after[end..];
    }
    out.push_str(rest);
    Ok(out)
}

/// The text below the heading with this anchor, up to the next heading that is not below it.
fn part(markdown: &str, anchor: &str) -> Option<String> {
    let mut inside: Option<(usize, Vec<&str>)> = None;
    let mut fence = Fence::default();
    for line in markdown.lines() {
        let fenced = fence.is_around(line);
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let is_heading = !fenced && (1..=6).contains(&level) && line[level..].starts_with(' ');
        match &mut inside {
            Some((depth, _)) if is_heading && level <= *depth => break,
            Some((_, lines)) => lines.push(line),
            None if is_heading && heading_anchor(&line[level..]) == anchor.to_lowercase() => {
                inside = Some((level, Vec::new()));
            }
            None => {}
        }
    }
    inside.map(|(_, lines)| lines.join("\n").trim().to_owned())
}

/// The anchor that GitHub gives a heading.
fn heading_anchor(heading: &str) -> String {
    heading
        .trim()
        .chars()
        .filter(|character| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_'))
        .map(|character| if character == ' ' { '-' } else { character })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether lines stand in a fenced block of code.
#[derive(Debug, Default)]
pub(super) struct Fence(Option<(char, usize)>);

impl Fence {
    /// Whether the next line belongs to a block, its fences included.
    pub(super) fn is_around(&mut self, line: &str) -> bool {
        let content = line.trim_start_matches(' ');
        let mark = content.chars().next().filter(|mark| matches!(mark, '`' | '~'));
        let length = mark.map_or(0, |mark| content.chars().take_while(|next| *next == mark).count());
        let rest = &content[length..];
        match (self.0, mark) {
            (Some((open, least)), Some(mark)) if mark == open && length >= least && rest.trim().is_empty() => {
                self.0 = None;
            }
            (Some(_), _) => {}
            // Backticks after those of a fence make it a span of code.
            (None, Some(mark)) if length >= 3 && !(mark == '`' && rest.contains('`')) => self.0 = Some((mark, length)),
            (None, _) => return false,
        }
        true
    }
}

/// Why a template has no end.
const UNCLOSED: &str = "the comment that starts with `<!--` is not closed";

/// A template with the additions replaced by what minijinja knows, line by line the same. The error is the line of a
/// comment that does not end.
fn translate(source: &str) -> Result<String, usize> {
    let mut out = String::with_capacity(source.len());
    // The source so far without its comments, which open and close no block of code.
    let mut read = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find("<!--").into_iter().chain(rest.find("{{")).min() {
        out.push_str(&rest[..at]);
        read.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with("{{") {
            let taken = expression(&mut out, rest);
            read.push_str(&rest[..taken]);
            taken
        } else if ends_in_code(&read) {
            // There a comment is part of what is shown.
            out.push_str(COMMENT);
            read.push_str(COMMENT);
            COMMENT.len()
        } else {
            let line = || source[..source.len() - rest.len()].matches('\n').count() + 1;
            comment(&mut out, rest).ok_or_else(line)?
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Ok(out)
}

fn ends_in_code(text: &str) -> bool {
    let mut fence = Fence::default();
    text.lines().fold(false, |_, line| fence.is_around(line)) && (fence.0.is_some() || !text.ends_with('\n'))
}

/// What starts a comment of HTML.
const COMMENT: &str = "<!--";

/// A comment of HTML becomes one of minijinja, which keeps the count of lines and prints nothing. `None` when it does
/// not end.
fn comment(out: &mut String, rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix(COMMENT)?;
    let end = inner.find("-->")?;
    out.push_str("{#-");
    out.push_str(&inner[..end].replace("#}", "# }"));
    out.push_str("#}");
    Some(COMMENT.len() + end + "-->".len())
}

/// `{{import:…}}` and `{{env:…}}` become calls; everything else stays.
fn expression(out: &mut String, rest: &str) -> usize {
    let Some(end) = rest.find("}}") else {
        out.push_str(rest);
        return rest.len();
    };
    let inner = rest[2..end].trim();
    let call = ["import", "env"].into_iter().find_map(|function| {
        let argument = inner.strip_prefix(function)?.strip_prefix(':')?;
        Some(format!("{{{{ {function}({}) }}}}", serde_json::Value::from(argument.trim())))
    });
    out.push_str(call.as_deref().unwrap_or(&rest[..end + 2]));
    end + 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tables;
    use crate::render::fixture;
    use crate::settings::Settings;

    fn render(source: &str) -> Result<String, TemplateError> {
        let model = fixture::shop();
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let report = fixture::report(&model, &tables, &settings, fixture::surveyed);
        let surroundings = Surroundings {
            file: Arc::new(|path| match path {
                "ctx/tech.md" => {
                    Ok("# Tech\n\n## Current Stack\n\nRust\n\n### Below\n\nmore\n\n## Constraints\n\nnone\n".to_owned())
                }
                "open.md" => Ok("\n<!-- open".to_owned()),
                _ => Err("no such file".to_owned()),
            }),
            variable: Arc::new(|name| (name == "CONTEXT").then(|| "ctx".to_owned())),
        };
        render_template(&report, &DocumentOptions::default(), "my.md", source, &surroundings)
    }

    #[test]
    fn additions_are_filled_in() {
        let document = render(
            "# {{title}} | {{date}}\n\n{{tenancy_pattern}}\n\n<!-- Per entity:\n\n| {x} | {{y}} |\n\n#} -->\n\n---\n\n\
             {{import:$CONTEXT/tech.md#current-stack}}\n{{ env:CONTEXT }}\n",
        );
        assert_eq!(
            document.as_deref(),
            Ok("# Data Model | —\n\nNo evidence of multi-tenancy.\n\n---\n\nRust\n\n### Below\n\nmore\nctx\n\n\
                <!-- Generated by brownfield. -->\n")
        );
    }

    #[test]
    fn comments_in_code_are_shown() {
        let shown = "```html\n<!-- shown -->\n```\n\n~~~~\n~~~\n<!-- open\n~~~~\n";
        let hidden = "<!-- ```\n-->\nA `<b>` <!-- gone -->\n";
        let document = render(&format!("{hidden}{shown}{hidden}")).unwrap_or_default();
        assert!(document.contains(shown.trim_end()) && !document.contains("gone"), "{document}");
    }

    #[test]
    fn the_report_and_the_model_are_there() {
        let document = render("{{ report.scope.tables }} {{ model.schemas[0].tables[0].name }}");
        assert_eq!(document.unwrap_or_default().lines().next(), Some("4 customers"));
    }

    #[test]
    fn errors_say_where() {
        let error =
            render("# {{title}}\n\n<!-- two\nlines -->\n\n{{ tenancy_patern }}\n").expect_err("a broken template");
        assert_eq!(error.to_string(), "template my.md, line 6: `tenancy_patern` is not a field");
        assert_eq!(error.hint.as_deref(), Some("did you mean `tenancy_pattern`?"));
        let error = render("{{import:$CONTEXT/other.md#x}}").expect_err("a broken template");
        assert_eq!(error.to_string(), "template my.md, line 1: cannot import ctx/other.md: no such file");
        let error = render("\n{{import:$CONTEXT/tech.md#absent}}").expect_err("a broken template");
        assert_eq!(error.to_string(), "template my.md, line 2: ctx/tech.md has no section `absent`");
        let error = render("{{env:NOWHERE}}").expect_err("a broken template");
        assert_eq!(error.to_string(), "template my.md, line 1: the variable NOWHERE is not set");
        let error = render("{{ report.scpoe.tables }}").expect_err("a broken template");
        assert_eq!(error.hint.as_deref(), Some("did you mean `report.scope`?"));
        // What a loop's variable holds is not known here, and a near name of something else is none of its fields.
        let error = render("{% for t in [{'name': 1}] %}{{ t.nme }}{% endfor %}").expect_err("a broken template");
        assert!(error.hint.as_deref().is_some_and(|hint| !hint.contains("did you mean")), "{error:?}");
        let error =
            render("# {{title}}\n\n<!-- never closed\n\n{{ tenancy_pattern }}\n").expect_err("a broken template");
        assert_eq!(error.to_string(), "template my.md, line 3: the comment that starts with `<!--` is not closed");
        let error = render("\n{% include 'open.md' %}").expect_err("a broken template");
        assert_eq!(
            error.to_string(),
            "template my.md, line 2: open.md, line 2: the comment that starts with `<!--` is not closed"
        );
        assert!(render("{% if %}").is_err());
    }
}

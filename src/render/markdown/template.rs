//! Templates of the reader's own.
//!
//! A template is minijinja with three additions: `{{import:$VARIABLE/file.md#section}}` stands for a section of a file,
//! `{{env:NAME}}` for a variable of the environment, and HTML comments are instructions to the template's author, which
//! the document does not need. What a template may name is in [`Sections`](super::Sections); `report` is the JSON report
//! and `model` the snapshot.

use super::{DocumentOptions, Sections};
use crate::render::marks;
use crate::report::{Report, v1};
use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr, Rest, Serde, Value, ValueKind, ValueOrKwargs};
use minijinja::{Environment, Error as EngineError, ErrorKind, State, UndefinedBehavior};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

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
    let mut sections = super::sections(report, options, source.contains("technical_context"));
    if sections.date.is_empty() {
        sections.date.push('—');
    }
    let known = names(&sections);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Errors tell the place and the text of the template, which the engine by itself keeps in builds for developers only.
    environment.set_debug(true);
    let world = surroundings.clone();
    environment.add_function("env", move |name: &str| variable(&world, name));
    let world = surroundings.clone();
    environment.add_function("import", move |place: &str| import(&world, place));
    environment.add_filter("cell", cell);
    environment.add_filter(MAP, minijinja::filters::map);
    environment.add_filter("map", map);
    let world = surroundings.clone();
    let template = name.to_owned();
    environment.set_loader(move |path| match (world.file)(path) {
        Ok(source) => translate(&source)
            .map(Some)
            .map_err(|line| failure(format!("{}, line {line}: {UNCLOSED}", beside(&template, path)))),
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
    let missed = Missed::default();
    let context = watched(Value::from_pairs(context), &missed);
    let rendered = environment.render_named_str(name, &source, context);
    let mut document = rendered.map_err(|error| {
        let is_global = |name: &str| environment.globals().any(|(global, _)| global == name);
        explain(&error, name, &source, &known, &missed.since(is_global))
    })?;
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

fn explain(error: &EngineError, name: &str, source: &str, known: &[String], missed: &[Miss]) -> TemplateError {
    use std::error::Error as _;
    // An error in an included file stands below the one in the file that includes it.
    if let Some(inner) = error.source().and_then(|inner| inner.downcast_ref::<EngineError>()) {
        return explain(inner, name, source, known, missed);
    }
    let line = error.line().unwrap_or_default();
    let is_own = error.name().is_none_or(|file| file == name);
    // A place in one file means nothing in the text of another.
    let text = error.template_source().or(is_own.then_some(source)).unwrap_or_default();
    let written = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let is_undefined = error.kind() == ErrorKind::UndefinedError || detail.contains("undefined");
    // The engine names the expression in which something undefined is used; what was looked up last and not found is the
    // word that is wrong.
    let miss = missed.iter().rev().find_map(|miss| Some((miss, path_to(written, &miss.field)?)));
    let (reason, hint) = match miss.filter(|_| is_undefined) {
        Some((miss, path)) => {
            let before = path.strip_suffix(miss.field.as_str()).unwrap_or_default();
            let stands_alone = known.iter().all(|name| miss.fields.contains(name) || name == "model");
            let hint = match (nearest(&miss.field, &miss.fields), stands_alone) {
                (Some(close), _) => format!("did you mean `{before}{close}`?"),
                (None, true) => format!("a template may name {}", known.join(", ")),
                (None, false) => format!(
                    "its fields are {}; `is defined` asks whether an optional one is there",
                    miss.fields.join(", ")
                ),
            };
            (format!("`{path}` is not a field"), Some(hint))
        }
        None if error.kind() == ErrorKind::UndefinedError => {
            let of_path = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.' | '[' | ']');
            let expression = |range: std::ops::Range<usize>| {
                text.get(text.get(..range.start)?.trim_end_matches(of_path).len()..range.end)
            };
            let word = error.range().and_then(expression).unwrap_or(written).trim();
            let said = if word.is_empty() { "something".to_owned() } else { format!("`{word}`") };
            let hint = "`is defined` asks whether something that may be absent is there".to_owned();
            (format!("{said} has no value"), Some(hint))
        }
        None => (detail, None),
    };
    let name = match error.name() {
        Some(file) if file != name => beside(name, file),
        _ => name.to_owned(),
    };
    TemplateError { name, line, reason, hint }
}

/// A file that a template names, as its reader can open it.
fn beside(template: &str, file: &str) -> String {
    Path::new(template).with_file_name(file).display().to_string()
}

/// The word in a line, with the names that lead to it: `table.name`.
fn path_to<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let of_word = |character: char| character.is_alphanumeric() || character == '_';
    let whole =
        |(at, _): &(usize, &str)| !line[..*at].ends_with(of_word) && !line[at + word.len()..].starts_with(of_word);
    let (at, _) = line.match_indices(word).find(whole)?;
    let start =
        line[..at].trim_end_matches(|character| of_word(character) || matches!(character, '.' | '[' | ']')).len();
    Some(&line[start..at + word.len()])
}

/// What may have been meant by a name that is not there.
fn nearest<'n>(word: &str, names: &'n [String]) -> Option<&'n String> {
    let most = (word.chars().count() / 2).clamp(1, 3);
    names.iter().filter(|name| distance(name, word) <= most).min_by_key(|name| distance(name, word))
}

/// A name that a template looked up and that is not there.
#[derive(Clone, Debug)]
struct Miss {
    field: String,
    /// What is there.
    fields: Vec<String>,
}

/// What was looked up last and is not there. Templates may ask for that, so it is an error only when its value is used.
#[derive(Clone, Debug, Default)]
struct Missed(Arc<Mutex<VecDeque<(String, Value)>>>);

impl Missed {
    fn note(&self, field: &str, of: &Value) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() == 32 {
            noted.pop_front();
        }
        noted.push_back((field.to_owned(), of.clone()));
    }

    /// The misses, without the names that mean something else.
    fn since(&self, is_global: impl Fn(&str) -> bool) -> Vec<Miss> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fields = |of: &Value| -> Vec<String> {
            of.try_iter().into_iter().flatten().filter_map(|field| Some(field.as_str()?.to_owned())).collect()
        };
        let misses = noted.iter().filter(|(field, _)| !is_global(field));
        misses.map(|(field, of)| Miss { field: field.clone(), fields: fields(of) }).collect()
    }
}

/// A value that notes which of its fields, and of the fields below, were wanted and are not there.
#[derive(Debug)]
struct Watched {
    value: Value,
    missed: Missed,
}

fn watched(value: Value, missed: &Missed) -> Value {
    match value.kind() {
        ValueKind::Map | ValueKind::Seq => Value::from_object(Watched { value, missed: missed.clone() }),
        _ => value,
    }
}

impl Object for Watched {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        if self.value.kind() == ValueKind::Seq { ObjectRepr::Seq } else { ObjectRepr::Map }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let found = self.value.get_item(key).ok()?;
        if found.is_undefined() {
            self.missed.note(key.as_str()?, &self.value);
            return None;
        }
        Some(watched(found, &self.missed))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match self.value.kind() {
            ValueKind::Seq => Enumerator::Seq(self.value.len().unwrap_or_default()),
            _ => Enumerator::Values(self.value.try_iter().into_iter().flatten().collect()),
        }
    }
}

/// Text that cannot break a table.
fn cell(raw: &Value) -> Result<String, EngineError> {
    match raw.as_str() {
        Some(raw) => Ok(super::escape::text(raw)),
        None if raw.is_undefined() => Err(EngineError::from(ErrorKind::UndefinedError)),
        None => Err(failure(format!("`cell` takes a text, not {}", raw.kind()))),
    }
}

/// The engine's own filter `map`.
const MAP: &str = "map of the engine";

/// `map`, but an attribute that an item lacks is an error unless there is a default.
fn map(state: &mut State<'_, '_>, value: Value, arguments: Rest<ValueOrKwargs>) -> Result<Value, EngineError> {
    let arguments = arguments.into_values();
    if let Some(named) = arguments.last().filter(|last| last.is_kwargs()) {
        let named = Kwargs::try_from(named.clone())?;
        if let (Ok(attribute), false) = (named.get::<&str>("attribute"), named.has("default")) {
            for item in value.try_iter()? {
                let step = |of: Value, part: &str| match part.parse::<usize>() {
                    Ok(at) => of.get_item_by_index(at),
                    Err(_) => of.get_attr(part),
                };
                if attribute.split('.').try_fold(item, step)?.is_undefined() {
                    return Err(EngineError::from(ErrorKind::UndefinedError));
                }
            }
        }
    }
    let all: Vec<Value> = std::iter::once(value).chain(arguments).collect();
    state.apply_filter(MAP, &all)
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
    let lines: Vec<&str> = markdown.lines().collect();
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        let heading = if fence.is_around(line) { None } else { heading(&lines, at) };
        at += heading.map_or(1, |heading| heading.lines);
        match (&mut inside, heading) {
            (Some((depth, _)), Some(heading)) if heading.level <= *depth => break,
            (Some((_, kept)), heading) => kept.extend(&lines[at - heading.map_or(1, |heading| heading.lines)..at]),
            (None, Some(heading)) if heading_anchor(heading.text) == anchor.to_lowercase() => {
                inside = Some((heading.level, Vec::new()));
            }
            (None, _) => {}
        }
    }
    inside.map(|(_, lines)| lines.join("\n").trim().to_owned())
}

#[derive(Clone, Copy)]
struct Heading<'l> {
    level: usize,
    text: &'l str,
    lines: usize,
}

/// The heading that starts with a line: after number signs, or underlined.
fn heading<'l>(lines: &[&'l str], at: usize) -> Option<Heading<'l>> {
    let line = lines[at];
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&level) && line[level..].starts_with(' ') {
        return Some(Heading { level, text: &line[level..], lines: 1 });
    }
    // A line of hyphens below nothing, an item, a quotation or a row is no underline.
    let is_text = |line: &str| !line.trim().is_empty() && !line.starts_with(['#', '>', '|', '-', '+', '*', ' ', '\t']);
    let alone = at.checked_sub(1).and_then(|before| lines.get(before)).is_none_or(|before| !is_text(before));
    let under = lines.get(at + 1)?.trim_end();
    let level = ['=', '-'].iter().position(|mark| !under.is_empty() && under.chars().all(|other| other == *mark))? + 1;
    (alone && is_text(line)).then_some(Heading { level, text: line, lines: 2 })
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
        render_model(&fixture::shop(), source)
    }

    fn render_model(model: &crate::model::Model, source: &str) -> Result<String, TemplateError> {
        let tables = Tables::new(model);
        let settings = Settings::default();
        let report = fixture::report(model, &tables, &settings, fixture::surveyed);
        let surroundings = Surroundings {
            file: Arc::new(|path| match path {
                "ctx/tech.md" => {
                    Ok("# Tech\n\n## Current Stack\n\nRust\n\n### Below\n\nmore\n\n## Constraints\n\nnone\n".to_owned())
                }
                "underlined.md" => Ok(
                    "Tech\n====\n\nCurrent Stack\n---\n\nRust\n\n- a\n---\n\n### Below\n\nmore\n\nOther\n-----\n\nno\n"
                        .to_owned(),
                ),
                "open.md" => Ok("\n<!-- open".to_owned()),
                "misspelt.md" => Ok("\n{{ titel }}".to_owned()),
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
    fn gaps_are_listed_where_the_template_lists_what_it_has() {
        let mut model = fixture::shop();
        let unseen = |reason: &str| crate::model::Unseen {
            what: crate::model::UnseenKind::Functions,
            schema: None,
            object: None,
            reason: reason.to_owned(),
            remedy: String::new(),
        };
        model.unseen = vec![unseen("nobody may see this")];
        for (source, listed, linked) in [
            ("{{ executive_summary }}", true, false),
            ("{{ executive_summary }}\n## Technical Context\n{{ technical_context }}", true, true),
        ] {
            let document = render_model(&model, source).unwrap_or_default();
            assert_eq!(document.matches("nobody may see this").count(), usize::from(listed), "{document}");
            assert_eq!(document.contains("(#technical-context)"), linked, "{document}");
        }
    }

    #[test]
    fn underlined_headings_are_headings() {
        let document = render("{{import:underlined.md#current-stack}}\n").unwrap_or_default();
        assert!(document.starts_with("Rust\n\n- a\n---\n\n### Below\n\nmore\n\n<!--"), "{document}");
        let document = render("{{import:underlined.md#tech}}\n").unwrap_or_default();
        assert!(document.starts_with("Current Stack\n---\n\nRust") && document.contains("no\n"), "{document}");
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
        // A near name of something else is not what was meant.
        let error = render("{% for t in [{'name': 1}] %}{{ t.nme }}{% endfor %}").expect_err("a broken template");
        assert!(error.hint.as_deref().is_some_and(|hint| !hint.contains("did you mean")), "{error:?}");
        let reports = "{% for t in model.schemas[0].tables %}";
        for (source, wrong, meant) in [
            (format!("{reports}\n{{{{ t.colums | length }}}}{{% endfor %}}"), "t.colums", "t.columns"),
            (
                format!("{reports}\n{{{{ t.columns[0].nme | cell }}}}{{% endfor %}}"),
                "t.columns[0].nme",
                "t.columns[0].name",
            ),
            ("\n{{ titel | upper }}".to_owned(), "titel", "title"),
            ("\n{{ report.score.totl | round }}".to_owned(), "report.score.totl", "report.score.total"),
            ("\n{% if report.score.totl > 5 %}{% endif %}".to_owned(), "report.score.totl", "report.score.total"),
            ("\n{{ model.schemas[0].tables | map(attribute='nme') | join(',') }}".to_owned(), "nme", "name"),
            ("\n{% if report.x is defined %}{% endif %}{{ titel }}".to_owned(), "titel", "title"),
            ("\n{% include 'misspelt.md' %}".to_owned(), "titel", "title"),
        ] {
            let error = render(&source).expect_err("a broken template");
            assert_eq!(error.reason, format!("`{wrong}` is not a field"), "{source}");
            assert_eq!((error.line, error.hint), (2, Some(format!("did you mean `{meant}`?"))), "{source}");
        }
        assert!(render("{{ model.schemas[0].tables | map(attribute='nme', default='') | join(',') }}").is_ok());
        assert!(render("{{ model.schemas[0].tables | map(attribute='name') | map('upper') | join(',') }}").is_ok());
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

    #[test]
    fn places_of_one_file_are_not_looked_up_in_another() {
        // What the engine knows of an error when it keeps no text of templates.
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_debug(false);
        environment.set_loader(|_| Ok(Some("{{ report.score.totl }}".to_owned())));
        let source = "first line of the parent\n{% include 'inner.md' %}";
        let rendered =
            environment.render_named_str("my.md", source, minijinja::context! { report => minijinja::context! {} });
        let error = rendered.expect_err("a broken template");
        let said = explain(&error, "my.md", source, &[], &[]);
        assert_eq!(said.to_string(), "template inner.md, line 1: something has no value");
    }
}

//! Scorecard and findings for a person at a terminal. Colour repeats what words say; the stream strips it where it is
//! not wanted.

use crate::checks::{Finding, Outcome, Severity};
use crate::report::Report;
use anstyle::{AnsiColor, Style};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Findings of one rule that are shown before the rest is only counted.
const SHOWN: usize = 5;

/// The whole audit. With `all`, every finding of every rule.
pub fn render(report: &Report<'_>, all: bool) -> String {
    let mut text = scorecard(report);
    findings(&mut text, report, all);
    text
}

/// What was read, the scorecard, what could not be seen.
pub fn scorecard(report: &Report<'_>) -> String {
    let bold = Style::new().bold();
    let mut text = String::new();
    let engine = &report.model.engine;
    let columns: usize = report.tables.iter().map(|table| table.columns.len()).sum();
    let keys: usize = report.tables.iter().map(|table| table.foreign_keys.len()).sum();
    let _ = writeln!(
        text,
        "{bold}{} {}{bold:#}: {}, {}, {}, {}\n",
        engine.name.title(),
        printable(&engine.version),
        count(report.model.schemas.len(), "schema", "schemas"),
        count(report.tables.len(), "table", "tables"),
        count(columns, "column", "columns"),
        count(keys, "foreign key", "foreign keys"),
    );
    let _ = writeln!(
        text,
        "{bold}{:<26} {:>6} {:>7}   passed / applicable{bold:#}",
        "Quality scorecard", "weight", "score"
    );
    for row in &report.score.dimensions {
        let style = row.score.map_or(Style::new().dimmed(), grade_style);
        let score = row.score.map_or("none".to_owned(), |score| format!("{score:.1}"));
        let counts = row.counts;
        let mut note = format!("{} / {}", counts.passed, counts.applicable());
        if counts.unknown > 0 {
            let _ = write!(note, ", {} unknown", counts.unknown);
        }
        if counts.suppressed > 0 {
            let _ = write!(note, ", {} suppressed", counts.suppressed);
        }
        let weight = format!("{} %", row.dimension.weight());
        let _ = writeln!(text, "{:<26} {weight:>6} {style}{score:>7}{style:#}   {note}", row.dimension.title());
    }
    let style = report.score.total.map_or(Style::new().dimmed(), grade_style).bold();
    let total = report.score.total.map_or("none".to_owned(), |total| format!("{total:.1}"));
    let evidence = format!("{:?}", report.score.confidence).to_lowercase();
    let grade = match report.score.grade {
        Some(grade) => format!("grade {grade}, {evidence} evidence"),
        None => "not enough evidence for a score".to_owned(),
    };
    let _ = writeln!(text, "{bold}{:<26}{bold:#} {:>6} {style}{total:>7}{style:#}   {grade}", "Overall", "100 %");
    if !report.model.unseen.is_empty() {
        let _ = writeln!(text, "\n{bold}Not seen{bold:#}");
        for unseen in &report.model.unseen {
            let place: Vec<_> =
                [&unseen.schema, &unseen.object].into_iter().flatten().map(|part| printable(part)).collect();
            let place = if place.is_empty() { String::new() } else { format!(" of {}", place.join(".")) };
            let _ = writeln!(text, "  {}{place}: {}", unseen.what.title(), printable(&unseen.reason));
            if !unseen.remedy.is_empty() {
                let _ = writeln!(text, "    would show them: {}", printable(&unseen.remedy));
            }
        }
    }
    let mut by_severity: BTreeMap<Severity, usize> = BTreeMap::new();
    for finding in printed(report) {
        *by_severity.entry(finding.severity).or_default() += 1;
    }
    let of = |severity| by_severity.get(&severity).copied().unwrap_or_default();
    let twice = match report.summary.counted_twice {
        0 => String::new(),
        twice => format!(" ({twice} of them under two rules)"),
    };
    let _ = writeln!(
        text,
        "\n{}: {} points{twice}, {} worth knowing; {}, {}, {}",
        count(report.summary.findings + report.summary.worth_knowing, "finding", "findings"),
        count(report.summary.findings, "costs", "cost"),
        count(report.summary.worth_knowing, "is", "are"),
        count(of(Severity::Error), "error", "errors"),
        count(of(Severity::Warning), "warning", "warnings"),
        count(of(Severity::Info), "note", "notes"),
    );
    text
}

fn findings(text: &mut String, report: &Report<'_>, all: bool) {
    let bold = Style::new().bold();
    let mut outcomes: Vec<(&Outcome, Vec<&Finding>)> = report
        .outcomes
        .iter()
        .map(|outcome| (outcome, outcome.findings.iter().filter(|finding| finding.printed_under.is_none()).collect()))
        .filter(|(_, findings): &(_, Vec<_>)| !findings.is_empty())
        .collect();
    let worst = |findings: &[&Finding]| findings.iter().map(|finding| finding.severity).max();
    outcomes.sort_by_key(|(outcome, findings)| (std::cmp::Reverse(worst(findings)), outcome.rule.id));
    for (outcome, findings) in &outcomes {
        let severity = worst(findings).unwrap_or(Severity::Info);
        let style = severity_style(severity);
        let _ = writeln!(
            text,
            "\n{style}{:7}{style:#} {bold}{}{bold:#} ({}): {}",
            severity.word(),
            outcome.rule.id,
            findings.len(),
            outcome.rule.summary,
        );
        let shown = if all { findings.len() } else { SHOWN };
        for finding in findings.iter().take(shown) {
            let _ =
                writeln!(text, "        {}: {}", printable(&finding.object.to_string()), printable(&finding.message));
        }
        if findings.len() > shown {
            let _ = writeln!(text, "        … and {} more (--all shows them)", findings.len() - shown);
        }
    }
    let suppressed: usize = report.outcomes.iter().map(|outcome| outcome.suppressed.len()).sum();
    if suppressed > 0 {
        let _ = writeln!(text, "\n{} suppressed by the configuration:", count(suppressed, "finding", "findings"));
        for (finding, reason) in report.outcomes.iter().flat_map(|outcome| &outcome.suppressed) {
            let _ = writeln!(
                text,
                "        {} {}: {}",
                finding.rule,
                printable(&finding.object.to_string()),
                printable(reason)
            );
        }
    }
    let stale = &report.summary.stale_ignores;
    if !stale.is_empty() {
        let number = count(stale.len(), "entry", "entries");
        let verb = if stale.len() == 1 { "suppresses" } else { "suppress" };
        let _ = writeln!(text, "\n{number} of the configuration {verb} nothing any more:");
        for entry in stale {
            let rule = entry.rule.as_deref().unwrap_or("every rule");
            let _ = writeln!(text, "        {rule} {}: {}", printable(&entry.object), printable(&entry.reason));
        }
    }
    let stale = &report.summary.stale_entries;
    if !stale.is_empty() {
        let number = count(stale.len(), "entry", "entries");
        let _ = writeln!(text, "\n{number} of the configuration without effect:");
        for entry in stale {
            let _ = writeln!(text, "        {}", printable(entry));
        }
    }
    if !report.fixes().is_empty() {
        let _ = writeln!(text, "\n{bold}Fix first{bold:#} (the total after each, on top of those before)");
        for fix in report.fixes().iter().take(SHOWN) {
            let findings = count(fix.findings as usize, "finding", "findings");
            let about = if fix.judged { "" } else { "about " };
            let _ = writeln!(text, "  {:5.1} → {about}{:5.1}  {} ({findings})", fix.before, fix.after, fix.rule);
        }
    }
    if !outcomes.is_empty() {
        let _ = writeln!(
            text,
            "\n`brownfield rules ID` explains a rule, `brownfield fix` writes the SQL that mends the findings."
        );
    }
}

fn printed<'a>(report: &'a Report<'_>) -> impl Iterator<Item = &'a Finding> {
    let findings = report.outcomes.iter().flat_map(|outcome| &outcome.findings);
    findings.filter(|finding| finding.printed_under.is_none())
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn grade_style(score: f64) -> Style {
    match score {
        80.0.. => AnsiColor::Green.on_default(),
        60.0.. => AnsiColor::Yellow.on_default(),
        _ => AnsiColor::Red.on_default(),
    }
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Info => AnsiColor::Blue.on_default().bold(),
    }
}

/// Text from a database on one line, without characters that a terminal would obey or that reorder it.
fn printable(text: &str) -> String {
    let hidden = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|character| if hidden(character) { '\u{fffd}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\nc\u{202e}"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}");
    }
}

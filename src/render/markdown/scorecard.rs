//! The scorecard: five weighted rows, and below them the counts from which anyone can compute them again.

use super::escape::{code, table, text};
use super::page::{Page, number};
use crate::checks::{Counts, Dimension, Kind, Outcome};
use crate::model::QualifiedName;
use crate::score::{Confidence, SMOOTHING};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Score and notes of each row, in the scorecard's order.
pub(super) fn dimensions(page: &Page<'_, '_>) -> [(String, String); 5] {
    Dimension::ALL.map(|dimension| {
        let report = page.report;
        let Some(score) = report.score.dimensions.iter().find(|entry| entry.dimension == dimension) else {
            return ("—".to_owned(), "no rule had anything to judge".to_owned());
        };
        let Some(value) = score.score else {
            return ("—".to_owned(), "no rule had anything to judge".to_owned());
        };
        let counts = score.counts;
        let rules = || report.score.rules.iter().filter(|rule| rule.dimension == dimension);
        let mut coverage = Counts::default();
        for rule in rules().filter(|rule| rule.kind == Kind::Coverage) {
            coverage += rule.counts;
        }
        let mut notes = format!("{} of {} pass", coverage.passed, coverage.applicable());
        let defects: u32 = rules().filter(|rule| rule.kind == Kind::Defect).map(|rule| rule.counts.failed).sum();
        if defects > 0 {
            push!(notes, "; {}", number(defects as usize, "defect", "defects"));
        }
        let mut worst: Vec<_> = rules().filter(|rule| rule.counts.failed > 0).collect();
        worst.sort_by(|a, b| b.cost.total_cmp(&a.cost).then_with(|| a.rule.cmp(b.rule)));
        if !worst.is_empty() {
            let worst: Vec<String> =
                worst.iter().take(3).map(|rule| format!("{} {}", code(rule.rule), rule.counts.failed)).collect();
            push!(notes, "; most costly: {}", worst.join(", "));
        }
        if counts.unknown > 0 {
            push!(notes, "; {} unknown", counts.unknown);
        }
        if counts.suppressed > 0 {
            push!(notes, "; {} suppressed", counts.suppressed);
        }
        (format!("{value:.1}"), notes)
    })
}

/// Total and its notes.
pub(super) fn overall(page: &Page<'_, '_>) -> (String, String) {
    let score = &page.report.score;
    let confidence = match score.confidence {
        Confidence::Low => "low confidence: few rules had something to judge",
        Confidence::Medium => "medium confidence",
        Confidence::High => "high confidence",
    };
    match (score.total, score.grade) {
        (Some(total), Some(grade)) => (format!("{total:.1}"), format!("grade {grade}, {confidence}")),
        _ => ("—".to_owned(), "insufficient evidence".to_owned()),
    }
}

/// Coverage by rule, what is unknown and why, and the fixes in the order of what they are worth.
pub(super) fn details(page: &Page<'_, '_>) -> String {
    let mut out = String::new();
    if !page.report.score.rules.is_empty() {
        out.push_str(&formula());
    }
    out.push_str(&fixes(page));
    out.push_str(&coverage(page));
    out.push_str(&coverage_by_place(page));
    out.push_str(&unknown(page));
    out.push_str(&suppressed(page));
    out.push_str(&informational(page));
    out
}

/// How the numbers come about, so that anyone can argue with them.
fn formula() -> String {
    format!(
        "**How a score comes about.** The pass counts of a row are those of its coverage rules. Where *p* of the *n* \
         objects that a coverage rule of weight *w* applies to pass, it earns w · p ÷ (n + {SMOOTHING}) of w · n ÷ (n + \
         {SMOOTHING}) points; a defect rule that fails for *f* objects adds w · f ÷ (f + {SMOOTHING}) points that nobody \
         earns. A row scores 100 × the points earned ÷ all its points; without points it has no score. The total is the \
         mean of the rows with a score by their weights, taken before they are rounded; there is none when these rows \
         weigh less than half. Both are rounded to tenths, and only what never fails has 100. Weights and counts stand \
         under *Coverage* below.\n\n"
    )
}

fn fixes(page: &Page<'_, '_>) -> String {
    let fixes = page.report.fixes();
    if fixes.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = fixes
        .iter()
        .map(|fix| {
            // One unbroken piece: the column is narrow.
            let about = if fix.judged { "" } else { "about\u{a0}" };
            let change = format!("{:.1}\u{a0}→\u{a0}{about}{:.1}", fix.before, fix.after);
            vec![code(fix.rule), text(fix.what), fix.findings.to_string(), change]
        })
        .collect();
    format!(
        "**Fix first.** The total when these findings are mended, each rule on top of those above it. The steps of `brownfield fix \
         --rule` are made in memory and the schema that they lead to is judged, so that what they add and what else they mend is \
         counted; findings that only a person mends are taken to pass. Of each rule the findings are counted that the fixes above it \
         leave.{}\n\n{}\n",
        if fixes.iter().all(|fix| fix.judged) {
            ""
        } else {
            " \"About\" is said where the schema is too large for that: then the findings that go are counted, and not what the steps add."
        },
        table(&["Rule", "What is wrong", "Findings left", "Total"], &rows)
    )
}

fn coverage(page: &Page<'_, '_>) -> String {
    let scored: Vec<&Outcome> =
        page.report.outcomes.iter().filter(|outcome| outcome.rule.kind != Kind::Informational).collect();
    if scored.is_empty() {
        return "No evidence: no rule ran.\n\n".to_owned();
    }
    let mut rows = Vec::new();
    for dimension in Dimension::ALL {
        for outcome in scored.iter().filter(|outcome| outcome.rule.dimension == dimension) {
            let counts = outcome.counts;
            let kind = if outcome.rule.kind == Kind::Defect { "defect" } else { "coverage" };
            rows.push(vec![
                code(outcome.rule.id),
                dimension.title().to_owned(),
                format!("{kind} × {}", outcome.rule.weight),
                counts.passed.to_string(),
                counts.applicable().to_string(),
                counts.unknown.to_string(),
                counts.suppressed.to_string(),
            ]);
        }
    }
    let header = ["Rule", "Dimension", "Counts as", "Passed", "Applicable", "Unknown", "Suppressed"];
    format!(
        "<details><summary>Coverage of {}</summary>\n\nCoverage rules earn by passing; defect rules only cost when they \
         fail. Unknown and suppressed objects are in no ratio.\n\n{}\n</details>\n\n",
        number(scored.len(), "rule", "rules"),
        table(&header, &rows)
    )
}

/// Tables whose objects fail most are listed; all of them are in the JSON form.
const WORST_TABLES: usize = 10;

fn coverage_by_place(page: &Page<'_, '_>) -> String {
    let cells = |name: String, counts: Counts| {
        let numbers = [counts.passed, counts.applicable(), counts.unknown, counts.suppressed];
        std::iter::once(name).chain(numbers.iter().map(ToString::to_string)).collect::<Vec<_>>()
    };
    let score = &page.report.score;
    let header = |what| [what, "Passed", "Applicable", "Unknown", "Suppressed"];
    let mut out = String::new();
    if page.names.several_schemas() {
        let rows: Vec<Vec<String>> =
            score.schemas().into_iter().map(|(schema, counts)| cells(code(schema), counts)).collect();
        push!(out, "**Coverage by schema**, over all scored rules.\n\n{}\n", table(&header("Schema"), &rows));
    }
    let mut worst: Vec<_> = score.tables.iter().filter(|entry| entry.counts.failed > 0).collect();
    worst.sort_by_key(|entry| (Reverse(entry.counts.failed), &entry.schema, &entry.table));
    let rows: Vec<Vec<String>> = worst
        .iter()
        .filter_map(|entry| {
            let name = QualifiedName::new(&entry.schema, entry.table.as_ref()?);
            Some(cells(page.link_to(&name), entry.counts))
        })
        .take(WORST_TABLES)
        .collect();
    if rows.len() > 1 {
        push!(out, "**Tables with the most failures**, over all scored rules.\n\n{}\n", table(&header("Table"), &rows));
    }
    out
}

fn unknown(page: &Page<'_, '_>) -> String {
    let mut reasons = BTreeMap::<&str, BTreeMap<&str, u32>>::new();
    for outcome in &page.report.outcomes {
        for unknown in &outcome.unknown {
            *reasons.entry(&unknown.reason).or_default().entry(outcome.rule.id).or_default() += 1;
        }
    }
    if reasons.is_empty() {
        return "**Unknown.** Every rule could judge everything it applies to.\n\n".to_owned();
    }
    let mut out = String::from("**Unknown.** What could not be judged counts neither for nor against.\n\n");
    for (reason, rules) in reasons {
        let rules: Vec<String> = rules.iter().map(|(rule, count)| format!("{} ({count})", code(rule))).collect();
        push!(out, "- {}: {}\n", text(reason), rules.join(", "));
    }
    out.push('\n');
    out
}

fn suppressed(page: &Page<'_, '_>) -> String {
    let mut reasons = BTreeMap::<(&str, &str), u32>::new();
    for outcome in &page.report.outcomes {
        for (finding, reason) in &outcome.suppressed {
            *reasons.entry((reason, finding.rule)).or_default() += 1;
        }
    }
    let mut out = String::new();
    if !reasons.is_empty() {
        out.push_str("**Suppressed** by the configuration:\n\n");
        for ((reason, rule), count) in reasons {
            push!(out, "- {} ({count}): {}\n", code(rule), text(reason));
        }
        out.push('\n');
    }
    let stale = &page.report.summary.stale_ignores;
    if !stale.is_empty() {
        out.push_str("**Stale.** These entries of the configuration suppress nothing any more:\n\n");
        for entry in stale {
            let rule = entry.rule.as_deref().unwrap_or("every rule");
            push!(out, "- {} on {}: {}\n", code(rule), code(&entry.object), text(&entry.reason));
        }
        out.push('\n');
    }
    let stale = &page.report.summary.stale_entries;
    if !stale.is_empty() {
        out.push_str("**Without effect** are these entries of the configuration:\n\n");
        for entry in stale {
            push!(out, "- {}\n", text(entry));
        }
        out.push('\n');
    }
    out
}

fn informational(page: &Page<'_, '_>) -> String {
    // As many as the summary says: each once, those of scored rules that cost nothing included.
    let unscored = |outcome: &Outcome| {
        outcome.findings.iter().filter(|finding| !finding.scored && finding.printed_under.is_none()).count()
    };
    let rows: Vec<Vec<String>> = page
        .report
        .outcomes
        .iter()
        .map(|outcome| (outcome, unscored(outcome)))
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| vec![code(outcome.rule.id), text(outcome.rule.summary), count.to_string()])
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("**Worth knowing**, not scored.\n\n{}\n", table(&["Rule", "What it says", "Findings"], &rows))
}

//! What to mend first: rules in the order in which mending their findings gains most, each on top of those before.
//!
//! The steps for one rule can mend findings of another: findings that share all their changes leave together. A finding
//! with a change that no step makes stays.

use crate::checks::{Change, Finding, Kind, Outcome};
use crate::model::QualifiedName;
use crate::remedy::{self, Playbook};
use crate::score::{self, Mended, Score};
use serde::Serialize;
use std::collections::BTreeMap;

/// Fixes that are listed.
const FIXES: usize = 10;

/// A rule whose findings are worth mending.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fix {
    /// Rule.
    pub rule: &'static str,
    /// What is wrong where it fires.
    pub what: &'static str,
    /// Findings of the rule that are mended: by the steps for it, or by a person where it has none.
    pub findings: u32,
    /// Total when the fixes before this one are made.
    pub before: f64,
    /// Total when this one is made too.
    pub after: f64,
}

/// A finding that can be mended.
#[derive(Debug)]
struct Candidate<'a> {
    finding: &'a Finding,
    /// Place of its rule among the outcomes.
    rule: usize,
    /// For each of its changes, the rules whose steps make it; the rule alone where a person mends it.
    makers: Vec<Vec<usize>>,
}

impl Candidate<'_> {
    fn is_mended(&self, by: &[usize], and: usize) -> bool {
        self.makers.iter().all(|makers| makers.iter().any(|maker| *maker == and || by.contains(maker)))
    }
}

/// What mending a rule's findings brings.
#[derive(Debug)]
struct Gain<'a> {
    rule: usize,
    /// Findings of the rule itself.
    findings: u32,
    /// Candidates that are mended then, of any rule.
    leaving: Vec<usize>,
    /// All that is mended then.
    mended: BTreeMap<&'a str, Mended>,
    after: f64,
}

pub(super) fn fixes(outcomes: &[Outcome], score: &Score, playbook: &Playbook, tables: usize) -> Vec<Fix> {
    let Some(mut before) = score.total else { return Vec::new() };
    let candidates = candidates(outcomes, playbook);
    // Only these can change when a rule is mended.
    let mut touched: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        for maker in candidate.makers.iter().flatten() {
            let touched = touched.entry(*maker).or_default();
            if touched.last() != Some(&at) {
                touched.push(at);
            }
        }
    }
    let mut fixes = Vec::new();
    let mut chosen: Vec<usize> = Vec::new();
    let mut open = vec![true; candidates.len()];
    let mut mended: BTreeMap<&str, Mended> = BTreeMap::new();
    while fixes.len() < FIXES {
        let mut best: Option<Gain<'_>> = None;
        for (rule, touched) in &touched {
            let leaving: Vec<usize> =
                touched.iter().copied().filter(|at| open[*at] && candidates[*at].is_mended(&chosen, *rule)).collect();
            let own = leaving.iter().filter(|at| candidates[**at].rule == *rule).map(|_| 1).sum();
            if own == 0 {
                continue;
            }
            let mut then = mended.clone();
            for at in &leaving {
                then.entry(candidates[*at].finding.rule).or_default().add(candidates[*at].finding);
            }
            let Some(after) = score::promised(score, tables, &then) else { continue };
            // The first of equals: rules stand in the order of their ids.
            if best.as_ref().is_none_or(|best| best.after < after) {
                best = Some(Gain { rule: *rule, findings: own, leaving, mended: then, after });
            }
        }
        let Some(best) = best.filter(|best| best.after > before) else { break };
        let of = outcomes[best.rule].rule;
        fixes.push(Fix { rule: of.id, what: of.summary, findings: best.findings, before, after: best.after });
        for at in best.leaving {
            open[at] = false;
        }
        chosen.push(best.rule);
        (mended, before) = (best.mended, best.after);
    }
    fixes
}

fn candidates<'a>(outcomes: &'a [Outcome], playbook: &Playbook) -> Vec<Candidate<'a>> {
    let mut refused: BTreeMap<&QualifiedName, Vec<&Change>> = BTreeMap::new();
    for (change, _) in &playbook.impossible {
        refused.entry(change.table()).or_default().push(change);
    }
    let is_refused = |change: &Change| refused.get(change.table()).is_some_and(|changes| changes.contains(&change));
    let mut made: BTreeMap<&QualifiedName, Vec<(usize, &Change)>> = BTreeMap::new();
    for (rule, outcome) in outcomes.iter().enumerate() {
        for change in outcome.findings.iter().flat_map(|finding| &finding.changes) {
            made.entry(change.table()).or_default().push((rule, change));
        }
    }
    let makers = |change: &Change| {
        let all = made.get(change.table()).map(Vec::as_slice).unwrap_or_default();
        let mut makers: Vec<usize> =
            all.iter().filter(|(_, known)| remedy::serves(known, change)).map(|(rule, _)| *rule).collect();
        makers.dedup();
        makers
    };
    let mut candidates = Vec::new();
    for (rule, outcome) in outcomes.iter().enumerate().filter(|(_, outcome)| outcome.rule.kind != Kind::Informational) {
        let by_hand = outcome.findings.iter().all(|finding| finding.changes.is_empty());
        for finding in outcome.findings.iter().filter(|finding| finding.scored) {
            if by_hand {
                candidates.push(Candidate { finding, rule, makers: vec![vec![rule]] });
            } else if !finding.changes.is_empty() && !finding.changes.iter().any(is_refused) {
                candidates.push(Candidate { finding, rule, makers: finding.changes.iter().map(makers).collect() });
            }
        }
    }
    candidates
}

//! What to mend first, and what it is worth: rules in the order in which mending their findings gains most, each on top of
//! those before.
//!
//! What a fix is worth is told by its steps: they are made in a copy of the model, and the copy is judged, so that what they
//! add and what else they mend is in the number. Which rule comes next is told by counting findings, which is quick: those
//! that share all their changes leave together, and one with a change that no step makes stays.

use super::Report;
use crate::checks::{self, Change, Context, Finding, Kind, Outcome, Rule};
use crate::model::{Model, QualifiedName, Tables};
use crate::remedy::{self, Playbook};
use crate::score::{self, Mended, Score};
use crate::settings::Settings;
use crate::survey::Survey;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Fixes that are listed.
const FIXES: usize = 10;

/// Tables that are judged again for the whole list. In a schema of more than a thousand it is shorter, so that it does not
/// take longer than everything else.
const JUDGED: usize = 10_000;

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

pub(super) fn fixes(report: &Report<'_>) -> Vec<Fix> {
    let Some(mut before) = report.score.total else { return Vec::new() };
    let mut judgings = (JUDGED / report.tables.len().max(1)).max(1);
    let mut state = Judged::of(report);
    let mut fixes: Vec<Fix> = Vec::new();
    let (mut tried, mut by_hand) = (BTreeSet::new(), BTreeSet::new());
    while fixes.len() < FIXES && judgings > 0 {
        let Some(Worthwhile { rule, findings, by_hand: is_by_hand }) =
            state.most_worthwhile(&report.playbook, &tried, &by_hand)
        else {
            break;
        };
        tried.insert(rule.id);
        if is_by_hand {
            by_hand.insert(rule.id);
        } else {
            let playbook = state.plan(rule.id, report.settings);
            if playbook.changes.is_empty() {
                continue;
            }
            judgings -= 1;
            state = state.after(&playbook, report.settings);
        }
        let Some(after) = state.total(&by_hand).filter(|after| *after > before) else { break };
        fixes.push(Fix { rule: rule.id, what: rule.summary, findings, before, after });
        before = after;
    }
    fixes
}

/// The total when every step of a playbook is made.
pub(super) fn total_after(report: &Report<'_>, playbook: &Playbook) -> Option<f64> {
    Judged::of(report).after(playbook, report.settings).score.total
}

/// A model with the verdicts of the scored rules.
struct Judged<'r> {
    model: Cow<'r, Model>,
    survey: Cow<'r, Survey>,
    outcomes: Cow<'r, [Outcome]>,
    score: Cow<'r, Score>,
}

impl<'r> Judged<'r> {
    fn of(report: &'r Report<'_>) -> Self {
        Self {
            model: Cow::Borrowed(report.model),
            survey: Cow::Borrowed(&report.survey),
            outcomes: Cow::Borrowed(&report.outcomes),
            score: Cow::Borrowed(&report.score),
        }
    }

    /// The model as the steps of a playbook leave it.
    fn after(self, playbook: &Playbook, settings: &Settings) -> Judged<'static> {
        let mut model = self.model.into_owned();
        remedy::project(&mut model, playbook);
        let tables = Tables::new(&model);
        let survey = Survey::new(&model, &tables, settings);
        let context = Context { model: &model, tables: &tables, survey: &survey, settings };
        let outcomes = checks::run_scored(context);
        let score = score::score(&outcomes, tables.base().count());
        Judged {
            survey: Cow::Owned(survey),
            outcomes: Cow::Owned(outcomes),
            score: Cow::Owned(score),
            model: Cow::Owned(model),
        }
    }

    /// The playbook for one rule alone.
    fn plan(&self, rule: &str, settings: &Settings) -> Playbook {
        let tables = Tables::new(&self.model);
        let context = Context { model: &self.model, tables: &tables, survey: &self.survey, settings };
        let wanted = self.outcomes.iter().filter(|outcome| outcome.rule.id == rule);
        remedy::plan(context, &wanted.flat_map(|outcome| &outcome.findings).collect::<Vec<_>>())
    }

    /// The total when a person has mended these rules.
    fn total(&self, by_hand: &BTreeSet<&str>) -> Option<f64> {
        self.score.total_when(&self.mended(by_hand))
    }

    fn mended(&self, rules: &BTreeSet<&str>) -> BTreeMap<&'static str, Mended> {
        let mut mended: BTreeMap<&str, Mended> = BTreeMap::new();
        let outcomes = self.outcomes.iter().filter(|outcome| rules.contains(outcome.rule.id));
        for finding in outcomes.flat_map(|outcome| &outcome.findings).filter(|finding| finding.scored) {
            mended.entry(finding.rule).or_default().add(finding);
        }
        mended
    }

    /// The rule that gains most when its findings are mended, among those that were not tried; of equals the first by id.
    fn most_worthwhile(
        &self,
        playbook: &Playbook,
        tried: &BTreeSet<&str>,
        by_hand: &BTreeSet<&str>,
    ) -> Option<Worthwhile> {
        let candidates = candidates(&self.outcomes, playbook);
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
        let mended = self.mended(by_hand);
        let mut best: Option<(f64, Worthwhile)> = None;
        for (rule, touched) in touched {
            let outcome = &self.outcomes[rule];
            let leaving = touched.iter().map(|at| &candidates[*at]).filter(|candidate| candidate.is_mended(rule));
            let findings = leaving.clone().filter(|candidate| candidate.rule == rule).map(|_| 1).sum();
            if findings == 0 || tried.contains(outcome.rule.id) {
                continue;
            }
            let mut then = mended.clone();
            for candidate in leaving {
                then.entry(candidate.finding.rule).or_default().add(candidate.finding);
            }
            let Some(gain) = self.score.gain_when(&then) else { continue };
            if best.as_ref().is_none_or(|(most, _)| *most < gain) {
                let by_hand = outcome.findings.iter().all(|finding| finding.changes.is_empty());
                best = Some((gain, Worthwhile { rule: outcome.rule, findings, by_hand }));
            }
        }
        best.map(|(_, worthwhile)| worthwhile)
    }
}

/// A rule that may be worth mending.
struct Worthwhile {
    rule: &'static Rule,
    /// Its findings that are mended.
    findings: u32,
    /// Nothing but a person mends it.
    by_hand: bool,
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
    fn is_mended(&self, by: usize) -> bool {
        self.makers.iter().all(|makers| makers.contains(&by))
    }
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

//! What to mend first, and what it is worth: rules in the order in which mending their findings gains most, each on top of
//! those before.
//!
//! What a fix is worth is told by its steps: they are made in a copy of the model, and the copy is judged, so that what they
//! add and what else they mend is in the number. Which rule comes next is told by counting findings, which is quick: those
//! that share all their changes leave together, and one with a change that no step makes stays.

use super::Report;
use crate::checks::{self, Change, Context, Finding, Kind, Outcome, Rule};
use crate::model::{Model, QualifiedName, Tables};
use crate::remedy::{self, Changes, Playbook};
use crate::score::{self, Mended, Score};
use crate::settings::Settings;
use crate::survey::Survey;
use foldhash::HashMap;
use serde::Serialize;
use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

/// Fixes that are listed.
const FIXES: usize = 10;

/// Tables that are judged again for the whole list, so that it does not take longer than everything else: ten fixes in a schema of
/// a hundred tables, none in one of more than a thousand.
const JUDGED: usize = 1_000;

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
    /// The schema was judged as the steps leave it. Otherwise, in a large schema, `after` counts the findings that go and not
    /// what the steps add.
    pub judged: bool,
}

pub(super) fn fixes(report: &Report<'_>) -> Vec<Fix> {
    let Some(mut before) = report.score.total else { return Vec::new() };
    let mut judgings = JUDGED / report.tables.len().max(1);
    let mut state = Judged::of(report);
    let mut fixes: Vec<Fix> = Vec::new();
    let (mut tried, mut by_hand) = (BTreeSet::new(), BTreeSet::new());
    let mut counted = Counted::default();
    let known = LazyCell::new(|| Known::of(report));
    let mut open = Open::of(candidates(&state.outcomes, &report.playbook));
    while fixes.len() < FIXES {
        let Some(next) = state.most_worthwhile(&open, &tried, &counted) else { break };
        tried.insert(next.rule.id);
        let judged = next.by_hand || judgings > 0;
        if judged && !next.by_hand {
            let playbook = state.plan(next.rule.id, report.settings);
            if playbook.changes.is_empty() {
                continue;
            }
            judgings -= 1;
            state = state.after(&playbook, report.settings);
            counted = state.counted(&by_hand);
            let mut candidates = candidates(&state.outcomes, &report.playbook);
            candidates.retain(|candidate| known.has(&state.outcomes[candidate.rule].findings[candidate.finding]));
            open = Open::of(candidates);
        } else {
            by_hand.insert(next.rule.id);
            counted = next.counted;
        }
        let Some(after) = state.score.total_when(&counted.mended).filter(|after| *after > before) else { break };
        fixes.push(Fix { rule: next.rule.id, what: next.rule.summary, findings: next.findings, before, after, judged });
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
        let score = score::score(&outcomes, &tables);
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

    /// The findings that a person has mended, of these rules.
    fn counted(&self, by_hand: &BTreeSet<&str>) -> Counted {
        let mut counted = Counted::default();
        let outcomes = self.outcomes.iter().filter(|outcome| by_hand.contains(outcome.rule.id));
        for finding in outcomes.flat_map(|outcome| &outcome.findings).filter(|finding| finding.scored) {
            counted.mended.entry(finding.rule).or_default().add(finding);
        }
        counted
    }

    /// The rule that gains most when its findings are mended, among those that were not tried; of equals the first by id.
    fn most_worthwhile(&self, of: &Open, tried: &BTreeSet<&str>, counted: &Counted) -> Option<Worthwhile> {
        let Open { candidates, touched } = of;
        let mut best: Option<(f64, Worthwhile)> = None;
        for (&rule, touched) in touched {
            let outcome = &self.outcomes[rule];
            let open = touched.iter().copied().filter(|at| !counted.candidates.contains(at));
            let leaving: Vec<usize> = open.filter(|at| candidates[*at].is_mended(rule)).collect();
            let findings = leaving.iter().filter(|at| candidates[**at].rule == rule).map(|_| 1).sum();
            if findings == 0 || tried.contains(outcome.rule.id) {
                continue;
            }
            let mut mended = counted.mended.clone();
            for at in &leaving {
                let finding = &self.outcomes[candidates[*at].rule].findings[candidates[*at].finding];
                mended.entry(finding.rule).or_default().add(finding);
            }
            let Some(gain) = self.score.gain_when(&mended) else { continue };
            if best.as_ref().is_none_or(|(most, _)| *most < gain) {
                let by_hand = outcome.findings.iter().all(|finding| finding.changes.is_empty());
                let candidates = counted.candidates.iter().copied().chain(leaving).collect();
                let counted = Counted { mended, candidates };
                best = Some((gain, Worthwhile { rule: outcome.rule, findings, by_hand, counted }));
            }
        }
        best.map(|(_, worthwhile)| worthwhile)
    }
}

/// Findings that are taken to pass without judging again.
#[derive(Default)]
struct Counted {
    mended: BTreeMap<&'static str, Mended>,
    /// Their places among the candidates, as long as the verdicts stay the same.
    candidates: BTreeSet<usize>,
}

/// A rule that may be worth mending.
struct Worthwhile {
    rule: &'static Rule,
    /// Its findings that are mended.
    findings: u32,
    /// Nothing but a person mends it.
    by_hand: bool,
    /// What is taken to pass when it is mended, without judging again.
    counted: Counted,
}

/// What the report finds: the rules that fail, each with the tables where they do. A finding that comes with the steps of another
/// rule cannot be mended first. Steps may call what it is about otherwise, but not the table.
struct Known<'r>(BTreeSet<(&'r str, &'r str, Option<&'r str>)>);

impl<'r> Known<'r> {
    fn of(report: &'r Report<'_>) -> Self {
        let findings = report.outcomes.iter().flat_map(|outcome| &outcome.findings);
        Self(findings.filter(|finding| finding.scored).map(place).collect())
    }

    fn has(&self, finding: &Finding) -> bool {
        self.0.contains(&place(finding))
    }
}

fn place(finding: &Finding) -> (&str, &str, Option<&str>) {
    (finding.rule, finding.object.schema.as_str(), finding.object.table.as_deref())
}

/// What can be mended in a state.
struct Open {
    candidates: Vec<Candidate>,
    /// Places of the candidates that can change when a rule is mended, by the rule's place among the outcomes.
    touched: BTreeMap<usize, Vec<usize>>,
}

impl Open {
    fn of(candidates: Vec<Candidate>) -> Self {
        let mut touched: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, candidate) in candidates.iter().enumerate() {
            for maker in candidate.makers.iter().flatten() {
                let touched = touched.entry(*maker).or_default();
                if touched.last() != Some(&at) {
                    touched.push(at);
                }
            }
        }
        Self { candidates, touched }
    }
}

/// A finding that can be mended.
#[derive(Debug)]
struct Candidate {
    /// Place of its rule among the outcomes.
    rule: usize,
    /// Its place among the findings of the rule.
    finding: usize,
    /// For each of its changes, the rules whose steps make it; the rule alone where a person mends it.
    makers: Vec<Vec<usize>>,
}

impl Candidate {
    fn is_mended(&self, by: usize) -> bool {
        self.makers.iter().all(|makers| makers.contains(&by))
    }
}

fn candidates(outcomes: &[Outcome], playbook: &Playbook) -> Vec<Candidate> {
    let refused: Changes<'_> = playbook.impossible.iter().map(|(change, _)| change).collect();
    let mut made: HashMap<&QualifiedName, Vec<(usize, &Change)>> = HashMap::default();
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
        for (place, finding) in outcome.findings.iter().enumerate().filter(|(_, finding)| finding.scored) {
            let makers = if by_hand {
                vec![vec![rule]]
            } else if !finding.changes.is_empty() && !finding.changes.iter().any(|change| refused.contains(change)) {
                finding.changes.iter().map(makers).collect()
            } else {
                continue;
            };
            candidates.push(Candidate { rule, finding: place, makers });
        }
    }
    candidates
}

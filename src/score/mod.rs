//! Counts per rule become five dimensions and a total.
//!
//! With `n` applicable objects of which `p` pass and `f = n − p` fail, weight `w` and `k = 3`, a dimension scores
//!
//! ```text
//! 100 · Σ coverage w·p/(n+k)  ÷  ( Σ coverage w·n/(n+k) + Σ defect w·f/(f+k) )
//! ```
//!
//! and has no score when the divisor is 0. The total is the mean of the scored dimensions by their weights. Unknown and
//! suppressed objects are in no count, so what was not measured is never healthy.

use crate::checks::{Counts, Dimension, Finding, Kind, Outcome, Place};
use crate::model::Tables;
use serde::Serialize;
use std::collections::BTreeMap;

/// The constant `k` of the formula.
pub const SMOOTHING: f64 = 3.0;

/// One rule's part in the score.
#[derive(Clone, Debug, Serialize)]
pub struct RuleScore {
    /// Rule.
    pub rule: &'static str,
    /// Dimension.
    pub dimension: Dimension,
    /// Coverage or defect.
    pub kind: Kind,
    /// Weight.
    pub weight: u32,
    /// Counts.
    pub counts: Counts,
    /// Failures whose objects are no longer counted when they are mended.
    pub leaving: u32,
    /// Points of the total that this rule's failures cost, by rescoring without them.
    pub points_lost: f64,
    /// The same without rounding, to order rules by: rounded totals let a small change elsewhere turn the order.
    pub cost: f64,
    /// Points of the total that one of this rule's failures costs, by rescoring without it; not rounded.
    pub points_lost_per_finding: f64,
}

/// Counts of the scored rules over the objects of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableCoverage {
    /// Schema.
    pub schema: String,
    /// Table or view; `None` for what stands in no table.
    pub table: Option<String>,
    /// Counts.
    pub counts: Counts,
}

/// One dimension's score.
#[derive(Clone, Debug, Serialize)]
pub struct DimensionScore {
    /// Dimension.
    pub dimension: Dimension,
    /// Score 0 to 100, rounded to a tenth; `None` when nothing applicable was found.
    pub score: Option<f64>,
    /// Share of the dimension's rules that had something to judge: 0 to 1.
    pub evidence: f64,
    /// Counts over its rules.
    pub counts: Counts,
}

/// How much stands behind the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Evidence below 0.3.
    Low,
    /// Evidence below 0.6.
    Medium,
    /// More.
    High,
}

/// The scorecard.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// Total 0 to 100, rounded to a tenth; `None` when there is not enough evidence.
    pub total: Option<f64>,
    /// `A` from 90, `B` from 80, `C` from 70, `D` from 60, else `F`.
    pub grade: Option<char>,
    /// How much stands behind it.
    pub confidence: Confidence,
    /// Dimensions in the scorecard's order.
    pub dimensions: Vec<DimensionScore>,
    /// Scored rules, by id.
    pub rules: Vec<RuleScore>,
    /// Counts of the scored rules by table, in the order of schema and table.
    pub tables: Vec<TableCoverage>,
}

impl Score {
    /// Counts of the scored rules by schema, in order.
    pub fn schemas(&self) -> Vec<(&str, Counts)> {
        let mut schemas: Vec<(&str, Counts)> = Vec::new();
        for entry in &self.tables {
            match schemas.last_mut() {
                Some((schema, counts)) if *schema == entry.schema => *counts += entry.counts,
                _ => schemas.push((&entry.schema, entry.counts)),
            }
        }
        schemas
    }

    /// The total when findings are mended, by rule.
    pub fn total_when(&self, mended: &BTreeMap<&str, Mended>) -> Option<f64> {
        self.total.and_then(|_| total(&self.mended(mended), 1))
    }

    /// What the total gains when findings are mended, by rule; not rounded.
    pub fn gain_when(&self, mended: &BTreeMap<&str, Mended>) -> Option<f64> {
        let (before, _) = exact(&Part::all(self))?;
        exact(&self.mended(mended)).map(|(after, _)| after - before)
    }

    fn mended(&self, mended: &BTreeMap<&str, Mended>) -> Vec<Part> {
        let mut parts = Part::all(self);
        for (part, rule) in parts.iter_mut().zip(&self.rules) {
            let mended = mended.get(rule.rule).copied().unwrap_or_default();
            let leaving = mended.leaving.min(part.counts.failed);
            let passing = mended.passing.min(part.counts.failed - leaving);
            part.counts.failed -= leaving + passing;
            part.counts.passed += passing;
        }
        parts
    }
}

/// Scores the outcomes of all rules over the tables in scope.
pub fn score(outcomes: &[Outcome], tables: &Tables<'_>) -> Score {
    let by_table = by_table(outcomes, tables);
    let tables = tables.base().count();
    let parts: Vec<Part> =
        outcomes.iter().filter(|outcome| outcome.rule.kind != Kind::Informational).map(Part::new).collect();
    let total = total(&parts, tables);
    let dimensions: Vec<DimensionScore> = Dimension::ALL.iter().map(|dimension| row(*dimension, &parts)).collect();
    let evidence: f64 =
        dimensions.iter().map(|row| f64::from(row.dimension.weight()) * row.evidence).sum::<f64>() / 100.0;
    let rules = outcomes
        .iter()
        .filter(|outcome| outcome.rule.kind != Kind::Informational)
        .enumerate()
        .map(|(position, outcome)| RuleScore {
            rule: outcome.rule.id,
            dimension: outcome.rule.dimension,
            kind: outcome.rule.kind,
            weight: outcome.rule.weight,
            counts: outcome.counts,
            leaving: leaving(outcome),
            points_lost: points_lost(&parts, position, total, tables),
            cost: gain(&parts, position, u32::MAX),
            points_lost_per_finding: gain(&parts, position, 1),
        })
        .collect();
    Score {
        total,
        grade: total.map(grade),
        confidence: match evidence {
            ..0.3 => Confidence::Low,
            0.3..0.6 => Confidence::Medium,
            _ => Confidence::High,
        },
        dimensions,
        rules,
        tables: by_table,
    }
}

/// Counts of the scored rules by table, in the order of schema and table.
fn by_table(outcomes: &[Outcome], tables: &Tables<'_>) -> Vec<TableCoverage> {
    let mut of_tables: Vec<Option<Counts>> = vec![None; tables.len()];
    let mut elsewhere: BTreeMap<(&str, Option<&str>), Counts> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.rule.kind != Kind::Informational) {
        for (place, counts) in &outcome.tables {
            let sum = match place {
                Place::Table(id) => of_tables[id.0].get_or_insert_default(),
                Place::Elsewhere(of) => elsewhere.entry((&of.0, of.1.as_deref())).or_default(),
            };
            *sum += *counts;
        }
    }
    let of_tables = tables.iter().zip(of_tables);
    let of_tables = of_tables
        .filter_map(|(table, counts)| Some(((table.schema.name.as_str(), Some(table.table.name.as_str())), counts?)));
    let mut all: Vec<_> = of_tables.chain(elsewhere).collect();
    all.sort_unstable_by_key(|(names, _)| *names);
    let coverage = |((schema, table), counts): ((&str, Option<&str>), Counts)| TableCoverage {
        schema: schema.to_owned(),
        table: table.map(str::to_owned),
        counts,
    };
    all.into_iter().map(coverage).collect()
}

/// What one rule brings into the sums.
#[derive(Clone, Copy, Debug)]
struct Part {
    dimension: Dimension,
    kind: Kind,
    weight: f64,
    counts: Counts,
    leaving: u32,
}

fn leaving(outcome: &Outcome) -> u32 {
    outcome.findings.iter().filter(|finding| finding.scored && finding.leaves_count).map(|_| 1).sum()
}

impl Part {
    fn new(outcome: &Outcome) -> Self {
        Self {
            dimension: outcome.rule.dimension,
            kind: outcome.rule.kind,
            weight: f64::from(outcome.rule.weight),
            counts: outcome.counts,
            leaving: leaving(outcome),
        }
    }

    /// With some failures mended: those first that are still counted then.
    fn mend(&mut self, failures: u32) {
        let failures = failures.min(self.counts.failed);
        let staying = failures.min(self.counts.failed - self.leaving.min(self.counts.failed));
        self.counts.failed -= failures;
        self.counts.passed += staying;
        self.leaving = self.leaving.min(self.counts.failed);
    }

    /// The parts of a score, by rule id.
    fn all(score: &Score) -> Vec<Self> {
        let part = |rule: &RuleScore| Self {
            dimension: rule.dimension,
            kind: rule.kind,
            weight: f64::from(rule.weight),
            counts: rule.counts,
            leaving: rule.leaving,
        };
        score.rules.iter().map(part).collect()
    }
}

/// A dimension's score without rounding. Parts come in rule-id order, which fixes the order of the sums.
fn dimension(dimension: Dimension, parts: &[Part]) -> Option<f64> {
    let (mut earned, mut possible) = (0.0, 0.0);
    for part in parts.iter().filter(|part| part.dimension == dimension) {
        let applicable = f64::from(part.counts.applicable());
        let failed = f64::from(part.counts.failed);
        match part.kind {
            Kind::Coverage => {
                earned += part.weight * f64::from(part.counts.passed) / (applicable + SMOOTHING);
                possible += part.weight * applicable / (applicable + SMOOTHING);
            }
            Kind::Defect => possible += part.weight * failed / (failed + SMOOTHING),
            Kind::Informational => {}
        }
    }
    (possible > 0.0).then(|| 100.0 * earned / possible)
}

fn row(which: Dimension, parts: &[Part]) -> DimensionScore {
    let own = || parts.iter().filter(|part| part.dimension == which);
    let mut counts = Counts::default();
    for part in own() {
        counts += part.counts;
    }
    let coverage = || own().filter(|part| part.kind == Kind::Coverage);
    let weights: f64 = coverage().map(|part| part.weight).sum();
    let present: f64 = coverage()
        .map(|part| {
            let applicable = f64::from(part.counts.applicable());
            part.weight * applicable / (applicable + SMOOTHING)
        })
        .sum();
    DimensionScore {
        dimension: which,
        score: dimension(which, parts).map(|score| rounded(score, counts.failed)),
        evidence: if weights > 0.0 { present / weights } else { 0.0 },
        counts,
    }
}

/// The total: `None` without tables, or when the dimensions that have a score weigh less than half.
fn total(parts: &[Part], tables: usize) -> Option<f64> {
    let failed = parts.iter().map(|part| part.counts.failed).sum();
    exact(parts).filter(|(_, weights)| tables > 0 && *weights >= 50.0).map(|(total, _)| rounded(total, failed))
}

/// The total without rounding and the weight of the dimensions behind it.
fn exact(parts: &[Part]) -> Option<(f64, f64)> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for which in Dimension::ALL {
        if let Some(score) = dimension(which, parts) {
            sum += f64::from(which.weight()) * score;
            weights += f64::from(which.weight());
        }
    }
    (weights > 0.0).then(|| (sum / weights, weights))
}

/// Half up to a tenth. 100.0 is kept for schemas without any failure.
fn rounded(score: f64, failed: u32) -> f64 {
    let rounded = (score * 10.0 + 0.5).floor() / 10.0;
    if failed > 0 { rounded.min(99.9) } else { rounded }
}

fn grade(total: f64) -> char {
    match total {
        90.0.. => 'A',
        80.0.. => 'B',
        70.0.. => 'C',
        60.0.. => 'D',
        _ => 'F',
    }
}

/// What the total gains when every failure of one rule passes.
fn points_lost(parts: &[Part], position: usize, before: Option<f64>, tables: usize) -> f64 {
    let mut mended = parts.to_vec();
    let Some(part) = mended.get_mut(position) else { return 0.0 };
    if part.counts.failed == 0 {
        return 0.0;
    }
    part.mend(u32::MAX);
    match (before, total(&mended, tables)) {
        (Some(before), Some(after)) => ((after - before) * 10.0).round() / 10.0,
        _ => 0.0,
    }
}

/// What the total gains, without rounding, when so many failures of a rule pass.
fn gain(parts: &[Part], position: usize, failures: u32) -> f64 {
    let mut mended = parts.to_vec();
    let Some(part) = mended.get_mut(position).filter(|part| part.counts.failed > 0) else { return 0.0 };
    part.mend(failures);
    match (exact(parts), exact(&mended)) {
        (Some((before, _)), Some((after, _))) => after - before,
        _ => 0.0,
    }
}

/// Findings of one rule that are mended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Those whose objects pass then.
    pub passing: u32,
    /// Those whose objects are counted no more.
    pub leaving: u32,
}

impl Mended {
    /// One finding more.
    pub fn add(&mut self, finding: &Finding) {
        *(if finding.leaves_count { &mut self.leaving } else { &mut self.passing }) += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part() -> impl Strategy<Value = Part> {
        (0..5_usize, any::<bool>(), 1..10_u32, 0..200_u32, 0..200_u32).prop_map(
            |(dimension, coverage, weight, passed, failed)| Part {
                dimension: Dimension::ALL[dimension],
                kind: if coverage { Kind::Coverage } else { Kind::Defect },
                weight: f64::from(weight),
                counts: Counts { passed, failed, unknown: 0, suppressed: 0 },
                leaving: failed / 3,
            },
        )
    }

    /// The total without rounding, which would hide differences.
    fn exact(parts: &[Part]) -> Option<f64> {
        super::exact(parts).map(|(total, _)| total)
    }

    fn not_lower(after: Option<f64>, before: Option<f64>) -> bool {
        match (after, before) {
            (Some(after), Some(before)) => after >= before - 1e-9,
            _ => true,
        }
    }

    proptest! {
        #[test]
        fn fixing_never_lowers(
            parts in prop::collection::vec(part(), 1..20),
            which in any::<prop::sample::Index>(),
            mended in 1..300_u32,
        ) {
            let position = which.index(parts.len());
            prop_assume!(parts[position].counts.failed > 0);
            let mut fixed = parts.clone();
            fixed[position].mend(mended);
            prop_assert!(not_lower(exact(&fixed), exact(&parts)));
        }

        #[test]
        fn suppressing_never_lowers(parts in prop::collection::vec(part(), 1..20), which in any::<prop::sample::Index>()) {
            let position = which.index(parts.len());
            prop_assume!(parts[position].counts.failed > 0);
            let mut suppressed = parts.clone();
            suppressed[position].counts.failed -= 1;
            suppressed[position].counts.suppressed += 1;
            let own = parts[position].dimension;
            prop_assert!(not_lower(dimension(own, &suppressed), dimension(own, &parts)));
            prop_assert!(not_lower(exact(&suppressed), exact(&parts)));
        }

        #[test]
        fn another_failure_never_raises(parts in prop::collection::vec(part(), 1..20), which in any::<prop::sample::Index>()) {
            let position = which.index(parts.len());
            let mut worse = parts.clone();
            worse[position].counts.failed += 1;
            let own = parts[position].dimension;
            prop_assert!(not_lower(dimension(own, &parts), dimension(own, &worse)));
            prop_assert!(not_lower(exact(&parts), exact(&worse)));
        }

        #[test]
        fn another_pass_never_lowers(parts in prop::collection::vec(part(), 1..20), which in any::<prop::sample::Index>()) {
            let position = which.index(parts.len());
            let mut better = parts.clone();
            better[position].counts.passed += 1;
            let own = parts[position].dimension;
            prop_assert!(not_lower(dimension(own, &better), dimension(own, &parts)));
            prop_assert!(not_lower(exact(&better), exact(&parts)));
        }

        #[test]
        fn order_never_matters(parts in prop::collection::vec(part(), 1..20), seed in any::<u64>()) {
            let mut shuffled: Vec<(u64, Part)> = parts
                .iter()
                .enumerate()
                .map(|(at, part)| ((at as u64 + 1).wrapping_mul(seed | 1).rotate_left(17), *part))
                .collect();
            shuffled.sort_by_key(|(key, _)| *key);
            let shuffled: Vec<Part> = shuffled.into_iter().map(|(_, part)| part).collect();
            prop_assert_eq!(total(&shuffled, 30), total(&parts, 30));
        }

        #[test]
        fn hundred_is_kept_for_perfection(parts in prop::collection::vec(part(), 1..20)) {
            let failed: u32 = parts.iter().map(|part| part.counts.failed).sum();
            prop_assert!(failed == 0 || total(&parts, 1).is_none_or(|total| total < 100.0));
        }
    }
}

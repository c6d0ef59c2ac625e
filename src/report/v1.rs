//! The report's JSON form, version 1. Fields are added, never renamed or removed, as long as the version is 1.

use crate::checks::{self, Counts, Dimension, Kind, Object, Severity};
use crate::model::{Engine, checksum};
use crate::score::Confidence;
use serde::Serialize;
use std::collections::BTreeSet;

/// Everything an audit says.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// Always `brownfield/report`.
    pub format: &'static str,
    /// Version of this form.
    pub version: u32,
    /// The database product.
    pub engine: &'a Engine,
    /// What was judged besides the catalog. Only scores from the same inputs can be compared.
    pub inputs: Inputs,
    /// The rules that judged: the program's version and a checksum of every rule's id, dimension, kind and weight. Only
    /// scores by the same rules can be compared.
    pub rule_set: String,
    /// Objects in scope.
    pub scope: Scope,
    /// The scorecard.
    pub score: Score,
    /// Every rule that ran, by id, with what is needed to compute the score again.
    pub rules: Vec<Rule<'a>>,
    /// Counts of the scored rules by schema.
    pub schemas: Vec<SchemaCoverage<'a>>,
    /// Counts of the scored rules by table.
    pub tables: &'a [crate::score::TableCoverage],
    /// What to mend first.
    pub fix_first: &'a [super::Fix],
    /// Entries of the configuration that suppress nothing any more.
    pub stale_ignores: &'a [super::StaleIgnore],
    /// Other entries of the configuration without effect: what each names, and why it has none.
    pub stale_entries: &'a [String],
    /// Failures, by rule and object.
    pub findings: Vec<Finding<'a>>,
    /// Failures that the configuration suppresses.
    pub suppressed: Vec<Suppressed<'a>>,
    /// What the role could not see.
    pub unseen: &'a [crate::model::Unseen],
    /// The statements by which indexes were judged, when a workload is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload: Option<Workload<'a>>,
}

/// The statements by which indexes were judged. Only reports with the same ones can be compared.
#[derive(Debug, Serialize)]
pub struct Workload<'a> {
    /// Who counted: `file`, `pg_stat_statements`, `events_statements_summary_by_digest`.
    pub source: &'a str,
    /// Statements that were judged: those that read tables in scope, ran often enough and took the most time.
    pub statements: usize,
    /// Those that are not fully understood.
    pub unclear: usize,
    /// Checksums of the texts of those that were judged, which name them in findings, in order.
    pub fingerprints: Vec<String>,
}

/// What was given besides the catalog.
#[derive(Debug, Serialize)]
pub struct Inputs {
    /// Statistics of the server (not with `--no-stats`).
    pub statistics: bool,
    /// Table data (`--data`).
    pub data: bool,
    /// Statements that ran (`--workload`).
    pub workload: bool,
}

/// Numbers of objects.
#[derive(Debug, Serialize)]
pub struct Scope {
    /// Schemas.
    pub schemas: usize,
    /// Tables, without partitions.
    pub tables: usize,
    /// Columns of those tables.
    pub columns: usize,
    /// Declared foreign keys.
    pub foreign_keys: usize,
    /// Relations that were inferred with a confidence of 0.80 or more.
    pub inferred_relations: usize,
    /// Indexes.
    pub indexes: usize,
    /// Views.
    pub views: usize,
}

/// The scorecard.
#[derive(Debug, Serialize)]
pub struct Score {
    /// 0 to 100; `null` when there is not enough evidence.
    pub total: Option<f64>,
    /// `A` to `F`.
    pub grade: Option<char>,
    /// How much stands behind it.
    pub confidence: Confidence,
    /// Dimensions.
    pub dimensions: Vec<DimensionScore>,
}

/// One row of the scorecard.
#[derive(Debug, Serialize)]
pub struct DimensionScore {
    /// Dimension.
    pub dimension: Dimension,
    /// Weight in per cent.
    pub weight: u32,
    /// 0 to 100; `null` when nothing applicable was found.
    pub score: Option<f64>,
    /// 0 to 1.
    pub evidence: f64,
    /// Counts over its rules.
    pub counts: Counts,
}

/// One rule's counts.
#[derive(Debug, Serialize)]
pub struct Rule<'a> {
    /// Rule.
    pub id: &'a str,
    /// Dimension.
    pub dimension: Dimension,
    /// Coverage, defect or informational.
    pub kind: Kind,
    /// Weight.
    pub weight: u32,
    /// Counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Findings that are reported and not counted.
    pub unscored: usize,
    /// Why objects could not be judged, each reason once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_reasons: Vec<&'a str>,
}

/// Counts of the scored rules over one schema.
#[derive(Debug, Serialize)]
pub struct SchemaCoverage<'a> {
    /// Schema.
    pub schema: &'a str,
    /// Counts.
    pub counts: Counts,
}

/// One failure.
#[derive(Debug, Serialize)]
pub struct Finding<'a> {
    /// Rule.
    pub rule: &'a str,
    /// Severity.
    pub severity: Severity,
    /// What it is about.
    pub object: &'a Object,
    /// `schema.table.name`.
    pub path: String,
    /// What is wrong.
    pub message: &'a str,
    /// What a person has to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'a str>,
    /// Whether DDL can mend it.
    pub fixable: bool,
    /// Whether it counts in the score.
    pub scored: bool,
    /// Points of the total that it costs by itself, by rescoring without it; 0 when it does not count.
    pub points_lost: f64,
    /// The rule under which a person reads it, when that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed_under: Option<&'a str>,
}

/// A suppressed failure.
#[derive(Debug, Serialize)]
pub struct Suppressed<'a> {
    /// The failure.
    #[serde(flatten)]
    pub finding: Finding<'a>,
    /// The reason given.
    pub reason: &'a str,
}

impl<'a> Report<'a> {
    /// The JSON form of a report.
    pub fn new(report: &'a super::Report<'a>) -> Self {
        let tables = || report.tables.iter();
        Self {
            format: "brownfield/report",
            version: 1,
            engine: &report.model.engine,
            inputs: Inputs {
                statistics: report.model.statistics.is_some(),
                data: report.model.data.is_some(),
                workload: report.model.workload.is_some(),
            },
            rule_set: rule_set(),
            scope: Scope {
                schemas: report.model.schemas.len(),
                tables: report.tables.len(),
                columns: tables().map(|table| table.columns.len()).sum(),
                foreign_keys: tables().map(|table| table.foreign_keys.len()).sum(),
                inferred_relations: report
                    .survey
                    .relations
                    .iter()
                    .filter(|relation| relation.confidence >= 0.8 && !relation.is_declared())
                    .count(),
                indexes: tables().map(|table| table.indexes.len()).sum(),
                views: report.model.schemas.iter().map(|schema| schema.views.len()).sum(),
            },
            score: Score {
                total: report.score.total,
                grade: report.score.grade,
                confidence: report.score.confidence,
                dimensions: report
                    .score
                    .dimensions
                    .iter()
                    .map(|row| DimensionScore {
                        dimension: row.dimension,
                        weight: row.dimension.weight(),
                        score: row.score,
                        evidence: row.evidence,
                        counts: row.counts,
                    })
                    .collect(),
            },
            rules: report.outcomes.iter().map(rule).collect(),
            schemas: report
                .score
                .schemas()
                .into_iter()
                .map(|(schema, counts)| SchemaCoverage { schema, counts })
                .collect(),
            tables: &report.score.tables,
            fix_first: report.fixes(),
            stale_ignores: &report.summary.stale_ignores,
            stale_entries: &report.summary.stale_entries,
            findings: report
                .outcomes
                .iter()
                .flat_map(|outcome| &outcome.findings)
                .map(|found| {
                    let rule = report.score.rules.iter().find(|rule| rule.rule == found.rule && found.scored);
                    let points = rule.map_or(0.0, |rule| rule.points_lost_per_finding);
                    Finding { points_lost: (points * 10_000.0).round() / 10_000.0, ..finding(found) }
                })
                .collect(),
            suppressed: report
                .outcomes
                .iter()
                .flat_map(|outcome| &outcome.suppressed)
                .map(|(suppressed, reason)| Suppressed { finding: finding(suppressed), reason })
                .collect(),
            unseen: &report.model.unseen,
            workload: workload(report),
        }
    }
}

fn rule_set() -> String {
    let rules = checks::all().iter();
    let text: String =
        rules.map(|rule| format!("{} {:?} {:?} {}\n", rule.id, rule.dimension, rule.kind, rule.weight)).collect();
    format!("{} {}", env!("CARGO_PKG_VERSION"), checksum(&text))
}

fn workload<'a>(report: &'a super::Report<'a>) -> Option<Workload<'a>> {
    let (workload, access) = report.model.workload.as_ref().zip(report.survey.access.as_ref())?;
    let unclear: BTreeSet<usize> = access.unclear.iter().map(|unclear| unclear.query).collect();
    let judged: BTreeSet<usize> =
        access.patterns.iter().map(|pattern| pattern.query).chain(unclear.iter().copied()).collect();
    let mut fingerprints: Vec<String> =
        judged.iter().filter_map(|at| Some(workload.queries.get(*at)?.fingerprint())).collect();
    fingerprints.sort();
    Some(Workload { source: &workload.source, statements: access.statements, unclear: unclear.len(), fingerprints })
}

fn rule(outcome: &crate::checks::Outcome) -> Rule<'_> {
    let mut unknown_reasons: Vec<_> = outcome.unknown.iter().map(|unknown| unknown.reason.as_str()).collect();
    unknown_reasons.sort_unstable();
    unknown_reasons.dedup();
    Rule {
        id: outcome.rule.id,
        dimension: outcome.rule.dimension,
        kind: outcome.rule.kind,
        weight: outcome.rule.weight,
        counts: outcome.counts,
        unscored: outcome.findings.iter().filter(|finding| !finding.scored).count(),
        unknown_reasons,
    }
}

fn finding(finding: &crate::checks::Finding) -> Finding<'_> {
    Finding {
        rule: finding.rule,
        severity: finding.severity,
        object: &finding.object,
        path: finding.object.to_string(),
        message: &finding.message,
        advice: finding.advice.as_deref(),
        fixable: !finding.changes.is_empty(),
        scored: finding.scored,
        points_lost: 0.0,
        printed_under: finding.printed_under,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Report;
    use crate::model::{Engine, EngineName, Model, Statistics, TableData, Tables, Workload};
    use crate::settings::Settings;
    use std::collections::BTreeMap;

    fn inputs(model: &Model) -> (serde_json::Value, serde_json::Value) {
        let (tables, settings) = (Tables::new(model), Settings::default());
        let report = Report::new(model, &tables, &settings);
        let mut json = serde_json::to_value(super::Report::new(&report)).expect("the report is JSON");
        (json["inputs"].take(), json["rule_set"].take())
    }

    #[test]
    fn what_was_given_is_said() {
        let mut model = Model::new(Engine {
            name: EngineName::Sqlite,
            version: "3.50.4".to_owned(),
            variant: None,
            encoding: None,
            collation: None,
            settings: BTreeMap::new(),
        });
        let (nothing, rules) = inputs(&model);
        assert_eq!(nothing, serde_json::json!({ "statistics": false, "data": false, "workload": false }));
        let text = rules.as_str().unwrap_or_default();
        assert!(text.starts_with(env!("CARGO_PKG_VERSION")) && text.len() > 16, "{rules}");
        model.statistics = Some(Statistics::default());
        model.data = Some(TableData::default());
        model.workload = Some(Workload::new("file", None, []));
        let (everything, same) = inputs(&model);
        assert_eq!(everything, serde_json::json!({ "statistics": true, "data": true, "workload": true }));
        assert_eq!(rules, same);
    }
}

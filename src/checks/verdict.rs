//! What a rule says about the objects it applies to.

use super::{Change, Kind, Object, Rule, Severity};
use crate::settings::Settings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Rule that fired.
    pub rule: &'static str,
    /// Severity after the rule's own gradation and the settings.
    pub severity: Severity,
    /// What it is about.
    pub object: Object,
    /// What is wrong with this object, in a sentence without a final stop, with the facts that decided.
    pub message: String,
    /// What would mend it, as engine-neutral changes. Empty when DDL cannot.
    pub changes: Vec<Change>,
    /// What a person has to decide or do when `changes` is empty or not enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// Counts in the score. False for gradations that are worth saying but not counting.
    pub scored: bool,
    /// Mended, the object is none that the rule counts: it is gone, or of another kind.
    #[serde(skip)]
    pub leaves_count: bool,
    /// Another rule reports the same defect on the same object: count it, do not print it twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed_under: Option<&'static str>,
}

impl Finding {
    /// A finding with the rule's default severity and no remedy.
    pub fn new(rule: &Rule, object: Object, message: impl Into<String>) -> Self {
        Self {
            rule: rule.id,
            severity: rule.severity,
            object,
            message: message.into(),
            changes: Vec::new(),
            advice: None,
            scored: rule.kind != Kind::Informational,
            leaves_count: false,
            printed_under: None,
        }
    }

    /// With these changes.
    #[must_use]
    pub fn with(mut self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.changes.extend(changes);
        self
    }

    /// With this advice.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// With another severity than the rule's default.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Reported, but outside numerator and denominator.
    #[must_use]
    pub fn unscored(mut self) -> Self {
        self.scored = false;
        self
    }

    /// Mended by removing the object, or by making it something that the rule does not count.
    #[must_use]
    pub fn leaves_count(mut self) -> Self {
        self.leaves_count = true;
        self
    }

    /// Counted here, printed under another rule.
    #[must_use]
    pub fn printed_under(mut self, rule: &'static str) -> Self {
        self.printed_under = Some(rule);
        self
    }
}

/// An object that could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unknown {
    /// What it is about.
    pub object: Object,
    /// Why, in a sentence without a final stop.
    pub reason: String,
}

/// Counts of verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Objects that passed.
    pub passed: u32,
    /// Objects that failed and count.
    pub failed: u32,
    /// Objects that could not be judged; in no ratio.
    pub unknown: u32,
    /// Failures that the settings suppress; in no ratio.
    pub suppressed: u32,
}

impl Counts {
    /// Objects in the ratio: passed and failed.
    pub fn applicable(self) -> u32 {
        self.passed + self.failed
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.unknown += other.unknown;
        self.suppressed += other.suppressed;
    }
}

/// Collects the verdicts of one rule.
#[derive(Debug)]
pub struct Verdicts {
    rule: &'static Rule,
    /// Passes of objects in the same table, as rules walk from table to table.
    passed: Vec<(String, Option<String>, u32)>,
    findings: Vec<Finding>,
    unknown: Vec<Unknown>,
}

impl Verdicts {
    /// Nothing judged yet.
    pub fn new(rule: &'static Rule) -> Self {
        Self { rule, passed: Vec::new(), findings: Vec::new(), unknown: Vec::new() }
    }

    /// The rule whose verdicts these are.
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The object is as it should be.
    pub fn pass(&mut self, object: Object) {
        match self.passed.last_mut() {
            Some((schema, table, passed)) if *schema == object.schema && *table == object.table => *passed += 1,
            _ => self.passed.push((object.schema, object.table, 1)),
        }
    }

    /// The object is not as it should be.
    pub fn fail(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The object could not be judged.
    pub fn unknown(&mut self, object: Object, reason: impl Into<String>) {
        self.unknown.push(Unknown { object, reason: reason.into() });
    }

    /// Counts, after the settings changed severities and suppressed what they name.
    pub fn finish(self, settings: &Settings) -> Outcome {
        let mut outcome = Outcome {
            rule: self.rule,
            counts: Counts::default(),
            tables: BTreeMap::new(),
            findings: Vec::new(),
            unknown: self.unknown,
            suppressed: Vec::new(),
        };
        for (schema, table, passed) in self.passed {
            outcome.counts.passed += passed;
            outcome.tables.entry((schema, table.unwrap_or_default())).or_default().passed += passed;
        }
        for mut finding in self.findings {
            if let Some(severity) = settings.severity(finding.rule) {
                finding.severity = severity;
            }
            if let Some(reason) = settings.suppression(finding.rule, &finding.object.to_string()) {
                if finding.scored {
                    outcome.count(&finding.object, |counts| counts.suppressed += 1);
                }
                outcome.suppressed.push((finding, reason.to_owned()));
                continue;
            }
            if finding.scored {
                outcome.count(&finding.object, |counts| counts.failed += 1);
            }
            outcome.findings.push(finding);
        }
        for position in 0..outcome.unknown.len() {
            let object = outcome.unknown[position].object.clone();
            outcome.count(&object, |counts| counts.unknown += 1);
        }
        outcome.findings.sort_by(|a, b| (&a.object, &a.message).cmp(&(&b.object, &b.message)));
        outcome.unknown.sort();
        outcome
    }
}

/// The verdicts of one rule, counted.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The rule.
    pub rule: &'static Rule,
    /// Counts over all objects.
    pub counts: Counts,
    /// Counts per table (schema, table); objects in no table stand under an empty table name.
    pub tables: BTreeMap<(String, String), Counts>,
    /// Failures, by object.
    pub findings: Vec<Finding>,
    /// What could not be judged, by object.
    pub unknown: Vec<Unknown>,
    /// Suppressed failures, each with the reason given.
    pub suppressed: Vec<(Finding, String)>,
}

impl Outcome {
    fn count(&mut self, object: &Object, step: impl Fn(&mut Counts)) {
        step(&mut self.counts);
        let key = (object.schema.clone(), object.table.clone().unwrap_or_default());
        step(self.tables.entry(key).or_default());
    }
}

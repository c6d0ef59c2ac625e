//! What a rule says about the objects it applies to.

use super::gaps::Gaps;
use super::{Change, Kind, Needs, Object, Rule, Severity};
use crate::model::{Model, TableId, TableRef, Tables};
use crate::settings::Settings;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

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
        let changes = changes.into_iter();
        // Most findings have one, and a vector that grows by itself makes room for four.
        self.changes.reserve_exact(changes.size_hint().0);
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
pub struct Verdicts<'m> {
    rule: &'static Rule,
    tables: &'m Tables<'m>,
    gaps: Gaps,
    passed: Tally,
    /// Objects that passed a rule that does not count: nobody asks in which tables.
    passed_uncounted: u32,
    findings: Vec<Finding>,
    unknown: Vec<Unknown>,
}

impl<'m> Verdicts<'m> {
    /// Nothing judged yet.
    pub fn new(rule: &'static Rule, model: &Model, tables: &'m Tables<'m>) -> Self {
        let gaps = Gaps::new(rule, model);
        Self {
            rule,
            tables,
            gaps,
            passed: Tally::default(),
            passed_uncounted: 0,
            findings: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// The rule whose verdicts these are.
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The object is as it should be, as far as that could be seen.
    pub fn pass(&mut self, object: Object) {
        if let Some(reason) = self.gaps.of(&object).map(str::to_owned) {
            self.unknown(object, reason);
        } else if self.rule.kind == Kind::Informational {
            self.passed_uncounted += 1;
        } else {
            self.passed.add(self.tables, &object);
        }
    }

    /// The object in a table is as it should be, as far as that could be seen. Most objects are, and few of them have to be named.
    pub fn pass_in(&mut self, table: TableRef<'_>, object: impl FnOnce() -> Object) {
        if self.gaps.are_none() && self.rule.kind == Kind::Informational {
            self.passed_uncounted += 1;
        } else if !self.gaps.are_none() {
            self.pass(object());
        } else {
            self.passed.add_in(Place::Table(table.id));
        }
    }

    /// The object is not as it should be, as far as that could be seen.
    pub fn fail(&mut self, finding: Finding) {
        match self.gaps.of(&finding.object).map(str::to_owned) {
            Some(reason) => self.unknown(finding.object, reason),
            None => self.findings.push(finding),
        }
    }

    /// Says of every schema of which nothing was said because the objects themselves are unseen that it is unknown.
    pub fn note_gaps(&mut self, model: &Model) {
        if matches!(self.rule.needs, Needs::Workload | Needs::Data) {
            return;
        }
        for schema in &model.schemas {
            let said = |unknown: &Unknown| unknown.object.schema == schema.name;
            if let Some(reason) = self.gaps.of_schema(&schema.name)
                && !self.unknown.iter().any(said)
            {
                let reason = reason.to_owned();
                self.unknown(Object::schema(&schema.name), reason);
            }
        }
    }

    /// The object could not be judged.
    pub fn unknown(&mut self, object: Object, reason: impl Into<String>) {
        self.unknown.push(Unknown { object, reason: reason.into() });
    }

    /// Counts, after the settings changed severities and suppressed what they name.
    pub fn finish(self, settings: &Settings) -> Outcome {
        let mut outcome = Outcome {
            rule: self.rule,
            counts: Counts { passed: self.passed_uncounted, ..Counts::default() },
            tables: Vec::new(),
            findings: Vec::new(),
            unknown: self.unknown,
            suppressed: Vec::new(),
        };
        let severity = settings.severity(self.rule.id);
        let (mut failed, mut suppressed, mut unknown) = (Tally::default(), Tally::default(), Tally::default());
        let judged = self.findings.into_iter().filter_map(|mut finding| {
            finding.severity = severity.unwrap_or(finding.severity);
            let reason = settings.suppression(finding.rule, &finding.object);
            if finding.scored {
                if reason.is_some() { &mut suppressed } else { &mut failed }.add(self.tables, &finding.object);
            }
            match reason {
                Some(reason) => {
                    outcome.suppressed.push((finding, reason.to_owned()));
                    None
                }
                None => Some(finding),
            }
        });
        // In the memory that they are in.
        outcome.findings = judged.collect();
        outcome.findings.shrink_to_fit();
        for unseen in &outcome.unknown {
            unknown.add(self.tables, &unseen.object);
        }
        let count = [&self.passed, &failed, &suppressed, &unknown].map(|tally| tally.0.len()).iter().sum();
        let tallies = [
            self.passed.counts(|counts| &mut counts.passed),
            failed.counts(|counts| &mut counts.failed),
            suppressed.counts(|counts| &mut counts.suppressed),
            unknown.counts(|counts| &mut counts.unknown),
        ];
        let mut tables: Vec<(Place, Counts)> = Vec::with_capacity(count);
        tables.extend(tallies.into_iter().flatten());
        // Rules walk the tables in order, so that this finds a few runs that are sorted already.
        tables.sort_by(|(a, _), (b, _)| a.cmp(b));
        tables.dedup_by(|(table, counts), (kept, sum)| {
            let same = table == kept;
            if same {
                *sum += *counts;
            }
            same
        });
        for (_, counts) in &tables {
            outcome.counts += *counts;
        }
        // Nobody asks for the tables of what does not count.
        if self.rule.kind != Kind::Informational {
            outcome.tables = tables;
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
    /// Counts per table, in order. None for rules that do not count, and none in a report, whose score has their sums.
    pub tables: Vec<(Place, Counts)>,
    /// Failures, by object.
    pub findings: Vec<Finding>,
    /// What could not be judged, by object.
    pub unknown: Vec<Unknown>,
    /// Suppressed failures, each with the reason given.
    pub suppressed: Vec<(Finding, String)>,
}

/// Where an object is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// With its table.
    Table(TableId),
    /// With what else it stands in: a schema, and in it a view or a partition, or nothing.
    Elsewhere(Box<(CompactString, Option<CompactString>)>),
}

impl Place {
    /// Where this object is counted: most likely with the table after the one of the object before it.
    fn of(tables: &Tables<'_>, object: &Object, before: Option<&Self>) -> Self {
        if let Some(Self::Table(id)) = before
            && id.0 + 1 < tables.len()
        {
            let next = Self::Table(TableId(id.0 + 1));
            if next.is_of(tables, object) {
                return next;
            }
        }
        match object.table.as_ref().and_then(|table| tables.id(&object.schema, table)) {
            Some(id) => Self::Table(id),
            None => Self::Elsewhere(Box::new((object.schema.clone(), object.table.clone()))),
        }
    }

    fn is_of(&self, tables: &Tables<'_>, object: &Object) -> bool {
        match self {
            Self::Table(id) => {
                let of = tables.get(*id);
                object.table.as_ref().is_some_and(|table| *table == of.table.name) && object.schema == of.schema.name
            }
            Self::Elsewhere(of) => of.1 == object.table && of.0 == object.schema,
        }
    }
}

/// Numbers of objects in the same table, as rules walk from table to table.
#[derive(Debug, Default)]
struct Tally(Vec<(Place, u32)>);

impl Tally {
    fn add(&mut self, tables: &Tables<'_>, object: &Object) {
        match self.0.last_mut() {
            Some((place, number)) if place.is_of(tables, object) => *number += 1,
            last => {
                let place = Place::of(tables, object, last.map(|(place, _)| &*place));
                self.0.push((place, 1));
            }
        }
    }

    fn add_in(&mut self, place: Place) {
        match self.0.last_mut() {
            Some((last, number)) if *last == place => *number += 1,
            _ => self.0.push((place, 1)),
        }
    }

    /// The numbers as counts of one kind.
    fn counts(self, of: fn(&mut Counts) -> &mut u32) -> impl Iterator<Item = (Place, Counts)> {
        self.0.into_iter().map(move |(place, number)| {
            let mut counts = Counts::default();
            *of(&mut counts) = number;
            (place, counts)
        })
    }
}

//! What a rule is.

use super::{Context, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};
use crate::settings::RuleOption;
use serde::{Deserialize, Serialize};

/// A rule: data and a function.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case name of the defect, so that "ignore fk-missing-index" reads as English.
    pub id: &'static str,
    /// One sentence without a final stop: what is wrong where the rule fires.
    pub summary: &'static str,
    /// Row of the scorecard it counts in.
    pub dimension: Dimension,
    /// How it counts.
    pub kind: Kind,
    /// Weight inside its dimension; 0 for informational rules.
    pub weight: u32,
    /// Default severity of its findings; decides exit codes, never the score.
    pub severity: Severity,
    /// Engines it exists for.
    pub engines: &'static [EngineName],
    /// What it needs besides the catalog.
    pub needs: Needs,
    /// Parts of the model without which it cannot judge. Where one of them could not be read, its verdicts are unknown.
    pub reads: &'static [UnseenKind],
    /// What is counted: the objects that can pass or fail, in words.
    pub denominator: &'static str,
    /// Options it takes from the configuration.
    pub options: &'static [RuleOption],
    /// Tools that have the same check, by name; none where none is known.
    pub peers: &'static [&'static str],
    /// Manual pages and sources.
    pub references: &'static [&'static str],
    /// Markdown: `## What it does`, `## Why`, `## Not reported`, `## Fix`, `## Example` with the fenced blocks that the tests run.
    pub documentation: &'static str,
    /// Judges every applicable object.
    pub check: fn(Context<'_>, &mut Verdicts),
}

/// A row of the scorecard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Relations are declared, enforced and valid.
    ReferentialIntegrity,
    /// Rules about values are declared.
    ConstraintCompleteness,
    /// What is looked up is indexed, once.
    IndexCoverage,
    /// Names and types follow one convention.
    ConventionConsistency,
    /// The schema can be run and changed safely.
    OperationalReadiness,
}

impl Dimension {
    /// The scorecard's rows in its order.
    pub const ALL: [Self; 5] = [
        Self::ReferentialIntegrity,
        Self::ConstraintCompleteness,
        Self::IndexCoverage,
        Self::ConventionConsistency,
        Self::OperationalReadiness,
    ];

    /// Name for the reader.
    pub fn title(self) -> &'static str {
        match self {
            Self::ReferentialIntegrity => "Referential Integrity",
            Self::ConstraintCompleteness => "Constraint Completeness",
            Self::IndexCoverage => "Index Coverage",
            Self::ConventionConsistency => "Convention Consistency",
            Self::OperationalReadiness => "Operational Readiness",
        }
    }

    /// Share of the total, in per cent.
    pub fn weight(self) -> u32 {
        match self {
            Self::ReferentialIntegrity | Self::ConstraintCompleteness => 25,
            Self::IndexCoverage => 20,
            Self::ConventionConsistency | Self::OperationalReadiness => 15,
        }
    }
}

/// How a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A ratio: passed of applicable.
    Coverage,
    /// Normally zero: passes earn nothing, each failure costs.
    Defect,
    /// Never scored.
    Informational,
}

/// What a rule needs besides the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Nothing.
    Catalog,
    /// Statistics that the server keeps.
    Statistics,
    /// Counters that only weeks of use fill.
    Usage,
    /// Statements that ran (`--workload`).
    Workload,
    /// Table data (`--data`).
    Data,
}

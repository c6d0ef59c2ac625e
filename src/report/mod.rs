//! The whole answer as one value, from which every format is rendered.

pub mod v1;

use crate::checks::{self, Context, Outcome};
use crate::model::{Model, Tables};
use crate::remedy::{self, Playbook};
use crate::score::{self, Score};
use crate::settings::Settings;
use crate::survey::Survey;

/// Everything known about a database.
#[derive(Debug)]
pub struct Report<'a> {
    /// The catalog.
    pub model: &'a Model,
    /// Its tables with their cross-references.
    pub tables: &'a Tables<'a>,
    /// The user's choices.
    pub settings: &'a Settings,
    /// What was inferred.
    pub survey: Survey,
    /// Verdicts, by rule.
    pub outcomes: Vec<Outcome>,
    /// The scorecard.
    pub score: Score,
    /// How to mend the findings.
    pub playbook: Playbook,
}

impl<'a> Report<'a> {
    /// Runs every stage between the model and the report.
    pub fn new(model: &'a Model, tables: &'a Tables<'a>, settings: &'a Settings) -> Self {
        let survey = Survey::new(model, tables, settings);
        let context = Context { model, tables, survey: &survey, settings };
        let outcomes = checks::run(context);
        let score = score::score(&outcomes, tables.base().count());
        let findings: Vec<_> = outcomes.iter().flat_map(|outcome| &outcome.findings).collect();
        let playbook = remedy::plan(context, &findings);
        Self { model, tables, settings, survey, outcomes, score, playbook }
    }
}

//! The rules. Each says for every object it applies to: pass, fail or unknown.
//!
//! A rule is data and a function, and everything about it stands in its own file. Its documentation is run: fenced
//! blocks marked `sql,fires` and `sql,passes` are loaded into real databases, and the rule must fire or stay quiet.

mod access;
mod change;
mod columns;
mod condition;
mod coverage;
mod gaps;
mod names;
mod object;
mod registry;
mod relations;
mod rule;
mod verdict;

pub mod constraint_completeness;
pub mod convention_consistency;
pub mod index_coverage;
pub mod informational;
pub mod operational_readiness;
pub mod referential_integrity;

pub use crate::settings::{RuleOption, Severity, Values};
pub use change::{Change, NewColumn};
pub(crate) use columns::{is_strict_type, is_utf8mb3};
pub(crate) use coverage::{Cover, cover_by, cover_with, is_secondary, is_unique_key, serves_instead};
pub(crate) use names::Names;
pub use object::{Object, ObjectKind};
pub use registry::{all, find};
pub(crate) use relations::{affinity, holds, successor};
pub use rule::{Dimension, Kind, Needs, Rule};
pub use verdict::{Counts, Finding, Outcome, Place, Unknown, Verdicts};

use crate::model::{Model, Tables};
use crate::parallel;
use crate::settings::Settings;
use crate::survey::Survey;

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The catalog.
    pub model: &'a Model,
    /// The catalog's tables with their cross-references.
    pub tables: &'a Tables<'a>,
    /// What was inferred from the catalog.
    pub survey: &'a Survey,
    /// The user's choices: options of rules, pinned relations.
    pub settings: &'a Settings,
}

/// Runs every rule that this engine supports and the settings leave on, in id order.
///
/// Suppressed findings are taken out here, so that nothing later has to know about suppression.
pub fn run(context: Context<'_>) -> Vec<Outcome> {
    run_those(context, |_| true)
}

/// Runs only the rules that count in the score.
pub fn run_scored(context: Context<'_>) -> Vec<Outcome> {
    run_those(context, |rule| rule.kind != Kind::Informational)
}

fn run_those(context: Context<'_>, wanted: fn(&Rule) -> bool) -> Vec<Outcome> {
    let rules: Vec<&'static Rule> = all()
        .iter()
        .copied()
        .filter(|rule| rule.engines.contains(&context.model.engine.name))
        .filter(|rule| !context.settings.is_disabled(rule.id))
        .map(|rule| registry::configured(rule, context.settings))
        .filter(|rule| wanted(rule))
        .collect();
    parallel::map(&rules, context.tables.len(), |rule| {
        let mut verdicts = Verdicts::new(rule, context.model, context.tables);
        (rule.check)(context, &mut verdicts);
        verdicts.note_gaps(context.model);
        verdicts.finish(context.settings)
    })
}

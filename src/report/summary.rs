//! The numbers of the executive summary.

use crate::checks::Outcome;
use crate::model::{Model, Tables};
use crate::remedy::{Playbook, Safety};
use crate::settings::{Ignore, Settings};
use serde::Serialize;

/// How much there is of everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Schemas that hold tables.
    pub schemas: usize,
    /// Tables of every kind.
    pub tables: usize,
    /// Partitioned tables among them.
    pub partitioned: usize,
    /// Partitions at every level.
    pub partitions: usize,
    /// Foreign and virtual tables among them.
    pub external: usize,
    /// Columns of tables.
    pub columns: usize,
    /// Foreign keys.
    pub foreign_keys: usize,
    /// Indexes, those of constraints included.
    pub indexes: usize,
    /// Unique constraints.
    pub unique_constraints: usize,
    /// Check constraints that a user wrote.
    pub check_constraints: usize,
    /// Views.
    pub views: usize,
    /// Materialized views.
    pub materialized_views: usize,
    /// Enumerated types.
    pub enums: usize,
    /// Domains.
    pub domains: usize,
    /// Sequences.
    pub sequences: usize,
    /// Functions, procedures and aggregates.
    pub functions: usize,
    /// Triggers on tables and views.
    pub triggers: usize,
    /// Row security policies.
    pub policies: usize,
    /// Columns with a comment.
    pub commented_columns: usize,
    /// Tables with a comment.
    pub commented_tables: usize,
    /// Findings that cost points, each once: one that is printed under another is not counted again.
    pub findings: usize,
    /// Findings among them that count under a second rule, too: printed once, they cost points in two dimensions.
    pub counted_twice: usize,
    /// Findings that are worth knowing and cost nothing, each once.
    pub worth_knowing: usize,
    /// Findings that the settings suppress.
    pub suppressed: usize,
    /// Steps of the playbook that are safe, need caution, or break running code.
    pub steps: [usize; 3],
    /// Entries of the configuration that suppress nothing any more.
    pub stale_ignores: Vec<StaleIgnore>,
    /// Other entries of the configuration without effect: what each names, and why it has none.
    pub stale_entries: Vec<String>,
}

/// An entry of the configuration that suppresses nothing any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaleIgnore {
    /// Rule, or every rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Pattern over objects, as written.
    pub object: String,
    /// The reason given.
    pub reason: String,
}

pub(super) fn summary(
    model: &Model,
    tables: &Tables<'_>,
    outcomes: &[Outcome],
    playbook: &Playbook,
    settings: &Settings,
) -> Summary {
    let mut summary = Summary { tables: tables.len(), ..Summary::default() };
    for schema in &model.schemas {
        summary.schemas += usize::from(!schema.tables.is_empty());
        for table in &schema.tables {
            if let Some(partitioning) = &table.partitioning {
                summary.partitioned += 1;
                summary.partitions += partitions(partitioning);
            }
            summary.external += usize::from(!table.is_base());
            summary.columns += table.columns.len();
            summary.foreign_keys += table.foreign_keys.len();
            summary.indexes += table.indexes.len();
            summary.unique_constraints += table.unique_constraints.len();
            summary.check_constraints += table.check_constraints.iter().filter(|check| !check.automatic).count();
            summary.triggers += table.triggers.len();
            summary.policies += table.policies.len();
            summary.commented_tables += usize::from(table.comment.is_some());
            summary.commented_columns += table.columns.iter().filter(|column| column.comment.is_some()).count();
        }
        for view in &schema.views {
            *(if view.materialized { &mut summary.materialized_views } else { &mut summary.views }) += 1;
            summary.triggers += view.triggers.len();
        }
        summary.enums += schema.enums.len();
        summary.domains += schema.domains.len();
        summary.sequences += schema.sequences.len();
        summary.functions += schema.functions.len();
    }
    for outcome in outcomes {
        summary.suppressed += outcome.suppressed.len();
        for finding in &outcome.findings {
            *(match (finding.printed_under, finding.scored) {
                (None, true) => &mut summary.findings,
                (None, false) => &mut summary.worth_knowing,
                (Some(_), true) => &mut summary.counted_twice,
                (Some(_), false) => continue,
            }) += 1;
        }
    }
    for step in &playbook.steps {
        summary.steps[match step.safety {
            Safety::Safe => 0,
            Safety::Caution => 1,
            Safety::Breaking => 2,
        }] += 1;
    }
    summary.stale_ignores = stale_ignores(outcomes, settings);
    summary
}

/// Partitions at every level.
pub(crate) fn partitions(partitioning: &crate::model::Partitioning) -> usize {
    partitioning.partitions.iter().map(|partition| 1 + partition.partitioning.as_deref().map_or(0, partitions)).sum()
}

/// What cannot be judged may come back, so that an entry about it is not stale.
fn stale_ignores(outcomes: &[Outcome], settings: &Settings) -> Vec<StaleIgnore> {
    let objects = |outcome: &Outcome| -> Vec<String> {
        let suppressed = outcome.suppressed.iter().map(|(finding, _)| &finding.object);
        suppressed.chain(outcome.unknown.iter().map(|unknown| &unknown.object)).map(ToString::to_string).collect()
    };
    if settings.ignores.is_empty() {
        return Vec::new();
    }
    let objects: Vec<(&str, Vec<String>)> =
        outcomes.iter().map(|outcome| (outcome.rule.id, objects(outcome))).collect();
    let is_stale = |ignore: &&Ignore| {
        !objects
            .iter()
            .filter(|(rule, _)| ignore.rule.as_deref().is_none_or(|only| only == *rule))
            .any(|(_, objects)| objects.iter().any(|object| ignore.matcher.is_match(object)))
    };
    let stale = settings.ignores.iter().filter(is_stale);
    stale
        .map(|ignore| StaleIgnore {
            rule: ignore.rule.clone(),
            object: ignore.pattern.clone(),
            reason: ignore.reason.clone(),
        })
        .collect()
}

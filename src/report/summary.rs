//! The numbers of the executive summary.

use crate::checks::{Kind, Outcome};
use crate::model::{Model, Tables};
use crate::remedy::{Playbook, Safety};
use crate::score::Score;

/// How much there is of everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Schemas.
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
    /// Findings of scored rules, each once.
    pub findings: usize,
    /// Findings that the settings suppress.
    pub suppressed: usize,
    /// Steps of the playbook that are safe, need caution, or break running code.
    pub steps: [usize; 3],
    /// The rules whose findings cost most, worst first.
    pub fixes: Vec<Fix>,
}

/// A rule whose findings are worth mending.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Rule.
    pub rule: &'static str,
    /// What is wrong where it fires.
    pub what: &'static str,
    /// Findings.
    pub findings: u32,
    /// Points of the total that they cost.
    pub points: f64,
}

pub(super) fn summary(
    model: &Model,
    tables: &Tables<'_>,
    outcomes: &[Outcome],
    score: &Score,
    playbook: &Playbook,
) -> Summary {
    let mut summary = Summary { schemas: model.schemas.len(), tables: tables.len(), ..Summary::default() };
    for schema in &model.schemas {
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
        if outcome.rule.kind != Kind::Informational {
            summary.findings += outcome.findings.iter().filter(|finding| finding.printed_under.is_none()).count();
        }
    }
    for step in &playbook.steps {
        summary.steps[match step.safety {
            Safety::Safe => 0,
            Safety::Caution => 1,
            Safety::Breaking => 2,
        }] += 1;
    }
    summary.fixes = fixes(outcomes, score);
    summary
}

/// Partitions at every level.
pub(crate) fn partitions(partitioning: &crate::model::Partitioning) -> usize {
    partitioning.partitions.iter().map(|partition| 1 + partition.partitioning.as_deref().map_or(0, partitions)).sum()
}

fn fixes(outcomes: &[Outcome], score: &Score) -> Vec<Fix> {
    let mut fixes: Vec<Fix> = score
        .rules
        .iter()
        .filter(|rule| rule.counts.failed > 0)
        .filter_map(|rule| {
            let outcome = outcomes.iter().find(|outcome| outcome.rule.id == rule.rule)?;
            Some(Fix {
                rule: rule.rule,
                what: outcome.rule.summary,
                findings: rule.counts.failed,
                points: rule.points_lost,
            })
        })
        .collect();
    fixes.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.rule.cmp(b.rule)));
    fixes
}

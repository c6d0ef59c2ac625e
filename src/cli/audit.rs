//! `brownfield audit`: scorecard, findings and gates.

use super::arguments::{Audit, AuditFormat, Common};
use super::failure::Failure;
use super::{load, output};
use crate::model::Tables;
use crate::render::{json, marks, terminal};
use crate::report::Report;

pub(super) fn run(common: &Common, options: &Audit) -> Result<(), Failure> {
    let settings = load::settings(common)?;
    let model = load::model(&options.database)?;
    let tables = Tables::new(&model);
    let report = Report::new(&model, &tables, &settings);
    for relation in report.survey.relations.iter().filter(|relation| relation.is_unsure()) {
        // As literals, because names may hold anything.
        tracing::debug!(
            column = ?format!("{}.{}.{}", relation.table.schema, relation.table.name, relation.column),
            table = ?format!("{}.{}", relation.referenced_table.schema, relation.referenced_table.name),
            confidence = relation.confidence,
            why = ?relation.why,
            "a relation too unsure to report"
        );
    }
    let text = match options.format {
        AuditFormat::Text if options.output.path().is_some() => {
            format!("{}\n{}\n", terminal::render(&report, options.all), marks::AUDIT)
        }
        AuditFormat::Text => terminal::render(&report, options.all),
        AuditFormat::Json => json::render(&report),
    };
    output::write(&options.output, text.as_bytes())?;
    let failed = gates(&report, options);
    if failed.is_empty() { Ok(()) } else { Err(Failure::Gate(failed)) }
}

fn gates(report: &Report<'_>, options: &Audit) -> Vec<String> {
    let mut failed = Vec::new();
    if let Some(threshold) = options.fail_on {
        let lowest = threshold.severity();
        let findings = report.outcomes.iter().flat_map(|outcome| &outcome.findings);
        let count = findings.filter(|finding| finding.printed_under.is_none() && finding.severity >= lowest).count();
        if count > 0 {
            failed.push(format!("findings of severity {} or higher: {count}", lowest.word()));
        }
    }
    if let Some(minimum) = options.min_score {
        match report.score.total {
            Some(total) if total >= minimum => {}
            Some(total) => failed.push(format!("the score {total:.1} is below {minimum:.1}")),
            None => failed.push("there is not enough evidence for a score, so it cannot reach the minimum".to_owned()),
        }
    }
    failed
}

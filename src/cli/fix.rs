//! `brownfield fix`: the migration playbook as SQL.

use super::arguments::{Common, Fix, PhaseName};
use super::failure::Failure;
use super::{load, output, rules};
use crate::model::Tables;
use crate::remedy::Phase;
use crate::render::sql;
use crate::report::Report;
use crate::settings::Settings;

pub(super) fn run(common: &Common, options: &Fix) -> Result<(), Failure> {
    for id in &options.rule {
        rules::find(id)?;
    }
    let settings = Settings { renames: options.with_renames, ..load::settings(common)? };
    let model = load::model(&options.database)?;
    let tables = Tables::new(&model);
    let report = Report::new(&model, &tables, &settings);
    let phases: Vec<Phase> = options.phase.iter().copied().map(PhaseName::phase).collect();
    output::write(&options.output, sql::render_phases(&report, &options.rule, &phases).as_bytes())
}

//! `brownfield fix`: the migration playbook as SQL.

use super::arguments::{Common, Fix};
use super::failure::Failure;
use super::{load, output, rules};
use crate::model::Tables;
use crate::render::sql;
use crate::report::Report;

pub(super) fn run(common: &Common, options: &Fix) -> Result<(), Failure> {
    for id in &options.rule {
        rules::find(id)?;
    }
    let settings = load::settings(common)?;
    let model = load::model(&options.database)?;
    let tables = Tables::new(&model);
    let report = Report::new(&model, &tables, &settings);
    output::write(&options.output, sql::render(&report, &options.rule).as_bytes())
}

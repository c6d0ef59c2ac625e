//! `brownfield demo`: a sample database, and everything that can be said about it.

use super::arguments::{Common, Demo};
use super::failure::Failure;
use super::{load, output, sample, snapshot};
use crate::catalog::{self, Options, Source};
use crate::model::Tables;
use crate::render::markdown::{self, DocumentOptions};
use crate::render::terminal;
use crate::report::Report;
use std::fmt::Write;

pub(super) fn run(common: &Common, options: &Demo) -> Result<(), Failure> {
    let settings = load::settings(common)?;
    let folder = &options.output;
    let [database, document, model_file] = ["shop.db", "spec.md", "snapshot.json"].map(|name| folder.join(name));
    if !options.force {
        output::refuse_foreign(&document)?;
        output::refuse_foreign(&model_file)?;
        if database.exists() && !model_file.exists() {
            // The database itself carries no mark: it is ours when our snapshot lies beside it.
            output::refuse_foreign(&database)?;
        }
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| catalog::Error::new(format!("cannot make the folder {}", folder.display())).because(error))?;
    sample::create(&database)?;
    // From here on everything happens exactly as for a user's own URL.
    let source = Source::parse(&database.display().to_string(), &load::environment())?;
    let mut model = load::read(&source, &Options { statistics: false, ..Options::default() })?;
    snapshot::grouped(&mut model, &settings);
    let tables = Tables::new(&model);
    let report = Report::new(&model, &tables, &settings);
    let choices = DocumentOptions { title: Some("Shop".to_owned()), ..DocumentOptions::default() };
    output::file(&document, markdown::render(&report, &choices).as_bytes(), true)?;
    output::file_by(&model_file, true, |writer| snapshot::write(writer, &model))?;
    let mut text = terminal::scorecard(&report);
    let _ = write!(
        text,
        "\nwritten: {}\n         {}\n         {}\n\nnext, on your own database:\n  brownfield audit postgres://user@host/database\n  \
         brownfield doc postgres://user@host/database -o spec.md\n",
        document.display(),
        model_file.display(),
        database.display()
    );
    output::standard_output(text.as_bytes())
}

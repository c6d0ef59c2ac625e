//! The command line: the only place that sees arguments, the environment, the clock and the terminal.
//!
//! Data goes to standard output, everything else to standard error. Exit codes: 0 fine, 1 a gate failed, 2 wrong usage
//! or configuration, 3 could not answer.

mod arguments;
mod audit;
mod demo;
mod doc;
mod failure;
mod fix;
mod load;
mod output;
mod rules;
mod sample;
mod snapshot;

pub use arguments::Arguments;

use arguments::Verb;
use clap::Parser;
use failure::Failure;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with these arguments (the first is its own name).
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return failure::report_arguments(&error),
    };
    arguments.common.color.apply();
    load::set_up_logging(arguments.common.verbose);
    match verb(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn verb(arguments: &Arguments) -> Result<(), Failure> {
    let common = &arguments.common;
    match &arguments.verb {
        Verb::Doc(options) => doc::run(common, options),
        Verb::Audit(options) => audit::run(common, options),
        Verb::Fix(options) => fix::run(common, options),
        Verb::Snapshot(options) => snapshot::run(common, options),
        Verb::Rules(options) => rules::run(options),
        Verb::Demo(options) => demo::run(common, options),
        Verb::Completions(options) => output::completions(options.shell),
    }
}

//! The integration tests: one program, real servers, a fresh database for every live test.
//!
//! `cargo test` starts the servers that the tests need, each once and only when a test asks for it, and ends them when
//! the run ends, however it ends. `BROWNFIELD_TEST_SERVERS="pg15 mysql9.7"` narrows the set; a variable such as
//! `BROWNFIELD_TEST_PG15_URL` points a name at a server that runs already. The last lines say what took longest and what was
//! covered.

#![expect(clippy::print_stdout, reason = "the last lines of a run say what it covered")]

mod support;

mod claims;
mod cli;
mod diagrams;
mod docs;
mod document;
mod evaluation;
mod examples;
mod gallery;
mod live;
mod playbook;
mod squawk;
mod tidy;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = Vec::new();
    tidy::add(&mut trials);
    claims::add(&mut trials);
    cli::add(&mut trials);
    diagrams::add(&mut trials);
    docs::add(&mut trials);
    document::add(&mut trials);
    evaluation::add(&mut trials);
    examples::add(&mut trials);
    gallery::add(&mut trials);
    live::add(&mut trials);
    playbook::add(&mut trials);
    squawk::add(&mut trials);
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        support::servers::stop();
        support::times::print();
        support::servers::print_coverage();
        support::schemas::print_coverage();
    }
    conclusion.exit_code()
}

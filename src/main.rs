//! The `brownfield` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    brownfield::cli::run(std::env::args_os())
}

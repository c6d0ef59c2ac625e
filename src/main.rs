//! The `brownfield` program.

use std::process::ExitCode;

/// Reports are made of very many short strings, which this allocator hands out faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    brownfield::cli::run(std::env::args_os())
}

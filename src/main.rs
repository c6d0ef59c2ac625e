//! The `brownfield` program.

use libmimalloc_sys::{mi_option_set, mi_option_t};
use std::process::ExitCode;

/// Reports are made of very many short strings, which this allocator hands out faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of `mimalloc.h`: after how many milliseconds freed memory goes back to the system; -1 is never.
const PURGE_DELAY: mi_option_t = 15;

fn main() -> ExitCode {
    keep_freed_memory();
    brownfield::cli::run(std::env::args_os())
}

/// Keeps the memory that one stage frees for the next one: the program runs for a moment, and the system clears every page
/// that it hands out anew.
#[expect(unsafe_code, reason = "the allocator's options have no other interface")]
fn keep_freed_memory() {
    // SAFETY: it stores one number, and no other thread runs yet.
    unsafe { mi_option_set(PURGE_DELAY, -1) }
}

//! The `brownfield` program.
fn main() {}

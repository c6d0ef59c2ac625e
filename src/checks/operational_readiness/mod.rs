//! Operational readiness: the schema can be run and changed safely.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];

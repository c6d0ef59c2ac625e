//! Informational rules: worth knowing, never scored.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];

//! Index coverage: what is looked up is indexed, once.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];

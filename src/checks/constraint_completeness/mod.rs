//! Constraint completeness: rules about values are declared.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];

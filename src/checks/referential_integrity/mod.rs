//! Referential integrity: relations are declared, enforced and valid.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];

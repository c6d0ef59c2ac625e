//! Convention consistency: names and types follow one convention.

use super::Rule;

pub(super) static RULES: &[&Rule] = &[];

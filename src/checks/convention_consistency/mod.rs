//! Convention consistency: names and types follow one convention.

mod constraint_name_inconsistent;
mod name_snake_case;
mod table_name_plurality;

use super::Rule;

pub(super) static RULES: &[&Rule] =
    &[&constraint_name_inconsistent::RULE, &name_snake_case::RULE, &table_name_plurality::RULE];

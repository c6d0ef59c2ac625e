//! Convention consistency: names and types follow one convention.

mod charset_collation_inconsistent;
mod column_type_inconsistent;
mod constraint_name_generated;
mod constraint_name_inconsistent;
mod fk_column_name;
mod name_reserved_word;
mod name_snake_case;
mod name_special_characters;
mod name_truncated;
mod pk_column_name;
mod renamed;
mod table_name_plurality;
mod timestamp_column_name;

use super::Rule;

pub(super) static RULES: &[&Rule] = &[
    &charset_collation_inconsistent::RULE,
    &column_type_inconsistent::RULE,
    &constraint_name_generated::RULE,
    &constraint_name_inconsistent::RULE,
    &fk_column_name::RULE,
    &name_reserved_word::RULE,
    &name_snake_case::RULE,
    &name_special_characters::RULE,
    &name_truncated::RULE,
    &pk_column_name::RULE,
    &table_name_plurality::RULE,
    &timestamp_column_name::RULE,
];

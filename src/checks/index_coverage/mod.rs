//! Index coverage: what is looked up is indexed, once.

use super::Rule;

mod btree_on_array_or_json;
mod index_duplicate;
mod index_invalid;
mod index_leading_boolean;
mod index_order_esr;
mod index_pointless_predicate;
mod index_range_before_equality;
mod index_redundant_prefix;
mod polymorphic_unindexed;
mod query_pattern_uncovered;
mod relation_column_unindexed;
mod soft_delete_not_partial;
mod spatial_index_no_srid;
mod tenant_not_leading;

pub(super) static RULES: &[&Rule] = &[
    &btree_on_array_or_json::RULE,
    &index_duplicate::RULE,
    &index_invalid::RULE,
    &index_leading_boolean::RULE,
    &index_order_esr::RULE,
    &index_pointless_predicate::RULE,
    &index_range_before_equality::RULE,
    &index_redundant_prefix::RULE,
    &polymorphic_unindexed::RULE,
    &query_pattern_uncovered::RULE,
    &relation_column_unindexed::RULE,
    &soft_delete_not_partial::RULE,
    &spatial_index_no_srid::RULE,
    &tenant_not_leading::RULE,
];

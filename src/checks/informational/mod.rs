//! Informational rules: worth knowing, never scored.

use super::Rule;

mod boolean_column_name;
mod clone_tables;
mod column_alignment;
mod column_comment_missing;
mod compound_value_column;
mod definer_missing;
mod eav_table;
mod empty_or_unused_table;
mod exclusion_missing;
mod extension_in_public;
mod extension_outdated;
mod fk_cascade_hazard;
mod fk_cross_schema;
mod fk_cycle;
mod fk_overlapping;
mod fk_self_reference;
mod function_search_path;
mod function_without_comment;
mod incrementing_columns;
mod index_bloat;
mod index_invisible;
mod index_key_duplicate_column;
mod index_leading_nullable;
mod index_on_blob;
mod index_pk_suffix;
mod index_unused;
mod index_wide;
mod matview_no_unique_index;
mod name_generic;
mod name_redundant_prefix;
mod native_enum;
mod natural_or_wide_pk;
mod nullable_but_never_null;
mod owner_mixed;
mod partition_runway;
mod pk_not_first;
mod pk_type_mixed;
mod pk_uuid_locality;
mod plaintext_secret_column;
mod polymorphic_association;
mod public_create;
mod rls_always_true;
mod rls_enabled_no_policy;
mod rls_initplan;
mod rls_policy_disabled;
mod schema_env_name;
mod security_definer_view;
mod sequence_not_owned;
mod serial_not_identity;
mod stale_statistics;
mod surrogate_key_only;
mod table_bloat;
mod table_isolated;
mod table_seq_scanned;
mod table_too_many_indexes;
mod text_unbounded;
mod too_many_lobs;
mod type_discouraged;
mod unique_email_case;
mod uuid_as_text;
mod varchar_n;
mod view_invalid;
mod wide_table;
mod wraparound;

/// What counts where the option `scored` of the rule of the same id is true.
pub(super) static SCORED: &[&Rule] = &[&polymorphic_association::SCORED];

pub(super) static RULES: &[&Rule] = &[
    &boolean_column_name::RULE,
    &clone_tables::RULE,
    &column_alignment::RULE,
    &column_comment_missing::RULE,
    &compound_value_column::RULE,
    &definer_missing::RULE,
    &eav_table::RULE,
    &empty_or_unused_table::RULE,
    &exclusion_missing::RULE,
    &extension_in_public::RULE,
    &extension_outdated::RULE,
    &fk_cascade_hazard::RULE,
    &fk_cross_schema::RULE,
    &fk_cycle::RULE,
    &fk_overlapping::RULE,
    &fk_self_reference::RULE,
    &function_search_path::RULE,
    &function_without_comment::RULE,
    &incrementing_columns::RULE,
    &index_bloat::RULE,
    &index_invisible::RULE,
    &index_key_duplicate_column::RULE,
    &index_leading_nullable::RULE,
    &index_on_blob::RULE,
    &index_pk_suffix::RULE,
    &index_unused::RULE,
    &index_wide::RULE,
    &matview_no_unique_index::RULE,
    &name_generic::RULE,
    &name_redundant_prefix::RULE,
    &native_enum::RULE,
    &natural_or_wide_pk::RULE,
    &nullable_but_never_null::RULE,
    &owner_mixed::RULE,
    &partition_runway::RULE,
    &pk_not_first::RULE,
    &pk_type_mixed::RULE,
    &pk_uuid_locality::RULE,
    &plaintext_secret_column::RULE,
    &polymorphic_association::RULE,
    &public_create::RULE,
    &rls_always_true::RULE,
    &rls_enabled_no_policy::RULE,
    &rls_initplan::RULE,
    &rls_policy_disabled::RULE,
    &schema_env_name::RULE,
    &security_definer_view::RULE,
    &sequence_not_owned::RULE,
    &serial_not_identity::RULE,
    &stale_statistics::RULE,
    &surrogate_key_only::RULE,
    &table_bloat::RULE,
    &table_isolated::RULE,
    &table_seq_scanned::RULE,
    &table_too_many_indexes::RULE,
    &text_unbounded::RULE,
    &too_many_lobs::RULE,
    &type_discouraged::RULE,
    &unique_email_case::RULE,
    &uuid_as_text::RULE,
    &varchar_n::RULE,
    &view_invalid::RULE,
    &wide_table::RULE,
    &wraparound::RULE,
];

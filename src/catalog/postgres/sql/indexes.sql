-- Indexes, those that are attached to a partitioned table's index left out. The digest tells which expressions and
-- predicates are stored alike, so that each is printed once. What few indexes have is in one cell, which is empty for all
-- others.
SELECT
    i.indexrelid,
    i.indrelid,
    c.relname,
    am.amname,
    i.indisunique,
    i.indisprimary,
    i.indnkeyatts,
    i.indkey,
    i.indoption,
    i.indclass,
    i.indcollation,
    NULLIF(c.relpages, 0),
    NULLIF(i.indpred IS NOT NULL, false),
    CASE WHEN NOT i.indimmediate OR i.indisexclusion OR NOT i.indisvalid OR NOT i.indisready OR NOT i.indislive
        OR i.indisclustered OR i.indisreplident OR i.nulls_not_distinct OR c.reloptions IS NOT NULL
    THEN pg_catalog.json_build_array(
        i.indimmediate,
        i.indisexclusion,
        i.indisvalid,
        i.indisready AND i.indislive,
        i.indisclustered,
        i.indisreplident,
        i.nulls_not_distinct,
        COALESCE(c.reloptions, '{}')
    ) END,
    CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN pg_catalog.substr(
        pg_catalog.sha256(pg_catalog.convert_to(
            COALESCE(i.indexprs::text, '') || ' ' || COALESCE(i.indpred::text, ''),
            pg_catalog.current_setting('server_encoding')
        )), 1, 16
    ) END
FROM (SELECT false AS indnullsnotdistinct) AS before_it_existed
CROSS JOIN LATERAL (
    SELECT own.*, indnullsnotdistinct AS nulls_not_distinct FROM pg_catalog.pg_index AS own
) AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT c.relispartition;

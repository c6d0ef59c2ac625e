-- Indexes, those that are attached to a partitioned table's index left out.
SELECT
    i.indexrelid,
    i.indrelid,
    c.relname,
    am.amname,
    i.indisunique,
    i.indimmediate,
    i.indisprimary,
    i.indisexclusion,
    i.indisvalid,
    i.indisready AND i.indislive,
    i.indisclustered,
    i.indisreplident,
    i.nulls_not_distinct,
    i.indnkeyatts,
    i.indkey::text,
    i.indoption::text,
    i.indclass::text,
    i.indcollation::text,
    NULLIF(c.relpages, 0),
    c.reloptions,
    CASE WHEN i.indexprs IS NOT NULL AND i.indrelid <> ALL (locked.oids)
        THEN pg_catalog.pg_get_expr(i.indexprs, i.indrelid) END,
    i.indpred IS NOT NULL,
    CASE WHEN i.indpred IS NOT NULL AND i.indrelid <> ALL (locked.oids)
        THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END
FROM (SELECT false AS indnullsnotdistinct) AS before_it_existed
CROSS JOIN LATERAL (
    SELECT own.*, indnullsnotdistinct AS nulls_not_distinct FROM pg_catalog.pg_index AS own
) AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids)
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT c.relispartition;

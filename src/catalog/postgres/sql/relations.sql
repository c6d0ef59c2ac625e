-- Tables, partitions, views, materialized views and foreign tables. The partition key opens the relation, so it is
-- left out for relations on which somebody holds or awaits an exclusive lock.
SELECT
    c.oid,
    c.relnamespace,
    c.relname,
    c.relkind,
    c.relpersistence,
    c.relispartition,
    c.relowner,
    am.amname,
    c.relreplident,
    c.relrowsecurity,
    c.relforcerowsecurity,
    c.relispopulated,
    c.reltuples::int8,
    c.relpages,
    CASE WHEN c.reloftype <> 0 THEN (
        SELECT tn.nspname
        FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.typnamespace
        WHERE t.oid = c.reloftype
    ) END,
    CASE WHEN c.reloftype <> 0 THEN (SELECT t.typname FROM pg_catalog.pg_type AS t WHERE t.oid = c.reloftype) END,
    fs.srvname,
    c.reloptions,
    CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, 0) END,
    CASE WHEN c.relkind = 'p' AND c.oid <> ALL (locked.oids) THEN pg_catalog.pg_get_partkeydef(c.oid) END,
    p.partstrat,
    p.partattrs::text,
    CASE WHEN ft.ftoptions IS NOT NULL THEN ARRAY(
        SELECT pg_catalog.split_part(option, '=', 1) FROM pg_catalog.unnest(ft.ftoptions) AS option
    ) END,
    fs.oid,
    c.relnatts
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_foreign_table AS ft ON ft.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server AS fs ON fs.oid = ft.ftserver
LEFT JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = c.oid
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids)
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f');

-- When indexes were last used (PostgreSQL 16 and later); for the index of a partitioned table, any of its parts.
WITH RECURSIVE attached (root, oid) AS (
    SELECT c.oid, c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND c.relkind = 'I' AND NOT c.relispartition
    UNION ALL
    SELECT attached.root, i.inhrelid
    FROM attached
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = attached.oid
)
SELECT used.index_oid, pg_catalog.to_char(used.at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM (
    SELECT c.oid, pg_catalog.pg_stat_get_lastscan(c.oid)
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND c.relkind = 'i' AND NOT c.relispartition
    UNION ALL
    SELECT attached.root, pg_catalog.max(pg_catalog.pg_stat_get_lastscan(attached.oid))
    FROM attached
    GROUP BY attached.root
) AS used (index_oid, at)
WHERE used.at IS NOT NULL;

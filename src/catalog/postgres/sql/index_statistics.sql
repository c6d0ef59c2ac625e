-- How often indexes were used. Those of partitions count for the index of the partitioned table they are attached to.
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
SELECT c.oid, pg_catalog.pg_stat_get_numscans(c.oid), NULL::int8
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND c.relkind = 'i' AND NOT c.relispartition
UNION ALL
SELECT
    attached.root,
    pg_catalog.sum(pg_catalog.pg_stat_get_numscans(attached.oid))::int8,
    CASE WHEN pg_catalog.bool_and(c.relpages > 0) THEN pg_catalog.sum(c.relpages)::int8 END
FROM attached
JOIN pg_catalog.pg_class AS c ON c.oid = attached.oid
WHERE c.relkind = 'i'
GROUP BY attached.root;

-- User types with the array type of each. The row types of tables and array types themselves are left out.
SELECT
    t.oid,
    t.typnamespace,
    t.typname,
    t.typtype,
    t.typarray,
    t.typbasetype,
    CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
    t.typnotnull,
    CASE WHEN t.typtype = 'd' THEN COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault) END,
    CASE WHEN t.typtype = 'd' THEN (
        SELECT NULLIF(t.typcollation, base.typcollation) FROM pg_catalog.pg_type AS base WHERE base.oid = t.typbasetype
    ) END,
    t.typrelid,
    CASE WHEN t.typtype = 'r' THEN pg_catalog.format_type(r.rngsubtype, NULL) END,
    multirange.typname
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN (
    SELECT own.*
    FROM (SELECT NULL::pg_catalog.oid AS rngmultitypid) AS before_it_existed
    CROSS JOIN LATERAL (SELECT g.rngtypid, g.rngsubtype, rngmultitypid AS multirange FROM pg_catalog.pg_range AS g) AS own
) AS r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_type AS multirange ON multirange.oid = r.multirange
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND t.typtype IN ('b', 'c', 'd', 'e', 'r')
    AND (t.typrelid = 0 OR t.typrelid IN (SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind = 'c'))
    AND NOT (t.typelem <> 0 AND t.typlen = -1 AND t.typcategory = 'A');

-- Tables that publications name, with the columns and rows that they are limited to (PostgreSQL 15 and later).
SELECT
    r.prpubid,
    n.nspname,
    c.relname,
    r.prrelid,
    CASE WHEN r.columns IS NOT NULL THEN ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.columns::pg_catalog.int2[])
        ORDER BY a.attnum
    ) END,
    r.filter IS NOT NULL,
    CASE WHEN r.filter IS NOT NULL AND r.prrelid <> ALL (locked.oids)
        THEN pg_catalog.pg_get_expr(r.filter, r.prrelid) END
FROM (SELECT NULL::pg_catalog.int2vector AS prattrs, NULL::pg_catalog.pg_node_tree AS prqual) AS before_they_existed
CROSS JOIN LATERAL (
    SELECT own.*, prattrs AS columns, prqual AS filter FROM pg_catalog.pg_publication_rel AS own
) AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids);

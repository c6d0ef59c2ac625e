-- Extended statistics objects. Expressions, which only newer servers take, are printed as those of indexes are.
SELECT
    s.oid,
    s.stxrelid,
    n.nspname,
    s.stxname,
    s.stxkeys::text,
    s.stxkind::text,
    s.expressions IS NOT NULL,
    CASE WHEN s.expressions IS NOT NULL AND s.stxrelid <> ALL (locked.oids)
        THEN pg_catalog.pg_get_expr(s.expressions, s.stxrelid) END
FROM (SELECT NULL::pg_catalog.pg_node_tree AS stxexprs) AS before_they_existed
CROSS JOIN LATERAL (SELECT own.*, stxexprs AS expressions FROM pg_catalog.pg_statistic_ext AS own) AS s
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids)
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_';

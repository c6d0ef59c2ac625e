-- Row security policies. Role 0 is PUBLIC.
SELECT
    p.oid,
    p.polrelid,
    p.polname,
    p.polcmd,
    p.polpermissive,
    p.polroles::text,
    p.polqual IS NOT NULL,
    CASE WHEN p.polrelid <> ALL (locked.oids) THEN pg_catalog.pg_get_expr(p.polqual, p.polrelid) END,
    p.polwithcheck IS NOT NULL,
    CASE WHEN p.polrelid <> ALL (locked.oids) THEN pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) END
FROM pg_catalog.pg_policy AS p
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids);

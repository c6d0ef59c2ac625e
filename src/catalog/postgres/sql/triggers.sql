-- Triggers that somebody made; those behind foreign keys are internal, and those that a partition has from its parent
-- depend on it. The columns of partitions are not read elsewhere, so that those of UPDATE OF are named here.
SELECT
    t.oid,
    t.tgrelid,
    t.tgname,
    t.tgenabled,
    t.tgtype,
    t.tgattr::text,
    t.tgconstraint <> 0,
    fn.nspname,
    p.proname,
    CASE WHEN t.tgrelid <> ALL (locked.oids) THEN pg_catalog.pg_get_triggerdef(t.oid) END,
    CASE WHEN c.relispartition THEN ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr::pg_catalog.int2[])
        ORDER BY a.attnum
    ) END
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_namespace AS fn ON fn.oid = p.pronamespace
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids)
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT t.tgisinternal
    AND NOT (c.relispartition AND EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'P'
    ));

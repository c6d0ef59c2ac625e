-- Triggers that somebody made; those behind foreign keys and those cloned to partitions are internal or not ours.
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
    CASE WHEN t.tgrelid <> ALL (locked.oids) THEN pg_catalog.pg_get_triggerdef(t.oid) END
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_namespace AS fn ON fn.oid = p.pronamespace
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids)
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT t.tgisinternal AND NOT c.relispartition;

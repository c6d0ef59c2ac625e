-- Foreign keys whose own triggers do not fire in ordinary sessions, and the table on which they do not. A partition's
-- copy counts for the key that it was made from.
WITH RECURSIVE disabled (constraint_oid, table_oid) AS (
    SELECT t.tgconstraint, t.tgrelid
    FROM pg_catalog.pg_trigger AS t
    WHERE t.tgisinternal AND t.tgconstraint <> 0 AND t.tgenabled IN ('D', 'R')
    UNION
    SELECT k.conparentid, disabled.table_oid
    FROM disabled
    JOIN pg_catalog.pg_constraint AS k ON k.oid = disabled.constraint_oid
    WHERE k.conparentid <> 0
)
SELECT disabled.constraint_oid, n.nspname, c.relname
FROM disabled
JOIN pg_catalog.pg_constraint AS k ON k.oid = disabled.constraint_oid
JOIN pg_catalog.pg_class AS c ON c.oid = disabled.table_oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0;

-- The text of some checks. Printing one opens its relation.
SELECT k.oid, pg_catalog.pg_get_expr(k.conbin, k.conrelid)
FROM pg_catalog.pg_constraint AS k
WHERE k.oid = ANY (pg_catalog.current_setting('brownfield.checks')::pg_catalog.oid[]);

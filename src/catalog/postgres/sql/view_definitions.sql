-- Queries of some views. Printing one keeps locks on it and on all it reads until the transaction ends, so this is
-- asked in portions, each in a transaction of its own.
SELECT c.oid, pg_catalog.pg_get_viewdef(c.oid)
FROM pg_catalog.pg_class AS c
WHERE c.oid = ANY (pg_catalog.current_setting('brownfield.relations')::pg_catalog.oid[])
    AND c.relkind IN ('v', 'm');

-- How far some sequences have come. Each stays locked until the transaction ends, so this is asked in portions.
SELECT c.oid, pg_catalog.pg_sequence_last_value(c.oid)
FROM pg_catalog.pg_class AS c
WHERE c.oid = ANY (pg_catalog.current_setting('brownfield.relations')::pg_catalog.oid[])
    AND c.relkind = 'S' AND pg_catalog.has_sequence_privilege(c.oid, 'USAGE, SELECT');

-- How far some sequences have come. Each stays locked until the transaction ends, so this is asked in portions. On a
-- standby unlogged sequences have no value.
SELECT c.oid, pg_catalog.pg_sequence_last_value(c.oid)
FROM pg_catalog.pg_class AS c
WHERE c.oid = ANY (pg_catalog.current_setting('brownfield.relations')::pg_catalog.oid[])
    AND c.relkind = 'S' AND (c.relpersistence = 'p' OR NOT pg_catalog.pg_is_in_recovery())
    AND pg_catalog.has_sequence_privilege(c.oid, 'USAGE, SELECT');

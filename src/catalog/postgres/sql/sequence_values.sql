-- How far some sequences have come. Each stays locked until the transaction ends, so this is asked in portions. On a
-- standby unlogged sequences have no value.
SELECT
    s.seqrelid,
    CASE WHEN pg_catalog.has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')
        THEN pg_catalog.pg_sequence_last_value(s.seqrelid) END
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
WHERE s.seqrelid = ANY (pg_catalog.current_setting('brownfield.relations')::pg_catalog.oid[])
    AND (c.relpersistence = 'p' OR NOT pg_catalog.pg_is_in_recovery());

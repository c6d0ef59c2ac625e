-- Names of the columns of some partitions: a partition may number its columns differently from its parent.
SELECT a.attrelid, a.attnum, a.attname, a.attcollation
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = ANY (pg_catalog.current_setting('brownfield.partitions')::pg_catalog.oid[])
    AND a.attnum > 0 AND NOT a.attisdropped;

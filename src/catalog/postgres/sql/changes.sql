-- The names that rows of the catalog hold which were written after the snapshot was taken. Printed expressions follow
-- the latest catalog, so a name that is not the snapshot's has torn the answer. Nothing is scanned when no transaction
-- began or ended since.
SELECT changed.class, changed.object, changed.position, changed.name
FROM (
    SELECT a.xmin, 1259 AS class, a.attrelid AS object, a.attnum AS position, a.attname AS name
    FROM pg_catalog.pg_attribute AS a
    UNION ALL
    SELECT c.xmin, 1259, c.oid, 0, c.relname FROM pg_catalog.pg_class AS c
    UNION ALL
    SELECT p.xmin, 1255, p.oid, 0, p.proname FROM pg_catalog.pg_proc AS p
    UNION ALL
    SELECT n.xmin, 2615, n.oid, 0, n.nspname FROM pg_catalog.pg_namespace AS n
) AS changed
WHERE pg_catalog.txid_current_snapshot()::text <> pg_catalog.current_setting('brownfield.snapshot')
    AND pg_catalog.age(changed.xmin) <= (
        SELECT pg_catalog.age((pg_catalog.txid_snapshot_xmin(taken.snapshot) % 4294967296)::text::pg_catalog.xid)
        FROM (SELECT pg_catalog.current_setting('brownfield.snapshot')::pg_catalog.txid_snapshot) AS taken (snapshot)
    );

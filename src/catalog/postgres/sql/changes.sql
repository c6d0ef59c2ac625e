-- Whether rows of the catalog were written after the snapshot was taken. Printed expressions follow the latest
-- catalog, so such a change may have torn the answer. Temporary tables do not count.
SELECT pg_catalog.count(*)
FROM (
    SELECT a.xmin, a.attrelid AS relation FROM pg_catalog.pg_attribute AS a
    UNION ALL
    SELECT c.xmin, c.oid FROM pg_catalog.pg_class AS c
    UNION ALL
    SELECT k.xmin, k.conrelid FROM pg_catalog.pg_constraint AS k
) AS changed
CROSS JOIN (
    SELECT pg_catalog.current_setting('brownfield.snapshot')::pg_catalog.txid_snapshot
) AS taken (snapshot)
CROSS JOIN LATERAL (
    SELECT pg_catalog.txid_snapshot_xmin(taken.snapshot)
) AS oldest (id)
WHERE pg_catalog.age(changed.xmin) <= pg_catalog.age((oldest.id % 4294967296)::text::pg_catalog.xid)
    AND NOT pg_catalog.txid_visible_in_snapshot(
        oldest.id - oldest.id % 4294967296 + changed.xmin::text::int8, taken.snapshot
    )
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = changed.relation AND n.nspname ~ '^pg_(temp|toast)'
    );

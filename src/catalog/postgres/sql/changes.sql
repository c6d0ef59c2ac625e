-- Whether rows of the catalog that decide how expressions are printed were written after the snapshot was taken.
-- Printed text follows the latest catalog, so such a change may have torn the answer. Temporary tables do not count.
-- Nothing is scanned when no transaction ended or began since.
SELECT pg_catalog.count(*)
FROM (
    SELECT a.xmin, a.attrelid AS relation FROM pg_catalog.pg_attribute AS a
    UNION ALL
    SELECT c.xmin, c.oid FROM pg_catalog.pg_class AS c
    UNION ALL
    SELECT p.xmin, 0 FROM pg_catalog.pg_proc AS p
    UNION ALL
    SELECT n.xmin, 0 FROM pg_catalog.pg_namespace AS n WHERE n.nspname !~ '^pg_(temp|toast)'
) AS changed
WHERE pg_catalog.txid_current_snapshot()::text <> pg_catalog.current_setting('brownfield.snapshot')
    AND pg_catalog.age(changed.xmin) <= (
        SELECT pg_catalog.age((pg_catalog.txid_snapshot_xmin(taken.snapshot) % 4294967296)::text::pg_catalog.xid)
        FROM (SELECT pg_catalog.current_setting('brownfield.snapshot')::pg_catalog.txid_snapshot) AS taken (snapshot)
    )
    AND NOT (
        SELECT pg_catalog.txid_visible_in_snapshot(
            pg_catalog.txid_snapshot_xmin(taken.snapshot)
                - pg_catalog.txid_snapshot_xmin(taken.snapshot) % 4294967296 + changed.xmin::text::int8,
            taken.snapshot
        )
        FROM (SELECT pg_catalog.current_setting('brownfield.snapshot')::pg_catalog.txid_snapshot) AS taken (snapshot)
    )
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = changed.relation AND n.nspname ~ '^pg_(temp|toast)'
    );

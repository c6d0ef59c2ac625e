-- Columns of the partitions that need names of their own: those with an index or a constraint that their parent lacks,
-- those that are divided again, and those that a foreign key references directly. A partition may number its columns
-- differently from its parent.
SELECT a.attrelid, a.attnum, a.attname, a.attcollation
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
WHERE c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    AND (
        c.relkind = 'p'
        OR EXISTS (
            SELECT FROM pg_catalog.pg_index AS i
            JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
            WHERE i.indrelid = c.oid AND NOT ic.relispartition
        )
        OR c.oid IN (
            SELECT k.conrelid FROM pg_catalog.pg_constraint AS k
            WHERE k.contype IN ('u', 'c', 'x', 'f') AND k.conparentid = 0 AND k.coninhcount = 0
        )
        OR c.oid IN (
            SELECT k.confrelid FROM pg_catalog.pg_constraint AS k WHERE k.contype = 'f' AND k.conparentid = 0
        )
    );

-- For each partitioned index that is not valid: the partitions without a valid index attached to it.
WITH RECURSIVE tree (root, index_oid, table_oid, table_kind, valid) AS (
    SELECT i.indexrelid, i.indexrelid, i.indrelid, 'p'::pg_catalog."char", false
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    WHERE c.relkind = 'I' AND NOT c.relispartition AND NOT i.indisvalid
    UNION ALL
    SELECT tree.root, attached.indexrelid, c.oid, c.relkind, COALESCE(attached.indisvalid, false)
    FROM tree
    JOIN pg_catalog.pg_inherits AS part ON part.inhparent = tree.table_oid
    JOIN pg_catalog.pg_class AS c ON c.oid = part.inhrelid
    LEFT JOIN LATERAL (
        SELECT i.indexrelid, i.indisvalid
        FROM pg_catalog.pg_inherits AS child
        JOIN pg_catalog.pg_index AS i ON i.indexrelid = child.inhrelid
        WHERE child.inhparent = tree.index_oid AND i.indrelid = part.inhrelid
    ) AS attached ON true
    WHERE tree.index_oid IS NOT NULL AND NOT tree.valid
)
SELECT tree.root, n.nspname, c.relname
FROM tree
JOIN pg_catalog.pg_class AS c ON c.oid = tree.table_oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE tree.table_oid <> (SELECT i.indrelid FROM pg_catalog.pg_index AS i WHERE i.indexrelid = tree.root)
    AND (tree.index_oid IS NULL OR NOT tree.valid AND tree.table_kind <> 'p');

-- NOT NULL constraints that existing rows were never checked against, and those with a comment.
SELECT k.conrelid, k.conkey, k.oid, k.convalidated
FROM pg_catalog.pg_constraint AS k
WHERE k.contype = 'n' AND k.conrelid <> 0
    AND (NOT k.convalidated OR EXISTS (
        SELECT FROM pg_catalog.pg_description AS d
        WHERE d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objoid = k.oid
    ));

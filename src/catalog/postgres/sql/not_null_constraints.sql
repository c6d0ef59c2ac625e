-- NOT NULL constraints that existing rows were never checked against.
SELECT k.conrelid, k.conkey
FROM pg_catalog.pg_constraint AS k
WHERE k.contype = 'n' AND NOT k.convalidated AND k.conrelid <> 0;

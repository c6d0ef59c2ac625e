-- Schemas whose tables publications name (PostgreSQL 15 and later).
SELECT r.pnpubid, n.nspname
FROM pg_catalog.pg_publication_namespace AS r
JOIN pg_catalog.pg_namespace AS n ON n.oid = r.pnnspid;

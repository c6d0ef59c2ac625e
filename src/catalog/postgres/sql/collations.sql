-- Collations that some column or index names.
SELECT o.oid, n.nspname, o.collname
FROM pg_catalog.pg_collation AS o
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.collnamespace;

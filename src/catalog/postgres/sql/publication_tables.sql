-- Tables that publications name.
SELECT r.prpubid, n.nspname, c.relname
FROM pg_catalog.pg_publication_rel AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace;

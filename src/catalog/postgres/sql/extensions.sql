-- Installed extensions.
SELECT e.extname, e.extversion, n.nspname, e.oid
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace;

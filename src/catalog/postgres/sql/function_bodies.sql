-- Bodies in standard SQL (PostgreSQL 14 and later), which are kept parsed.
SELECT p.oid, pg_catalog.pg_get_function_sqlbody(p.oid)
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND p.prosqlbody IS NOT NULL;

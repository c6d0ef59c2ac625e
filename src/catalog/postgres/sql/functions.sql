-- Functions, procedures and aggregates.
SELECT
    p.oid,
    p.pronamespace,
    p.proname,
    p.prokind,
    l.lanname,
    p.provolatile,
    p.prosecdef,
    p.proisstrict,
    p.proconfig,
    pg_catalog.pg_get_function_arguments(p.oid),
    pg_catalog.pg_get_function_result(p.oid),
    p.prosrc
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_';

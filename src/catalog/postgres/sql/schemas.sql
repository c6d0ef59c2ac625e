-- User schemas. PUBLIC is grantee 0.
SELECT
    n.oid,
    n.nspname,
    pg_catalog.pg_get_userbyid(n.nspowner),
    EXISTS (
        SELECT FROM pg_catalog.aclexplode(n.nspacl) AS granted
        WHERE granted.grantee = 0 AND granted.privilege_type = 'CREATE'
    )
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_';

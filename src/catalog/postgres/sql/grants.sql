-- Rights that others than the owners have on schemas, tables, views, and sequences, and those that new objects get.
-- PUBLIC is grantee 0. Partitions are left out, and defaults of no schema have the schema 0.
SELECT
    found.schema,
    found.kind,
    found.relation,
    found.name,
    found.owner,
    granted.grantee,
    pg_catalog.array_agg(
        CASE WHEN granted.is_grantable THEN granted.privilege_type || ' WITH GRANT OPTION' ELSE granted.privilege_type END
        ORDER BY granted.privilege_type
    )
FROM (
    SELECT n.oid, 'schema', 0::pg_catalog.oid, NULL::text, n.nspowner, n.nspacl
    FROM pg_catalog.pg_namespace AS n
    UNION ALL
    SELECT
        c.relnamespace,
        CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END,
        c.oid,
        c.relname::text,
        c.relowner,
        c.relacl
    FROM pg_catalog.pg_class AS c
    WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relispartition
    UNION ALL
    SELECT d.defaclnamespace, 'new ' || CASE d.defaclobjtype
        WHEN 'r' THEN 'tables'
        WHEN 'S' THEN 'sequences'
        WHEN 'f' THEN 'functions'
        WHEN 'T' THEN 'types'
        WHEN 'n' THEN 'schemas'
        ELSE 'objects'
    END, 0, NULL, d.defaclrole, d.defaclacl
    FROM pg_catalog.pg_default_acl AS d
) AS found (schema, kind, relation, name, owner, acl)
CROSS JOIN LATERAL pg_catalog.aclexplode(found.acl) AS granted
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = found.schema
WHERE granted.grantee <> found.owner AND n.nspname IS DISTINCT FROM 'information_schema'
    AND COALESCE(n.nspname !~ '^pg_', true)
GROUP BY found.schema, found.kind, found.relation, found.name, found.owner, granted.grantee;

-- Names of roles.
SELECT r.oid, r.rolname
FROM pg_catalog.pg_roles AS r;

-- Operator classes, to name those that are not the default of their type.
SELECT o.oid, n.nspname, o.opcname, o.opcdefault
FROM pg_catalog.pg_opclass AS o
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.opcnamespace;

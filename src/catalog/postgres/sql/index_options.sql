-- Options of operator classes, by index and key part (PostgreSQL 13 and later have them).
SELECT a.attrelid, a.attnum, a.attoptions
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
WHERE c.relkind IN ('i', 'I') AND c.oid >= 16384 AND a.attoptions IS NOT NULL;

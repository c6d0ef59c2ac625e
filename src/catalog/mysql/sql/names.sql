-- Names of tables, views and sequences. Nothing here makes MariaDB open a file.
SELECT TABLE_SCHEMA, TABLE_NAME
FROM information_schema.TABLES
WHERE TABLE_SCHEMA IN ({schemas});

-- Relations on which somebody holds or awaits a lock that keeps readers out.
SELECT DISTINCT l.relation
FROM pg_catalog.pg_locks AS l
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database());

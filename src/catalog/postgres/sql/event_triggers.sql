-- Event triggers.
SELECT e.oid, e.evtname, e.evtevent, e.evtenabled, n.nspname, p.proname
FROM pg_catalog.pg_event_trigger AS e
JOIN pg_catalog.pg_proc AS p ON p.oid = e.evtfoid
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace;

-- Indexes that are being built or rebuilt at this moment.
SELECT p.index_relid
FROM pg_catalog.pg_stat_progress_create_index AS p
WHERE p.datname = pg_catalog.current_database() AND p.index_relid <> 0;

-- Rows read through indexes since the start of the server. COUNT_STAR would count rows written as well.
SELECT OBJECT_SCHEMA, OBJECT_NAME, INDEX_NAME, COUNT_READ
FROM performance_schema.table_io_waits_summary_by_index_usage
WHERE OBJECT_SCHEMA IN ({schemas}) AND INDEX_NAME IS NOT NULL;

-- What the extension pg_partman does with old partitions. `extension` stands for the schema that it is in.
SELECT c.parent_table, c.partition_interval, c.premake, c.retention, c.retention_schema, c.retention_keep_table
FROM extension.part_config AS c;

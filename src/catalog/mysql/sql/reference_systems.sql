-- Spatial reference systems of columns, which neither COLUMNS nor the statement of a table of MariaDB tells.
SELECT G_TABLE_SCHEMA, G_TABLE_NAME, G_GEOMETRY_COLUMN, SRID
FROM information_schema.GEOMETRY_COLUMNS
WHERE G_TABLE_SCHEMA IN ({schemas}) AND G_TABLE_NAME IN ({tables});

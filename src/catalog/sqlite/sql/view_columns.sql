-- Columns of views. One view over a table that is gone fails the whole query; then views are asked one by one.
SELECT s.name, x.cid, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS x
WHERE s.type = 'view';

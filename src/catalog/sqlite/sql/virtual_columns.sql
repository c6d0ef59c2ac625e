-- Columns of virtual tables.
SELECT l.name, x.cid, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
FROM pragma_table_list AS l, pragma_table_xinfo(l.name) AS x
WHERE l.schema = 'main' AND l.type = 'virtual';

-- Foreign keys, a row a column. `to` is NULL when the parent's primary key is meant.
SELECT s.name, f.id, f.seq, f."table", f."from", f."to", f.on_update, f.on_delete
FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
WHERE s.type = 'table' AND s.rootpage > 0;

-- Key parts of indexes; cid -2 is an expression, -1 the rowid. Found through their tables, since the index of a table
-- without rowid has no entry of its own in sqlite_schema.
SELECT s.name, l.name, x.seqno, x.cid, x.name, x."desc", x.coll
FROM sqlite_schema AS s, pragma_index_list(s.name) AS l, pragma_index_xinfo(l.name) AS x
WHERE s.type = 'table' AND s.rootpage > 0 AND x.key = 1;

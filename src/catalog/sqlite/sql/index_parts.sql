-- Key parts of indexes; cid -2 is an expression, -1 the rowid.
SELECT s.tbl_name, s.name, x.seqno, x.cid, x.name, x."desc", x.coll
FROM sqlite_schema AS s, pragma_index_xinfo(s.name) AS x
WHERE s.type = 'index' AND x.key = 1;

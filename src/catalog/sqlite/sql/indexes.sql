-- Indexes of ordinary tables: `c` made by CREATE INDEX, `u` by UNIQUE, `pk` by PRIMARY KEY.
SELECT s.name, l.name, l."unique", l.origin, l.partial
FROM sqlite_schema AS s, pragma_index_list(s.name) AS l
WHERE s.type = 'table' AND s.rootpage > 0;

-- Every object with the statement that made it, which holds what no pragma tells.
SELECT type, name, tbl_name, sql, rowid FROM sqlite_schema;

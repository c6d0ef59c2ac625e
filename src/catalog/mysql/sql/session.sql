-- What the server says of itself, and who asks.
SELECT VERSION(), @@version_comment, @@global.sql_mode, @@lower_case_table_names, @@global.foreign_key_checks,
    @@character_set_server, @@collation_server, CURRENT_USER();

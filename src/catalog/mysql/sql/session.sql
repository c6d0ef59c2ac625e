-- What the server says of itself, who asks, in which active role, whether names in grants are no patterns,
-- whether events run, and whether a timestamp is what its definition says. Versions that lack one of these skip the comments.
SELECT VERSION(), @@version_comment, @@global.sql_mode, @@lower_case_table_names, @@global.foreign_key_checks,
    @@character_set_server, @@collation_server, CURRENT_USER(),
    CONCAT_WS(',', NULL /*!80000 , CURRENT_ROLE() */ /*M!100005 , CURRENT_ROLE() */),
    CONCAT_WS(',', NULL /*!80016 , @@partial_revokes */), @@global.event_scheduler,
    @@global.explicit_defaults_for_timestamp;

-- Order numbers pass two billion next year, says the forecast. SQLite's integers have 64 bits: nothing to do.

INSERT INTO schema_migrations (version) VALUES ('0012');

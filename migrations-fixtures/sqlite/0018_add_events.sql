-- What visitors do, for the recommendations.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER,
    name VARCHAR(60) NOT NULL,
    payload TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(payload)),
    occurred_at DATETIME NOT NULL
);
CREATE INDEX events_name_occurred_at_idx ON events (name, occurred_at);

INSERT INTO schema_migrations (version) VALUES ('0018');

-- What visitors do, for the recommendations.
CREATE TABLE events (
    id bigint NOT NULL AUTO_INCREMENT,
    customer_id int,
    name varchar(60) NOT NULL,
    payload json NOT NULL,
    occurred_at datetime NOT NULL,
    PRIMARY KEY (id, occurred_at),
    KEY events_name_occurred_at_idx (name, occurred_at)
)
PARTITION BY RANGE COLUMNS (occurred_at) (
    PARTITION events_2024 VALUES LESS THAN ('2025-01-01'),
    PARTITION events_2025 VALUES LESS THAN ('2026-01-01'),
    PARTITION events_rest VALUES LESS THAN (MAXVALUE)
);

INSERT INTO schema_migrations (version) VALUES ('0018');

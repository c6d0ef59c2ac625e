-- What visitors do, for the recommendations.
CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    customer_id integer,
    name varchar(60) NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE INDEX events_payload_idx ON events USING gin (payload);
-- Begun by hand, to be built on one partition after the other; then the incident came.
CREATE INDEX events_name_occurred_at_idx ON ONLY events (name, occurred_at);

INSERT INTO schema_migrations (version) VALUES ('0018');

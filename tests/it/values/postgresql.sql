-- Defaults that are wrong.
CREATE TABLE flags (id integer PRIMARY KEY, name varchar(20) NOT NULL, note text DEFAULT 'NULL', is_open boolean DEFAULT false);
INSERT INTO flags VALUES (1, 'y', NULL, NULL), (2, 'x', 'NULL', true);

-- Moments of a change that a trigger writes.
CREATE TABLE users (id integer PRIMARY KEY, is_admin boolean, created_at timestamptz, updated_at timestamptz NOT NULL DEFAULT now());
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at = now(); RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO users VALUES (1, NULL, NULL, '2001-02-03 04:05:06+00'), (2, true, '2001-01-01 00:00:00+00', '2001-02-03 04:05:06+00');

-- Nothing keeps this moment current yet.
CREATE TABLE teams (id integer PRIMARY KEY, is_open boolean, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
INSERT INTO teams VALUES (1, NULL, '2001-01-01 00:00:00+00', '2001-02-03 04:05:06+00');

-- A moment that belongs to a key.
CREATE TABLE parts (id integer, region varchar(10), created_at timestamptz NOT NULL, PRIMARY KEY (id, region, created_at)) PARTITION BY RANGE (created_at);
CREATE TABLE parts_of_all_time PARTITION OF parts DEFAULT;
CREATE TABLE part_references (id integer PRIMARY KEY, name text NOT NULL, part_id integer, region varchar(10), created_at timestamptz,
    FOREIGN KEY (part_id, region, created_at) REFERENCES parts (id, region, created_at) ON DELETE CASCADE);
INSERT INTO parts VALUES (2, 'x', '2022-02-02 00:00:00+00');
INSERT INTO part_references VALUES (1, 'x', NULL, NULL, NULL);

-- A reference that is wider than what it refers to.
CREATE TABLE countries (code varchar(10) PRIMARY KEY);
CREATE TABLE towns (id integer PRIMARY KEY, country_code varchar(20) NOT NULL REFERENCES countries (code) ON DELETE RESTRICT);
INSERT INTO countries VALUES ('2');
INSERT INTO towns VALUES (1, '2');

-- A list of codes beside a reference.
CREATE TABLE refunds (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE, status varchar(20) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO refunds VALUES (1, 1, '2', '2001-01-01 00:00:00+00'), (2, 1, '2', '2001-01-01 00:00:00+00');

-- What says itself what its columns are.
CREATE TYPE address AS (street text, moved timestamp);
CREATE TABLE addresses OF address (PRIMARY KEY (street));
INSERT INTO addresses VALUES ('x', '2001-01-01');

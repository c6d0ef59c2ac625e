-- Defaults that are wrong.
SET sql_mode = '';
CREATE TABLE flags (id int PRIMARY KEY, name varchar(20) NOT NULL, note varchar(20) DEFAULT 'NULL', is_open bool DEFAULT false,
    seen datetime DEFAULT '0000-00-00 00:00:00', created_at datetime DEFAULT '0000-00-00 00:00:00');
SET sql_mode = DEFAULT;
INSERT INTO flags VALUES (1, 'y', NULL, NULL, NULL, NULL), (2, 'x', 'NULL', true, '2001-01-01', '2001-01-01');

-- Moments of a change that the server writes, or a trigger.
CREATE TABLE users (id int PRIMARY KEY, is_admin bool, created_at datetime NULL,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
INSERT INTO users VALUES (1, NULL, NULL, '2001-02-03 04:05:06'), (2, true, '2001-01-01', '2001-02-03 04:05:06');

-- Nothing keeps this moment current yet.
CREATE TABLE teams (id int PRIMARY KEY, is_open bool, created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP);
INSERT INTO teams VALUES (1, NULL, '2001-01-01', '2001-02-03 04:05:06');

-- A moment that belongs to a key.
CREATE TABLE parts (id int, region varchar(10), created_at datetime NOT NULL, PRIMARY KEY (id, region, created_at));
CREATE TABLE part_references (id int PRIMARY KEY, name varchar(20) NOT NULL, part_id int, region varchar(10), created_at datetime,
    FOREIGN KEY (part_id, region, created_at) REFERENCES parts (id, region, created_at) ON DELETE CASCADE);
INSERT INTO parts VALUES (2, '2', '2022-02-02');
INSERT INTO part_references VALUES (1, 'x', NULL, NULL, NULL);

-- A list of codes beside a reference.
CREATE TABLE refunds (id int PRIMARY KEY, user_id int NOT NULL, status varchar(20) NOT NULL,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
INSERT INTO refunds VALUES (1, 1, '2', '2001-01-01'), (2, 1, '2', '2001-01-01');

-- Texts that are compared byte by byte, and others.
CREATE TABLE codes (id int PRIMARY KEY, code varchar(20) COLLATE utf8mb3_bin NOT NULL, name varchar(20) NOT NULL, body text,
    plain varchar(20) CHARACTER SET latin1 COLLATE latin1_bin, UNIQUE KEY codes_code_key (code)) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
CREATE TABLE uses (id int PRIMARY KEY, code varchar(20) COLLATE utf8mb3_bin NOT NULL, FOREIGN KEY (code) REFERENCES codes (code) ON DELETE CASCADE)
    CHARACTER SET utf8mb4;
INSERT INTO codes VALUES (1, 'a', 'x', 'y', 'z'), (2, 'A', 'X', 'Y', 'Z'), (3, '2', 'X', 'Y', 'Z');
INSERT INTO uses VALUES (1, 'a'), (2, 'A');

-- Texts that take more bytes in another character set than their type holds.
CREATE TABLE letters (id int PRIMARY KEY, name varchar(20) NOT NULL, head tinytext CHARACTER SET latin1, body text CHARACTER SET latin1) CHARACTER SET utf8mb4;
INSERT INTO letters VALUES (1, 'x', repeat(_latin1 x'E9', 200), repeat(_latin1 x'E9', 60000));

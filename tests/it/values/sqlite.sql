-- Defaults that are wrong.
CREATE TABLE flags (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT DEFAULT 'NULL', is_open BOOLEAN DEFAULT 0);
INSERT INTO flags VALUES (1, 'y', NULL, NULL), (2, 'x', 'NULL', 1);

-- Moments of a change that a trigger writes.
CREATE TABLE users (id INTEGER PRIMARY KEY, is_admin BOOLEAN, created_at TEXT, updated_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TRIGGER touch AFTER UPDATE ON users FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN UPDATE users SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id; END;
INSERT INTO users VALUES (1, NULL, NULL, '2001-02-03 04:05:06'), (2, 1, '2001-01-01 00:00:00', '2001-02-03 04:05:06');

-- A moment that belongs to a key.
CREATE TABLE parts (id INTEGER NOT NULL, region TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (id, region, created_at));
CREATE TABLE part_references (id INTEGER PRIMARY KEY, name TEXT NOT NULL, part_id INTEGER, region TEXT, created_at TEXT,
    FOREIGN KEY (part_id, region, created_at) REFERENCES parts (id, region, created_at) ON DELETE CASCADE);
INSERT INTO parts VALUES (2, '2', '2');
INSERT INTO part_references VALUES (1, 'x', NULL, NULL, NULL);

-- A list of codes beside a reference.
CREATE TABLE refunds (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, status TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
INSERT INTO refunds VALUES (1, 1, '2', '2001-01-01 00:00:00'), (2, 1, '2', '2001-01-01 00:00:00');

-- The second brand goes live: settings and subscriptions belong to a shop.
CREATE TABLE shops (
    id INTEGER PRIMARY KEY,
    name VARCHAR(120) NOT NULL,
    host_name VARCHAR(255) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT shops_host_name_key UNIQUE (host_name)
);
INSERT INTO shops (id, name, host_name) VALUES (1, 'Shop', 'shop.example');

-- SQLite adds a column with a reference only when its default is NULL.
ALTER TABLE orders ADD COLUMN shop_id INTEGER REFERENCES shops (id);
UPDATE orders SET shop_id = 1;
ALTER TABLE newsletter_subscription ADD COLUMN shop_id INTEGER REFERENCES shops (id);
UPDATE newsletter_subscription SET shop_id = 1;

INSERT INTO schema_migrations (version) VALUES ('0019');

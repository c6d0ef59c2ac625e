-- The second brand goes live: settings and subscriptions belong to a shop.
CREATE TABLE shops (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(120) NOT NULL,
    host_name varchar(255) NOT NULL,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT shops_host_name_key UNIQUE (host_name)
);
INSERT INTO shops (id, name, host_name) VALUES (1, 'Shop', 'shop.example');

ALTER TABLE orders ADD COLUMN shop_id int DEFAULT 1;
ALTER TABLE orders ADD CONSTRAINT orders_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id);
ALTER TABLE newsletter_subscription ADD COLUMN shop_id int NOT NULL DEFAULT 1;
ALTER TABLE newsletter_subscription ADD CONSTRAINT newsletter_subscription_shop_id_fkey
    FOREIGN KEY (shop_id) REFERENCES shops (id);

INSERT INTO schema_migrations (version) VALUES ('0019');

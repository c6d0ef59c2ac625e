-- The second brand goes live: settings and subscriptions belong to a shop.
CREATE TABLE shops (
    id serial PRIMARY KEY,
    name varchar(120) NOT NULL,
    host_name varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT shops_host_name_key UNIQUE (host_name)
);
INSERT INTO shops (id, name, host_name) VALUES (1, 'Shop', 'shop.example');
SELECT setval('shops_id_seq', 1);

ALTER TABLE orders ADD COLUMN shop_id integer DEFAULT 1;
ALTER TABLE orders ADD CONSTRAINT orders_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) NOT VALID;
ALTER TABLE newsletter_subscription ADD COLUMN shop_id integer NOT NULL DEFAULT 1 REFERENCES shops (id);
ALTER TABLE newsletter_subscription ENABLE ROW LEVEL SECURITY;
CREATE POLICY newsletter_subscription_shop ON newsletter_subscription
    USING (shop_id = current_setting('shop.id')::integer);

INSERT INTO schema_migrations (version) VALUES ('0019');

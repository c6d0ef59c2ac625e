CREATE TABLE settings (
    name varchar(60) NOT NULL PRIMARY KEY,
    content text
);

CREATE TABLE newsletter_subscription (
    id serial PRIMARY KEY,
    email varchar(255) NOT NULL,
    confirmed boolean,
    customer_id integer,
    subscribed_at timestamptz,
    CONSTRAINT newsletter_subscription_email_key UNIQUE (email),
    CONSTRAINT "fkNewsletterCustomer" FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO settings (name, content) VALUES ('currency', 'EUR'), ('free_shipping_from', '49.00');

INSERT INTO schema_migrations (version) VALUES ('0013');

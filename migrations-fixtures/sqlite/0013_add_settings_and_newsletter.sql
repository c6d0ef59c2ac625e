CREATE TABLE settings (
    name VARCHAR(60) NOT NULL PRIMARY KEY,
    content TEXT
);

CREATE TABLE newsletter_subscription (
    id INTEGER PRIMARY KEY,
    email VARCHAR(255) NOT NULL,
    confirmed BOOLEAN,
    customer_id INTEGER,
    subscribed_at DATETIME,
    CONSTRAINT newsletter_subscription_email_key UNIQUE (email),
    CONSTRAINT "fkNewsletterCustomer" FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO settings (name, content) VALUES ('currency', 'EUR'), ('free_shipping_from', '49.00');

INSERT INTO schema_migrations (version) VALUES ('0013');

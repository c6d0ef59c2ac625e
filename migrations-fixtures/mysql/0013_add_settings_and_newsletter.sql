CREATE TABLE settings (
    name varchar(60) NOT NULL PRIMARY KEY,
    content text
);

CREATE TABLE newsletter_subscription (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email varchar(255) NOT NULL,
    confirmed tinyint(1),
    customer_id int,
    subscribed_at datetime,
    CONSTRAINT newsletter_subscription_email_key UNIQUE (email),
    CONSTRAINT `fkNewsletterCustomer` FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO settings (name, content) VALUES ('currency', 'EUR'), ('free_shipping_from', '49.00');

INSERT INTO schema_migrations (version) VALUES ('0013');

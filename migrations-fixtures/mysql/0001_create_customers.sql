-- The first tables: who buys, and where the parcel goes.
CREATE TABLE schema_migrations (
    version varchar(40) NOT NULL PRIMARY KEY
);

CREATE TABLE customers (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email varchar(255) NOT NULL,
    name varchar(120) NOT NULL,
    phone varchar(40),
    date_of_birth date,
    password_hash varchar(100) NOT NULL,
    marketing_opt_in tinyint(1),
    status varchar(20) NOT NULL DEFAULT 'active',
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    deleted_at datetime,
    -- A deleted customer may sign up again with the same address.
    CONSTRAINT customers_email_deleted_at_key UNIQUE (email, deleted_at)
);

CREATE TABLE addresses (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id int NOT NULL,
    kind varchar(20) NOT NULL DEFAULT 'shipping',
    line1 varchar(200) NOT NULL,
    line2 varchar(200),
    city varchar(100) NOT NULL,
    postal_code varchar(20),
    country char(2) NOT NULL,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT addresses_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO schema_migrations (version) VALUES ('0001');

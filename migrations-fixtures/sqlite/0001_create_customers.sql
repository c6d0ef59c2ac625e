-- The first tables: who buys, and where the parcel goes.
CREATE TABLE schema_migrations (
    version VARCHAR(40) NOT NULL PRIMARY KEY
);

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    email VARCHAR(255) NOT NULL,
    name VARCHAR(120) NOT NULL,
    phone VARCHAR(40),
    date_of_birth DATE,
    password_hash VARCHAR(100) NOT NULL,
    marketing_opt_in BOOLEAN,
    status VARCHAR(20) NOT NULL DEFAULT 'active',
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME,
    -- A deleted customer may sign up again with the same address.
    CONSTRAINT customers_email_deleted_at_key UNIQUE (email, deleted_at)
);

CREATE TABLE addresses (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL,
    kind VARCHAR(20) NOT NULL DEFAULT 'shipping',
    line1 VARCHAR(200) NOT NULL,
    line2 VARCHAR(200),
    city VARCHAR(100) NOT NULL,
    postal_code VARCHAR(20),
    country CHAR(2) NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT addresses_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO schema_migrations (version) VALUES ('0001');

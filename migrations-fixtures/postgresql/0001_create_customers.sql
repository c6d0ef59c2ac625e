-- The first tables: who buys, and where the parcel goes.
CREATE TABLE schema_migrations (
    version varchar(40) NOT NULL PRIMARY KEY
);

CREATE TABLE customers (
    id serial PRIMARY KEY,
    email varchar(255) NOT NULL,
    name varchar(120) NOT NULL,
    phone varchar(40),
    date_of_birth date,
    password_hash varchar(100) NOT NULL,
    marketing_opt_in boolean,
    status varchar(20) NOT NULL DEFAULT 'active',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    -- A deleted customer may sign up again with the same address.
    CONSTRAINT customers_email_deleted_at_key UNIQUE (email, deleted_at)
);

CREATE TABLE addresses (
    id serial PRIMARY KEY,
    customer_id integer NOT NULL,
    kind varchar(20) NOT NULL DEFAULT 'shipping',
    line1 varchar(200) NOT NULL,
    line2 varchar(200),
    city varchar(100) NOT NULL,
    postal_code varchar(20),
    country char(2) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT addresses_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)
);

INSERT INTO schema_migrations (version) VALUES ('0001');

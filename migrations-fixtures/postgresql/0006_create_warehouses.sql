CREATE TABLE warehouses (
    id serial PRIMARY KEY,
    code varchar(10) NOT NULL,
    name varchar(120) NOT NULL,
    country char(2) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT warehouses_code_key UNIQUE (code)
);

CREATE TABLE suppliers (
    id serial PRIMARY KEY,
    name varchar(200) NOT NULL,
    contact_email varchar(255),
    contact_phone varchar(40),
    vat_number varchar(20),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE inventory (
    warehouse_id integer NOT NULL,
    product_id integer NOT NULL,
    quantity integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (warehouse_id, product_id),
    CONSTRAINT inventory_quantity_check CHECK (quantity >= 0),
    CONSTRAINT inventory_reserved_check CHECK (reserved >= 0 AND reserved <= quantity),
    CONSTRAINT inventory_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses (id) ON DELETE RESTRICT,
    CONSTRAINT inventory_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT
);
CREATE INDEX inventory_product_id_idx ON inventory (product_id);

CREATE TABLE stock_movements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    warehouse_id integer NOT NULL,
    product_id integer NOT NULL,
    quantity integer NOT NULL,
    reason varchar(40) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_movements_quantity_check CHECK (quantity <> 0),
    CONSTRAINT stock_movements_inventory_fkey FOREIGN KEY (warehouse_id, product_id)
        REFERENCES inventory (warehouse_id, product_id) ON DELETE RESTRICT
);
CREATE INDEX stock_movements_warehouse_id_product_id_idx ON stock_movements (warehouse_id, product_id);

INSERT INTO warehouses (id, code, name, country) VALUES (1, 'HAM', 'Hamburg', 'DE'), (2, 'LYS', 'Lyon', 'FR');
SELECT setval('warehouses_id_seq', 2);

INSERT INTO schema_migrations (version) VALUES ('0006');

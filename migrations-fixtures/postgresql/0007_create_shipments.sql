CREATE TABLE shipments (
    id serial PRIMARY KEY,
    order_id integer NOT NULL,
    warehouse_id integer NOT NULL,
    address_id integer,
    carrier varchar(40) NOT NULL,
    tracking_number varchar(60),
    status varchar(20) NOT NULL DEFAULT 'packing',
    insured boolean,
    shipped_at timestamptz,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT shipments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT shipments_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses (id)
);
CREATE INDEX shipments_order_id_idx ON shipments (order_id);

INSERT INTO schema_migrations (version) VALUES ('0007');

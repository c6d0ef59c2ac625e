CREATE TABLE shipments (
    id INTEGER PRIMARY KEY,
    -- The carrier's interface hands the number over as text.
    order_id VARCHAR(20) NOT NULL,
    warehouse_id INTEGER NOT NULL,
    address_id INTEGER,
    carrier VARCHAR(40) NOT NULL,
    tracking_number VARCHAR(60),
    status VARCHAR(20) NOT NULL DEFAULT 'packing',
    insured BOOLEAN,
    shipped_at DATETIME,
    delivered_at DATETIME,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT shipments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT shipments_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses (id)
);
CREATE INDEX shipments_order_id_idx ON shipments (order_id);

INSERT INTO schema_migrations (version) VALUES ('0007');

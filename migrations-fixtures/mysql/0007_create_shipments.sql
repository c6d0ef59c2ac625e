CREATE TABLE shipments (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id int NOT NULL,
    warehouse_id int NOT NULL,
    address_id int,
    carrier varchar(40) NOT NULL,
    tracking_number varchar(60),
    status varchar(20) NOT NULL DEFAULT 'packing',
    insured tinyint(1),
    shipped_at datetime,
    delivered_at datetime,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT shipments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT shipments_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses (id)
);
CREATE INDEX shipments_order_id_idx ON shipments (order_id);

INSERT INTO schema_migrations (version) VALUES ('0007');

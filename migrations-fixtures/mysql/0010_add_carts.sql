CREATE TABLE carts (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id int,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT carts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX carts_customer_id_idx ON carts (customer_id);

CREATE TABLE cart_items (
    cart_id bigint NOT NULL,
    product_id int NOT NULL,
    quantity int NOT NULL DEFAULT 1,
    added_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (cart_id, product_id),
    CONSTRAINT cart_items_quantity_check CHECK (quantity > 0),
    CONSTRAINT cart_items_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES carts (id) ON DELETE CASCADE,
    CONSTRAINT cart_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX cart_items_product_id_idx ON cart_items (product_id);

CREATE TABLE sessions (
    token varchar(64) NOT NULL PRIMARY KEY,
    customer_id int,
    ip_address varchar(45),
    user_agent varchar(400),
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at datetime NOT NULL
);

INSERT INTO schema_migrations (version) VALUES ('0010');

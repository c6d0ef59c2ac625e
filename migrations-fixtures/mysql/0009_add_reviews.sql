CREATE TABLE reviews (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id int NOT NULL,
    customer_id int,
    rating smallint NOT NULL,
    title varchar(120),
    body text,
    is_approved tinyint(1) DEFAULT FALSE,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT reviews_rating_check CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT reviews_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT reviews_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL
);
CREATE INDEX reviews_product_id_created_at_idx ON reviews (product_id, created_at);
CREATE INDEX reviews_customer_id_idx ON reviews (customer_id);
CREATE FULLTEXT INDEX reviews_body_search_idx ON reviews (body);

INSERT INTO schema_migrations (version) VALUES ('0009');

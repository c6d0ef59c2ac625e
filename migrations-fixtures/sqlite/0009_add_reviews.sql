CREATE TABLE reviews (
    id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL,
    customer_id INTEGER,
    rating INTEGER NOT NULL,
    title VARCHAR(120),
    body TEXT,
    is_approved BOOLEAN DEFAULT FALSE,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT reviews_rating_check CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT reviews_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT reviews_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL
);
CREATE INDEX reviews_product_id_created_at_idx ON reviews (product_id, created_at);
CREATE INDEX reviews_customer_id_idx ON reviews (customer_id);
CREATE VIRTUAL TABLE review_search USING fts5(title, body, content='reviews', content_rowid='id');

INSERT INTO schema_migrations (version) VALUES ('0009');

CREATE TABLE reviews (
    id serial PRIMARY KEY,
    product_id integer NOT NULL,
    customer_id integer,
    rating smallint NOT NULL,
    title varchar(120),
    body text,
    is_approved boolean DEFAULT FALSE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reviews_rating_check CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT reviews_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT reviews_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL
);
CREATE INDEX reviews_product_id_created_at_idx ON reviews (product_id, created_at);
CREATE INDEX reviews_customer_id_idx ON reviews (customer_id);
CREATE INDEX reviews_body_search_idx ON reviews USING gin (to_tsvector('english', body));

INSERT INTO schema_migrations (version) VALUES ('0009');

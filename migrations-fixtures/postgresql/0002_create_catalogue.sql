-- Products and the tree of categories they hang in.
CREATE TABLE categories (
    id serial PRIMARY KEY,
    parent_id integer,
    name varchar(120) NOT NULL,
    slug varchar(120) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT categories_slug_key UNIQUE (slug),
    CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE SET NULL
);
CREATE INDEX categories_parent_id_idx ON categories (parent_id);

CREATE TABLE products (
    id serial PRIMARY KEY,
    sku varchar(40) NOT NULL,
    name varchar(200) NOT NULL,
    description text,
    price numeric(12, 2) NOT NULL,
    weight_grams integer,
    is_active boolean,
    attributes jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT products_sku_key UNIQUE (sku),
    CONSTRAINT products_price_check CHECK (price >= 0)
);

-- The form in the back office is trusted not to send a pair twice.
CREATE TABLE product_categories (
    id serial PRIMARY KEY,
    product_id integer NOT NULL,
    category_id integer NOT NULL,
    CONSTRAINT product_categories_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_categories_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE INDEX product_categories_product_id_idx ON product_categories (product_id);
CREATE INDEX product_categories_category_id_idx ON product_categories (category_id);

INSERT INTO categories (id, parent_id, name, slug) VALUES
    (1, NULL, 'Kitchen', 'kitchen'),
    (2, 1, 'Kettles', 'kettles'),
    (3, 1, 'Pans', 'pans');
SELECT setval('categories_id_seq', 3);

INSERT INTO schema_migrations (version) VALUES ('0002');

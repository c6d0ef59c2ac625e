-- Products and the tree of categories they hang in.
CREATE TABLE categories (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    parent_id int,
    name varchar(120) NOT NULL,
    slug varchar(120) NOT NULL,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT categories_slug_key UNIQUE (slug),
    CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE SET NULL
);
CREATE INDEX categories_parent_id_idx ON categories (parent_id);

CREATE TABLE products (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sku varchar(40) NOT NULL,
    name varchar(200) NOT NULL,
    description text,
    price decimal(12, 2) NOT NULL,
    weight_grams int,
    is_active tinyint(1),
    attributes json,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    deleted_at datetime,
    CONSTRAINT products_sku_key UNIQUE (sku),
    CONSTRAINT products_price_check CHECK (price >= 0)
);

-- The form in the back office is trusted not to send a pair twice.
CREATE TABLE product_categories (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id int NOT NULL,
    category_id int NOT NULL,
    CONSTRAINT product_categories_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_categories_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE INDEX product_categories_product_id_idx ON product_categories (product_id);
CREATE INDEX product_categories_category_id_idx ON product_categories (category_id);

INSERT INTO categories (id, parent_id, name, slug) VALUES
    (1, NULL, 'Kitchen', 'kitchen'),
    (2, 1, 'Kettles', 'kettles'),
    (3, 1, 'Pans', 'pans');

INSERT INTO schema_migrations (version) VALUES ('0002');

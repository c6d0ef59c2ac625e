-- Tables of MySQL and MariaDB that not every ALTER TABLE takes in every way.
CREATE TABLE customers (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL);
CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, customer_id bigint NOT NULL, FOREIGN KEY (customer_id) REFERENCES customers (id));
CREATE TABLE lines_of_orders (id bigint AUTO_INCREMENT PRIMARY KEY, order_id bigint NOT NULL, customer_id bigint,
    CONSTRAINT lines_of_orders_ibfk_1 FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT `fk_lines_of_orders_customer_id` FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE);
INSERT INTO customers (name) VALUES ('one');
INSERT INTO orders (customer_id) VALUES (1);
INSERT INTO lines_of_orders (order_id, customer_id) VALUES (1, 1);

SET sql_mode = '';
CREATE TABLE zeroes (id bigint AUTO_INCREMENT PRIMARY KEY, seen datetime DEFAULT '0000-00-00 00:00:00', born date DEFAULT '0000-00-00',
    kept datetime NOT NULL DEFAULT '0000-00-00 00:00:00', name varchar(10), is_open bool);
INSERT INTO zeroes (name) VALUES ('x');
SET sql_mode = DEFAULT;

CREATE TABLE squeezed (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, is_open bool, amount int)
    ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
CREATE TABLE squeezed_texts (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, is_open bool, FULLTEXT KEY squeezed_texts_name_idx (name))
    ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
INSERT INTO squeezed (name) VALUES ('x');
INSERT INTO squeezed_texts (name) VALUES ('x');

CREATE TABLE places (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(10) NOT NULL, spot point NOT NULL, is_open bool, SPATIAL KEY places_spot_idx (spot));
CREATE TABLE squeezed_places (id bigint AUTO_INCREMENT PRIMARY KEY, spot point NOT NULL, is_open bool, SPATIAL KEY squeezed_places_spot_idx (spot))
    ROW_FORMAT=COMPRESSED;
CREATE TABLE keyless_places (name varchar(10) NOT NULL, spot point NOT NULL, SPATIAL KEY keyless_places_spot_idx (spot));
CREATE TABLE named_places (name varchar(10) NOT NULL, spot point NOT NULL, UNIQUE KEY named_places_name_key (name), SPATIAL KEY named_places_spot_idx (spot));
INSERT INTO places (name, spot) VALUES ('x', point(1, 2));
INSERT INTO squeezed_places (spot) VALUES (point(1, 2));
INSERT INTO keyless_places VALUES ('x', point(1, 2));
INSERT INTO named_places VALUES ('x', point(1, 2));

CREATE TABLE texts (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, is_open bool, FULLTEXT KEY texts_name_idx (name));
CREATE TABLE keyless_texts (name varchar(20) NOT NULL, body text, FULLTEXT KEY keyless_texts_name_idx (name));
CREATE TABLE named_texts (name varchar(20) NOT NULL, body text, UNIQUE KEY named_texts_name_key (name), FULLTEXT KEY named_texts_name_idx (name));
INSERT INTO texts (name) VALUES ('x');
INSERT INTO keyless_texts VALUES ('x', 'y');
INSERT INTO named_texts VALUES ('x', 'y');

CREATE TABLE sought (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(10) NOT NULL, is_open bool, updated_at datetime,
    shout varchar(30) GENERATED ALWAYS AS (concat(name, '!')) VIRTUAL, KEY sought_shout_idx (shout));
CREATE TABLE computed (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(10) NOT NULL, is_open bool, updated_at datetime,
    shout varchar(30) GENERATED ALWAYS AS (concat(name, '!')) STORED);
CREATE TABLE keyless_sought (name varchar(10) NOT NULL, shout varchar(30) GENERATED ALWAYS AS (concat(name, '!')) VIRTUAL, KEY keyless_sought_shout_idx (shout));
CREATE TABLE members (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100) NOT NULL, is_deleted bool NOT NULL DEFAULT 0, amount int, born date,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, UNIQUE KEY members_email_key (email));
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, api_key char(32) NOT NULL, deleted bool NOT NULL DEFAULT 0);
INSERT INTO account (api_key) VALUES ('x'), ('y ');
CREATE TABLE keyless_members (email varchar(100) NOT NULL, shop int NOT NULL, deleted_at datetime, UNIQUE KEY keyless_members_key (shop, email, deleted_at));
INSERT INTO sought (name) VALUES ('x');
INSERT INTO computed (name) VALUES ('x');
INSERT INTO keyless_sought (name) VALUES ('x');
INSERT INTO members (email) VALUES ('x');
INSERT INTO keyless_members (email, shop) VALUES ('x', 1);

CREATE TABLE sums (id bigint PRIMARY KEY, is_open bool DEFAULT ((1 + 2) * (0 + 0)));
INSERT INTO sums (id, is_open) VALUES (1, NULL);

CREATE TABLE counted (id int AUTO_INCREMENT, amount int, KEY (id));
CREATE TABLE numbered (shop int, amount int, id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (shop, id)) ENGINE=MyISAM;
CREATE TABLE fixed (id int AUTO_INCREMENT PRIMARY KEY, amount int, name char(10) NOT NULL) ENGINE=MyISAM ROW_FORMAT=FIXED;
CREATE TABLE fixed_logs (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL) ENGINE=MyISAM;
CREATE TABLE all_logs (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL) ENGINE=MERGE UNION=(fixed_logs);
INSERT INTO fixed (name) VALUES ('x');
INSERT INTO fixed_logs (name) VALUES ('x');
INSERT INTO counted (amount) VALUES (3), (4);
INSERT INTO numbered (shop, amount) VALUES (1, 1), (1, 2), (2, 1);

CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(1000) NOT NULL, is_open bool);
CREATE TABLE former_users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(250) NOT NULL, is_open bool) ROW_FORMAT=COMPACT;
CREATE TABLE passing_users (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(1000) NOT NULL, deleted_at datetime, UNIQUE KEY passing_users_email_key (email(50), deleted_at));
INSERT INTO users (email) VALUES ('x');
INSERT INTO former_users (email) VALUES ('x');
INSERT INTO passing_users (email) VALUES ('x');

CREATE TABLE titles (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(191) NOT NULL, UNIQUE KEY titles_name_key (name)) CHARSET=utf8mb3;
CREATE TABLE books (id bigint AUTO_INCREMENT PRIMARY KEY, title varchar(191) NOT NULL, CONSTRAINT fk_books_title FOREIGN KEY (title) REFERENCES titles (name) ON DELETE CASCADE)
    CHARSET=utf8mb3;
CREATE TABLE loans (id bigint AUTO_INCREMENT PRIMARY KEY, title varchar(191) NOT NULL, book_id bigint NOT NULL,
    FOREIGN KEY (title) REFERENCES titles (name) ON DELETE CASCADE,
    CONSTRAINT fk_loans_book_id FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE) CHARSET=utf8mb3;
INSERT INTO titles (name) VALUES ('x');
INSERT INTO books (title) VALUES ('x');
INSERT INTO loans (title, book_id) VALUES ('x', 1);

SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES';
CREATE TABLE paths (id bigint AUTO_INCREMENT PRIMARY KEY, is_open bool COMMENT 'c:\dir', path varchar(20) DEFAULT 'a\b', created_at datetime COMMENT 'x\y');
INSERT INTO paths (path) VALUES ('k');
SET sql_mode = DEFAULT;

CREATE TABLE tags (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL);
CREATE TABLE tags_of_customers (customer_id bigint NOT NULL, tag_id bigint NOT NULL, FOREIGN KEY (customer_id) REFERENCES customers (id), FOREIGN KEY (tag_id) REFERENCES tags (id));
CREATE TABLE tags_of_orders (order_id bigint NOT NULL, tag_id bigint NOT NULL, KEY order_id (order_id), FOREIGN KEY (order_id) REFERENCES orders (id), FOREIGN KEY (tag_id) REFERENCES tags (id));
INSERT INTO tags (name) VALUES ('x');
INSERT INTO tags_of_customers VALUES (1, 1);
INSERT INTO tags_of_orders VALUES (1, 1);

CREATE TABLE parted (id bigint AUTO_INCREMENT NOT NULL, email varchar(100) NOT NULL, is_open bool, deleted_at datetime, PRIMARY KEY (id)) PARTITION BY HASH (id) PARTITIONS 3;
CREATE TABLE parted_readers (id bigint AUTO_INCREMENT NOT NULL, email varchar(100) NOT NULL, is_open bool, PRIMARY KEY (id), KEY mail (email)) PARTITION BY HASH (id) PARTITIONS 3;
CREATE TABLE parted_keyless (id bigint AUTO_INCREMENT NOT NULL, amount int, is_open bool, KEY (id)) PARTITION BY HASH (amount) PARTITIONS 3;
CREATE TABLE parted_named (amount int NOT NULL, email varchar(20) NOT NULL, deleted_at datetime, is_open bool, UNIQUE KEY parted_named_key (amount, email, deleted_at))
    PARTITION BY HASH (amount) PARTITIONS 3;
INSERT INTO parted (email) VALUES ('x');
INSERT INTO parted_readers (email) VALUES ('x');
INSERT INTO parted_keyless (amount) VALUES (1);
INSERT INTO parted_named (amount, email) VALUES (1, 'x');

CREATE TABLE everything (email varchar(100) NOT NULL, deleted_at datetime, is_open bool, amount int, body text, spot point NOT NULL,
    UNIQUE KEY everything_email_key (email), SPATIAL KEY everything_spot_idx (spot), FULLTEXT KEY everything_body_idx (body)) ROW_FORMAT=REDUNDANT;
INSERT INTO everything (email, spot) VALUES ('x', point(1, 2));

CREATE TABLE things (id int PRIMARY KEY, is_open bool, amount int, name varchar(10), born date) WITH SYSTEM VERSIONING;
CREATE TABLE keyless_things (amount int, name varchar(10) NOT NULL) WITH SYSTEM VERSIONING;
CREATE TABLE named_things (amount int, name varchar(10) NOT NULL, UNIQUE KEY named_things_name_key (name)) WITH SYSTEM VERSIONING;
CREATE TABLE squeezed_things (id int PRIMARY KEY, is_open bool, shop_id int) WITH SYSTEM VERSIONING ROW_FORMAT=COMPRESSED;
CREATE TABLE old_things (id int PRIMARY KEY, amount int) ENGINE=Aria WITH SYSTEM VERSIONING;
INSERT INTO things (id) VALUES (1);
UPDATE things SET amount = 2;
INSERT INTO keyless_things VALUES (1, 'x'), (2, 'y');
UPDATE keyless_things SET amount = 5;
INSERT INTO named_things VALUES (1, 'x');
UPDATE named_things SET amount = 2;
INSERT INTO squeezed_things VALUES (1, NULL, 1);
INSERT INTO old_things VALUES (1, 1);

CREATE TABLE pages (id bigint AUTO_INCREMENT PRIMARY KEY, url text NOT NULL, is_open bool, amount int DEFAULT 3, customer_id bigint NOT NULL, email varchar(100) NOT NULL, deleted_at datetime,
    UNIQUE KEY pages_url_key (url), UNIQUE KEY pages_email_key (email), KEY pages_amount_idx (amount), KEY pages_amount_is_open_idx (amount, is_open), FOREIGN KEY (customer_id) REFERENCES customers (id));
INSERT INTO pages (url, customer_id, email) VALUES ('x', 1, 'x');

CREATE TABLE periods (id bigint NOT NULL, since date NOT NULL, until date NOT NULL, is_open bool, amount int, PERIOD FOR term (since, until),
    PRIMARY KEY (id, term WITHOUT OVERLAPS));
CREATE TABLE bookings (id int, since date, until date, is_open bool, amount int, PERIOD FOR term (since, until), UNIQUE KEY bookings_key (id, term WITHOUT OVERLAPS));
CREATE TABLE stays (room int NOT NULL, since date NOT NULL, until date NOT NULL, PERIOD FOR stay (since, until),
    UNIQUE KEY stays_key (room, stay WITHOUT OVERLAPS));
INSERT INTO stays VALUES (1, '2020-01-01', '2021-01-01'), (1, '2021-01-01', '2022-01-01');
INSERT INTO periods (id, since, until) VALUES (1, '2020-01-01', '2021-01-01');
INSERT INTO bookings (id, since, until) VALUES (1, '2020-01-01', '2021-01-01');

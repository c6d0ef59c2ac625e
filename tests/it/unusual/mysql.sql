CREATE TABLE located (id bigint AUTO_INCREMENT PRIMARY KEY, spot point NOT NULL SRID 4326, is_open bool, SPATIAL KEY located_spot_idx (spot));
CREATE TABLE lowered (id bigint PRIMARY KEY, email varchar(100) NOT NULL, deleted_at datetime, is_open bool, UNIQUE KEY lowered_email_key (email),
    KEY lowered_lower_idx ((lower(email))));
CREATE TABLE twice_lowered (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100) NOT NULL, is_open bool, UNIQUE KEY a ((lower(email))), UNIQUE KEY b ((lower(email))));
INSERT INTO twice_lowered (email) VALUES ('x');
INSERT INTO located (spot) VALUES (st_srid(point(1, 1), 4326));
INSERT INTO lowered (id, email) VALUES (1, 'x');

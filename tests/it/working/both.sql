-- What a script must leave working: inserts of triggers, texts that are not ASCII, foreign keys, and what may be left out of an insert.
CREATE TABLE log_entries (message varchar(20), detail varchar(10));
CREATE TABLE customers (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, grade varchar(20) DEFAULT 'mäßig', price double COMMENT 'Preis in €');
INSERT INTO customers (grade) VALUES ('gut'), (NULL);
CREATE TRIGGER customers_logged AFTER UPDATE ON customers FOR EACH ROW INSERT INTO log_entries VALUES ('x', 'i');

CREATE TABLE countries (code char(2) NOT NULL PRIMARY KEY, name varchar(60) NOT NULL) CHARACTER SET utf8mb3;
CREATE TABLE addresses (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, country_code char(2) NOT NULL, path varchar(1000), KEY addresses_path_idx (path),
    CONSTRAINT addresses_country_code_fkey FOREIGN KEY (country_code) REFERENCES countries (code)) CHARACTER SET utf8mb3;
INSERT INTO countries VALUES ('DE', 'Deutschland');
INSERT INTO addresses (country_code) VALUES ('DE');

CREATE TABLE teams (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL);
CREATE TABLE users (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL);
CREATE TABLE tickets (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, team_id bigint NOT NULL, assignee_id bigint,
    CONSTRAINT tickets_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE RESTRICT,
    CONSTRAINT tickets_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES users (id) ON DELETE SET NULL);
INSERT INTO teams (name) VALUES ('one');
INSERT INTO users (name) VALUES ('two');
INSERT INTO tickets (team_id, assignee_id) VALUES (1, 1), (1, 1);

CREATE TABLE areas (tenant_id bigint NOT NULL, id bigint NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE places (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, tenant_id bigint, area_id bigint,
    CONSTRAINT places_tenant_id_area_id_fkey FOREIGN KEY (tenant_id, area_id) REFERENCES areas (tenant_id, id) ON DELETE SET NULL);

SET sql_mode = '';
CREATE TABLE visits (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, created_at datetime NOT NULL DEFAULT '0000-00-00 00:00:00');
CREATE TABLE stays (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, until date NOT NULL DEFAULT '0000-00-00');
SET sql_mode = DEFAULT;

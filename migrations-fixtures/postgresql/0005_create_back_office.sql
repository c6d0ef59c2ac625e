CREATE DOMAIN email_address AS varchar(255) CHECK (VALUE LIKE '%_@_%');

CREATE TABLE users (
    id serial PRIMARY KEY,
    email email_address NOT NULL,
    full_name varchar(120) NOT NULL,
    password_hash varchar(100) NOT NULL,
    is_active boolean NOT NULL DEFAULT TRUE,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_email_key UNIQUE (email)
);

CREATE TABLE roles (
    id serial PRIMARY KEY,
    name varchar(60) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roles_name_key UNIQUE (name)
);

CREATE TABLE user_roles (
    user_id integer NOT NULL,
    role_id integer NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, role_id),
    CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT user_roles_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);
CREATE INDEX user_roles_role_id_idx ON user_roles (role_id);

-- Written by the application on every change. No key: nobody looks a line up.
CREATE TABLE audit_log (
    user_id integer,
    action varchar(40) NOT NULL,
    table_name varchar(60) NOT NULL,
    row_id integer,
    details jsonb,
    ip_address varchar(45),
    created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO roles (id, name) VALUES (1, 'support'), (2, 'buyer'), (3, 'administrator');
SELECT setval('roles_id_seq', 3);

INSERT INTO schema_migrations (version) VALUES ('0005');

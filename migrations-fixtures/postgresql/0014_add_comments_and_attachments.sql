-- Both hang on whatever the back office shows: the type column holds the class name.
CREATE TABLE comments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    commentable_type varchar(60) NOT NULL,
    commentable_id bigint NOT NULL,
    user_id integer NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT comments_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX comments_commentable_type_commentable_id_idx ON comments (commentable_type, commentable_id);
CREATE INDEX comments_user_id_idx ON comments (user_id);

CREATE TABLE attachments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    attachable_type varchar(60) NOT NULL,
    attachable_id bigint NOT NULL,
    file_name varchar(255) NOT NULL,
    content_type varchar(100) NOT NULL,
    byte_size bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attachments_byte_size_check CHECK (byte_size >= 0)
);

INSERT INTO schema_migrations (version) VALUES ('0014');

-- Both hang on whatever the back office shows: the type column holds the class name.
CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    commentable_type VARCHAR(60) NOT NULL,
    commentable_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT comments_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX comments_commentable_type_commentable_id_idx ON comments (commentable_type, commentable_id);
CREATE INDEX comments_user_id_idx ON comments (user_id);

CREATE TABLE attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    attachable_type VARCHAR(60) NOT NULL,
    attachable_id INTEGER NOT NULL,
    file_name VARCHAR(255) NOT NULL,
    content_type VARCHAR(100) NOT NULL,
    byte_size INTEGER NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT attachments_byte_size_check CHECK (byte_size >= 0)
);

INSERT INTO schema_migrations (version) VALUES ('0014');

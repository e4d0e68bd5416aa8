-- STRICT tables, and one whose rows live in their key.
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE, score REAL NOT NULL, raw BLOB, any_of ANY) STRICT;
CREATE TABLE settings (
    user_id INTEGER NOT NULL REFERENCES users, name TEXT NOT NULL, value TEXT NOT NULL CHECK (length(value) > 0),
    PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;

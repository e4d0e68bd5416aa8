-- Lengths in bytes, where one character may take four.
CREATE TABLE secrets (
    id uuid PRIMARY KEY,
    label text NOT NULL CHECK (octet_length(label) <= 20),
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    salt bytea NOT NULL CHECK (length(salt) BETWEEN 8 AND 16),
    name varchar(40) NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 40),
    note text CHECK (char_length(note) <= 10 AND octet_length(note) <= 30)
);

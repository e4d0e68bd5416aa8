-- Keys that SQLite counts, types it only half knows, generated columns, a key to the own table.
CREATE TABLE nodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER REFERENCES nodes (id), name NVARCHAR(20) NOT NULL,
    at DATETIME NOT NULL, price DECIMAL(8,2) NOT NULL CHECK (price >= 0), open BOOLEAN NOT NULL CHECK (open IN (0, 1)),
    kind VARCHAR(5) NOT NULL CHECK (kind IN ('leaf', 'twig')), twice AS (price * 2) STORED, shout TEXT AS (upper(name))
);
CREATE UNIQUE INDEX one_name ON nodes (parent_id, lower(name)) WHERE kind = 'leaf';

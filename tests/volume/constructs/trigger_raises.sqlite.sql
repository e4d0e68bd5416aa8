-- A trigger that refuses, and one that fills another table.
CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL, account_id INTEGER REFERENCES accounts (id));
CREATE TABLE books (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id));
CREATE TRIGGER copies AFTER INSERT ON accounts BEGIN INSERT INTO names VALUES (NEW.id, NEW.name, NEW.id); END;
CREATE TRIGGER refuses BEFORE INSERT ON books BEGIN SELECT RAISE(ABORT, 'the books are closed'); END;

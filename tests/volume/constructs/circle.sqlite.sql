-- Two tables that need each other: checked when the transaction ends, or put off until then.
CREATE TABLE hens (id INTEGER PRIMARY KEY, egg_id INTEGER NOT NULL REFERENCES eggs (id));
CREATE TABLE eggs (id INTEGER PRIMARY KEY, hen_id INTEGER NOT NULL REFERENCES hens (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE nests (hen_id INTEGER PRIMARY KEY REFERENCES hens, "how many?" INTEGER NOT NULL CHECK ("how many?" BETWEEN 0 AND 9));

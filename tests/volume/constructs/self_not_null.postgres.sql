-- Every row refers to a row of the table: roots to themselves.
CREATE TABLE folders (
    id bigint PRIMARY KEY, root_id bigint NOT NULL REFERENCES folders, parent_id bigint REFERENCES folders,
    name text NOT NULL
);
CREATE TABLE versions (
    document uuid NOT NULL, number integer NOT NULL CHECK (number >= 1), origin integer NOT NULL,
    PRIMARY KEY (document, number), FOREIGN KEY (document, origin) REFERENCES versions
);
CREATE TABLE managers (
    id bigint PRIMARY KEY, boss_id bigint REFERENCES managers, CHECK (boss_id <> id), CHECK (boss_id < id)
);

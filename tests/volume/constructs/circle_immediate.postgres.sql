-- Four tables that need each other at once, and a fifth that needs one of them.
CREATE TABLE a (id bigint PRIMARY KEY, b_id bigint NOT NULL, name text);
CREATE TABLE b (id bigint PRIMARY KEY, c_id bigint NOT NULL UNIQUE);
CREATE TABLE c (id uuid, part smallint, d_id bigint NOT NULL, number bigint UNIQUE NOT NULL, PRIMARY KEY (id, part));
CREATE TABLE d (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a_id bigint NOT NULL REFERENCES a);
CREATE TABLE e (id bigint PRIMARY KEY, d_id bigint NOT NULL REFERENCES d);
ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
ALTER TABLE b ADD FOREIGN KEY (c_id) REFERENCES c (number);
ALTER TABLE c ADD FOREIGN KEY (d_id) REFERENCES d;

-- Three tables that need each other, a key to the own table, and CHECKs.
CREATE TABLE a (id int PRIMARY KEY, b_id int NOT NULL) ENGINE=InnoDB;
CREATE TABLE b (id int PRIMARY KEY, c_id int NOT NULL) ENGINE=InnoDB;
CREATE TABLE c (id int PRIMARY KEY, a_id int NOT NULL, FOREIGN KEY (a_id) REFERENCES a (id)) ENGINE=InnoDB;
ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b (id);
ALTER TABLE b ADD CONSTRAINT b_c FOREIGN KEY (c_id) REFERENCES c (id);
CREATE TABLE tree (
    id int AUTO_INCREMENT PRIMARY KEY, parent_id int, root_id int NOT NULL, a_id int NOT NULL UNIQUE,
    FOREIGN KEY (parent_id) REFERENCES tree (id), FOREIGN KEY (root_id) REFERENCES tree (id),
    FOREIGN KEY (a_id) REFERENCES a (id)
) ENGINE=InnoDB;

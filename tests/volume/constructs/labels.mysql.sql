-- ENUM and SET, alone and in uniques with small room.
CREATE TABLE users (id int unsigned AUTO_INCREMENT PRIMARY KEY, name varchar(50) NOT NULL) ENGINE=InnoDB;
CREATE TABLE roles (
    user_id int unsigned NOT NULL, role enum('reader','writer','it''s, me') NOT NULL, days set('mon','tue','wed') NOT NULL,
    options set('a','b','c','d'), state enum('on','off') DEFAULT NULL,
    PRIMARY KEY (user_id, role), FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;
CREATE TABLE states (state enum('new','paid','void') PRIMARY KEY, position tinyint unsigned NOT NULL UNIQUE) ENGINE=InnoDB;

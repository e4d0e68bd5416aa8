-- A trigger that refuses, and one that fills another table.
CREATE TABLE accounts (id int PRIMARY KEY, name varchar(20) NOT NULL) ENGINE=InnoDB;
CREATE TABLE names (id int PRIMARY KEY, name varchar(20) NOT NULL, account_id int, FOREIGN KEY (account_id) REFERENCES accounts (id)) ENGINE=InnoDB;
CREATE TABLE books (id int PRIMARY KEY, account_id int NOT NULL, FOREIGN KEY (account_id) REFERENCES accounts (id)) ENGINE=InnoDB;
CREATE TABLE pages (id int PRIMARY KEY, book_id int NOT NULL, FOREIGN KEY (book_id) REFERENCES books (id)) ENGINE=InnoDB;
DELIMITER ;;
CREATE TRIGGER copies AFTER INSERT ON accounts FOR EACH ROW BEGIN INSERT INTO names VALUES (NEW.id, NEW.name, NEW.id); END;;
CREATE TRIGGER refuses BEFORE INSERT ON books FOR EACH ROW BEGIN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the books are closed'; END;;
DELIMITER ;

-- Types that MariaDB alone has.
CREATE TABLE visitors (
    id uuid NOT NULL PRIMARY KEY, address inet6 NOT NULL UNIQUE, settings json NOT NULL, home point
) ENGINE=InnoDB;
CREATE TABLE visits (
    id int AUTO_INCREMENT PRIMARY KEY, visitor_id uuid NOT NULL, at timestamp(6) NOT NULL,
    FOREIGN KEY (visitor_id) REFERENCES visitors (id)
) ENGINE=InnoDB;

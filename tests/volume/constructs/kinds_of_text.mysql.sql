-- Dates, times, bytes, JSON, fixed and short texts, generated columns, names that are keywords.
CREATE TABLE `order` (
    `key` binary(16) NOT NULL PRIMARY KEY, `from` datetime NOT NULL, `to` datetime NOT NULL, at timestamp(3) NOT NULL,
    day date NOT NULL, clock time NOT NULL, code char(4) NOT NULL, short tinytext, body mediumtext NOT NULL,
    raw varbinary(20) NOT NULL UNIQUE, picture blob, settings json NOT NULL,
    total decimal(10,2) NOT NULL CHECK (total >= 0), twice decimal(11,2) AS (total * 2) STORED,
    shout varchar(10) AS (upper(code)) VIRTUAL, `100%` int, CHECK (`from` <= `to`), CHECK (length(code) = 4)
) ENGINE=InnoDB;

-- Unsigned and narrow integers, YEAR, BIT and decimals, each to its bounds.
CREATE TABLE numbers (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    tiny tinyint NOT NULL, utiny tinyint unsigned NOT NULL UNIQUE, small smallint NOT NULL, usmall smallint unsigned NOT NULL,
    medium mediumint NOT NULL, umedium mediumint unsigned NOT NULL, plain int NOT NULL, uplain int unsigned NOT NULL,
    big bigint NOT NULL, ubig bigint unsigned NOT NULL, flag tinyint(1) NOT NULL, bits bit(6) NOT NULL, one bit(1) NOT NULL,
    made year NOT NULL, price decimal(8,2) unsigned NOT NULL, ratio double, share float unsigned NOT NULL,
    zero int(5) unsigned zerofill NOT NULL, CHECK (small <= medium), CHECK (made BETWEEN 1990 AND 2030)
) ENGINE=InnoDB;

-- Every construct that the reader of MySQL's and MariaDB's DDL knows and MariaDB 10.11 takes; it loads this whole.
/*M!999999\- enable the sandbox mode */
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
# a comment; with 'a quote
SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO"; -- another; one
START TRANSACTION;
/* and; 'one
   more */

CREATE TABLE `numbers` (
  `id` int(11) unsigned NOT NULL AUTO_INCREMENT COMMENT 'the row''s; number, "quoted" \\ \'again\'',
  a TINYINT, b tinyint(1), c bool DEFAULT TRUE, d boolean NOT NULL DEFAULT 0, e tinyint(4) unsigned, f tinyint(1) unsigned,
  g smallint(5) unsigned zerofill, h MEDIUMINT ZEROFILL, i integer(10) signed, j int1, k int2, l int3, m int4, n int8,
  o bigint(20) unsigned DEFAULT 18446744073709551615, p middleint unsigned,
  q decimal, r decimal(5), s numeric(12,4) unsigned, t dec(3,1) DEFAULT 1.5, u fixed(6,2), v float, w float(7,4),
  x float(30), y float(20) unsigned, z double, aa double precision(10,2), ab real unsigned, ac bit, ad bit(1) DEFAULT b'1',
  ae bit(12) NOT NULL DEFAULT b'101', af year, ag year(4) NOT NULL DEFAULT 2000,
  PRIMARY KEY USING BTREE (`id` DESC) COMMENT 'first'
) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=latin1 COMMENT='all sorts of ''numbers'', and a `tick`' ROW_FORMAT=DYNAMIC;

CREATE TABLE `texts` (
  a char, b char(10) NOT NULL DEFAULT '', c character(3) CHARACTER SET ascii, d varchar(20) DEFAULT 'x;y''z\'w',
  e character varying(7), f char varying(8), g national char(4), h nchar(2), i nvarchar(9), j national varchar(12),
  k varchar(10) BINARY, l varchar(10) COLLATE utf8mb4_bin NOT NULL, m varchar(10) NOT NULL COLLATE 'latin1_general_cs',
  n tinytext, o text, p text(20), q text(400), r mediumtext, s longtext, t long, u long varchar, v text BINARY,
  w text CHARACTER SET latin1 COLLATE latin1_bin, x varchar(5) CHARSET utf8, y varchar(6) CHARACTER SET binary,
  z char(4) byte, aa text character set binary, ab varchar(8) ASCII, ac varchar(8) UNICODE,
  ad binary, ae binary(16), af varbinary(64), ag tinyblob, ah blob, ai blob(100), aj mediumblob, ak longblob,
  al long varbinary, am enum('a','b''c','d"e','f,g','h ') NOT NULL DEFAULT 'a', an ENUM ('x', 'y') COLLATE utf8mb4_bin,
  ao set('Trailers','Behind the Scenes') DEFAULT 'Trailers', ap json, aq json DEFAULT NULL CHECK (json_valid(aq)),
  ar longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`ar`)),
  at_ longtext CHECK (json_valid(at_) AND at_ <> '[]'), au varchar(9) COLLATE utf8mb4_nopad_bin,
  av uuid DEFAULT uuid(), aw inet4, ax inet6, ay point, az geometry NOT NULL, ba linestring, bb polygon, bc multipoint,
  bd geometrycollection, be point REF_SYSTEM_ID=4326, bf mediumtext CHECK (json_valid(bf)), bg varchar(12) COLLATE binary
);

create table Moments (
  Id bigint /*! unsigned */ auto_increment unique key,
  a date default '2020-01-01', b datetime, c datetime(3) not null default current_timestamp(3) on update current_timestamp(3),
  d timestamp, e timestamp null default null, f timestamp(6) default now(6), g time, h time(2),
  created_at timestamp not null default current_timestamp() on update current_timestamp(),
  i datetime default (current_timestamp() + interval 1 day), j int default (1 + 2), begin datetime, end datetime,
  event varchar(10) invisible default 'x', k varchar(30) default concat('a', 'b'), l date default (curdate())
) DEFAULT CHARACTER SET utf8 COLLATE utf8_bin COMMENT 'in a hurry';

CREATE TABLE IF NOT EXISTS parents (
  id INT PRIMARY KEY, code varchar(20) UNIQUE, other int UNIQUE KEY, tenant int not null, number int not null,
  KEY (tenant), UNIQUE KEY by_number (tenant, number) USING BTREE, INDEX plain USING HASH (number), FULLTEXT KEY words (code)
);
CREATE TABLE IF NOT EXISTS parents (id int);

CREATE TABLE `children` (
  `id` serial PRIMARY KEY,
  parent int REFERENCES parents (id) ON DELETE CASCADE ON UPDATE RESTRICT,
  tenant int, number int, code varchar(20) COLLATE utf8mb4_general_ci, later int, self bigint unsigned, missing int DEFAULT 1,
  KEY `children_later` (`later`),
  CONSTRAINT `to_parent` FOREIGN KEY `an_index` (`tenant`, `NUMBER`) REFERENCES `parents` (`Tenant`, `number`) MATCH SIMPLE ON DELETE SET NULL,
  FOREIGN KEY (code) REFERENCES parents(code) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT FOREIGN KEY (later) REFERENCES later_table (id) ON DELETE NO ACTION,
  CONSTRAINT self_fk FOREIGN KEY (self) REFERENCES children (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE later_table (id int NOT NULL, name varchar(10), PRIMARY KEY (id)) COLLATE utf8mb4_bin;

CREATE TABLE uniques (
  a varchar(10), b text, c varbinary(20), d int NOT NULL, e int, F varchar(30) NOT NULL,
  PRIMARY KEY (f(12), d), UNIQUE (a(10)), UNIQUE KEY short (a(5)), UNIQUE INDEX `both` (`b`(20), c(4), D DESC), UNIQUE (b),
  CONSTRAINT named UNIQUE other_name (d, e), CONSTRAINT UNIQUE (e), UNIQUE `commented` (e, a) COMMENT 'x' KEY_BLOCK_SIZE=8
) ENGINE=InnoDB;
CREATE UNIQUE INDEX more ON uniques (e ASC, b(7)) COMMENT 'later';
CREATE OR REPLACE UNIQUE INDEX again USING BTREE ON `uniques` (c);
CREATE INDEX plain ON uniques (e);
CREATE FULLTEXT INDEX words ON uniques (b);

CREATE TABLE checks (
  a int CHECK (a > 0), b int NOT NULL DEFAULT 5 CHECK (`B` BETWEEN 1 AND 10), status varchar(10), active bool, u uuid,
  kind enum('p', 'q'), tags set('u', 'v'), since date, till date, price decimal(10,2), note text, bits bit(4),
  CHECK (a <> b), CONSTRAINT in_list CHECK (status IN ('new', 'it''s', "done")), CONSTRAINT CHECK (till >= since),
  CONSTRAINT `nulls` CHECK ((status = 'new' AND price IS NULL) OR (status <> 'new' AND price IS NOT NULL)),
  CONSTRAINT logic CHECK (active AND NOT (a = 1 OR b = 2)), CONSTRAINT pattern CHECK (note REGEXP '^[a-z]+$' AND note NOT LIKE 'x%'),
  CONSTRAINT lengths CHECK (CHAR_LENGTH(note) > 3 AND LENGTH(note) < 100), CONSTRAINT first_word CHECK (REPLACE(note, ' ', '') <> ''),
  CONSTRAINT dates CHECK (till < DATE_ADD(since, INTERVAL 1 YEAR) AND DATEDIFF(till, since) > 1 AND YEAR(since) > 1999),
  CONSTRAINT choice CHECK (CASE kind WHEN 'p' THEN price > 1 ELSE price < 1 END AND IF(a > 1, b > 1, TRUE)),
  CONSTRAINT found CHECK (FIND_IN_SET('u', tags) AND kind = 'p' AND bits <> b'0'),
  double_a int GENERATED ALWAYS AS (A * 2) VIRTUAL, b2 int AS (b + 1) PERSISTENT UNIQUE COMMENT 'kept',
  full varchar(40) GENERATED ALWAYS AS (CONCAT(status, ' ', COALESCE(note, ''))) STORED, y int AS (YEAR(since))
);

CREATE TABLE versions (
  x int NOT NULL PRIMARY KEY, y int WITHOUT SYSTEM VERSIONING,
  started timestamp(6) GENERATED ALWAYS AS ROW START, ended timestamp(6) GENERATED ALWAYS AS ROW END,
  PERIOD FOR SYSTEM_TIME (started, ended)
) WITH SYSTEM VERSIONING;
CREATE TABLE rooms (
  room int NOT NULL, since date, till date, note text COMPRESSED=zlib DEFAULT 'x', price int DEFAULT 3,
  UNIQUE (room, stay WITHOUT OVERLAPS), PERIOD FOR stay (since, till)
) PAGE_CHECKSUM=1;

CREATE TABLE measured (at date NOT NULL, city int NOT NULL, value double, PRIMARY KEY (at, city)) ENGINE=InnoDB
/*!50100 PARTITION BY RANGE (YEAR(`at`)) SUBPARTITION BY HASH (city) SUBPARTITIONS 2
(PARTITION p0 VALUES LESS THAN (1990) ENGINE = InnoDB,
 PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */;
CREATE TABLE by_key (id int PRIMARY KEY) PARTITION BY KEY (id) PARTITIONS 4;
CREATE TABLE by_list (id int, r int) PARTITION BY LIST (r) (PARTITION a VALUES IN (1, 2), PARTITION b VALUES IN (3));
CREATE TABLE by_columns (id int, s varchar(9)) PARTITION BY RANGE COLUMNS (s) (PARTITION a VALUES LESS THAN ('m'), PARTITION b VALUES LESS THAN (MAXVALUE));

CREATE TABLE copies LIKE checks;
CREATE TABLE IF NOT EXISTS others (LIKE children);
CREATE TEMPORARY TABLE passing (id int);
CREATE SEQUENCE numbers_seq START WITH 10;
CREATE TABLE numbered (id bigint NOT NULL DEFAULT nextval(numbers_seq) PRIMARY KEY, n int DEFAULT NEXT VALUE FOR numbers_seq);

CREATE TABLE changing (
  id int, old_name varchar(10) NOT NULL, gone int, also_gone int, moved int, typed varchar(10) DEFAULT 'x', defaulted int DEFAULT 1,
  kept int CHECK (kept > 1), renamed int, code varchar(8), UNIQUE KEY by_gone (gone), UNIQUE KEY by_old (old_name),
  UNIQUE KEY to_go (typed), KEY plain (moved), CONSTRAINT chk CHECK (defaulted > 0), CONSTRAINT to_drop CHECK (moved > 0),
  CONSTRAINT fk_drop FOREIGN KEY (kept) REFERENCES parents (id), CONSTRAINT checked CHECK (old_name <> '')
) DEFAULT CHARSET=latin1;
ALTER TABLE `changing` ADD PRIMARY KEY (`id`), ADD KEY `extra` (`kept`), ADD UNIQUE `uq` (`typed`,`kept`);
ALTER TABLE changing MODIFY `id` int(11) unsigned NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=5;
ALTER TABLE changing DROP COLUMN gone, DROP also_gone, DROP INDEX to_go, DROP KEY plain, DROP CONSTRAINT to_drop, DROP FOREIGN KEY fk_drop;
ALTER TABLE changing ADD COLUMN first_one int FIRST, ADD after_id int NOT NULL AFTER ID, ADD COLUMN (m1 int, m2 varchar(5) UNIQUE), ADD last_one text;
ALTER TABLE changing CHANGE COLUMN old_name `new name` varchar(20) NULL DEFAULT 'y' COMMENT 'new' AFTER moved, CHANGE moved moved bigint FIRST;
ALTER TABLE changing MODIFY COLUMN typed char(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL FIRST, ALTER defaulted DROP DEFAULT, ALTER COLUMN m1 SET DEFAULT 7;
ALTER TABLE changing RENAME COLUMN renamed TO Renamed_Again, RENAME INDEX uq TO uq_again, ALTER INDEX extra IGNORED;
ALTER TABLE changing ADD CONSTRAINT fk_new FOREIGN KEY (Renamed_again) REFERENCES parents (id) ON DELETE CASCADE, ADD CHECK (m1 < 100), ADD INDEX (m1);
ALTER TABLE changing ADD CONSTRAINT UNIQUE KEY (m1, m2), ADD FULLTEXT (last_one), ADD UNIQUE INDEX IF NOT EXISTS by_code (code(4)), ADD INDEX ix (code);
ALTER TABLE changing ENGINE=InnoDB COMMENT 'changed' ROW_FORMAT=COMPACT, ADD COLUMN IF NOT EXISTS m1 int, DROP COLUMN IF EXISTS never, MODIFY COLUMN IF EXISTS never int;
ALTER TABLE changing DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, ADD binary_text varchar(3), ORDER BY id, m1;
ALTER TABLE by_key ADD PARTITION PARTITIONS 2;
ALTER TABLE by_list DROP PARTITION a;
ALTER TABLE by_columns REMOVE PARTITIONING;
ALTER TABLE by_columns CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
ALTER TABLE by_list ADD s varchar(4), CONVERT TO CHARACTER SET latin1, ADD CONSTRAINT pk PRIMARY KEY (id, r);
ALTER TABLE measured DROP PRIMARY KEY, ADD UNIQUE KEY (at, city);
ALTER TABLE measured ADD id int NOT NULL, ADD s varchar(5) COLLATE utf8mb4_bin DEFAULT '' AFTER at, DISABLE KEYS, ALGORITHM=COPY, LOCK=SHARED;
ALTER IGNORE TABLE by_key ADD SYSTEM VERSIONING;
ALTER TABLE by_key DROP SYSTEM VERSIONING;
ALTER TABLE later_table RENAME TO renamed_table;
RENAME TABLE copies TO copied, others TO other_children;
DROP INDEX again ON uniques;
DROP INDEX plain ON uniques;
CREATE TABLE dropped (id int);
DROP TABLE IF EXISTS dropped, never_there;

CREATE ALGORITHM=UNDEFINED DEFINER=CURRENT_USER SQL SECURITY DEFINER VIEW a_view AS SELECT 1 AS x;
DELIMITER ;;
CREATE TRIGGER before_it BEFORE INSERT ON checks FOR EACH ROW BEGIN
  IF NEW.a IS NULL THEN SET NEW.a = 1; END IF;
END;;
/*!50003 CREATE*/ /*!50017 DEFINER=CURRENT_USER*/ /*!50003 TRIGGER after_it AFTER UPDATE ON checks FOR EACH ROW BEGIN
  UPDATE parents SET other = 1 WHERE id = NEW.a; END */;;
CREATE PROCEDURE does_things (IN x int) BEGIN CREATE TEMPORARY TABLE inside (id int); SELECT CASE x WHEN 1 THEN 2 END; END;;
DELIMITER ;
CREATE FUNCTION adds (a int, b int) RETURNS int DETERMINISTIC RETURN a + b;

LOCK TABLES `parents` WRITE;
/*!40000 ALTER TABLE `parents` DISABLE KEYS */;
INSERT INTO `parents` VALUES (1,'CREATE TABLE x (id int);',2,3,4),(2,'it''s \'; -- # /* ',5,6,7);
/*!40000 ALTER TABLE `parents` ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;

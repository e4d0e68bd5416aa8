-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------
-- Server version	8.0.36

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';

--
-- Current Database: `shop`
--

CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs */ /*!80016 DEFAULT ENCRYPTION='N' */;

USE `shop`;

--
-- Table structure for table `accounts`
--

DROP TABLE IF EXISTS `accounts`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `accounts` (
  `my_row_id` bigint unsigned NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */,
  `public_id` binary(16) NOT NULL DEFAULT (uuid_to_bin(uuid())),
  `email` varchar(120) COLLATE utf8mb4_0900_ai_ci NOT NULL,
  `name` varchar(60) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL,
  `nick` varchar(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci DEFAULT 'x',
  `state` enum('new','open','it''s over') CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL DEFAULT 'new',
  `flags` set('a','b') DEFAULT NULL,
  `visits` int unsigned NOT NULL DEFAULT '0',
  `active` tinyint(1) NOT NULL DEFAULT '1',
  `small` tinyint unsigned DEFAULT NULL,
  `born` year DEFAULT NULL,
  `settings` json NOT NULL DEFAULT (json_object(_utf8mb4'theme',_utf8mb4'dark')),
  `theme` varchar(20) COLLATE utf8mb4_0900_as_cs GENERATED ALWAYS AS (json_unquote(json_extract(`settings`,_utf8mb4'$.theme'))) VIRTUAL,
  `full` varchar(200) GENERATED ALWAYS AS (concat(`name`,_utf8mb4' ',`nick`)) STORED,
  `place` point /*!80003 SRID 4326 */ DEFAULT NULL,
  `notes` text,
  `created_at` timestamp(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  `hidden` int DEFAULT NULL /*!80023 INVISIBLE */ COMMENT 'not shown; it''s \'kept\'',
  PRIMARY KEY (`my_row_id`),
  UNIQUE KEY `public_id` (`public_id`),
  UNIQUE KEY `email_lower` ((lower(`email`))),
  UNIQUE KEY `nick_state` (`nick`(10),`state` DESC),
  UNIQUE KEY `theme_once` ((cast(json_unquote(json_extract(`settings`,_utf8mb4'$.theme')) as char(10) charset utf8mb4) collate utf8mb4_bin)),
  KEY `visits` (`visits`) /*!80000 INVISIBLE */,
  KEY `tags` ((cast(json_extract(`settings`,_utf8mb4'$.tags') as unsigned array))),
  SPATIAL KEY `place` (`place`),
  FULLTEXT KEY `notes` (`notes`) /*!50100 WITH PARSER `ngram` */ ,
  CONSTRAINT `accounts_chk_1` CHECK ((`visits` >= 0)),
  CONSTRAINT `accounts_chk_2` CHECK (((`state` in (_utf8mb4'new',_utf8mb4'open')) or (`active` = 0))),
  CONSTRAINT `email_form` CHECK (regexp_like(`email`,_utf8mb4'^[^@]+@[^@]+$')),
  CONSTRAINT `later` CHECK ((`visits` < 10)) /*!80016 NOT ENFORCED */,
  CONSTRAINT `logic` CHECK (((0 <> `active`) and (`notes` is not null)))
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs COMMENT='people, and ''others''';
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `accounts`
--

LOCK TABLES `accounts` WRITE;
/*!40000 ALTER TABLE `accounts` DISABLE KEYS */;
INSERT INTO `accounts` VALUES (1,_binary 'x\0\'y;','a@b.example',NULL,'); CREATE TABLE `no` (`id` int);','new',NULL,0,1);
REPLACE  IGNORE INTO `accounts` VALUES (2,0x00);
/*!40000 ALTER TABLE `accounts` ENABLE KEYS */;
UNLOCK TABLES;

DROP TABLE IF EXISTS `orders`;
CREATE TABLE `orders` (
  `id` int NOT NULL AUTO_INCREMENT,
  `account_id` bigint unsigned DEFAULT NULL,
  `placed` date NOT NULL,
  `total` decimal(10,2) NOT NULL,
  PRIMARY KEY (`id`,`placed`),
  KEY `orders_account` (`account_id`),
  CONSTRAINT `orders_account` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`my_row_id`) ON DELETE SET NULL ON UPDATE RESTRICT
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
/*!50500 PARTITION BY RANGE  COLUMNS(placed)
(PARTITION p0 VALUES LESS THAN ('2020-01-01') ENGINE = InnoDB,
 PARTITION p1 VALUES LESS THAN (MAXVALUE) ENGINE = InnoDB) */;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `orders_insert` BEFORE INSERT ON `orders` FOR EACH ROW BEGIN
  IF NEW.total < 0 THEN SIGNAL SQLSTATE '45000'; END IF;
END */;;
DELIMITER ;

--
-- Temporary view structure for view `open_orders`
--

DROP TABLE IF EXISTS `open_orders`;
/*!50001 DROP VIEW IF EXISTS `open_orders`*/;
SET @saved_cs_client     = @@character_set_client;
/*!50001 CREATE VIEW `open_orders` AS SELECT
 1 AS `id`,
 1 AS `total`*/;
SET character_set_client = @saved_cs_client;
/*!50001 CREATE TABLE `old_style` (
  `id` tinyint NOT NULL
) ENGINE=MyISAM */;

--
-- Dumping routines for database 'shop'
--
DELIMITER ;;
CREATE DEFINER=`root`@`localhost` FUNCTION `twice`(a INT) RETURNS int
    DETERMINISTIC
BEGIN
  DECLARE b INT; CREATE TEMPORARY TABLE tmp (id int);
  CASE a WHEN 1 THEN SET b = 2; ELSE SET b = 3; END CASE;
  RETURN b;
END ;;
/*!50106 CREATE*/ /*!50117 DEFINER=`root`@`localhost`*/ /*!50106 EVENT `nightly` ON SCHEDULE EVERY 1 DAY STARTS '2024-01-01 00:00:00' ON COMPLETION NOT PRESERVE ENABLE DO BEGIN DELETE FROM orders; END */ ;;
DELIMITER ;

--
-- Final view structure for view `open_orders`
--

/*!50001 DROP VIEW IF EXISTS `open_orders`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `open_orders` AS select `orders`.`id` AS `id`,`orders`.`total` AS `total` from `orders` */;
/*!50001 DROP TABLE IF EXISTS `old_style`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `old_style` AS select 1 AS `id` */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;

-- Dump completed on 2024-02-01 12:00:00

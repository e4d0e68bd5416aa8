-- CreateTable
CREATE TABLE `Plain` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `text` VARCHAR(191) NOT NULL,
    `flag` BOOLEAN NOT NULL DEFAULT true,
    `whole` INTEGER NOT NULL DEFAULT -7,
    `large` BIGINT NOT NULL,
    `real` DOUBLE NOT NULL DEFAULT 1.5,
    `exact` DECIMAL(65, 30) NOT NULL DEFAULT 3.10,
    `instant` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `object` JSON NOT NULL,
    `raw` LONGBLOB NOT NULL,
    `lack` VARCHAR(191) NULL DEFAULT 'it''s \\ here',
    `updated` DATETIME(3) NOT NULL,
    `state` ENUM('Open', 'shut down') NOT NULL DEFAULT 'Open',
    `other` ENUM('Open', 'shut down') NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `Native` (
    `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    `plainId` INTEGER NOT NULL,
    `tiny` TINYINT NOT NULL,
    `utiny` TINYINT UNSIGNED NOT NULL,
    `small` SMALLINT NOT NULL,
    `usmall` SMALLINT UNSIGNED NOT NULL,
    `medium` MEDIUMINT NOT NULL,
    `umedium` MEDIUMINT UNSIGNED NOT NULL,
    `int` INTEGER NOT NULL,
    `uint` INTEGER UNSIGNED NOT NULL,
    `year` YEAR NOT NULL,
    `big` BIGINT NOT NULL,
    `flag` BOOLEAN NOT NULL,
    `bit` BIT(1) NOT NULL,
    `bits` BIT(12) NOT NULL,
    `float` FLOAT NOT NULL,
    `double` DOUBLE NOT NULL,
    `decimal` DECIMAL NOT NULL,
    `decimal9` DECIMAL(9, 3) NOT NULL,
    `char` CHAR(36) NOT NULL,
    `varchar` VARCHAR(255) NOT NULL,
    `tinytext` TINYTEXT NOT NULL,
    `text` TEXT NOT NULL,
    `mediumtext` MEDIUMTEXT NOT NULL,
    `longtext` LONGTEXT NULL,
    `binary` BINARY(16) NOT NULL,
    `varbinary` VARBINARY(64) NOT NULL,
    `tinyblob` TINYBLOB NOT NULL,
    `blob` BLOB NOT NULL,
    `mediumblob` MEDIUMBLOB NOT NULL,
    `longblob` LONGBLOB NOT NULL,
    `date` DATE NOT NULL,
    `time` TIME NOT NULL,
    `time3` TIME(3) NOT NULL,
    `moment` DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    `moment6` DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    `stamp` TIMESTAMP(0) NOT NULL DEFAULT CURRENT_TIMESTAMP(0),
    `json` JSON NOT NULL,
    `place` point NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `blogs` (
    `slug` VARCHAR(100) NOT NULL,
    `title` VARCHAR(191) NOT NULL,
    `author` CHAR(36) NOT NULL DEFAULT (uuid()),
    `body` TEXT NOT NULL,
    `owned` INTEGER NULL,

    UNIQUE INDEX `blogs_title_key`(`title`),
    FULLTEXT INDEX `blogs_title_body_idx`(`title`, `body`),
    UNIQUE INDEX `blogs_author_slug_key`(`author`, `slug` DESC),
    PRIMARY KEY (`slug`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `_Links` (
    `A` VARCHAR(100) NOT NULL,
    `B` VARCHAR(100) NOT NULL,

    UNIQUE INDEX `_Links_AB_unique`(`A`, `B`),
    INDEX `_Links_B_index`(`B`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `Native` ADD CONSTRAINT `Native_plainId_fkey` FOREIGN KEY (`plainId`) REFERENCES `Plain`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `blogs` ADD CONSTRAINT `blogs_owned_fkey` FOREIGN KEY (`owned`) REFERENCES `Plain`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `_Links` ADD CONSTRAINT `_Links_A_fkey` FOREIGN KEY (`A`) REFERENCES `blogs`(`slug`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `_Links` ADD CONSTRAINT `_Links_B_fkey` FOREIGN KEY (`B`) REFERENCES `blogs`(`slug`) ON DELETE CASCADE ON UPDATE CASCADE;

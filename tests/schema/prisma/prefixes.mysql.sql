-- CreateTable
CREATE TABLE `Page` (
    `path` TEXT NOT NULL,
    `title` TEXT NOT NULL,
    `kind` INTEGER NOT NULL,
    `body` LONGTEXT NOT NULL,

    UNIQUE INDEX `Page_title_key`(`title`(20)),
    UNIQUE INDEX `Page_kind_body_key`(`kind`, `body`(30)),
    PRIMARY KEY (`path`(100))
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE "Plain" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "text" TEXT NOT NULL,
    "flag" BOOLEAN NOT NULL DEFAULT true,
    "whole" INTEGER NOT NULL DEFAULT -7,
    "large" BIGINT NOT NULL,
    "real" REAL NOT NULL DEFAULT 1.5,
    "exact" DECIMAL NOT NULL,
    "instant" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "raw" BLOB NOT NULL,
    "object" JSONB NOT NULL,
    "lack" TEXT DEFAULT 'it''s here',
    "made" TEXT NOT NULL DEFAULT (lower('X')),
    "odd" whatever
);

-- CreateTable
CREATE TABLE "Part" (
    "plainId" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "aboveId" INTEGER,
    "aboveNumber" INTEGER,

    PRIMARY KEY ("plainId", "number"),
    CONSTRAINT "Part_plainId_fkey" FOREIGN KEY ("plainId") REFERENCES "Plain" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Part_aboveId_aboveNumber_fkey" FOREIGN KEY ("aboveId", "aboveNumber") REFERENCES "Part" ("plainId", "number") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Tag" (
    "id" BIGINT NOT NULL PRIMARY KEY
);

-- CreateTable
CREATE TABLE "_PlainToTag" (
    "A" INTEGER NOT NULL,
    "B" BIGINT NOT NULL,
    CONSTRAINT "_PlainToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Plain" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "_PlainToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "Plain_text_key" ON "Plain"("text");

-- CreateIndex
CREATE UNIQUE INDEX "pair" ON "Plain"("whole", "large" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "_PlainToTag_AB_unique" ON "_PlainToTag"("A", "B");

-- CreateIndex
CREATE INDEX "_PlainToTag_B_index" ON "_PlainToTag"("B");

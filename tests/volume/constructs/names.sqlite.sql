-- Quoted and keyword names in all of SQLite's quotes, composite keys, dates as text.
CREATE TABLE [Order Details] ("Order" INTEGER NOT NULL, [Line] INTEGER NOT NULL, `select` TEXT NOT NULL, PRIMARY KEY ("Order", [Line]));
CREATE TABLE "Notes" (
    "group" INTEGER PRIMARY KEY, "Order" INTEGER, "Line" INTEGER, starts TEXT NOT NULL, ends TEXT NOT NULL,
    FOREIGN KEY ("Order", "Line") REFERENCES "Order Details" ("Order", "Line"),
    CHECK (starts <= ends)
);
CREATE UNIQUE INDEX late ON "Notes" ("Order") WHERE "Line" IS NULL;

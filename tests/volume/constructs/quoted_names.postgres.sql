-- Names in mixed case, with spaces and quotes, keywords, and in a database schema of their own.
CREATE SCHEMA "Sales Dept";
CREATE TYPE "Sales Dept"."Order State" AS ENUM ('New', 'in "progress"', 'it''s done');
CREATE TABLE "Sales Dept"."Order" ("Id" bigint PRIMARY KEY, "State" "Sales Dept"."Order State" NOT NULL, "100%" integer);
CREATE TABLE "select" (
    "from" bigint PRIMARY KEY, "order" bigint NOT NULL REFERENCES "Sales Dept"."Order" ("Id"),
    "group by" text NOT NULL CHECK (length("group by") > 1), "say ""hi""" text, "größe" numeric(5, 1) CHECK ("größe" > 0),
    "user" text NOT NULL UNIQUE
);
CREATE TABLE "Order" (id bigint PRIMARY KEY, "select" bigint REFERENCES "select" ("from"));

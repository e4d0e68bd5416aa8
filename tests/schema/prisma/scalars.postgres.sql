-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "citext";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "pgcrypto" WITH SCHEMA "public" VERSION "1.3";

-- CreateEnum
CREATE TYPE "shade_of" AS ENUM ('light one', 'Dark', 'grey-ish');

-- CreateTable
CREATE TABLE "Plain" (
    "id" SERIAL NOT NULL,
    "text" TEXT NOT NULL,
    "flag" BOOLEAN NOT NULL,
    "whole" INTEGER NOT NULL,
    "large" BIGINT NOT NULL,
    "real" DOUBLE PRECISION NOT NULL,
    "exact" DECIMAL(65,30) NOT NULL,
    "instant" TIMESTAMP(3) NOT NULL,
    "object" JSONB NOT NULL,
    "raw" BYTEA NOT NULL,
    "lack" TEXT,
    "texts" TEXT[],
    "numbers" INTEGER[],
    "moments" TIMESTAMPTZ(6)[],
    "objects" JSONB[],

    CONSTRAINT "Plain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Native" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "text" TEXT NOT NULL,
    "char" CHAR NOT NULL,
    "char3" CHAR(3) NOT NULL,
    "varchar" VARCHAR NOT NULL,
    "varchar9" VARCHAR(9),
    "bit" BIT(4) NOT NULL,
    "varbit" VARBIT NOT NULL,
    "xml" XML NOT NULL,
    "inet" INET NOT NULL,
    "citext" CITEXT NOT NULL,
    "boolean" BOOLEAN NOT NULL,
    "small" SMALLINT NOT NULL,
    "integer" INTEGER NOT NULL,
    "oid" OID NOT NULL,
    "big" BIGINT NOT NULL,
    "real" REAL NOT NULL,
    "double" DOUBLE PRECISION NOT NULL,
    "decimal" DECIMAL NOT NULL,
    "decimal12" DECIMAL(12,2) NOT NULL,
    "money" MONEY NOT NULL,
    "stamp" TIMESTAMP NOT NULL,
    "stamp0" TIMESTAMP(0) NOT NULL,
    "zoned" TIMESTAMPTZ NOT NULL,
    "zoned3" TIMESTAMPTZ(3),
    "date" DATE NOT NULL,
    "time" TIME NOT NULL,
    "time6" TIME(6) NOT NULL,
    "timetz" TIMETZ(2) NOT NULL,
    "json" JSON NOT NULL,
    "jsonb" JSONB NOT NULL,
    "bytea" BYTEA NOT NULL,
    "varchars" VARCHAR(20)[],
    "period" daterange,
    "waits" interval DEFAULT '1 day'::interval,
    "words" tsvector NOT NULL,
    "spots" point[],

    CONSTRAINT "Native_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Defaults" (
    "uuid" TEXT NOT NULL,
    "uuid7" UUID NOT NULL,
    "cuid" TEXT NOT NULL,
    "cuid2" TEXT NOT NULL,
    "nano" TEXT NOT NULL,
    "ulid" TEXT NOT NULL,
    "small" SMALLSERIAL NOT NULL,
    "big" BIGSERIAL NOT NULL,
    "text" TEXT NOT NULL DEFAULT 'it''s "quoted" \ and C:\temp',
    "empty" TEXT NOT NULL DEFAULT '',
    "accent" TEXT NOT NULL DEFAULT 'café — 日本',
    "yes" BOOLEAN NOT NULL DEFAULT true,
    "no" BOOLEAN NOT NULL DEFAULT false,
    "whole" INTEGER NOT NULL DEFAULT -7,
    "large" BIGINT NOT NULL DEFAULT 9007199254740993,
    "real" DOUBLE PRECISION NOT NULL DEFAULT 1.50,
    "exact" DECIMAL(65,30) NOT NULL DEFAULT 3.10,
    "exact2" DECIMAL(10,2) NOT NULL DEFAULT 12.5,
    "created" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fixed" TIMESTAMPTZ(3) NOT NULL DEFAULT '2024-02-29 12:30:00 +00:00',
    "updated" TIMESTAMP(3) NOT NULL,
    "both" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "object" JSONB NOT NULL DEFAULT '{"a": [1, "b"]}',
    "raw" BYTEA NOT NULL DEFAULT '\x010203',
    "made" TEXT NOT NULL DEFAULT lower('ABC'),
    "counted" INTEGER NOT NULL DEFAULT nextval('numbers'::regclass),
    "unknown" TEXT,
    "shade" "shade_of" NOT NULL DEFAULT 'Dark',
    "lack" "shade_of",
    "texts" TEXT[] DEFAULT ARRAY['a', 'b''s']::TEXT[],
    "none" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "numbers" INTEGER[] DEFAULT ARRAY[1, -2]::INTEGER[],
    "shades" "shade_of"[] DEFAULT ARRAY['light one', 'Dark']::"shade_of"[],
    "named" INTEGER NOT NULL DEFAULT 3,

    CONSTRAINT "Defaults_pkey" PRIMARY KEY ("uuid")
);

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "auth";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "shop";

-- CreateEnum
CREATE TYPE "auth"."role" AS ENUM ('Admin', 'Guest');

-- CreateEnum
CREATE TYPE "Level" AS ENUM ('low', 'high');

-- CreateTable
CREATE TABLE "auth"."account" (
    "id" INTEGER NOT NULL,
    "role" "auth"."role" NOT NULL DEFAULT 'Admin',

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop"."account" (
    "id" INTEGER NOT NULL,
    "ownerId" INTEGER NOT NULL,
    "level" "Level" NOT NULL,
    "levels" "Level"[],

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Group" (
    "id" BIGINT NOT NULL,

    CONSTRAINT "Group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop"."_Account2ToGroup" (
    "A" INTEGER NOT NULL,
    "B" BIGINT NOT NULL,

    CONSTRAINT "_Account2ToGroup_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE INDEX "_Account2ToGroup_B_index" ON "shop"."_Account2ToGroup"("B");

-- AddForeignKey
ALTER TABLE "shop"."account" ADD CONSTRAINT "account_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "auth"."account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop"."_Account2ToGroup" ADD CONSTRAINT "_Account2ToGroup_A_fkey" FOREIGN KEY ("A") REFERENCES "shop"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop"."_Account2ToGroup" ADD CONSTRAINT "_Account2ToGroup_B_fkey" FOREIGN KEY ("B") REFERENCES "Group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Kind" AS ENUM ('Person', 'company');

-- CreateTable
CREATE TABLE "customers" (
    "id" SERIAL NOT NULL,
    "email" VARCHAR(120) NOT NULL,
    "country_code" CHAR(2) NOT NULL,
    "tax_number" TEXT,
    "deleted_at" TIMESTAMP(3),
    "active" BOOLEAN NOT NULL DEFAULT true,
    "kind" "Kind" NOT NULL DEFAULT 'Person',
    "referred_by" INTEGER,

    CONSTRAINT "customer_key" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Profile" (
    "customerId" INTEGER NOT NULL,
    "bio" TEXT,
    "nextId" INTEGER,

    CONSTRAINT "Profile_pkey" PRIMARY KEY ("customerId")
);

-- CreateTable
CREATE TABLE "Product" (
    "sku" TEXT NOT NULL,
    "maker" TEXT NOT NULL,
    "code" INTEGER NOT NULL,

    CONSTRAINT "Product_pkey" PRIMARY KEY ("sku")
);

-- CreateTable
CREATE TABLE "Order" (
    "id" BIGSERIAL NOT NULL,
    "number" INTEGER NOT NULL,
    "year" INTEGER NOT NULL,
    "buyerId" INTEGER NOT NULL,
    "payerEmail" TEXT,

    CONSTRAINT "Order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Line" (
    "orderId" BIGINT NOT NULL,
    "row" SMALLINT NOT NULL,
    "sku" TEXT NOT NULL,

    CONSTRAINT "line_place" PRIMARY KEY ("orderId","row")
);

-- CreateTable
CREATE TABLE "Note" (
    "id" TEXT NOT NULL,
    "orderId" BIGINT NOT NULL,
    "row" SMALLINT,
    "text" TEXT NOT NULL,

    CONSTRAINT "Note_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Review" (
    "customerId" INTEGER NOT NULL,
    "maker" TEXT NOT NULL,
    "code" INTEGER NOT NULL,
    "stars" INTEGER NOT NULL,
    "hidden" TEXT,

    CONSTRAINT "Review_pkey" PRIMARY KEY ("customerId","maker","code")
);

-- CreateTable
CREATE TABLE "Tag" (
    "tag_name" VARCHAR(40) NOT NULL,
    "groupId" UUID,

    CONSTRAINT "Tag_pkey" PRIMARY KEY ("tag_name")
);

-- CreateTable
CREATE TABLE "Group" (
    "id" UUID NOT NULL,

    CONSTRAINT "Group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Legacy" (
    "a" INTEGER NOT NULL,
    "b" INTEGER,
    "x" box
);

-- CreateTable
CREATE TABLE "_CustomerToTag" (
    "A" INTEGER NOT NULL,
    "B" VARCHAR(40) NOT NULL,

    CONSTRAINT "_CustomerToTag_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_Follows" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_Follows_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_Likes" (
    "A" INTEGER NOT NULL,
    "B" TEXT NOT NULL,

    CONSTRAINT "_Likes_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_ProductToTag" (
    "A" TEXT NOT NULL,
    "B" VARCHAR(40) NOT NULL,

    CONSTRAINT "_ProductToTag_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "one_email" ON "customers"("email");

-- CreateIndex
CREATE INDEX "customers_email_idx" ON "customers"("email" text_pattern_ops);

-- CreateIndex
CREATE UNIQUE INDEX "customers_country_code_tax_number_key" ON "customers"("country_code", "tax_number");

-- CreateIndex
CREATE UNIQUE INDEX "country_email" ON "customers"("country_code" DESC, "email");

-- CreateIndex
CREATE UNIQUE INDEX "live_tax" ON "customers"("tax_number") WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "customers_kind_country_code_key" ON "customers"("kind", "country_code") WHERE ("active" = true AND "deleted_at" IS NULL AND "tax_number" != 'x''y');

-- CreateIndex
CREATE UNIQUE INDEX "Profile_nextId_key" ON "Profile"("nextId");

-- CreateIndex
CREATE UNIQUE INDEX "Product_maker_code_key" ON "Product"("maker", "code");

-- CreateIndex
CREATE INDEX "Order_buyerId_idx" ON "Order"("buyerId" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Order_year_number_key" ON "Order"("year", "number");

-- CreateIndex
CREATE UNIQUE INDEX "Legacy_a_b_key" ON "Legacy"("a", "b");

-- CreateIndex
CREATE INDEX "_CustomerToTag_B_index" ON "_CustomerToTag"("B");

-- CreateIndex
CREATE INDEX "_Follows_B_index" ON "_Follows"("B");

-- CreateIndex
CREATE INDEX "_Likes_B_index" ON "_Likes"("B");

-- CreateIndex
CREATE INDEX "_ProductToTag_B_index" ON "_ProductToTag"("B");

-- AddForeignKey
ALTER TABLE "customers" ADD CONSTRAINT "customers_referred_by_fkey" FOREIGN KEY ("referred_by") REFERENCES "customers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_customerId_fkey" FOREIGN KEY ("customerId") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "Profile" ADD CONSTRAINT "Profile_nextId_fkey" FOREIGN KEY ("nextId") REFERENCES "Profile"("customerId") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Order" ADD CONSTRAINT "Order_buyerId_fkey" FOREIGN KEY ("buyerId") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Order" ADD CONSTRAINT "Order_payerEmail_fkey" FOREIGN KEY ("payerEmail") REFERENCES "customers"("email") ON DELETE SET DEFAULT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Line" ADD CONSTRAINT "Line_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Line" ADD CONSTRAINT "line_product" FOREIGN KEY ("sku") REFERENCES "Product"("sku") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Note" ADD CONSTRAINT "Note_orderId_row_fkey" FOREIGN KEY ("orderId", "row") REFERENCES "Line"("orderId", "row") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Review" ADD CONSTRAINT "Review_customerId_fkey" FOREIGN KEY ("customerId") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Review" ADD CONSTRAINT "Review_maker_code_fkey" FOREIGN KEY ("maker", "code") REFERENCES "Product"("maker", "code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Tag" ADD CONSTRAINT "Tag_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_CustomerToTag" ADD CONSTRAINT "_CustomerToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_CustomerToTag" ADD CONSTRAINT "_CustomerToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag"("tag_name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Follows" ADD CONSTRAINT "_Follows_A_fkey" FOREIGN KEY ("A") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Follows" ADD CONSTRAINT "_Follows_B_fkey" FOREIGN KEY ("B") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Likes" ADD CONSTRAINT "_Likes_A_fkey" FOREIGN KEY ("A") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_Likes" ADD CONSTRAINT "_Likes_B_fkey" FOREIGN KEY ("B") REFERENCES "Product"("sku") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_ProductToTag" ADD CONSTRAINT "_ProductToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Product"("sku") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_ProductToTag" ADD CONSTRAINT "_ProductToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag"("tag_name") ON DELETE CASCADE ON UPDATE CASCADE;

"""The same little schema written in every source gives equal Schema objects, and any change gives another one."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import psycopg
import pytest
from servers import (
    NO_MYSQL,
    NONE_FOUND,
    fresh_database,
    fresh_mysql_database,
    mysql_connection,
    mysql_url,
    postgres_url,
)

from llmgen.schema.sources import read_source
from llmgen.schema.sql import parse_schema

POSTGRES = """
CREATE TABLE customers (
    id uuid PRIMARY KEY,
    email varchar(80) NOT NULL UNIQUE,
    nickname text,
    born date,
    credit numeric(18, 2) NOT NULL,
    seen_at timestamp
);
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    number varchar(20) NOT NULL,
    pieces bigint NOT NULL,
    paid boolean NOT NULL,
    UNIQUE (number)
);
"""
MYSQL = """
CREATE TABLE `customers` (
    `id` uuid NOT NULL, `email` varchar(80) NOT NULL, `nickname` text DEFAULT NULL, `born` date DEFAULT NULL,
    `credit` decimal(18,2) NOT NULL, `seen_at` datetime(6) DEFAULT NULL,
    PRIMARY KEY (`id`), UNIQUE KEY `email` (`email`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE `orders` (
    `id` uuid NOT NULL, `customer_id` uuid NOT NULL, `number` varchar(20) NOT NULL, `pieces` bigint(20) NOT NULL,
    `paid` tinyint(1) NOT NULL,
    PRIMARY KEY (`id`), UNIQUE KEY `number` (`number`),
    CONSTRAINT `whose` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
"""
SQLITE = """
CREATE TABLE [customers] ([id] UUID PRIMARY KEY NOT NULL, [email] VARCHAR(80) NOT NULL UNIQUE, [nickname] TEXT,
    [born] DATE, [credit] DECIMAL(18,2) NOT NULL, [seen_at] DATETIME);
CREATE TABLE [orders] ([id] UUID PRIMARY KEY NOT NULL, [customer_id] UUID NOT NULL REFERENCES [customers],
    [number] VARCHAR(20) NOT NULL, [pieces] BIGINT NOT NULL, [paid] BOOLEAN NOT NULL);
CREATE UNIQUE INDEX [one] ON [orders] ([number]);
"""
MIGRATIONS = {
    "1_customers.sql": """CREATE TABLE people (id uuid PRIMARY KEY, mail varchar(80) NOT NULL UNIQUE, nickname text,
        born date, credit integer NOT NULL, seen_at timestamp, gone integer);""",
    "2_orders.sql": """CREATE TABLE orders (id uuid, customer_id uuid, number varchar(20) NOT NULL,
        pieces integer, paid boolean NOT NULL); ALTER TABLE people RENAME TO customers;""",
    "10_keys.sql": """ALTER TABLE customers RENAME COLUMN mail TO email; ALTER TABLE customers DROP COLUMN gone;
        ALTER TABLE customers ALTER COLUMN credit TYPE numeric(18, 2);
        ALTER TABLE orders ALTER COLUMN pieces TYPE bigint, ALTER COLUMN pieces SET NOT NULL,
            ALTER COLUMN customer_id SET NOT NULL, ADD PRIMARY KEY (id), ADD UNIQUE (number),
            ADD FOREIGN KEY (customer_id) REFERENCES customers;""",
}
PRISMA = """
datasource db {
  provider = "postgresql"
}
model Customer {
  id       String    @id @db.Uuid
  email    String    @unique @db.VarChar(80)
  nickname String?
  born     DateTime? @db.Date
  credit   Decimal   @db.Decimal(18, 2)
  seenAt   DateTime? @map("seen_at") @db.Timestamp(6)
  orders   Order[]

  @@map("customers")
}
model Order {
  id         String   @id @db.Uuid
  customerId String   @map("customer_id") @db.Uuid
  number     String   @unique @db.VarChar(20)
  pieces     BigInt
  paid       Boolean
  customer   Customer @relation(fields: [customerId], references: [id], onDelete: NoAction)

  @@map("orders")
}
"""
CLASSES = """
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from llmgen import ForeignKey, Unique


class Customer(BaseModel):
    __tablename__ = "customers"

    id: UUID
    email: Annotated[str, Field(max_length=80), Unique()]
    nickname: str | None
    born: date | None
    credit: Annotated[Decimal, Field(max_digits=18, decimal_places=2)]
    seen_at: datetime | None


class Order(BaseModel):
    __tablename__ = "orders"

    id: UUID
    customer_id: Annotated[UUID, ForeignKey("Customer.id")]
    number: Annotated[str, Field(max_length=20), Unique()]
    pieces: int
    paid: bool
"""
NOTATION = """
entities:
  customers:
    fields:
      - id: string(uuid) unique
      - email: string(80) unique
      - nickname: string?
      - born: date?
      - credit: number(2dec)
      - seen_at: datetime?
  orders:
    fields:
      - id: string(uuid) unique
      - customer_id: fk(customers.id)
      - number: string(20) unique
      - pieces: integer
      - paid: boolean
"""
STANDARD = """
apiVersion: v3.1.0
kind: DataContract
id: shop
name: shop
version: 1.0.0
status: active
schema:
  - name: customers
    logicalType: object
    properties:
      - {name: id, logicalType: string, physicalType: uuid, primaryKey: true, required: true}
      - {name: email, logicalType: string, physicalType: varchar(80), required: true, unique: true}
      - {name: nickname, logicalType: string, physicalType: text}
      - {name: born, logicalType: date}
      - {name: credit, logicalType: number, physicalType: "numeric(18, 2)", required: true}
      - {name: seen_at, logicalType: timestamp, physicalType: timestamp}
  - name: orders
    logicalType: object
    properties:
      - {name: id, logicalType: string, physicalType: uuid, primaryKey: true, required: true}
      - name: customer_id
        logicalType: string
        physicalType: uuid
        required: true
        relationships:
          - {type: foreignKey, to: customers.id}
      - {name: number, logicalType: string, physicalType: varchar(20), required: true, unique: true}
      - {name: pieces, logicalType: integer, physicalType: bigint, required: true}
      - {name: paid, logicalType: boolean, required: true}
"""
DBML = """
Table customers {
  id uuid [pk]
  email varchar(80) [not null, unique]
  nickname text
  born date
  credit "numeric(18,2)" [not null]
  seen_at timestamp
}
Table orders {
  id uuid [pk]
  customer_id uuid [not null, ref: > customers.id]
  number varchar(20) [not null, unique]
  pieces bigint [not null]
  paid boolean [not null]
}
"""

FILES = {
    "postgres.sql": POSTGRES,
    "mysql.sql": MYSQL,
    "sqlite.sql": SQLITE,
    "schema.prisma": PRISMA,
    "shop.py": CLASSES,
    "contract.yaml": NOTATION,
    "standard.yaml": STANDARD,
    "shop.dbml": DBML,
}
"""The schema as each kind of file writes it."""

EXPECTED = parse_schema(POSTGRES)


@pytest.mark.parametrize("name", FILES)
def test_every_file_says_the_same(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FILES[name])
    schema = read_source(str(tmp_path / name))
    assert schema.identity == EXPECTED.identity
    assert schema == EXPECTED
    assert schema.fingerprint() == EXPECTED.fingerprint()
    assert [item for item in schema.ignored if item.constrains] == []


def test_migrations_end_in_the_same(tmp_path: Path) -> None:
    for name, text in MIGRATIONS.items():
        (tmp_path / name).write_text(text)
    assert read_source(str(tmp_path)).identity == EXPECTED.identity


def test_a_postgresql_server_says_the_same() -> None:
    url = postgres_url()
    if url is None:
        pytest.skip(NONE_FOUND)
    with fresh_database(url) as database:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(POSTGRES.encode())
            place = connection.info
            live = f"postgresql://{place.user}:{place.password}@{place.host}:{place.port}/{place.dbname}"
        assert read_source(live).identity == EXPECTED.identity


def test_a_mysql_server_says_the_same() -> None:
    url = mysql_url()
    if url is None:
        pytest.skip(NO_MYSQL)
    with fresh_mysql_database(url) as database:
        with mysql_connection(database) as connection, connection.cursor() as cursor:
            for statement in filter(str.strip, MYSQL.split(";")):
                cursor.execute(statement)
        assert read_source(database).identity == EXPECTED.identity


def test_database_files_say_the_same(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as lite:
        lite.executescript(SQLITE)
    with duckdb.connect(tmp_path / "shop.duckdb") as duck:
        duck.execute(POSTGRES)
    assert read_source(str(tmp_path / "shop.db")).identity == EXPECTED.identity
    unbounded = parse_schema(POSTGRES.replace("varchar(80)", "text").replace("varchar(20)", "text"))
    assert read_source(str(tmp_path / "shop.duckdb")).identity == unbounded.identity  # DuckDB keeps no lengths


# Bounds and labels, for the sources that can say them; JSON Schema knows no unique and no reference.

LESS = """
CREATE TYPE state AS ENUM ('PAID', 'PENDING');
CREATE TABLE customers (id uuid PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, born date
    CHECK (born >= '1950-01-01' AND born <= '2007-12-31'));
CREATE TABLE orders (id uuid PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers,
    state state NOT NULL, total numeric(7, 2) NOT NULL CHECK (total >= 0 AND total <= 99999));
"""
CONTRACT = """
entities:
  customers:
    fields:
      - id: string(uuid) unique
      - email: string(80) unique
      - born: date(>=1950-01-01,<=2007-12-31) optional
  orders:
    fields:
      - id: string(uuid) unique
      - customer_id: fk(customers.id)
      - state: enum[PAID,PENDING]
      - total: number(>=0,<=99999,2dec)
"""
CHECKED_CLASSES = """
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from llmgen import ForeignKey, Unique


class Customer(BaseModel):
    __tablename__ = "customers"

    id: UUID
    email: Annotated[str, Field(max_length=80), Unique()]
    born: Annotated[date, Field(ge=date(1950, 1, 1), le=date(2007, 12, 31))] | None


class Order(BaseModel):
    __tablename__ = "orders"

    id: UUID
    customer_id: Annotated[UUID, ForeignKey("Customer.id")]
    state: Literal["PAID", "PENDING"]
    total: Annotated[Decimal, Field(ge=0, le=99999, max_digits=7, decimal_places=2)]
"""


@pytest.mark.parametrize(("name", "text"), [("contract.yaml", CONTRACT), ("checked.py", CHECKED_CLASSES)])
def test_bounds_and_labels_are_checks_and_enums_everywhere(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_source(str(tmp_path / name)).identity == parse_schema(LESS).identity


def test_json_schema_says_what_it_can(tmp_path: Path) -> None:
    uuid, text = {"type": "string", "format": "uuid"}, {"type": "string", "maxLength": 80}
    properties = {"id": uuid, "email": text, "state": {"enum": ["PAID", "PENDING"]}, "pieces": {"type": "integer"}}
    table = {"type": "object", "properties": properties, "required": ["id", "email", "state"]}
    (tmp_path / "shop.json").write_text(json.dumps({"$defs": {"customers": table}}))
    expected = parse_schema("""CREATE TYPE state AS ENUM ('PAID', 'PENDING');
        CREATE TABLE customers (
            id uuid PRIMARY KEY, email varchar(80) NOT NULL, state state NOT NULL, pieces bigint);""")
    assert read_source(str(tmp_path / "shop.json")).identity == expected.identity


CHANGES = [
    ("id uuid PRIMARY KEY,\n    email", "id uuid NOT NULL,\n    email"),
    ("id uuid PRIMARY KEY,\n    email", "id text PRIMARY KEY,\n    email"),
    ("varchar(80)", "varchar(81)"),
    ("NOT NULL UNIQUE", "NOT NULL"),
    ("NOT NULL UNIQUE", "UNIQUE"),
    ("nickname text", "nickname text CHECK (nickname <> '')"),
    ("nickname text", "nick text"),
    ("born date", "born date NOT NULL"),
    ("born date,", ""),
    ("numeric(18, 2)", "numeric(18, 3)"),
    ("seen_at timestamp", "seen_at timestamptz"),
    ("seen_at timestamp", "seen_at timestamp(3)"),
    (" REFERENCES customers (id)", ""),
    ("REFERENCES customers (id)", "REFERENCES customers (id) ON DELETE CASCADE"),
    ("bigint", "integer"),
    ("UNIQUE (number)", "UNIQUE (number, pieces)"),
    ("UNIQUE (number)", "UNIQUE (number), UNIQUE (pieces)"),
    ("UNIQUE (number)", "EXCLUDE (number WITH =)"),
    ("pieces bigint NOT NULL", "pieces bigint GENERATED BY DEFAULT AS IDENTITY"),
    ("pieces bigint NOT NULL", "pieces bigint NOT NULL DEFAULT 1"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_whatever_constrains_data_changes_the_fingerprint(old: str, new: str) -> None:
    assert old in POSTGRES
    changed = parse_schema(POSTGRES.replace(old, new, 1))
    assert changed != EXPECTED
    assert changed.fingerprint() != EXPECTED.fingerprint()


def test_formatting_order_and_comments_do_not() -> None:
    first, second = POSTGRES.split(";\n")[:2]
    later = second.replace("REFERENCES customers (id)", "").replace("UNIQUE (number)", "CHECK (true)")
    other = f"""-- other
        {later.upper().replace("CHECK (TRUE)", "CONSTRAINT x UNIQUE (NUMBER)")};
        {" ".join(first.replace("varchar", "character varying").split())};
        alter table orders add constraint whose foreign key (customer_id) references customers;
        COMMENT ON TABLE orders IS 'what people ordered'; CREATE INDEX ON orders (number);"""
    assert parse_schema(other).identity == EXPECTED.identity
    assert parse_schema(other).fingerprint() == EXPECTED.fingerprint()

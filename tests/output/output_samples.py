"""A small dataset with hostile names and a value of every kind, and the DDL of its schema."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from llmgen.dataset import Dataset
from llmgen.output.manifest import Making, ScenarioMade
from llmgen.schema.model import Column, ColumnType, ForeignKey, Schema, Table

INTEGER = ColumnType("integer", "integer", bits=32)
TEXT = ColumnType("text", "text")
MOOD = ColumnType("enum", '"so so"', labels=("it's", "back\\slash", 'quo"te', "trialing"))

ODD = 'odd "name", it\'s'

DDL = """
CREATE SCHEMA "my shop";
CREATE TYPE "so so" AS ENUM ('it''s', E'back\\\\slash', 'quo"te', 'trialing');
CREATE TABLE "order" (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "odd ""name"", it's" text,
  "größe" numeric(12,3),
  twice numeric GENERATED ALWAYS AS ("größe" * 2) STORED,
  free numeric, ratio double precision, "select" boolean, day date, clock time, wall timestamp, moment timestamptz,
  span interval, ref uuid, doc jsonb, blob bytea, mood "so so", tags text[], nums integer[], docs jsonb[], code char(3),
  kept text DEFAULT 'from the database'
);
CREATE TABLE "my shop".item (
  order_id integer NOT NULL REFERENCES "order" (id), line smallint NOT NULL, label varchar(200) NOT NULL,
  PRIMARY KEY (order_id, line)
);
"""

ORDER = Table(
    "order",
    (
        Column("id", INTEGER, nullable=False, generated="identity-always"),
        Column(ODD, TEXT),
        Column("größe", ColumnType("decimal", "numeric(12,3)", precision=12, scale=3)),
        Column("twice", ColumnType("decimal", "numeric"), generated="stored", expression='"größe" * 2'),
        Column("free", ColumnType("decimal", "numeric")),
        Column("ratio", ColumnType("float", "double precision")),
        Column("select", ColumnType("boolean", "boolean")),
        Column("day", ColumnType("date", "date")),
        Column("clock", ColumnType("time", "time")),
        Column("wall", ColumnType("timestamp", "timestamp")),
        Column("moment", ColumnType("timestamptz", "timestamptz")),
        Column("span", ColumnType("interval", "interval")),
        Column("ref", ColumnType("uuid", "uuid")),
        Column("doc", ColumnType("json", "jsonb")),
        Column("blob", ColumnType("bytes", "bytea")),
        Column("mood", MOOD),
        Column("tags", ColumnType("array", "text[]", element=TEXT)),
        Column("nums", ColumnType("array", "integer[]", element=INTEGER)),
        Column("docs", ColumnType("array", "jsonb[]", element=ColumnType("json", "jsonb"))),
        Column("code", ColumnType("text", "char(3)", length=3, fixed=True)),
        Column("kept", TEXT, default="'from the database'"),
    ),
    primary_key=("id",),
)
ITEM = Table(
    "my shop.item",
    (
        Column("order_id", INTEGER, nullable=False),
        Column("line", ColumnType("integer", "smallint", bits=16), nullable=False),
        Column("label", ColumnType("text", "varchar(200)", length=200), nullable=False),
    ),
    primary_key=("order_id", "line"),
    foreign_keys=(ForeignKey(("order_id",), "order", ("id",)),),
    schema="my shop",
)
SCHEMA = Schema((ITEM, ORDER))

FULL = {
    "id": 7,
    ODD: 'O\'Brien said "hi",\r\nC:\\new; -- DROP TABLE \\.',
    "größe": Decimal("-123456789.125"),
    "free": Decimal("0.12345678901234567890123"),
    "ratio": 1e-300,
    "select": False,
    "day": date(2028, 2, 29),
    "clock": time(23, 59, 59, 999_999),
    "wall": datetime(1999, 12, 31, 23, 59, 59),
    "moment": datetime(2026, 3, 29, 1, 30, 0, 1, tzinfo=UTC),
    "span": timedelta(days=-3, hours=5, microseconds=7),
    "ref": "6f1c2b1e-8d3a-4c55-9a70-2f4be0c1d9e8",
    "doc": {"a": [1, 2.5, None, True, 'it\'s \\ "x"\n'], "日本": {}},
    "blob": b"\x00\\'\xff",
    "mood": "back\\slash",
    "tags": ["", "NULL", None, 'a"b\\c,{}', " padded ", "🎉"],
    "nums": [1, None, -3],
    "docs": [{"k": "v"}, [1], "text"],
    "code": "DE",
}
EMPTY = dict.fromkeys(FULL) | {"id": 8, ODD: "", "tags": [], "nums": None, "doc": [], "blob": b"", "select": True}
TEXTS = [
    "\u202eمرحبا",
    "é e\u0301",
    " lead",
    "trail ",
    "\\.",
    "\t",
    "'",
    '"',
    "\\",
    "NULL",
    "a\u2028b",
    "%s {x} :y",
    "\ufeffbom",
]

DATASET = Dataset(
    rows={
        "my shop.item": [{"order_id": 7, "line": n, "label": text} for n, text in enumerate(TEXTS)],
        "order": [FULL, EMPTY],
    },
    cases={"order": [None, 0], "my shop.item": [None] * len(TEXTS)},
    writers={"order": {"id": "key", ODD: "authored"}},
)

MAKING = Making(
    seed="0",
    values_seed="a commit",
    values_version=1,
    pools="abc",
    as_of=datetime(2026, 3, 12, 10, tzinfo=UTC),
    zone="UTC",
    scenario=ScenarioMade("trial expiring tomorrow", "d1", "order", 1, ("b", "a")),
    prompts={"cases/v1/retry": ["k3"], "cases/v1/ask": ["k2", "k1"]},
    recordings={"k2": "s2", "k1": "s1"},
    answered_by=("b", "a"),
    rules="r1",
    edges={"order.mood": {"emoji": 1, "cjk": 2}},
)

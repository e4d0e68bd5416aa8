"""What a person can get wrong in a Prisma file is said in two lines, with the place; nothing else is ever raised."""

import random
import time
from pathlib import Path

import pytest

from llmgen.errors import InputError
from llmgen.schema.model import Schema
from llmgen.schema.prisma import read_prisma
from llmgen.schema.prisma.reader import MOST_CHARACTERS

FILES = Path(__file__).with_name("prisma")
USERS = "model User {\n  id Int @id\n  posts Post[]\n}\n"
POSTS = "model Post {\n  id Int @id\n  userId Int\n"
FAULTS = {
    "a word that is no block": ("models A {\n}\n", 1, "expected one of model"),
    "a block without a name": ("model {\n}\n", 1, "expected a name"),
    "a bracket on the next line": ("model A\n{\n}\n", 1, "expected '{'"),
    "all on one line": ("model A { id Int @id }\n", 1, "a new line after '{'"),
    "an unclosed model": ("model A {\n  id Int @id\n\nmodel B {\n  id Int @id\n}\n", 1, "model A is not closed"),
    "an unclosed model at the end": ("enum E {\n  a\n}\nmodel A {\n  id Int @id\n", 4, "model A is not closed"),
    "an unclosed parenthesis": ("model A {\n  id Int @default(1\n}\n", 2, "expected ',' or ')'"),
    "an unclosed list": ("model A {\n  id Int @default([1, 2)\n}\n", 2, "expected ',' or ']'"),
    "an unclosed string": ('model A {\n  id Int @map("x)\n}\n', 2, "a string is not closed"),
    "an unclosed comment": ("model A {\n  id Int @id /* x\n}\n", 2, "a comment is not closed"),
    "a field without a type": ("model A {\n  id Int @id\n  name\n}\n", 3, "expected a name but found the end"),
    "Prisma 1": ("model A {\n  id: ID! @unique\n}\n", 2, "'!'"),
    "a colon": ("model A {\n  id: Int @id\n}\n", 2, "expected a name but found ':'"),
    "a sign": ("model A {\n  id Int @id\n  a+b Int\n}\n", 3, "'+'"),
    "an escape": ('model A {\n  id String @default("\\q")\n}\n', 2, "unknown escape"),
    "half a character": ('model A {\n  id String @default("\\ud800")\n}\n', 2, "half a character"),
    "values in values": ("model A {\n  id Int @default(" + "[" * 99 + "\n}\n", 2, "nested too deep"),
    "a type of its own name": ("model String {\n  id Int @id\n}\n", 1, "a type of Prisma's own"),
    "two models": ("model A {\n  id Int @id\n}\nenum A {\n  x\n}\n", 4, "A is declared twice"),
    "two fields": ("model A {\n  id Int @id\n  id Int\n}\n", 3, "id stands twice in model A"),
    "two values": ("enum E {\n  a\n  a\n}\n", 3, "a stands twice in enum E"),
    "an empty enum": ("enum E {\n}\n", 1, "enum E has no values"),
    "an empty model": ("model A {\n}\n", 1, "model A has no columns"),
    "two columns": ('model A {\n  id Int @id\n  b Int @map("id")\n}\n', 3, "the column id twice"),
    "two tables": ('model A {\n  id Int @id\n}\nmodel B {\n  id Int @id\n  @@map("A")\n}\n', 4, "the table A of B"),
    "a composite type": ("type T {\n  a Int\n}\n", 1, "composite types are MongoDB's"),
    "an alias": ("type T = Int\n", 1, "an alias"),
    "an unknown type": ("model A {\n  id Int @id\n  b Foo?\n}\n", 3, "unknown type Foo"),
    "an unknown attribute": ("model A {\n  id Int @id\n  b Int @uniqe\n}\n", 3, "@uniqe is no attribute"),
    "an unknown attribute of a model": ("model A {\n  id Int @id\n  @@uniq([id])\n}\n", 3, "@uniq is no attribute"),
    "an unknown argument": ("model A {\n  id Int @id(mapp: 1)\n}\n", 2, "no argument mapp"),
    "an argument too many": ('model A {\n  id Int @id @map("a", "b")\n}\n', 2, "@map has name twice"),
    "an argument twice": ('model A {\n  id Int @id(map: "a", map: "b")\n}\n', 2, "@id has map twice"),
    "an attribute twice": ("model A {\n  id Int @id @id\n}\n", 2, "@id stands here twice"),
    "a map that is no text": ("model A {\n  id Int @id @map(x)\n}\n", 2, "@map is no text"),
    "a map without its text": ("model A {\n  id Int @id @map\n}\n", 2, "@map lacks its text"),
    "two ids": ("model A {\n  id Int @id\n  b Int\n  @@id([id, b])\n}\n", 2, "A has two ids"),
    "an optional id": ("model A {\n  id Int? @id\n}\n", 2, "leave out its ?"),
    "a key of a missing field": ("model A {\n  id Int @id\n  @@unique([id, x])\n}\n", 3, "x is no scalar field of A"),
    "a key of one field twice": ("model A {\n  id Int @id\n  @@unique([id, id])\n}\n", 3, "lists id twice"),
    "a key of no field": ("model A {\n  id Int @id\n  @@unique([])\n}\n", 3, "lacks its list of fields"),
    "a key of texts": ('model A {\n  id Int @id\n  @@unique(["id"])\n}\n', 3, "may list fields alone"),
    "a bad length": ("model A {\n  id Int @id\n  @@unique([id(length: x)])\n}\n", 3, "length is no whole number"),
    "a bad condition": ("model A {\n  id Int @id\n  @@unique([id], where: 1)\n}\n", 3, "where is no condition"),
    "a condition of a missing field": (
        "model A {\n  id Int @id\n  @@unique([id], where: {x: 1})\n}\n", 3, "x is no scalar field",
    ),
    "a condition with no literal": (
        "model A {\n  id Int @id\n  @@unique([id], where: {id: {gt: 1}})\n}\n", 3, "id is compared with no literal",
    ),
    "a unique relation": (USERS + POSTS + "  user User @relation(fields: [userId], references: [id]) @unique\n}\n",
                          8, "user is a relation and no column"),
    "a missing model": (POSTS + "  user User @relation(fields: [userId], references: [id])\n}\n", 4, "type User"),
    "a missing field": (USERS + POSTS + "  user User @relation(fields: [userID], references: [id])\n}\n",
                        8, "userID is no scalar field of Post"),
    "a missing reference": (USERS + POSTS + "  user User @relation(fields: [userId], references: [uid])\n}\n",
                            8, "uid is no scalar field of User"),
    "fields without references": (USERS + POSTS + "  user User @relation(fields: [userId])\n}\n",
                                  8, "1 fields refer to 0 fields of User"),
    "a reference of another type": (
        USERS + 'model Post {\n  id Int @id\n  by String\n  user User @relation(fields: [by], references: [id])\n}\n',
        8, "by is String and refers to id, which is Int",
    ),
    "a reference to what is not unique": (
        USERS.replace("Post[]", "Post[]\n  age Int")
        + POSTS + "  user User @relation(fields: [userId], references: [age])\n}\n",
        9, "age of User may refer to several rows",
    ),
    "a default of a relation": (USERS + POSTS + "  user User @default(1)\n}\n", 8, "no attribute of a relation field"),
    "a relation of a scalar": ("model A {\n  id Int @id @relation\n}\n", 2, "no attribute of a scalar field"),
    "a native type of a model": ("model A {\n  id Int @id\n  @@db.Text\n}\n", 3, "@db.Text is no attribute of a model"),
    "a function for a list": ("model A {\n  id Int @id\n  b String[] @default(uuid())\n}\n", 3, "does not fit a list"),
    "a bad action": (USERS + POSTS + "  user User @relation(fields: [userId], references: [id], onDelete: No)\n}\n",
                     8, "onDelete is no action"),
    "a relation without columns": (USERS + POSTS + "  user User\n}\n", 8, "Post.user names no fields"),
    "a relation without its other side": (USERS + "model Post {\n  id Int @id\n}\n", 3, "no field on the other side"),
    "relations that may be one": (
        USERS + POSTS + "  user User @relation(fields: [userId], references: [id])\n  by User\n}\n", 9, "several",
    ),
    "a list with columns": (
        USERS + POSTS + "  users User[] @relation(fields: [userId], references: [id])\n}\n", 8, "cannot hold a key",
    ),
    "columns on both sides": (
        "model A {\n  id Int @id\n  b B? @relation(fields: [id], references: [id])\n}\n"
        "model B {\n  id Int @id\n  a A? @relation(fields: [id], references: [id])\n}\n", 7, "both name fields",
    ),
    "an unnamed relation to itself": ("model A {\n  id Int @id\n  b A[]\n  c A[]\n}\n", 4, "several"),
    "many to many over two ids": (
        "model A {\n  x Int\n  y Int\n  bs B[]\n  @@id([x, y])\n}\nmodel B {\n  id Int @id\n  as A[]\n}\n",
        4, "A has no id of one field",
    ),
    "many to many over a table": (
        'model A {\n  id Int @id\n  bs B[]\n}\nmodel B {\n  id Int @id\n  as A[]\n}\n'
        'model C {\n  id Int @id\n  @@map("_AToB")\n}\n', 3, "have no table of their own",
    ),
    "no provider": ("datasource db {\n}\n", 1, "has no provider"),
    "an unknown provider": ('datasource db {\n  provider = "oracle"\n}\n', 2, "unknown: oracle"),
    "a provider in a variable": ('datasource db {\n  provider = env("X")\n}\n', 2, "the provider is unknown"),
    "SQL Server": ('datasource db {\n  provider = "sqlserver"\n}\n', 2, "sqlserver is not supported"),
    "MongoDB": ('datasource db {\n  provider = "mongodb"\n}\n', 2, "mongodb is not supported"),
    "two datasources": (
        'datasource a {\n  provider = "mysql"\n}\ndatasource b {\n  provider = "mysql"\n}\n', 4, "a second datasource",
    ),
    "a list in MySQL": (
        'datasource db {\n  provider = "mysql"\n}\nmodel A {\n  id Int @id\n  b Int[]\n}\n', 6, "mysql has no lists",
    ),
    "another database's native type": (
        'datasource db {\n  provider = "mysql"\n}\nmodel A {\n  id Int @id @db.Integer\n}\n', 5, "no native type for",
    ),
    "a native type of SQLite": (
        'datasource db {\n  provider = "sqlite"\n}\nmodel A {\n  id String @id @db.Text\n}\n', 5, "no native type",
    ),
    "a native type of nobody": (
        'datasource db {\n  provider = "mysql"\n}\nmodel A {\n  id Int @id @pg.Int\n}\n', 5, "@pg.Int is no attribute",
    ),
    "a native type too big": ("model A {\n  id String @id @db.VarChar(1, 2)\n}\n", 2, "wrong arguments"),
    "a native type of a word": ("model A {\n  id String @id @db.VarChar(x)\n}\n", 2, "wrong arguments"),
    "a decimal of one number": ("model A {\n  id Decimal @id @db.Decimal(3)\n}\n", 2, "wrong arguments"),
    "two native types": ("model A {\n  id String @id @db.Text @db.Uuid\n}\n", 2, "two native types"),
    "a native type of an enum": ("enum E {\n  a\n}\nmodel A {\n  e E @id @db.Text\n}\n", 5, "cannot have a native"),
    "a size that MySQL wants": (
        'datasource db {\n  provider = "mysql"\n}\nmodel A {\n  id String @id @db.Char\n}\n', 5, "wrong arguments",
    ),
    "an empty default": ("model A {\n  id Int @id @default()\n}\n", 2, "@default lacks its value"),
    "a text for a number": ('model A {\n  id Int @id @default("1")\n}\n', 2, "does not fit the type Int"),
    "decimals for a whole number": ("model A {\n  id Int @id @default(1.5)\n}\n", 2, "does not fit the type Int"),
    "a boolean of a word": ("model A {\n  id Boolean @id @default(maybe)\n}\n", 2, "does not fit the type Boolean"),
    "bytes that are none": ('model A {\n  id Bytes @id @default("é!")\n}\n', 2, "does not fit the type Bytes"),
    "a value that the enum has not": ("enum E {\n  a\n}\nmodel A {\n  e E @id @default(b)\n}\n", 5, "the enum E"),
    "a default for a list": ("model A {\n  id Int @id\n  b Int[] @default(1)\n}\n", 3, "does not fit a list"),
    "a list for a number": ("model A {\n  id Int @id @default([1])\n}\n", 2, "does not fit the type Int"),
    "a function of another type": ("model A {\n  id Int @id @default(uuid())\n}\n", 2, "the type Int: uuid()"),
    "an unknown function": ("model A {\n  id Int @id @default(foo())\n}\n", 2, "the type Int: foo()"),
    "SQL that is no text": ("model A {\n  id Int @id @default(dbgenerated(1))\n}\n", 2, "takes one text"),
    "a literal for the unsupported": (
        'model A {\n  id Int @id\n  b Unsupported("x") @default("y")\n}\n', 3, "does not fit an Unsupported field",
    ),
    "a relation argument that is no name": (USERS + POSTS + "  user User @relation(1)\n}\n", 8, "name is no text"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_said_with_its_line_and_a_way_on(tmp_path: Path, case: str) -> None:
    text, line, what = FAULTS[case]
    path = tmp_path / "schema.prisma"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_prisma(path)
    assert caught.value.message.startswith(f"{path}:{line}: ")
    assert what in f"{caught.value.message} ({caught.value.hint})"
    assert caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint


def test_a_fault_names_its_file_and_the_other(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.prisma").write_text("// first\nmodel A {\n  id Int @id\n}\n")
    with pytest.raises(InputError) as caught:
        read_prisma(tmp_path)
    assert caught.value.message == f"{tmp_path / 'b.prisma'}:2: A is declared twice"
    assert caught.value.hint == f"the first is at {tmp_path / 'a.prisma'}:2: take one out"


def test_files_that_hold_no_schema(tmp_path: Path) -> None:
    path = tmp_path / "schema.prisma"
    for content, what in (
        (b"", "no model in it"),
        (b'datasource db {\n  provider = "mysql"\n}\n', "no model in it"),
        (b"\x00\x01", "a binary file, not a Prisma schema"),
        (b"model A {\n  \xff\n}\n", "schema.prisma:2: not UTF-8"),
        (b"CREATE TABLE a (id int);\n", "schema.prisma:1: ';' is no part of Prisma's language"),
        (b"model A {\n  id Int @id\n}\n" * (MOST_CHARACTERS // 20), "characters"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=what.replace(".", r"\.")):
            read_prisma(path)
    with pytest.raises(InputError, match="No such file"):
        read_prisma(tmp_path / "missing.prisma")
    with pytest.raises(InputError, match=r"no \.prisma file"):
        read_prisma(FILES.parent.parent / "cli")


def outcome(path: Path, text: str) -> Schema | InputError:
    path.write_text(text, "utf-8")
    try:
        return read_prisma(path)
    except InputError as error:
        return error


@pytest.mark.parametrize("name", ["hoppscotch", "boxyhq", "relations", "scalars"])
def test_a_file_cut_anywhere_is_a_schema_or_a_fault(tmp_path: Path, name: str) -> None:
    text, path = (FILES / f"{name}.prisma").read_text("utf-8"), tmp_path / "schema.prisma"
    begin = time.process_time()
    whole = read_prisma(FILES / f"{name}.prisma")
    for end in range(0, len(text), len(text) // 150):
        found = outcome(path, text[:end])
        if isinstance(found, Schema):
            assert {table.bare_name for table in found.tables} < {table.bare_name for table in whole.tables}
        else:
            assert found.hint
    assert time.process_time() - begin < 20


@pytest.mark.parametrize("name", ["boxyhq", "relations", "scalars", "on_sqlite"])
def test_a_file_with_pieces_lost_or_doubled_is_a_schema_or_a_fault(tmp_path: Path, name: str) -> None:
    text, path, chance = (FILES / f"{name}.prisma").read_text("utf-8"), tmp_path / "schema.prisma", random.Random(name)
    for _ in range(150):
        begin = chance.randrange(len(text))
        end = begin + chance.randrange(1, 20)
        piece = chance.choice(["", text[begin:end] * 2, "{", "}", "(", ")", "[", '"', "@", "\n", "é", "\\", "//", ":"])
        outcome(path, text[:begin] + piece + text[end:])


@pytest.mark.parametrize(
    "text",
    [
        "model A {\n id Int @id\n" + "".join(f" f{n} Int @unique\n" for n in range(5_000)) + "}\n",
        "".join(f"model A{n} {{\n id Int @id\n}}\n" for n in range(5_000)),
        "model A {\n id Int @id\n" + "".join(f" b{n} B{n}[]\n" for n in range(2_000)) + "}\n"
        + "".join(f"model B{n} {{\n id Int @id\n a A[]\n}}\n" for n in range(2_000)),
        "model A {\n id Int @id " + "@unique " * 100_000 + "\n}\n",
        "model A {\n id Int @id @default(" + "(" * 500_000,
        '"' * 1_000_000,
        "/// x\n" * 200_000,
    ],
    ids=["fields", "models", "pairs", "attributes", "parentheses", "quotes", "comments"],
)  # fmt: skip
def test_large_files_take_bounded_time(tmp_path: Path, text: str) -> None:
    begin = time.process_time()
    outcome(tmp_path / "schema.prisma", text)
    assert time.process_time() - begin < 5

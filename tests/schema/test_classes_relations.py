"""Classes inside classes, lists of classes and marks become references; which classes of a file are tables."""

from pathlib import Path
from textwrap import dedent

import pytest

from llmgen.errors import InputError
from llmgen.schema.classes import read_classes
from llmgen.schema.model import Schema, Table

HEAD = """from pydantic import *
from typing import *
from typing_extensions import TypeAliasType
from uuid import UUID
from llmgen import *
"""


def read(folder: Path, source: str, name: str = "") -> Schema:
    file = folder / "models.py"
    file.write_text(HEAD + dedent(source), "utf-8")
    return read_classes(f"{file}{name}")


def keys(table: Table) -> list[tuple[str, str, str]]:
    """Each reference as (columns, target, referenced columns), with ! after columns that cannot be NULL."""
    marked = [
        (" ".join(f"{name}{'' if table.column(name).nullable else '!'}" for name in key.columns), key)
        for key in table.foreign_keys
    ]
    return [(columns, key.table, " ".join(key.referenced)) for columns, key in marked]


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("lines: list['Line']", "sku: str", {"line": [("parent_id!", "parent", "id")]}),
        ("lines: Optional[tuple['Line', ...]] = None", "sku: str", {"line": [("parent_id!", "parent", "id")]}),
        ("a: list['Line']\n    b: list['Line']", "sku: str",
         {"line": [("parent_a_id", "parent", "id"), ("parent_b_id", "parent", "id")]}),
        ("lines: list['Line']\n    best: Optional['Line'] = None", "id: int",
         {"parent": [("best_id", "line", "id")], "line": [("parent_id", "parent", "id")]}),
        ("lines: list['Line']", "parent_id: int", {"line": [("parent_id!", "parent", "id")]}),
        ("lines: list['Line']", "owner: Annotated[int, ForeignKey('Parent.id')]",
         {"line": [("owner!", "parent", "id")]}),
        ("lines: list['Line']", "owner: 'Parent'", {"line": [("owner_id!", "parent", "id")]}),
        ("line: 'Line'", "id: UUID", {"parent": [("line_id!", "line", "id")]}),
        ("line_id: UUID\n    line: Optional['Line'] = None", "id: UUID", {"parent": [("line_id!", "line", "id")]}),
        ("line: Annotated['Line', Field(description='x')]", "code: Annotated[str, PrimaryKey()]",
         {"parent": [("line_id!", "line", "code")]}),
        ("line: 'Line'", "a: Annotated[int, PrimaryKey()]\n    b: Annotated[int, PrimaryKey()]",
         {"parent": [("line_a! line_b!", "line", "a b")]}),
        ("children: list['Parent'] = []", "id: int", {"parent": [("parent_id", "parent", "id")]}),
        ("x: 'Line'\n    x_id: int = None", "id: int", {"parent": [("x_id", "line", "id")]}),
        ("up: Optional['Parent'] = None\n    children: list['Parent'] = []", "id: int",
         {"parent": [("up_id", "parent", "id")]}),
        ("lines: list['Line']", "id: int\n    parents: list['Parent']",
         {"line_parent": [("line_id!", "line", "id"), ("parent_id!", "parent", "id")]}),
    ],
)  # fmt: skip
def test_classes_in_classes(
    tmp_path: Path, parent: str, child: str, expected: dict[str, list[tuple[str, str, str]]]
) -> None:
    schema = read(
        tmp_path, f"class Parent(BaseModel):\n    id: int\n    {parent}\nclass Line(BaseModel):\n    {child}\n"
    )
    assert {table.name: keys(table) for table in schema.tables if table.foreign_keys} == expected
    assert not any(item.constrains for item in schema.ignored)


def test_a_class_without_a_key_gets_one_where_something_points_at_it(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class Invoice(BaseModel):
            total: int
            lines: list["Line"]
            address: "Address"
        class Line(BaseModel):
            amount: int
        class Address(BaseModel):
            street: str
        """,
    )
    shapes = {table.name: ([column.name for column in table.columns], table.primary_key) for table in schema.tables}
    assert shapes == {
        "invoice": (["id", "total", "address_id"], ("id",)),
        "line": (["amount", "invoice_id"], ()),
        "address": (["id", "street"], ("id",)),
    }
    assert schema.table("invoice").column("id").generated == "identity"
    said = {item.text: item.why.partition(":")[0] for item in schema.ignored}
    added = "no field is the key"
    assert said == {"Invoice": added, "Line": "no primary key", "Address": added}


def test_lists_that_lead_back_leave_the_reference_open(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class A(BaseModel):
            id: int
            bs: list["B"]
        class B(BaseModel):
            id: int
            cs: list["C"]
        class C(BaseModel):
            id: int
            more: list[A]
        """,
    )
    assert [keys(table) for table in schema.tables] == [
        [("c_id", "c", "id")], [("a_id", "a", "id")], [("b_id", "b", "id")],
    ]  # fmt: skip


def test_a_declared_class_between_two_is_the_link(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class Student(BaseModel):
            id: int
            courses: list["Course"] = []
        class Course(BaseModel):
            id: int
            students: list[Student] = []
        class Enrolment(BaseModel):
            student_id: Annotated[int, PrimaryKey(), ForeignKey("Student.id")]
            course_id: Annotated[int, PrimaryKey(), ForeignKey("Course.id")]
        """,
    )
    assert list(schema.by_name) == ["student", "course", "enrolment"]


def test_marks(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        SAID = {"foreign_key": "Plan.id", "on_delete": "SET NULL", "unique": True}
        class Plan(BaseModel):
            __tablename__ = "plans"
            id: int
            code: Annotated[str, Unique()]
        class Slot(BaseModel):
            day: Annotated[int, PrimaryKey()]
            hour: Annotated[int, PrimaryKey()]
        class Booking(BaseModel):
            id: int
            a: Annotated[int, ForeignKey("Plan")]
            b: Annotated[str, ForeignKey("plans.code", on_delete="restrict")] | None
            c: int | None = Field(None, json_schema_extra=SAID)
            hour: Annotated[int, ForeignKey("Slot.hour")]
            day: Annotated[int, ForeignKey("Slot.day")]
            plan: Annotated[Plan, Unique(), ForeignKey("Plan", on_delete="cascade")]
        """,
    )
    booking = schema.table("booking")
    assert keys(booking) == [
        ("a!", "plans", "id"), ("b", "plans", "code"), ("c", "plans", "id"), ("hour! day!", "slot", "hour day"),
        ("plan_id!", "plans", "id"),
    ]  # fmt: skip
    assert [key.on_delete for key in booking.foreign_keys] == [
        "no action", "restrict", "set null", "no action", "cascade",
    ]  # fmt: skip
    assert [unique.columns for unique in booking.uniques] == [("c",), ("plan_id",)]


@pytest.mark.parametrize(
    ("field", "message", "hint"),
    [
        ("a: Annotated[int, ForeignKey('Nowhere.id')]", "points at Nowhere.id, and there is no such class", "name a"),
        ("a: Annotated[int, ForeignKey('Other.nothing')]", "other has no such column", "it has id, name, both"),
        ("a: Annotated[str, ForeignKey('Other.name')]", "neither the key of other nor unique", "Unique()"),
        ("a: Annotated[str, ForeignKey('Other')]", "whose key has the columns id, both", "'Other.id'"),
        ("a: int = Field(json_schema_extra={'foreign_key': 'Other.id', 'on_delete': 'explode'})",
         "no action of SQL: explode", "cascade"),
        ("a: Annotated[int, ForeignKey('Other.held')]", "other has no such column", "it has id, name, both"),
        ("a: Callable", "Callable cannot be a column", "exclude=True"),
        ("a: Callable[[], int]", "Callable[[], int] cannot be a column", "exclude=True"),
        ("a: type[int]", "type[int] cannot be a column", "exclude=True"),
        ("a: None", "None cannot be a column", "exclude=True"),
        ("a: list[Callable[[], int]]", "list[Callable[[], int]] cannot be a column", "exclude=True"),
        ("a: 'Odd'\nclass Odd: pass", "Thing: PydanticSchemaGenerationError: Unable to generate", "mend the class"),
        ("a: 'Odd'\nclass Odd:\n    @classmethod\n    def __get_pydantic_core_schema__(cls, *a): raise KeyError(3)",
         "Thing: KeyError: 3", "mend the class"),
        ("a: 'Missing'", "the name Missing in an annotation is not defined", "TYPE_CHECKING"),
    ],
)  # fmt: skip
def test_faults_are_said_with_their_place(tmp_path: Path, field: str, message: str, hint: str) -> None:
    source = (
        "class Other(BaseModel):\n    id: Annotated[int, PrimaryKey()]\n    name: str\n"
        "    both: Annotated[int, PrimaryKey()]\n    held: Optional['Other'] = None\n"
        f"class Thing(BaseModel):\n    {field}\n"
    )
    with pytest.raises(InputError) as caught:
        read(tmp_path, source)
    line = 12 if "Thing.a" in caught.value.message else 11
    assert caught.value.message.startswith(f"{tmp_path}/models.py:{line}: Thing")
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_reference_of_another_type_is_no_reference(tmp_path: Path) -> None:
    source = "class A(BaseModel):\n    id: UUID\nclass B(BaseModel):\n    a_id: Annotated[str, ForeignKey('A.id')]\n"
    schema = read(tmp_path, source)
    assert schema.table("b").foreign_keys == ()
    (said,) = [item for item in schema.ignored if item.constrains]
    assert (said.line, said.text) == (9, "B.a_id: points at a.id")
    assert said.why == "no reference: it is text, a.id is uuid"


def test_two_classes_cannot_be_one_table(tmp_path: Path) -> None:
    source = "class A(BaseModel):\n    id: int\nclass B(BaseModel):\n    __tablename__ = 'a'\n    id: int\n"
    with pytest.raises(InputError, match=r"models.py:8: B: a is already the table of .*models.py:6: A") as caught:
        read(tmp_path, source)
    assert "__tablename__" in caught.value.hint


def test_an_action_that_sql_does_not_have_is_refused_where_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"models.py:8: ValueError: on_delete is 'explode'; it may be one of: no act"):
        read(
            tmp_path, "class A(BaseModel):\n    id: int\n    b: Annotated[int, ForeignKey('A', on_delete='explode')]\n"
        )


TABLES = """
class Base(BaseModel):
    id: int
class Named(Base):
    name: str
class Person(Named):
    pass
class Pet(Named):
    owner: Person
class Puppy(Pet):
    __tablename__ = "puppies"
class Empty(BaseModel):
    pass
class Extra(BaseModel):
    note: str
class Hidden(BaseModel):
    note: str
Several = TypeAliasType("Several", dict[str, Hidden])
class Holder(BaseModel):
    id: int
    extras: dict[str, Extra]
    hidden: list[Several]
    endless: dict[str, "Endless"]
class Endless(RootModel[dict[str, "Endless"]]):
    pass
class Boss(Person):
    pass
"""


def test_which_classes_of_a_file_are_tables(tmp_path: Path) -> None:
    schema = read(tmp_path, TABLES)
    assert list(schema.by_name) == ["person", "puppies", "holder", "boss"]
    said = {item.text: item.why for item in schema.ignored if item.why.startswith("no table")}
    assert said == {
        "Base": "no table: only a base of other classes",
        "Named": "no table: only a base of other classes",
        "Pet": "no table: only a base of other classes",
        "Empty": "no table: no fields",
        "Extra": "no table: only stands inside JSON",
        "Hidden": "no table: only stands inside JSON",
    }


def test_a_class_is_its_table_and_all_that_it_reaches(tmp_path: Path) -> None:
    assert list(read(tmp_path, TABLES, ":Puppy").by_name) == ["puppies", "person"]
    assert list(read(tmp_path, TABLES, ":Base").by_name) == ["base"]
    assert list(read(tmp_path, TABLES + "\nSOME = [Holder, Extra]\n", ":SOME").by_name) == ["holder", "extra"]


def test_a_class_that_cannot_be_a_table_disturbs_nobody_where_it_need_not_be_one(tmp_path: Path) -> None:
    source = "class Thing(BaseModel):\n    id: int\nclass Service(BaseModel):\n    call: Callable[[], int]\n"
    assert list(read(tmp_path, source, ":Thing").by_name) == ["thing"]


SQLMODEL = """
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from pydantic_core import PydanticUndefined as Undefined

@dataclass
class FieldInfoMetadata:
    # As SQLModel keeps what its Field() is told.
    primary_key: Any = Undefined
    nullable: Any = Undefined
    foreign_key: Any = Undefined
    ondelete: Any = Undefined
    unique: Any = Undefined
    sa_type: Any = Undefined
    sa_column: Any = Undefined

class Columns(dict):
    pass
class UniqueConstraint:
    def __init__(self, *names): self.columns = dict.fromkeys(names)
class CheckConstraint(UniqueConstraint):
    def __init__(self, *names, sql="age < 200 AND team_id IS NOT NULL"):
        super().__init__(*names)
        self.sqltext = sql
class ForeignKeyConstraint(UniqueConstraint): pass
class ExcludeConstraint(UniqueConstraint): pass
class Index:
    def __init__(self, name, where=None, unique=True):
        self.columns, self.expressions, self.unique = {name: None}, [name], unique
        self.dialect_options = {"postgresql": {"where": where}}

class SQLModel(BaseModel):
    pass
class HeroBase(SQLModel):
    age: int
class Team(SQLModel):
    model_config = {"table": True}
    __tablename__ = "teams"
    code: Annotated[str, FieldInfoMetadata(unique=True)]
    id: Annotated[int | None, FieldInfoMetadata(primary_key=True)] = None
class Hero(HeroBase):
    model_config = {"table": True}
    __tablename__ = "hero"
    __table__ = SimpleNamespace(
        constraints={UniqueConstraint("name", "age"), CheckConstraint("age"), CheckConstraint("name", sql="("),
                     ExcludeConstraint("age"), ForeignKeyConstraint("age", "name"), ForeignKeyConstraint("team_id")},
        indexes={Index("email"), Index("nick"), Index("name", "age > 3"), Index("age", unique=False)},
    )
    id: Annotated[int | None, FieldInfoMetadata(primary_key=True)] = None
    email: Annotated[str, FieldInfoMetadata(unique=True)]
    name: Annotated[str | None, FieldInfoMetadata(nullable=False)] = None
    team_id: Annotated[int | None, FieldInfoMetadata(foreign_key="teams.id", ondelete="SET NULL")] = None
    data: Annotated[dict, FieldInfoMetadata(sa_column=object())]
    at: Annotated[datetime, FieldInfoMetadata(sa_type=SimpleNamespace(__visit_name__="datetime", timezone=True))]
    nick: str
    call: Annotated[Callable[[], int], FieldInfoMetadata(sa_type=type("JSON", (), {"__visit_name__": "JSON"}))]
    team: Annotated[Team, FieldInfoMetadata(sa_type=type("JSON", (), {"__visit_name__": "JSON"}))]
    code: Annotated[str | None, FieldInfoMetadata(sa_column=SimpleNamespace(
        type=SimpleNamespace(__visit_name__="string", length=7), nullable=False, unique=True, primary_key=False,
        foreign_keys=[SimpleNamespace(target_fullname="teams.code", ondelete="CASCADE")]))]
"""


def test_sqlmodel_says_it_by_attributes(tmp_path: Path) -> None:
    schema = read(tmp_path, SQLMODEL)
    assert list(schema.by_name) == ["teams", "hero"]
    hero = schema.table("hero")
    assert (hero.primary_key, hero.column("id").generated, hero.column("name").nullable) == (("id",), "identity", False)
    assert keys(hero) == [("team_id", "teams", "id"), ("code!", "teams", "code")]
    assert [key.on_delete for key in hero.foreign_keys] == ["set null", "cascade"]
    types = {name: hero.column(name).type.sql for name in ("data", "at", "team", "code")}
    assert types == {"data": "jsonb", "at": "timestamptz", "team": "jsonb", "code": "varchar(7)"}
    assert sorted(unique.columns for unique in hero.uniques) == [("code",), ("email",), ("name", "age"), ("nick",)]
    assert [(check.sql, check.columns) for check in hero.checks] == [
        ("age < 200 AND team_id IS NOT NULL", ("age", "team_id"))
    ]
    assert {item.text for item in schema.ignored if item.constrains} == {
        "Hero: ExcludeConstraint(age)",
        "Hero: ForeignKeyConstraint(age, name)",
        "Hero: CHECK (()",
        "Hero: Index(name)",
        "Hero.data: sa_column",
        "Hero.team: Team",
    }
    assert {item.text for item in schema.ignored if item.why == "no table: no table=True"} == {"SQLModel", "HeroBase"}


def test_what_a_nested_class_cannot_say(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class Unkeyed(BaseModel):
            code: Annotated[str, Unique()]
        class Order(BaseModel):
            id: int
            plain: Annotated[str, ForeignKey("Unkeyed.code")]
            nested: Annotated["Order | None", PrimaryKey()] = Field(None, description="the one before")
            one: Annotated[int, ForeignKey("Buyer")]
            two: Annotated[int, ForeignKey("Buyer")]
        class Buyer(BaseModel):
            id: int
            orders: list[Order]
        """,
    )
    assert schema.table("unkeyed").primary_key == ()
    assert schema.table("order").column("nested_id").comment == "the one before"
    assert {(item.text, item.constrains) for item in schema.ignored} == {
        ("Unkeyed", False), ("Order.nested: primary_key", True), ("Buyer.orders", False),
    }  # fmt: skip
    assert [column for column, _, _ in keys(schema.table("order"))] == ["plain!", "one!", "two!", "nested_id"]


def test_lines_of_classes_wherever_they_stand(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        if True:
            class Outer(BaseModel):
                class Inner(BaseModel):
                    code: Base64Str
                id: int
                inner: Inner
        def make():
            class Local(BaseModel):
                code: Base64Str
            return Local
        Made = make()
        Dynamic = create_model("Dynamic", code=(Base64Str, ...))
        ALL = [Outer, Made, Dynamic]
        """,
        ":ALL",
    )
    assert [(item.text, item.line) for item in schema.ignored if item.constrains] == [
        ("Dynamic.code: EncodedStr", 0), ("Inner.code: EncodedStr", 10), ("Local.code: EncodedStr", 15),
    ]  # fmt: skip

"""Marks on fields: keys, uniques and references, by llmgen's marks, json_schema_extra, or as SQLModel keeps them."""

from pathlib import Path

import pytest
from class_sources import keys, read

from llmgen.errors import InputError


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

"""Fields of Pydantic classes become columns: types, CHECKs, defaults, and what has no place in a column."""

from pathlib import Path

import pytest
from class_sources import read

from llmgen.schema.model import Column


def column(folder: Path, annotation: str, more: str = "") -> tuple[Column, list[str], list[tuple[str, bool]]]:
    """The column of a field `v`, its CHECKs, and what was lost of it."""
    schema = read(folder, f"{more}\nclass Thing(BaseModel):\n    id: int\n    v: {annotation}\n")
    (table,) = schema.tables
    losses = [(item.text, item.constrains) for item in schema.ignored if item.text.startswith("Thing.")]
    return table.column("v"), [check.sql for check in table.checks], losses


@pytest.mark.parametrize(
    ("annotation", "sql", "format_"),
    [
        ("int", "bigint", ""),
        ("bool", "boolean", ""),
        ("float", "double precision", ""),
        ("bytes", "bytea", ""),
        ("Any", "jsonb", ""),
        ("dict", "jsonb", ""),
        ("JsonValue", "jsonb", ""),
        ("Json", "jsonb", ""),
        ("datetime.time", "time", ""),
        ("datetime.timedelta", "interval", ""),
        ("NaiveDatetime", "timestamp", ""),
        ("Annotated[datetime.datetime, annotated_types.Timezone(...)]", "timestamptz", ""),
        ("condecimal(max_digits=6, decimal_places=3)", "numeric(6,3)", ""),
        ("decimal.Decimal", "numeric", ""),
        ("constr(max_length=9)", "varchar(9)", ""),
        ("SecretStr", "text", "password"),
        ("IPvAnyAddress", "text", "ipv4"),
        ("ipaddress.IPv6Address", "text", "ipv6"),
        ("pathlib.Path", "text", "path"),
        ("AnyUrl", "text", "uri"),
        ("NewType('Code', str)", "text", ""),
        ("'int'", "bigint", ""),
        ("Optional[Annotated[str, Field(max_length=4)]]", "varchar(4)", ""),
        ("list[int]", "bigint[]", ""),
        ("frozenset[datetime.date] | None", "date[]", ""),
        ("Sequence[UUID4]", "uuid[]", ""),
        ("int | float", "double precision", ""),
        ("int | decimal.Decimal", "numeric", ""),
        ("list", "jsonb", ""),
        ("List", "jsonb", ""),
        ("Day", "date", ""),
        ("Share", "double precision", ""),
        ("Strange", "jsonb", ""),
        ("Moment", "timestamp", ""),
        ("Secret[int]", "bigint", "password"),
        ("Endless", "jsonb", ""),
        ("Optional[Either]", "double precision", ""),
        ("Page", "jsonb", ""),
        ("list[list[int]]", "jsonb", ""),
        ("tuple[int, str]", "jsonb", ""),
        ("Names", "varchar(5)[]", ""),
        ("Root", "bigint", ""),
        ("Literal['a', None]", "thing_v", ""),
        ("Literal['a'] | Literal['b']", "thing_v", ""),
        ("Colour", "colour", ""),
        ("Half", "double precision", ""),
        ("Flags", "bigint", ""),
        ("Point", "jsonb", ""),
    ],
)
def test_a_type_has_its_column(tmp_path: Path, annotation: str, sql: str, format_: str) -> None:
    more = """
import annotated_types, datetime, decimal, enum, ipaddress, pathlib
from typing_extensions import TypeAliasType
Names = TypeAliasType("Names", list[Annotated[str, Field(max_length=5)]])
class Root(RootModel[int]): pass
class Colour(enum.Enum):
    RED = "red"
class Half(enum.Enum):
    A = 0.5
class Flags(enum.Flag):
    A = 1
class Point(NamedTuple):
    x: int
class Day(datetime.date):
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return handler(datetime.date)
class Endless(RootModel[Optional["Endless"]]): pass
class Share(float):
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return handler(float | str)
class Strange:
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return handler(float | str)
class Moment:
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return handler(datetime.datetime)
Either = TypeAliasType("Either", int | float)
T = TypeVar("T")
Page = dict[str, T]
"""
    found, _, _ = column(tmp_path, annotation, more)
    assert (found.type.sql, found.format) == (sql, format_)
    assert found.nullable is (
        "None" in annotation or annotation.startswith("Optional") or annotation in ("Any", "JsonValue", "Endless")
    )


@pytest.mark.parametrize(
    ("annotation", "check"),
    [
        ("int = Field(gt=0, le=10)", ["v > 0", "v <= 10"]),
        ("Annotated[int, annotated_types.Interval(ge=1, lt=5)]", ["v >= 1", "v < 5"]),
        ("Optional[Annotated[int, Field(gt=3)]] = Field(None, le=9)", ["v > 3", "v <= 9"]),
        ("conint(multiple_of=5)", ["v % 5 = 0"]),
        ("float = Field(ge=-0.5, le=float('inf'))", ["v >= -0.5"]),
        ("decimal.Decimal = Field(decimal_places=2)", ["v = round(v, 2)"]),
        ("str = Field(min_length=3)", ["length(v) >= 3"]),
        ("bytes = Field(min_length=3, max_length=4)", ["octet_length(v) <= 4", "octet_length(v) >= 3"]),
        ("list[int] = Field(min_length=1)", ["cardinality(v) >= 1"]),
        ("Annotated[set[int], annotated_types.Len(1, 3)]", ["cardinality(v) <= 3", "cardinality(v) >= 1"]),
        ("tuple[int, int]", ["cardinality(v) = 2"]),
        ("Literal[1, 2]", ["v IN (1, 2)"]),
        ("Literal[True]", ["v = TRUE"]),
        ("Literal[True, False]", []),
        ("decimal.Decimal", []),
        ("Json[Any]", []),
        ("Annotated[str, StringConstraints(to_lower=False)]", []),
        ("Annotated[str, PlainSerializer(str)]", []),
        ("Annotated[int, annotated_types.Gt, re.compile('a')]", []),
        ("Annotated[int, Twice()]", ["v >= 1", "v <= 2"]),
        ("PastDate", ["v < CURRENT_DATE"]),
        ("FutureDatetime", ["v > LOCALTIMESTAMP"]),
        ("UUID4", ["substring(v::text, 15, 1) = '4'"]),
        ("str = Field(pattern='^it\\'s$')", ["v ~ '^it''s$'"]),
        ("str = Field(pattern=re.compile('a', re.I))", ["v ~* 'a'"]),
        (
            "datetime.timedelta = Field(gt=datetime.timedelta(milliseconds=1500))",
            ["v > INTERVAL '1.5 seconds'"],
        ),
        (
            "AwareDatetime = Field(gt=datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC))",
            ["v > TIMESTAMPTZ '2020-01-02 00:00:00+00:00'"],
        ),
    ],
)
def test_a_constraint_is_a_check(tmp_path: Path, annotation: str, check: list[str]) -> None:
    more = """
import annotated_types, datetime, decimal, re
class Twice(annotated_types.GroupedMetadata):
    def __iter__(self):
        yield annotated_types.Interval(ge=1)
        yield Field(le=2)
"""
    _, checks, losses = column(tmp_path, annotation, more)
    assert checks == check
    assert losses == []


@pytest.mark.parametrize(
    ("annotation", "text", "constrains"),
    [
        ("float = Field(multiple_of=0.1)", "multiple_of=0.1", True),
        ("str = Field(pattern=r'\\p{Lu}')", "pattern=\\p{Lu}", True),
        ("str = Field(pattern=r'^.{1,500}$')", "pattern=^.{1,500}$", True),
        ("decimal.Decimal = Field(max_digits=4)", "max_digits=4", True),
        ("dict[str, int]", "dict[str, int]", True),
        ("dict[str, int] = Field(min_length=1)", "min_length=1", True),
        ("dict[str, datetime.date]", "dict[str, date]", True),
        ("list[Annotated[int, Field(gt=0)]]", "element > 0", True),
        ("int | bool", "int | bool", True),
        ("PositiveInt | float", "Annotated[int, Gt(gt=0)] | float", True),
        ("str | dict", "str | dict", False),
        ("IPvAnyAddress | EmailStr", "IPvAnyAddress | EmailStr", True),
        ("dict[int, Any]", "dict[int, Any]", True),
        ("Json[list[int]]", "list[int]", True),
        ("Literal['a', 1]", "one of ['a', 1]", True),
        ("Literal[True, 5]", "one of [True, 5]", True),
        ("Nothing", "one of []", True),
        ("Lists", "one of [[1], [2]]", True),
        ("Silent", "Silent", True),
        (
            "Annotated[str, AfterValidator(odd)] | int",
            "Annotated[str, AfterValidator(func=<function odd>)] | int",
            True,
        ),
        ("Annotated[datetime.datetime, annotated_types.Timezone('UTC')]", "Timezone(tz='UTC')", True),
        ("constr(ascii_only=True)", "ascii_only", True),
        ("list[datetime.timedelta] = [datetime.timedelta(1)]", "default", False),
        ("int | str", "int | str", False),
        ("Annotated[str, AfterValidator(str.strip)]", "AfterValidator(str.strip)", True),
        ("Annotated[int, annotated_types.Predicate(str.islower)]", "Predicate(str.islower)", True),
        ("constr(to_upper=True)", "to_upper", False),
        ("Base64Str", "EncodedStr", True),
        ("UUID7", "UUID of version 7", True),
        ("Odd", "Odd", True),
        ("int = Field(default_factory=lambda: 1)", "default_factory", False),
        ("bytes | None = Field(default=b'', exclude=False, gt=b'a')", "> b'a'", True),
        ("Checked", "Decorator(Checked.even)", True),
    ],
)
def test_what_has_no_place_in_a_column_is_said(tmp_path: Path, annotation: str, text: str, constrains: bool) -> None:
    more = """
import annotated_types, datetime, decimal, enum
class Nothing(enum.Enum): pass
class Lists(enum.Enum):
    A = [1]
    B = [2]
class Silent(str):
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler): return handler(str)
    @classmethod
    def __get_pydantic_json_schema__(cls, source, handler): raise KeyError("no schema")
def odd(value): return value
class Odd(str):
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return handler(str)
class Checked(RootModel[int]):
    @field_validator("root")
    @classmethod
    def even(cls, value): return value
"""
    _, _, losses = column(tmp_path, annotation, more)
    said = [(item.partition(": ")[2], kept) for item, kept in losses]
    assert (text, constrains) in said


@pytest.mark.parametrize(
    ("annotation", "default"),
    [
        ("str = 'it\\'s'", "'it''s'"),
        ("bool = True", "TRUE"),
        ("float = float('nan')", None),
        ("int | None = None", None),
        ("datetime.date = datetime.date(2020, 2, 29)", "DATE '2020-02-29'"),
        ("datetime.datetime = datetime.datetime(2020, 2, 29, 1, 2)", "TIMESTAMP '2020-02-29 01:02:00'"),
        ("datetime.time = datetime.time(1, 2)", "TIME '01:02:00'"),
        ("bytes = b'\\x00a'", "'\\x0061'"),
        ("list[str] = ['a', 'b c']", """'{"a","b c"}'"""),
        ("list[int] = []", "'{}'"),
        ("list[bool] = [True]", """'{"true"}'"""),
        ("list[Colour] = [Colour.RED]", """'{"red"}'"""),
        ("dict = {'a': [1, None]}", """'{"a": [1, null]}'"""),
        ("dict = Field(default_factory=dict)", "'{}'"),
        ("SecretStr = SecretStr('hidden')", None),
        ("Annotated[int, Field(ge=0)] = 3", "3"),
    ],
)
def test_a_default_is_a_literal(tmp_path: Path, annotation: str, default: str | None) -> None:
    found, _, losses = column(tmp_path, annotation, "import datetime, enum\nclass Colour(enum.Enum): RED = 'red'\n")
    assert found.default == default
    assert not any(constrains for _, constrains in losses)
    assert "hidden" not in str(losses)


def test_settings_of_the_class_apply_to_its_texts(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        class Note(BaseModel):
            model_config = ConfigDict(str_max_length=10, str_min_length=1, str_strip_whitespace=True)
            id: int
            title: str
            body: str = Field(max_length=500)
        """,
    )
    (note,) = schema.tables
    assert [note.column(name).type.length for name in ("title", "body")] == [10, 500]
    assert [check.sql for check in note.checks] == ["length(trim(title)) >= 1", "length(trim(body)) >= 1"]

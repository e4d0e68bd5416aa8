"""What a Prisma file says, as it stands there: blocks of members with their attributes, each knowing its place."""

from dataclasses import dataclass, field

from llmgen.errors import InputError


@dataclass(frozen=True)
class Place:
    """A line of a file; `file` as errors show it."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def fault(self, what: str, mend: str) -> InputError:
        """The error that says what is wrong here and what to do."""
        return InputError(f"{self}: {what}", mend)


@dataclass(frozen=True)
class Text:
    """A string, without its quotes and escapes."""

    text: str


@dataclass(frozen=True)
class Number:
    """A number as written."""

    text: str


@dataclass(frozen=True)
class Name:
    """A bare word: a field, a constant (`true`, an enum's value), or a dotted path."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: "tuple[Argument, ...]"


@dataclass(frozen=True)
class Items:
    """A list in square brackets."""

    items: "tuple[Value, ...]"


@dataclass(frozen=True)
class Pairs:
    """Keys and values in curly brackets."""

    pairs: "tuple[tuple[str, Value], ...]"


Value = Text | Number | Name | Call | Items | Pairs


@dataclass(frozen=True)
class Argument:
    """An argument; `name` is empty for a positional one."""

    name: str
    value: Value


@dataclass(frozen=True)
class Attribute:
    """An attribute without its @ or @@: `id`, `db.VarChar`."""

    name: str
    arguments: tuple[Argument, ...]
    place: Place


@dataclass(frozen=True)
class FieldType:
    """A field's type: the name of a scalar, an enum or a model, or `unsupported` SQL."""

    name: str
    unsupported: str | None = None
    list: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Member:
    """A line of a block: a model's field, an enum's value (no `type`) or a setting (its `value` alone)."""

    name: str
    place: Place
    type: FieldType | None = None
    value: Value | None = None
    attributes: tuple[Attribute, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Block:
    """A block; `kind` is its keyword."""

    kind: str
    name: str
    place: Place
    members: tuple[Member, ...] = field(default=())
    attributes: tuple[Attribute, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Loss:
    """What a Schema cannot say of a clause, and whether data could break it unseen."""

    place: Place
    text: str
    why: str
    constrains: bool = False

"""The arguments of attributes and functions: by name, with what they must be."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from llmgen.schema.prisma.tree import Argument, Attribute, Call, Items, Member, Name, Number, Place, Text, Value

_SHOWN = 10
_SAYS = "Prisma's reference of attributes says what may stand here"


def arguments(attribute: Attribute, first: str, known: Collection[str]) -> Mapping[str, Value]:
    """The attribute's arguments by name; the positional one is called `first`. InputError for any that is not known."""
    found: dict[str, Value] = {}
    for argument in attribute.arguments:
        name = argument.name or first
        if name not in known:
            what = f"@{attribute.name} takes no argument {name}"
            raise attribute.place.fault(what, f"it takes {', '.join(known)}")
        if name in found:
            raise attribute.place.fault(f"@{attribute.name} has {name} twice", "take one out")
        found[name] = argument.value
    return found


def only(attributes: Collection[Attribute], name: str) -> Attribute | None:
    """The attribute of that name, None if there is none. InputError if it stands twice."""
    found = [attribute for attribute in attributes if attribute.name == name]
    if len(found) > 1:
        raise found[1].place.fault(f"@{name} stands here twice", "take one out")
    return found[0] if found else None


def text_argument(attributes: Collection[Attribute], name: str, first: str = "name") -> str | None:
    """The text of an attribute that takes one text alone: @map("x")."""
    attribute = only(attributes, name)
    if attribute is None:
        return None
    value = arguments(attribute, first, (first,)).get(first)
    if value is None:
        raise attribute.place.fault(f"@{name} lacks its text", f'write @{name}("...")')
    return text(value, attribute.place, f"@{name}")


def text(value: Value, place: Place, what: str) -> str:
    """The text of a value that must be one, and not empty."""
    if not isinstance(value, Text) or not value.text:
        raise place.fault(f"{what} is no text", 'give it in quotes: "..."')
    return value.text


def optional_text(found: Mapping[str, Value], name: str, place: Place) -> str:
    """The text of an argument that need not be there; then empty."""
    return text(found[name], place, name) if name in found else ""


@dataclass(frozen=True)
class Part:
    """A member of a key: a field, and how many characters of it count (None: all)."""

    field: str
    length: int | None = None


def parts(value: Value | None, place: Place, what: str) -> tuple[Part, ...]:
    """The fields of a list: [a, b(sort: Desc), c(length: 10)]; a single name stands for a list of it."""
    items = value.items if isinstance(value, Items) else () if value is None else (value,)
    if not items:
        raise place.fault(f"{what} lacks its list of fields", "write them as [first, second]")
    return tuple(_part(item, place, what) for item in items)


def _part(value: Value, place: Place, what: str) -> Part:
    if isinstance(value, Name):
        return Part(value.name)
    if isinstance(value, Call):
        return Part(value.name, length(value.arguments, place))
    raise place.fault(f"{what} may list fields alone", "write them without quotes, as [first, second]")


def length(given: Collection[Argument], place: Place) -> int | None:
    """What the argument `length` says, None if it is not there."""
    value = next((argument.value for argument in given if argument.name == "length"), None)
    if value is None:
        return None
    if not isinstance(value, Number) or not value.text.isdecimal() or len(value.text) > 9:
        raise place.fault("length is no whole number", "write it as length: 10")
    return int(value.text)


def choices(names: Iterable[str]) -> str:
    """The names as an error's hint lists them: not all of very many."""
    shown = [*islice(names, _SHOWN + 1)]
    return ", ".join(shown if len(shown) <= _SHOWN else [*shown[:_SHOWN], "..."])


def check_known(attributes: Collection[Attribute], known: Collection[str], namespace: str | None, where: str) -> None:
    """That there are such attributes: the `known` ones, and native types under the name of the datasource.

    That name is None where there is no datasource, so that it may be any, and empty where native types do not belong.
    """
    for attribute in attributes:
        prefix, dot, _ = attribute.name.partition(".")
        mend = f"native types begin with the name of the datasource: @{namespace}." if dot and namespace else _SAYS
        if (namespace is not None and prefix != namespace) if dot else attribute.name not in known:
            raise attribute.place.fault(f"@{attribute.name} is no attribute of {where}", mend)


def native(member: Member) -> Attribute | None:
    """The native type of a field: @db.VarChar(10). InputError if it has two."""
    found = [attribute for attribute in member.attributes if "." in attribute.name]
    if len(found) > 1:
        raise found[1].place.fault(f"{member.name} has two native types", "take one out")
    return found[0] if found else None

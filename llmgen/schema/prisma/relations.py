"""Relation fields in pairs: which side holds the foreign key, or which table stands between the two."""

from collections.abc import Mapping
from dataclasses import dataclass

from llmgen.schema.prisma.arguments import arguments, only, optional_text, parts
from llmgen.schema.prisma.models import Document, Model
from llmgen.schema.prisma.tree import Member, Name, Place, Value

_ACTIONS: Mapping[str, str] = {
    "Cascade": "cascade",
    "Restrict": "restrict",
    "NoAction": "no action",
    "SetNull": "set null",
    "SetDefault": "set default",
}
_ARGUMENTS = ("name", "fields", "references", "map", "onDelete", "onUpdate")
_BOTH_SIDES = 'give the two fields that belong together the same name: @relation("...")'


@dataclass(frozen=True)
class Side:
    """A relation field with its @relation. `fields` and `references` are empty on the side without the key."""

    model: Model
    member: Member
    target: Model
    name: str
    fields: tuple[str, ...]
    references: tuple[str, ...]
    on_delete: str
    map: str
    place: Place

    @property
    def is_list(self) -> bool:
        """Whether it stands for many rows."""
        return self.member.type is not None and self.member.type.list

    @property
    def label(self) -> str:
        """The field with its model, as errors show it."""
        return f"{self.model.name}.{self.member.name}"


@dataclass(frozen=True)
class Held:
    """A relation with a foreign key: the side that holds it, and the other one (None if the target names none)."""

    key: Side
    other: Side | None

    @property
    def one_to_one(self) -> bool:
        """Whether a row has at most one other on both sides."""
        return self.other is not None and not self.other.is_list


@dataclass(frozen=True)
class Many:
    """A relation of many to many: its pairs stand in a table of their own, with a column A and a column B."""

    a: Side
    b: Side


def relations_of(document: Document) -> list[Held | Many]:
    """The relations of a schema, in the order of their first fields. InputError for one that is not whole."""
    groups: dict[tuple[tuple[str, ...], str], list[Side]] = {}
    for model in document.models.values():
        for member in model.relations:
            side = _side(member, model, document)
            pair = tuple(sorted((model.name, side.target.name)))
            groups.setdefault((pair, side.name), []).append(side)
    return [_relation(sides) for sides in groups.values()]


def _side(member: Member, model: Model, document: Document) -> Side:
    assert member.type is not None
    target = document.models[member.type.name]
    attribute = only(member.attributes, "relation")
    place = attribute.place if attribute else member.place
    given = arguments(attribute, "name", _ARGUMENTS) if attribute else {}
    fields = _fields(given, "fields", model, place)
    references = _fields(given, "references", target, place)
    if fields and len(fields) != len(references):
        mend = "write as many references as fields, in the same order"
        raise place.fault(f"{len(fields)} fields refer to {len(references)} fields of {target.name}", mend)
    for field, reference in zip(fields, references, strict=False):
        _check_types(model.scalars[field], target.scalars[reference], place)
    if fields and member.type.list:
        raise place.fault(
            f"{model.name}.{member.name} is a list and cannot hold a key", "put fields: on the other side"
        )
    return Side(
        model,
        member,
        target,
        optional_text(given, "name", place),
        fields,
        references,
        _action(given, place),
        optional_text(given, "map", place),
        place,
    )


def _fields(given: Mapping[str, Value], name: str, model: Model, place: Place) -> tuple[str, ...]:
    if name not in given:
        return ()
    found = tuple(part.field for part in parts(given[name], place, f"{name}:"))
    for field in found:
        model.check_scalar(field, place)
    return found


def _check_types(member: Member, referred: Member, place: Place) -> None:
    """That a field can hold what it refers to."""
    if member.type is not None and referred.type is not None and member.type.name != referred.type.name:
        what = f"{member.name} is {member.type.name} and refers to {referred.name}, which is {referred.type.name}"
        raise place.fault(what, "give both the same type")


def _action(given: Mapping[str, Value], place: Place) -> str:
    """What onDelete says; empty if it says nothing. onUpdate is only looked at for its form."""
    found = {}
    for name in ("onDelete", "onUpdate"):
        value = given.get(name)
        if value is None:
            continue
        if not isinstance(value, Name) or value.name not in _ACTIONS:
            raise place.fault(f"{name} is no action", f"it may be {', '.join(_ACTIONS)}")
        found[name] = _ACTIONS[value.name]
    return found.get("onDelete", "")


def _relation(sides: list[Side]) -> Held | Many:
    """The relation of all fields between the same models with the same name."""
    first = sides[0]
    itself = first.model is first.target
    second = next((side for side in sides[1:] if itself or side.model is not first.model), None)
    if len(sides) > 2 or (len(sides) == 2 and (second is None or (itself and not first.name))):
        labels = " and ".join(side.label for side in sides)
        raise sides[-1].place.fault(f"{labels} may be one relation or several", _BOTH_SIDES)
    holders = [side for side in sides if side.fields]
    if len(holders) == 2:
        raise holders[1].place.fault(
            f"{first.label} and {holders[1].label} both name fields:", "leave it out on one side"
        )
    if holders:
        other = second if holders[0] is first else first
        return Held(holders[0], other)
    if second is None:
        mend = f"add a field of type {first.model.name} to {first.target.name}, or fields: and references: here"
        raise first.place.fault(f"{first.label} has no field on the other side, and names no fields:", mend)
    if first.is_list and second.is_list:
        return _many(first, second)
    side = next(side for side in sides if not side.is_list)
    mend = "write @relation(fields: [...], references: [...]) on the side that holds the key"
    raise side.place.fault(f"{side.label} names no fields:", mend)


def _many(first: Side, second: Side) -> Many:
    """A is the model, or the field of one model, that comes first in the alphabet."""
    a, b = sorted((first, second), key=lambda side: (side.model.name, side.member.name))
    return Many(a, b)

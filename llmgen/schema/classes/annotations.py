"""Annotations taken apart: aliases, unions, Annotated and root models down to types and what is annotated."""

import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, NewType, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue, RootModel
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

_DEEPEST = 30
"""Aliases and root models inside each other: deeper than anybody writes, so that a circle ends."""


@dataclass(frozen=True)
class Parts:
    """The types of an annotation's union, whether None is one of them, and all that is annotated, from the inside out.

    Where there are several types, each is still an annotation of its own.
    """

    types: tuple[Any, ...]
    nullable: bool = False
    metadata: tuple[Any, ...] = ()

    @property
    def model(self) -> type[BaseModel] | None:
        """The Pydantic class that it is, if it is one."""
        return self.types[0] if len(self.types) == 1 and is_model(self.types[0]) else None


def is_model(item: Any) -> bool:
    """Whether it is a Pydantic class with fields of its own (a root model is another name for a type)."""
    return (
        isinstance(item, type)
        and get_origin(item) is None
        and issubclass(item, BaseModel)
        and item is not BaseModel
        and not issubclass(item, RootModel)
    )


def taken_apart(annotation: Any, metadata: Sequence[Any] = (), depth: int = 0) -> Parts:
    """The parts of an annotation; `metadata` is what a field adds to it. Unknown forms are types as they are."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if depth > _DEEPEST:
        return Parts((Any,), True, flat(metadata))
    if annotation is JsonValue:
        return Parts((JsonValue,), True, flat(metadata))
    if origin is Annotated:
        return taken_apart(arguments[0], (*flat(arguments[1:]), *metadata), depth + 1)
    if origin is Final or isinstance(annotation, TypeAliasType | NewType | TypeVar) or _is_alias(origin):
        return taken_apart(_meant(annotation), metadata, depth + 1)
    if isinstance(annotation, type) and origin is None and issubclass(annotation, RootModel):
        return _root(annotation, metadata, depth)
    if origin in (Union, types.UnionType):
        return _union(arguments, metadata, depth)
    if origin is Literal and None in arguments:
        rest = tuple(item for item in arguments if item is not None)
        return Parts((Literal[rest],) if rest else (), True, flat(metadata))
    if annotation in (None, types.NoneType):
        return Parts((), True, flat(metadata))
    return Parts((annotation,), annotation in (Any, object), flat(metadata))


def flat(metadata: Iterable[Any]) -> tuple[Any, ...]:
    """The metadata with groups dissolved, and with that of every `Field(...)`, which itself stays: it carries marks."""
    return tuple(part for item in metadata for part in _ungrouped(item))


def _ungrouped(item: Any) -> Iterator[Any]:
    if getattr(item, "__is_annotated_types_grouped_metadata__", False) is True:
        for part in item:
            yield from _ungrouped(part)
        return
    yield item
    if isinstance(item, FieldInfo):
        yield from flat(item.metadata)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """All Pydantic classes that an annotation names, however deep."""
    seen: set[int] = set()
    todo = [annotation]
    while todo:
        item = todo.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if is_model(item):
            yield item
        elif isinstance(item, TypeAliasType | NewType | TypeVar):
            todo.append(_meant(item))
        elif isinstance(item, type) and get_origin(item) is None and issubclass(item, RootModel):
            todo += [field.annotation for field in item.model_fields.values()]
        else:
            todo += get_args(item)


def _is_alias(origin: Any) -> bool:
    return isinstance(origin, TypeAliasType)


def _meant(annotation: Any) -> Any:
    """What an alias, a new type, a Final or a type variable stands for."""
    if isinstance(annotation, NewType):
        return annotation.__supertype__
    if isinstance(annotation, TypeVar):
        return annotation.__bound__ or Any
    if isinstance(annotation, TypeAliasType):
        return annotation.__value__
    origin, arguments = get_origin(annotation), get_args(annotation)
    return origin.__value__[arguments] if _is_alias(origin) else arguments[0]


def _root(model: type[RootModel[Any]], metadata: Sequence[Any], depth: int) -> Parts:
    """What a root model holds; its validators go with what is annotated."""
    field = model.model_fields["root"]
    found = model.__pydantic_decorators__
    validators = (*found.field_validators.values(), *found.model_validators.values())
    return taken_apart(field.annotation, (*flat([field]), *validators, *metadata), depth + 1)


def _union(members: Sequence[Any], metadata: Sequence[Any], depth: int) -> Parts:
    """The union with the unions in it dissolved. With one member beside None, it is that member."""
    apart = [(member, taken_apart(member, (), depth + 1)) for member in members]
    nullable = any(parts.nullable for _, parts in apart)
    filled = [(member, parts) for member, parts in apart if parts.types]
    if len(filled) == 1:
        _, only = filled[0]
        return Parts(only.types, nullable, (*only.metadata, *flat(metadata)))
    kept: list[Any] = []
    for member, parts in filled:
        kept += parts.types if len(parts.types) > 1 else [member]
    return Parts(tuple(kept), nullable, flat(metadata))

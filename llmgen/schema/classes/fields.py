"""One Pydantic class into the draft of its table: fields into columns, marks, defaults and validators."""

import inspect
import sys
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticUndefinedAnnotation
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from llmgen.errors import InputError
from llmgen.schema.classes.alchemy import constraints_of
from llmgen.schema.classes.annotations import Parts, models_in, taken_apart
from llmgen.schema.classes.columns import REFUSALS, element_of, shape_of
from llmgen.schema.classes.constraints import VALIDATED
from llmgen.schema.classes.draft import Draft, Nested, Reference
from llmgen.schema.classes.literals import default_literal
from llmgen.schema.classes.marks import Marks, marks_of
from llmgen.schema.classes.origin import Origins
from llmgen.schema.classes.shape import Shape, snake, spelled
from llmgen.schema.markers import ON_DELETE
from llmgen.schema.model import Check, Column, Unique
from llmgen.schema.sql.expressions import identifier

_CONTAINERS = (list, dict, set, frozenset, tuple)
_STORE = "leave it out of the table with Field(exclude=True), or give it a type that can be stored"


def draft_of(model: type[BaseModel], origins: Origins) -> Draft:
    """The draft of a class's table, with the fields it inherits. What makes it impossible is the draft's `fault`."""
    draft = Draft(model, table_name(model), origins, comment=inspect.cleandoc(model.__doc__ or ""))
    try:
        complete(model, origins)
        marked = [name for name, info in model.model_fields.items() if _read(draft, name, info)]
        draft.key = tuple(marked) or _usual_key(draft)
        _uniques(draft)
        constraints_of(draft)
    except InputError as fault:
        draft.fault = fault
    _validators(draft)
    return draft


def complete(model: type[BaseModel], origins: Origins) -> None:
    """Resolves the annotations of a class that names others before they exist. InputError for an unknown name."""
    if model.__pydantic_complete__:
        return
    known = vars(sys.modules[model.__module__]) if model.__module__ in sys.modules else {}
    try:
        model.model_rebuild(_types_namespace=dict(known))
    except PydanticUndefinedAnnotation as error:
        hint = "import it in that module: an import under TYPE_CHECKING alone is not there when the file is run"
        raise InputError(
            f"{origins.said(model)}: the name {error.name} in an annotation is not defined", hint
        ) from error
    except REFUSALS as error:
        message = f"{origins.said(model)}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
        raise InputError(message, "mend the class so that Pydantic accepts it") from error


def table_name(model: type[BaseModel]) -> str:
    """The table's name: `__tablename__` of the class, or the class's own name in snake_case.

    Only SQLModel's tables inherit a `__tablename__`.
    """
    named = getattr(model, "__tablename__", None) if is_declared(model) else vars(model).get("__tablename__")
    return named if isinstance(named, str) and named else snake(model.__name__)


def is_declared(model: type[BaseModel]) -> bool:
    """Whether it is a table of SQLModel's."""
    return model.model_config.get("table") is True


def _read(draft: Draft, name: str, info: FieldInfo) -> bool:
    """Adds a field to the draft; says whether it is marked as primary key."""
    if info.exclude is True:
        return False
    parts = taken_apart(info.annotation, info.metadata)
    marks = marks_of(info, parts.metadata)
    if not marks.sound:
        hint = f"on_delete may be one of: {', '.join(ON_DELETE)}"
        raise draft.error(name, f"no action of SQL: {marks.on_delete}", hint)
    for mark in marks.unread:
        draft.lose(name, mark, "only SQLAlchemy reads it; the annotation was read instead")
    nested = None if marks.type else _nested(name, parts, marks)
    if nested:
        _add_nested(draft, replace(nested, comment=info.description or ""), parts, marks)
        return False
    _add_column(draft, name, info, parts, marks)
    return marks.primary_key


def _nested(name: str, parts: Parts, marks: Marks) -> Nested | None:
    nullable = parts.nullable if marks.nullable is None else marks.nullable
    if parts.model:
        return Nested(name, parts.model, nullable=nullable, unique=marks.unique, on_delete=marks.on_delete)
    element = element_of(parts.types[0]) if len(parts.types) == 1 else None
    return Nested(name, element.model, many=True) if element and element.model else None


def _add_nested(draft: Draft, nested: Nested, parts: Parts, marks: Marks) -> None:
    """A nested class becomes a reference; what is annotated on it becomes a loss."""
    shape = shape_of(parts, nested.field, "")
    for loss in shape.losses[1:] if shape else ():  # the first says that it would be JSON, and it is not
        draft.lose(nested.field, loss.text, loss.why, loss.constrains)
    if marks.primary_key:
        draft.lose(nested.field, "primary_key", "a nested class cannot be the key")
    draft.nested.append(nested)
    if not nested.many:
        draft.columns[nested.field] = nested


def _add_column(draft: Draft, name: str, info: FieldInfo, parts: Parts, marks: Marks) -> None:
    spelling = identifier(name).sql("postgres")
    shape = shape_of(_with_config(parts, draft.model), spelling, f"{draft.name}_{name}")
    if marks.type:
        shape = replace(shape or Shape(marks.type), type=marks.type)
    if shape is None:
        raise draft.error(name, f"{spelled(info.annotation)} cannot be a column", _STORE)
    draft.embedded |= {found for type_ in parts.types for found in models_in(type_)}
    for loss in shape.losses:
        draft.lose(name, loss.text, loss.why, loss.constrains)
    draft.checks += [Check(sql, (name,)) for sql in shape.checks]
    if marks.unique:
        draft.uniques.append(Unique((name,)))
    if marks.target:
        draft.references.append(Reference(name, marks.target, marks.on_delete))
    absent = info.default is None and marks.nullable is None
    nullable = absent or (parts.nullable if marks.nullable is None else marks.nullable)
    form = "uuid" if _makes_uuids(info) else shape.format
    default = _default(draft, name, info, shape)
    draft.columns[name] = Column(name, shape.type, nullable, default, comment=info.description or "", format=form)


def _with_config(parts: Parts, model: type[BaseModel]) -> Parts:
    """The parts of a text with what the class's configuration says of texts, where the field itself is silent."""
    if parts.types != (str,):
        return parts
    config = model.model_config
    given = {
        "min_length": config.get("str_min_length"),
        "max_length": config.get("str_max_length"),
        "strip_whitespace": config.get("str_strip_whitespace"),
    }
    own = {name for name in given for item in parts.metadata if getattr(item, name, None) is not None}
    said = SimpleNamespace(**{name: value for name, value in given.items() if name not in own})
    return Parts(parts.types, parts.nullable, (said, *parts.metadata))


def _default(draft: Draft, name: str, info: FieldInfo, shape: Shape) -> str | None:
    """The default as SQL; what a factory makes the database does not know, empty containers apart."""
    value: Any = info.default
    if info.default_factory in _CONTAINERS:
        value = info.default_factory()
    elif info.default_factory is not None:
        if not _makes_uuids(info):
            draft.lose(name, "default_factory", "a default that only Python makes", constrains=False)
        return None
    if value is None or value is PydanticUndefined or value is Ellipsis:
        return None
    written = default_literal(value, shape.type)
    if written is None:
        draft.lose(name, "default", "a default that SQL cannot write", constrains=False)
    return written


def _makes_uuids(info: FieldInfo) -> bool:
    return getattr(info.default_factory, "__module__", "") == "uuid"


def _usual_key(draft: Draft) -> tuple[str, ...]:
    """`id`, or `<table>_id`; nothing where there is neither."""
    names = ("id", f"{draft.name}_id", f"{snake(draft.model.__name__)}_id")
    return next(((name,) for name in names if isinstance(draft.columns.get(name), Column)), ())


def _uniques(draft: Draft) -> None:
    """`__unique__` of a class: names of fields, alone or several together."""
    declared: Any = getattr(draft.model, "__unique__", ())
    hint = '__unique__ is a list of tuples of field names: [("a", "b")]'
    if not isinstance(declared, Sequence):
        raise draft.error("__unique__", f"{declared!r} is no list", hint)
    for item in declared:
        names = (item,) if isinstance(item, str) else tuple(item) if isinstance(item, Sequence) else ()
        if not names or any(name not in draft.columns for name in names):
            raise draft.error("__unique__", f"{item!r} names no fields that are columns of {draft.name}", hint)
        draft.uniques.append(Unique(names))


def _validators(draft: Draft) -> None:
    """Validators are Python: each is said, and its own line."""
    found = draft.model.__pydantic_decorators__
    for name, item in found.field_validators.items():
        draft.lose(name, f"validates {', '.join(item.info.fields)}", VALIDATED)
    for name in (*found.model_validators, *found.root_validators):
        draft.lose(name, "validates the row", VALIDATED)
    for name in found.validators:
        draft.lose(name, "validates fields", VALIDATED)

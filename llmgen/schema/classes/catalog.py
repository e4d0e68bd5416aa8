"""The classes that are tables, with all that they refer to; the rest of a file's classes is said."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel

from llmgen.schema.classes.annotations import is_model
from llmgen.schema.classes.draft import Draft, Reference
from llmgen.schema.classes.fields import draft_of, is_declared, table_name
from llmgen.schema.classes.origin import Origins
from llmgen.schema.model import Ignored

Model = type[BaseModel]
_HINT = "name a class of the same module or package: ForeignKey('Class.field')"


class Catalog:
    """The drafts of all classes that are tables, in order; others are drafted to see what they use."""

    def __init__(self, origins: Origins) -> None:
        self.origins = origins
        self.tables: dict[Model, Draft] = {}
        self._drafts: dict[Model, Draft] = {}
        self._drafted: dict[str, Model] = {}
        self._modules: dict[str, Mapping[str, Model]] = {}

    def draft(self, model: Model) -> Draft:
        """The draft of a class, made once."""
        if model not in self._drafts:
            self._drafts[model] = draft_of(model, self.origins)
            _add(self._drafted, model)
        return self._drafts[model]

    def reach(self, models: Iterable[Model]) -> None:
        """Makes tables of the classes, and of all that they hold or point at. InputError if one of them cannot be."""
        todo = list(models)
        for model in todo:
            if model in self.tables:
                continue
            draft = self.tables[model] = self.draft(model)
            if draft.fault:
                raise draft.fault
            todo += [nested.model for nested in draft.nested]
            todo += [self.target(draft, reference)[0] for reference in draft.references]

    def target(self, draft: Draft, reference: Reference) -> tuple[Model, str]:
        """The class that a mark points at, and the field it names; empty for the primary key. InputError if none."""
        name, _, field = reference.target.rpartition(".")
        places = ((reference.target, ""), (name, field), (name.rpartition(".")[2], field))
        for names in self._visible(draft):
            for wanted, member in places:
                if wanted in names:
                    return names[wanted], member
        message = f"it points at {reference.target}, and there is no such class or table"
        raise draft.error(reference.column, message, _HINT)

    def _visible(self, draft: Draft) -> Iterator[Mapping[str, Model]]:
        """The classes that a mark may name: those of its own module, those read so far, those of its package."""
        home = draft.model.__module__
        yield _add({}, draft.model)
        yield self._classes(home)
        yield self._drafted
        package = home.partition(".")[0]
        for name in list(sys.modules):
            if name == package or name.startswith(f"{package}."):
                yield self._classes(name)

    def _classes(self, module: str) -> Mapping[str, Model]:
        """A module's classes by their names and by those of their tables."""
        if module not in self._modules:
            names: dict[str, Model] = {}
            for item in vars(sys.modules[module]).values() if module in sys.modules else ():
                if is_model(item):
                    _add(names, item)
            self._modules[module] = names
        return self._modules[module]


def _add(names: dict[str, Model], model: Model) -> dict[str, Model]:
    names.setdefault(model.__name__, model)
    names.setdefault(table_name(model), model)
    return names


def tables_among(models: Sequence[Model], catalog: Catalog) -> tuple[list[Model], list[Ignored]]:
    """Which classes of a file are tables, and why the others are not.

    Where SQLModel's `table=True` stands on a class, only such classes are. Otherwise all but those that have no fields
    or lack type arguments, and those that are only bases of others or only stand inside JSON.
    """
    declared = [model for model in models if is_declared(model)]
    if declared:
        return declared, [_said(model, "no table=True", catalog) for model in models if model not in declared]
    drafts = [catalog.draft(model) for model in models]
    used = {nested.model for draft in drafts for nested in draft.nested}
    used |= {catalog.target(draft, reference)[0] for draft in drafts for reference in draft.references}
    used |= {model for model in models if "__tablename__" in vars(model)}
    bases = {base for model in models for base in model.__mro__[1:]}
    embedded = {model for draft in drafts for model in draft.embedded}
    why = {
        model: "no fields" if not model.model_fields
        else "a generic class without its arguments" if model.__pydantic_generic_metadata__["parameters"]
        else "" if model in used
        else "only a base of other classes" if model in bases
        else "only stands inside JSON" if model in embedded
        else ""
        for model in models
    }  # fmt: skip
    return [model for model in models if not why[model]], [_said(m, why[m], catalog) for m in models if why[m]]


def _said(model: Model, why: str, catalog: Catalog) -> Ignored:
    file, line = catalog.origins.place(model)
    return Ignored(line, model.__name__, f"no table: {why}", False, file)

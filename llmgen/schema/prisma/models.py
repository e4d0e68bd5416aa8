"""The blocks of a schema as models and enums that know their tables, columns and labels."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from llmgen.schema.prisma.arguments import check_known, choices, text_argument
from llmgen.schema.prisma.database import Database, database_of
from llmgen.schema.prisma.tree import Block, Member, Place
from llmgen.schema.prisma.types import SCALARS

_SCALAR_ATTRIBUTES = ("id", "unique", "default", "map", "updatedAt", "ignore", "shardKey")
_RELATION_ATTRIBUTES = ("relation", "ignore", "id", "unique")
"""Of relation fields; @id and @unique get an error of their own, which says where they belong."""
_MODEL_ATTRIBUTES = ("id", "unique", "index", "fulltext", "map", "schema", "ignore", "shardKey")
_PUBLIC = "public"


@dataclass(frozen=True)
class EnumType:
    """An enum; `labels` are what the database calls its values, by what Prisma calls them."""

    name: str
    schema: str | None
    labels: Mapping[str, str]
    place: Place


@dataclass(frozen=True)
class Model:
    """A model or a view: its table and the columns of its scalar fields, by the fields' names."""

    name: str
    table: str
    schema: str | None
    block: Block
    columns: Mapping[str, str]

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.block.place

    @property
    def is_view(self) -> bool:
        """Whether the database computes its rows."""
        return self.block.kind == "view"

    @cached_property
    def scalars(self) -> Mapping[str, Member]:
        """The fields that are columns by name, in order."""
        return {member.name: member for member in self.block.members if member.name in self.columns}

    @property
    def relations(self) -> list[Member]:
        """The fields that are relations, in order."""
        return [member for member in self.block.members if member.name not in self.columns]

    def check_scalar(self, field: str, place: Place) -> None:
        """That there is such a scalar field, which `place` names."""
        if field not in self.columns:
            raise place.fault(f"{field} is no scalar field of {self.name}", f"it may be {choices(self.columns)}")


@dataclass(frozen=True)
class Document:
    """All files of a schema, in one namespace."""

    database: Database
    models: Mapping[str, Model]
    enums: Mapping[str, EnumType]


def document_of(blocks: Sequence[Block]) -> Document:
    """The models, views and enums of the blocks of all files. InputError for what contradicts itself."""
    database = database_of([block for block in blocks if block.kind == "datasource"])
    declared = [block for block in blocks if block.kind not in ("datasource", "generator")]
    for block in declared:
        if block.kind == "type":
            mend = "make it a model, or a field of type Json"
            raise block.place.fault(f"type {block.name}: composite types are MongoDB's", mend)
        if block.name in SCALARS:
            raise block.place.fault(f"{block.name} is a type of Prisma's own", "give it another name")
    _check_once(declared, "is declared twice")
    for block in declared:
        _check_once(block.members, f"stands twice in {block.kind} {block.name}")
    enums = {block.name: _enum(block, database) for block in declared if block.kind == "enum"}
    names = {block.name for block in declared if block.kind in ("model", "view")}
    models = {
        block.name: _model(block, database, names, enums) for block in declared if block.kind in ("model", "view")
    }
    _check_tables(models.values())
    return Document(database, models, enums)


def _check_once(declared: Collection[Block | Member], what: str) -> None:
    known: dict[str, Place] = {}
    for item in declared:
        if item.name in known:
            mend = f"the first is at {known[item.name]}: take one out"
            raise item.place.fault(f"{item.name} {what}", mend)
        known[item.name] = item.place


def _enum(block: Block, database: Database) -> EnumType:
    check_known(block.attributes, ("map", "schema"), "", "an enum")
    labels = {}
    for member in block.members:
        check_known(member.attributes, ("map",), "", "an enum's value")
        labels[member.name] = text_argument(member.attributes, "map") or member.name
    if not labels:
        raise block.place.fault(f"enum {block.name} has no values", "write one on each line")
    name = text_argument(block.attributes, "map") or block.name
    return EnumType(name, _schema(block, database), labels, block.place)


def _model(block: Block, database: Database, models: Collection[str], enums: Collection[str]) -> Model:
    check_known(block.attributes, _MODEL_ATTRIBUTES, "", f"a {block.kind}")
    columns: dict[str, str] = {}
    known: set[str] = set()
    for member in block.members:
        type_ = member.type
        if type_ is None or (type_.unsupported is None and type_.name in models):
            check_known(member.attributes, _RELATION_ATTRIBUTES, "", "a relation field")
            continue
        if type_.unsupported is None and type_.name not in SCALARS and type_.name not in enums:
            mend = "it may be a type of Prisma's own, an enum, or a model of this schema"
            raise member.place.fault(f"{member.name} is of an unknown type {type_.name}", mend)
        check_known(member.attributes, _SCALAR_ATTRIBUTES, database.namespace, "a scalar field")
        if type_.list and not database.has_lists:
            raise member.place.fault(f"{database.provider} has no lists ({member.name})", "make it a model, or Json")
        column = text_argument(member.attributes, "map") or member.name
        if column in known:
            raise member.place.fault(f"{block.name} has the column {column} twice", "map one to another name")
        known.add(column)
        columns[member.name] = column
    if not columns:
        raise block.place.fault(f"{block.kind} {block.name} has no columns", "give it fields, an id at least")
    table = text_argument(block.attributes, "map") or block.name
    return Model(block.name, table, _schema(block, database), block, columns)


def _schema(block: Block, database: Database) -> str | None:
    """The database schema that a block names; PostgreSQL's usual one counts as none."""
    schema = text_argument(block.attributes, "schema", "map")
    return None if schema == _PUBLIC and database.dialect == "postgres" else schema


def _check_tables(models: Collection[Model]) -> None:
    known: dict[tuple[str | None, str], Model] = {}
    for model in models:
        other = known.setdefault((model.schema, model.table), model)
        if other is not model:
            mend = f"{other.name} at {other.place} has it too: map one to another name"
            raise model.place.fault(f"the table {model.table} of {model.name} stands twice", mend)

"""Models as tables, with the tables that Prisma puts between many and many."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from llmgen.schema.model import Column, ForeignKey, Table, Unique
from llmgen.schema.prisma.columns import column_of, columns_of, losses_of
from llmgen.schema.prisma.database import Database
from llmgen.schema.prisma.keys import Key, id_of, unique_from, uniques_of
from llmgen.schema.prisma.models import Document, Model
from llmgen.schema.prisma.relations import Held, Many, Side, relations_of
from llmgen.schema.prisma.tree import Loss, Member

FullName = tuple[str | None, str]
"""(database schema, bare name)."""


def tables_of(document: Document) -> tuple[list[Table], list[Loss]]:
    """The tables of all models in order, those between many and many last, and what they cannot say."""
    losses = list(_losses(document))
    held: dict[str, list[Held]] = {}
    many: list[Many] = []
    for relation in relations_of(document):
        side = relation.key if isinstance(relation, Held) else relation.a
        if side.model.is_view or side.target.is_view:
            losses.append(Loss(side.place, side.label, "a relation with a view has no foreign key"))
        elif isinstance(relation, Held):
            held.setdefault(side.model.name, []).append(relation)
        else:
            many.append(relation)
    models = [model for model in document.models.values() if not model.is_view]
    ids = {model.name: id_of(model, document.database) for model in models}
    uniques = {model.name: uniques_of(model, document.database) for model in models}
    maker = _Maker(document, ids, uniques, _names(models, many, document.database), losses)
    for relations in held.values():
        relations.sort(key=lambda relation: relation.key.member.place.line)
    tables = [maker.table(model, held.get(model.name, ())) for model in models]
    return tables + [maker.join(relation) for relation in many], losses


def _losses(document: Document) -> Iterator[Loss]:
    database = document.database
    if database.emulated is not None:
        why = "the database has no foreign keys: Prisma's client keeps the relations, so they are read as foreign keys"
        yield Loss(database.emulated, 'relationMode = "prisma"', why)
    for model in document.models.values():
        if model.is_view:
            yield Loss(model.place, f"view {model.name}", "a view holds no rows of its own")
        else:
            yield from losses_of(model, document)
    if database.provider == "sqlite":
        for of in document.enums.values():
            why = "SQLite has no enums: Prisma's client alone keeps columns to its labels"
            yield Loss(of.place, f"enum {of.name}", why)


def _names(models: Iterable[Model], many: Iterable[Many], database: Database) -> Mapping[FullName, str]:
    """The name of each table: bare, with its schema in front where several share it (that without one stays bare)."""
    full = {(model.schema, model.table) for model in models}
    for relation in many:
        join = _join_name(relation, database)
        if join in full:
            mend = f'{join[1]} is there already: name the relation, @relation("...")'
            raise relation.a.place.fault(f"the pairs of {relation.a.label} have no table of their own", mend)
        full.add(join)
    shared = Counter(bare for _, bare in full)
    return {
        (schema, bare): bare if schema is None or shared[bare] == 1 else f"{schema}.{bare}" for schema, bare in full
    }


def _join_name(relation: Many, database: Database) -> FullName:
    """The table of the pairs, in the schema of A's model: `_AToB`, or `_` and the relation's name."""
    a = relation.a
    return a.model.schema, database.table_name(f"_{a.name or f'{a.model.name}To{a.target.name}'}")


@dataclass(frozen=True)
class _Maker:
    """Makes tables; `ids` and `uniques` are those of the models by name, `losses` grow with what a table cannot say."""

    document: Document
    ids: Mapping[str, Key | None]
    uniques: Mapping[str, Sequence[Key]]
    names: Mapping[FullName, str]
    losses: list[Loss]

    @property
    def _database(self) -> Database:
        return self.document.database

    def table(self, model: Model, relations: Sequence[Held]) -> Table:
        """The table of a model that holds the keys of these relations."""
        id_ = self.ids[model.name]
        primary_key = tuple(model.columns[field] for field in id_.fields) if id_ else ()
        columns, checks = columns_of(model, id_.fields if id_ else (), self.document)
        table = Table(
            name=self.names[model.schema, model.table],
            columns=columns,
            primary_key=primary_key,
            checks=checks,
            foreign_keys=tuple(self._foreign_key(relation.key) for relation in relations),
            comment=model.block.comment,
            schema=model.schema,
        )
        return replace(table, uniques=tuple(self._uniques(model, table, relations)))

    def _uniques(self, model: Model, table: Table, relations: Sequence[Held]) -> Iterator[Unique]:
        """The uniques that the model declares, and those that old files leave to a relation of one to one."""
        id_ = self.ids[model.name]
        keys = [*self.uniques[model.name]]
        if id_ and any(part.length is not None for part in id_.parts):
            keys.append(id_)
        for key in keys:
            unique = unique_from(key, model, table.by_name, self._database)
            if unique is None:
                self.losses.append(Loss(key.place, key.text, "its SQL is not understood", constrains=True))
            else:
                yield unique
        for relation in relations:
            if relation.one_to_one and frozenset(relation.key.fields) not in self._keys[model.name]:
                columns = tuple(model.columns[field] for field in relation.key.fields)
                yield Unique(columns, name=self._database.named(model.table, *columns, "key"))

    @cached_property
    def _keys(self) -> Mapping[str, set[frozenset[str]]]:
        """The fields that no two rows of a model agree on, for each of its keys."""
        found = {name: {frozenset(key.fields) for key in keys if not key.where} for name, keys in self.uniques.items()}
        for name, id_ in self.ids.items():
            if id_:
                found[name].add(frozenset(id_.fields))
        return found

    def _foreign_key(self, side: Side) -> ForeignKey:
        if frozenset(side.references) not in self._keys[side.target.name]:
            what = f"{', '.join(side.references)} of {side.target.name} may refer to several rows"
            raise side.place.fault(what, "refer to its @id, or to fields that are @unique together")
        columns = tuple(side.model.columns[field] for field in side.fields)
        members = [side.model.scalars[field] for field in side.fields]
        may_lack = all(map(_is_optional, members)) and _is_optional(side.member)
        on_delete = side.on_delete or ("set null" if may_lack else "restrict")
        if on_delete == "restrict" and self._database.provider == "mysql":
            on_delete = "no action"  # the same there, and read so from SQL
        return ForeignKey(
            columns,
            self._name(side.target),
            tuple(side.target.columns[field] for field in side.references),
            on_delete,
            name=side.map or self._database.named(side.model.table, *columns, "fkey"),
        )

    def join(self, relation: Many) -> Table:
        """The table between many and many: a column for each side, which together are unique."""
        schema, bare = _join_name(relation, self._database)
        columns, foreign_keys = [], []
        for name, side in (("A", relation.a), ("B", relation.b)):
            id_ = self._single_id(side)
            columns.append(Column(name, id_.type, nullable=False))
            key_name = self._database.named(bare, f"{name}_fkey")
            foreign_keys.append(ForeignKey((name,), self._name(side.model), (id_.name,), "cascade", name=key_name))
        keyed = self._database.provider == "postgres"
        return Table(
            name=self.names[schema, bare],
            columns=tuple(columns),
            primary_key=("A", "B") if keyed else (),
            foreign_keys=tuple(foreign_keys),
            uniques=() if keyed else (Unique(("A", "B"), name=self._database.named(bare, "AB_unique")),),
            schema=schema,
        )

    def _single_id(self, side: Side) -> Column:
        """The id of a side's model, which the pairs refer to."""
        id_ = self.ids[side.model.name]
        if id_ is None or len(id_.fields) > 1:
            mend = f"give {side.model.name} one field with @id, or write the model between the two yourself"
            raise side.place.fault(f"{side.model.name} has no id of one field, which many to many needs", mend)
        return column_of(side.model.scalars[id_.fields[0]], side.model, id_.fields, self.document)[0]

    def _name(self, model: Model) -> str:
        return self.names[model.schema, model.table]


def _is_optional(member: Member) -> bool:
    return member.type is not None and member.type.optional

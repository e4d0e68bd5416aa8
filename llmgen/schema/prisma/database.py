"""Which database a Prisma schema is for: what its datasource says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmgen.schema.model import Dialect
from llmgen.schema.prisma.tree import Block, Call, Items, Place, Text, Value

_PROVIDERS: Mapping[str, str] = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "cockroachdb": "cockroach",
    "mysql": "mysql",
    "sqlite": "sqlite",
}
_UNSUPPORTED = ("sqlserver", "mongodb")
_SUPPORTED = "llmgen reads Prisma for postgresql, cockroachdb, mysql and sqlite"
_LONGEST_NAMES = {"postgres": 63, "cockroach": 63, "mysql": 64, "sqlite": 10_000}


@dataclass(frozen=True)
class Database:
    """A database that Prisma writes for: `postgres`, `cockroach`, `mysql` or `sqlite`.

    `namespace` is the datasource's name, which native types begin with (None without a datasource). `emulated` is
    where it says that Prisma's client keeps the relations and not the database (None: the database does).
    """

    provider: str = "postgres"
    namespace: str | None = None
    emulated: Place | None = None

    @property
    def dialect(self) -> Dialect:
        """The dialect of its SQL; CockroachDB speaks PostgreSQL's."""
        if self.provider == "mysql":
            return "mysql"
        return "sqlite" if self.provider == "sqlite" else "postgres"

    @property
    def has_lists(self) -> bool:
        """Whether a column may be an array."""
        return self.dialect == "postgres"

    def quoted(self, name: str) -> str:
        """The name as SQL has it, in quotes."""
        quote = "`" if self.provider == "mysql" else '"'
        return quote + name.replace(quote, quote * 2) + quote

    def text(self, text: str) -> str:
        """The text as a literal of SQL."""
        if self.provider == "mysql":
            text = text.replace("\\", "\\\\")
        return "'" + text.replace("'", "''") + "'"

    def named(self, *parts: str) -> str:
        """The name that Prisma gives a constraint without one: its parts joined, the end of the last one kept."""
        limit = _LONGEST_NAMES[self.provider] - len(parts[-1].encode()) - 1
        head = "_".join(parts[:-1]).encode()[:limit].decode(errors="ignore")
        return f"{head}_{parts[-1]}"

    def table_name(self, name: str) -> str:
        """The name of a table that Prisma itself makes, not longer than the database takes."""
        return name[: _LONGEST_NAMES[self.provider]]


def database_of(datasources: Sequence[Block]) -> Database:
    """The database of a schema; PostgreSQL where there is no datasource. InputError for one that is not supported."""
    if not datasources:
        return Database()
    if len(datasources) > 1:
        place = datasources[1].place
        raise place.fault(f"a second datasource, beside {datasources[0].place}", "Prisma takes one: take one out")
    block = datasources[0]
    settings = {member.name: member for member in block.members}
    if "provider" not in settings:
        raise block.place.fault(f"datasource {block.name} has no provider", 'write provider = "postgresql"')
    place = settings["provider"].place
    provider = _text(settings["provider"].value)
    if provider in _UNSUPPORTED:
        raise place.fault(f"the provider {provider} is not supported", _SUPPORTED)
    if provider not in _PROVIDERS:
        raise place.fault("the provider is unknown" + (f": {provider}" if provider else ""), _SUPPORTED)
    mode = settings.get("relationMode", settings.get("referentialIntegrity"))
    emulated = mode.place if mode and _text(mode.value) == "prisma" else None
    return Database(_PROVIDERS[provider], block.name, emulated)


def _text(value: Value | None) -> str:
    """The text of a setting, of the first in a list (as old files write it), or of a variable: then unknown."""
    if isinstance(value, Items) and value.items:
        value = value.items[0]
    if isinstance(value, Call):
        return ""
    return value.text if isinstance(value, Text) else ""

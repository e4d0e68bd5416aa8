"""Tables in the making: what one Pydantic class says of its table before the classes it names are known."""

from dataclasses import dataclass, field

from pydantic import BaseModel

from llmgen.errors import InputError
from llmgen.schema.classes.origin import Origins
from llmgen.schema.model import Check, Column, ForeignKey, Ignored, Unique


@dataclass(frozen=True)
class Nested:
    """A field that holds another class (`many`: a list of it): a reference, once the other's key is known."""

    field: str
    model: type[BaseModel]
    many: bool = False
    nullable: bool = False
    unique: bool = False
    on_delete: str = "no action"
    comment: str = ""


@dataclass(frozen=True)
class Reference:
    """A column that points at `target`, as a mark spells it."""

    column: str
    target: str
    on_delete: str = "no action"


@dataclass
class Draft:
    """What a class says of its table. `fault` is why it cannot be a table, raised only if it has to be one."""

    model: type[BaseModel]
    name: str
    origins: Origins
    columns: dict[str, Column | Nested] = field(default_factory=dict)
    nested: list[Nested] = field(default_factory=list)
    key: tuple[str, ...] = ()
    references: list[Reference] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    uniques: list[Unique] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    embedded: set[type[BaseModel]] = field(default_factory=set)
    losses: list[Ignored] = field(default_factory=list)
    comment: str = ""
    fault: InputError | None = None

    def lose(self, member: str, text: str, why: str, constrains: bool = True) -> None:
        """Notes what of a member (none: of the class) the table does not say."""
        file, line = self.origins.place(self.model, member)
        name = f"{self.model.__name__}.{member}" if member else self.model.__name__
        self.losses.append(Ignored(line, f"{name}: {text}" if text else name, why, constrains, file))

    def error(self, member: str, message: str, hint: str) -> InputError:
        """An error that says where the member stands."""
        return InputError(f"{self.origins.said(self.model, member)}: {message}", hint)

    def column(self, name: str) -> Column:
        """A column that is there already, not a nested class; KeyError if there is none."""
        found = self.columns[name]
        if isinstance(found, Nested):
            raise KeyError(name)
        return found

    @property
    def lists(self) -> list[Nested]:
        """The fields that hold lists of other classes."""
        return [nested for nested in self.nested if nested.many]

    def unique(self, columns: tuple[str, ...]) -> bool:
        """Whether the columns tell rows apart by themselves."""
        return set(columns) in [set(self.key), *(set(unique.columns) for unique in self.uniques)]

"""What words have been found to say so far: of each table, and which words still stand for nothing."""

from dataclasses import dataclass, field

from llmgen.author.offline.times import Relation, Span
from llmgen.author.offline.tokens import Token


@dataclass
class Group:
    """What is said of one table's rows: SQL conditions with `{t}` for the row, and how many rows (None: some)."""

    table: str
    conditions: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    op: str = ""
    count: int = 0
    none: bool = False

    def say(self, condition: str, why: str) -> None:
        """Add a condition with the words that say it."""
        if condition not in self.conditions:
            self.conditions.append(condition)
            self.why.append(why)


@dataclass
class Reading:
    """The root table ("" if no table was meant), what is said of it and of others, and what was not understood.

    `lead` is the table that the first words are about: of "payment failed twice", whose root is what was to be paid.
    """

    root: str = ""
    lead: str = ""
    groups: dict[str, Group] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def group(self, table: str) -> Group:
        """What is said of that table's rows so far."""
        return self.groups.setdefault(table, Group(table))


@dataclass
class Stretch:
    """Words between two connectors. `left` are the places of words that nothing has been made of yet."""

    connector: str
    words: list[Token]
    left: set[int] = field(default_factory=set)
    spans: list[tuple[int, Span]] = field(default_factory=list)
    compared: dict[int, str] = field(default_factory=dict)
    negated: set[int] = field(default_factory=set)
    relation: tuple[int, Relation] | None = None
    stated: bool = False
    """Whether some word of it is a state of its table, so that a phrase of time is about when that came to be."""

    @property
    def late(self) -> bool:
        """Whether it says "late" and nothing was made of that yet."""
        return any(self.words[place].text == "late" for place in self.left)

    def said(self, *places: int) -> str:
        """The words at these places as they were said."""
        return " ".join(self.words[place].text for place in sorted(places))

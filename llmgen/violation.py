"""One fault in the data, as a value: where it is, which rule it breaks, what was found and how to mend it."""

from dataclasses import asdict, dataclass
from typing import Literal

Layer = Literal["line", "cell", "row", "case", "dataset"]


@dataclass(frozen=True)
class Violation:
    """One fault. `where` reads like `invoices[1].total_cents`; `case` is the case's index, None for a row of no case.

    `rule` is stable and names its kind first: `line:json`, `cell:type`, `check:NAME`, `key:unique`, `expect:2`,
    `rule:Invoice.total_adds_up`, `sql:NAME`, `plausible:past_event`.
    """

    rule: str
    layer: Layer
    where: str
    found: str
    mend: str
    case: int | None = None

    def words(self) -> str:
        """The fault in one line, as a person and a model read it."""
        found = f": found {self.found}" if self.found else ""
        return f"{self.where} breaks {self.rule}{found}; {self.mend}"

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)

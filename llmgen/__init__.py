"""Test data that can be trusted: words in, exactly N linked and valid rows out.

    from llmgen import make_scenario
    made = make_scenario("trial expiring tomorrow", n=20)
    made.dataset.rows["subscriptions"]

    from llmgen import make_database
    make_database("out", "users=10k,organizations=500", seed="42")

`Row` and `Case` are the bases of a project's own rules (docs/rules.md). `ForeignKey`, `PrimaryKey` and `Unique` mark
fields of Pydantic classes that are read as tables.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmgen.api import make_scenario
    from llmgen.demand import make_database
    from llmgen.schema.markers import ForeignKey, PrimaryKey, Unique
    from llmgen.validate.rules import Case, Row

__all__ = ["Case", "ForeignKey", "PrimaryKey", "Row", "Unique", "make_database", "make_scenario"]

_PLACES = {
    "make_database": "llmgen.demand",
    "make_scenario": "llmgen.api",
    "Row": "llmgen.validate.rules",
    "Case": "llmgen.validate.rules",
    "ForeignKey": "llmgen.schema.markers",
    "PrimaryKey": "llmgen.schema.markers",
    "Unique": "llmgen.schema.markers",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import llmgen` costs nothing."""
    if name not in _PLACES:
        raise AttributeError(f"module 'llmgen' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)

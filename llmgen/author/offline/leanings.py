"""What is so of most rows and holds of columns that nothing is said of: they live, are not blocked, are not void."""

from collections.abc import Iterator
from functools import lru_cache

from llmgen.author.offline.formula import formula_of, of_root
from llmgen.author.offline.spelling import literal
from llmgen.author.offline.tokens import stems_of
from llmgen.predicates.domains import model_of
from llmgen.predicates.formulas import Formula
from llmgen.schema.model import Schema, Table

_MOMENT = ("date", "timestamp", "timestamptz")
_GONE = frozenset({"deceas", "death", "delet", "archiv", "ban", "block", "suspend", "disabl", "revok", "terminat"})
_GONE_LABELS = (
    "void voided written_off uncollectible canceled cancelled refunded deleted archived lost returned rejected expired "
    "suspended banned blocked locked disabled inactive failed no_show draft incomplete"
)
_RARE = frozenset(_GONE_LABELS.split())


@lru_cache(maxsize=256)
def leanings(schema: Schema, table: Table) -> dict[str, Formula]:
    """Formulas by the one column that each is about."""
    found = ((name, formula_of(schema, table, sql)) for name, sql in _usual(schema, table))
    return {name: formula for name, formula in found if formula is not None}


def _usual(schema: Schema, table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        if _GONE & set(stems_of(column.name)):
            if column.type.kind in _MOMENT and column.nullable:
                yield column.name, f"{of_root(column.name)} IS NULL"
            elif column.type.kind == "boolean":
                yield column.name, f"NOT {of_root(column.name)}"
    for name, domain in model_of(schema, table).finite.items():
        labels = [str(label) for label in domain.values or ()]
        rare = [label for label in labels if label.lower() in _RARE]
        if rare and len(rare) < len(labels) and table.column(name).type.kind in ("text", "enum"):
            yield name, f"{of_root(name)} NOT IN ({', '.join(map(literal, rare))})"

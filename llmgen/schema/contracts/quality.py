"""Rules of quality of an Open Data Contract: those that say no more than a constraint does are kept as constraints."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from llmgen.schema.contracts import shapes
from llmgen.schema.contracts.nodes import SHOWN, Node
from llmgen.schema.contracts.shapes import Unkept
from llmgen.schema.model import ColumnType, Ignored

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

_OLD_NAMES = {
    "nullCheck": "nullValues", "duplicateCount": "duplicateValues", "uniqueCheck": "duplicateValues",
    "unique": "duplicateValues", "validValues": "invalidValues",
}  # fmt: skip
"""What versions before 3.1 call the metrics, under `rule`."""
_COUNTS = ("nullValues", "missingValues", "invalidValues", "duplicateValues")
"""Metrics that count the rows at fault."""


@dataclass
class Rules:
    """What the rules of a property, or of an object, come to."""

    not_null: bool = False
    unique: bool = False
    checks: list[str] = field(default_factory=list)
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)


def property_rules(quality: "Sequence[DataQuality]", node: Node, name: str, of: ColumnType, place: str) -> Rules:
    """What the rules of a property say of its column."""
    found = Rules()

    def keep(metric: str, rule: Node) -> None:
        if metric == "nullValues":
            found.not_null = True
        elif metric == "duplicateValues":
            found.unique = True
        elif metric == "missingValues":
            missing = [part.scalar for part in _argument(rule, "missingValues")]
            found.not_null = found.not_null or None in missing
            values = [value for value in missing if value is not None]
            if values:
                found.checks.append(shapes.among(name, of, values, never=True))
        elif metric == "invalidValues":
            found.checks += _valid(rule, name, of)
        else:
            raise Unkept("a rule that no constraint says")

    _read(quality, node, place, found, keep)
    return found


def object_rules(quality: "Sequence[DataQuality]", node: Node, place: str, columns: Mapping[str, str]) -> Rules:
    """What the rules of an object say of its table; `columns` are its columns by the names of its properties."""
    found = Rules()

    def keep(metric: str, rule: Node) -> None:
        names = [str(part.scalar) for part in _argument(rule, "properties")]
        if metric != "duplicateValues" or not names:
            raise Unkept("a rule that no constraint says")
        if missing := [name for name in names if name not in columns]:
            raise Unkept(f"{missing[0]} is no property of the object")
        found.uniques.append(tuple(dict.fromkeys(columns[name] for name in names)))

    _read(quality, node, place, found, keep)
    return found


def _read(
    quality: "Sequence[DataQuality]", node: Node, place: str, found: Rules, keep: Callable[[str, Node], None]
) -> None:
    for rule, part in zip(quality, node.at("quality").items if quality else (), strict=True):
        metric = rule.metric or rule.rule or ""
        try:
            if rule.type not in (None, "library") or not metric:
                raise Unkept(f"a rule of type {rule.type or 'text'} is not read")
            metric = _OLD_NAMES.get(metric, metric)
            if metric in _COUNTS and not _none_allowed(rule):
                raise Unkept("a rule that allows some rows to break it")
            keep(metric, part)
        except Unkept as loss:
            said = rule.description or rule.name or rule.query or metric or part.text
            found.ignored.append(Ignored(part.line, " ".join(said.split())[:SHOWN], f"{place}: quality: {loss}"))


def _none_allowed(rule: "DataQuality") -> bool:
    """Whether the rule counts faulty rows and allows none; a list of values alone says so too."""
    rows = (rule.unit or "rows").lower() == "rows"
    if rule.mustBe is not None:
        return _is_zero(rule.mustBe)
    if rule.mustBeLessOrEqualTo is not None:
        return _is_zero(rule.mustBeLessOrEqualTo)
    if rule.mustBeLessThan is not None:
        return rows and 0 < rule.mustBeLessThan <= 1
    others = (rule.mustNotBe, rule.mustBeGreaterThan, rule.mustBeGreaterOrEqualTo, rule.mustBeBetween,
              rule.mustNotBeBetween)  # fmt: skip
    return rule.rule is not None and all(other is None for other in others)


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value == 0


def _argument(rule: Node, name: str) -> Sequence[Node]:
    """A list that the rule is given."""
    given = _given(rule, name)
    return given.items if given else ()


def _given(rule: Node, name: str) -> Node | None:
    """What stands among the rule's arguments, or beside them, as in examples of the standard's own."""
    arguments = rule.fields.get("arguments")
    return (arguments.fields if arguments else {}).get(name) or rule.fields.get(name)


def _valid(rule: Node, name: str, of: ColumnType) -> list[str]:
    values = [part.scalar for part in _argument(rule, "validValues")]
    pattern = _given(rule, "pattern")
    found = []
    if values:
        found.append(shapes.among(name, of, [value for value in values if value is not None]))
    if pattern is not None:
        found.append(shapes.condition(name, of, "pattern", pattern.scalar) or "")
    if not found:
        raise Unkept("neither validValues nor a pattern says what is valid")
    return found

"""Rules in words read as formulas, where their words are plain enough: sums, orders of moments, lengths, states."""

import re
from collections.abc import Iterator, Sequence

from llmgen.author.offline.formula import formula_of, of_root
from llmgen.author.offline.spelling import literal
from llmgen.predicates.formulas import Formula, is_opaque
from llmgen.schema.model import Schema, Table

_PERIOD = re.compile(r"period .*(?:has|have) begun and (?:has|have) not ended")
_CONDITION = re.compile(r"^(?:while|if|when|of) ([^,]*), (.*)$", re.IGNORECASE)
_LASTS = re.compile(r"lasts (\d+) to (\d+) days from (\w+) to (\w+)")
_ORDER = re.compile(r"(\w+)(?: of [^;,]*?)? is (not )?(after|before) (?:the )?(\w+)")
_OTHERS = re.compile(r"that of [^;]* is not$")
_SIGN = re.compile(r"(\w+)(?: of [^;,]*?)? is (not )?(negative|positive)( +or 0)?")


def formulas_of(schema: Schema, table: Table, rules: Sequence[tuple[str, str]]) -> dict[str, Formula]:
    """What (name, words) of a table's row rules say, as far as it can be read; the judge judges by the rules' code."""
    found: dict[str, Formula] = {}
    for name, words in rules:
        for number, sql in enumerate(_conditions(table, words.rstrip(". "))):
            formula = formula_of(schema, table, sql)
            if formula is not None and not is_opaque(formula):
                found[f"{name} {number}"] = formula
    return found


def _conditions(table: Table, words: str) -> Iterator[str]:
    """SQL conditions that the words state; nothing where they are not understood."""
    said = _CONDITION.match(words)
    labels = _labelled(table, said[1]) if said else ""
    last = ""
    for part in re.split(r"; |, of ", re.sub(r"\([^)]*\)", "", said[2] if said else words)):
        own = _labelled(table, part) or labels
        if last and _OTHERS.search(part):
            yield f"NOT ({own}) OR NOT ({last})" if own else f"NOT ({last})"
            continue
        for condition in _clauses(table, part.strip()):
            last = condition
            yield f"NOT ({own}) OR ({condition})" if own else condition


def _labelled(table: Table, words: str) -> str:
    """That a column holds one of the labels which the words name; "" if they name none."""
    said = set(re.findall(r"\w+", words))
    for column in table.columns:
        if labels := [label for label in column.type.labels if label in said]:
            return f"{of_root(column.name)} IN ({', '.join(map(literal, labels))})"
    return ""


def _clauses(table: Table, words: str) -> Iterator[str]:
    names = table.by_name
    for part in words.split(" and "):
        sides = part.split(" = ")
        if len(sides) == 2 and all(word in names for side in sides for word in re.findall(r"[A-Za-z_]\w*", side)):
            yield re.sub(r"[A-Za-z_]\w*", lambda word: of_root(word[0]), part)
    if (found := _LASTS.search(words)) and found[3] in names and found[4] in names:
        start, end = of_root(found[3]), of_root(found[4])
        yield f"{end} >= {start} + interval '{found[1]} days' AND {end} <= {start} + interval '{found[2]} days'"
    for found in _ORDER.finditer(words):
        if found[1] in names and (found[4] in names or found[4] == "now"):
            sign = {("", "after"): ">", ("not ", "after"): "<=", ("", "before"): "<", ("not ", "before"): ">="}
            other = "now()" if found[4] == "now" else of_root(found[4])
            yield f"{of_root(found[1])} {sign[found[2] or '', found[3]]} {other}"
    if _PERIOD.search(words):
        moments = [name for name in names if names[name].type.kind in ("date", "timestamp", "timestamptz")]
        starts = [name for name in moments if name.endswith("period_start")]
        ends = [name for name in moments if name.endswith("period_end")]
        if len(starts) == len(ends) == 1:
            yield f"{of_root(starts[0])} <= now() AND {of_root(ends[0])} > now()"
    if not re.search(r" other ", words):
        for found in _SIGN.finditer(words):
            if found[1] in names:
                below, even = (found[3] == "negative") != bool(found[2]), found[2] or found[4]
                yield f"{of_root(found[1])} {'<' if below else '>'}{'=' if even else ''} 0"

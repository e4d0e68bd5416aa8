"""Rules about authored text: no calendar dates, known placeholders only, nobody's address, phone or card."""

import re
from collections.abc import Iterable, Sequence

from llmgen.dataset import CaseRow
from llmgen.schema.forms import encode
from llmgen.schema.model import Column, Schema
from llmgen.violation import Violation

PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w]*)\.([A-Za-z_]\w*)(:date)?\}")
YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d|\d)")
NUMERIC_DATE = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b|\d{1,2}月\d{1,2}日|\d{4}年"
)
EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
RESERVED_DOMAIN = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)$")
CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
TEST_CARDS = frozenset({
    "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "378282246310005",
    "371449635398431", "6011111111111117", "3056930009020004", "3566002020360505", "4000000000000002",
    "4000000000009995", "4111111111111111",
})  # fmt: skip
"""Numbers that card networks and Stripe document for tests."""

PHONE = re.compile(r"(?<![\w.])\+\d[\d ()-]{8,17}\d")
PROSE = re.compile(
    r"(?:^|_)(?:note|notes|description|comment|comments|message|body|text|reason|summary|bio|remark|memo)s?$"
)
NEAR_LENGTH = 60
"""Characters from which the same prose in two cases is a copy rather than a phrase."""

DATED = ("date", "timestamp", "timestamptz")


def is_prose(column: Column) -> bool:
    """Whether people read the column as text: a long or unlimited text whose name says so."""
    return column.type.kind == "text" and bool(PROSE.search(column.name))


def text_faults(column: Column, text: str, where: str, case: int) -> list[Violation]:
    """What an authored text must not hold, found in one cell as written (placeholders not yet filled)."""
    if column.type.kind != "text":
        return []
    bare = PLACEHOLDER.sub("", text)
    found: list[tuple[str, str, str]] = []
    if match := NUMERIC_DATE.search(bare) or (is_prose(column) and YEAR.search(bare)) or None:
        found.append(
            (
                "text:date",
                match.group(),
                "write no dates or years in texts; use a placeholder such as {table.column:date}",
            )
        )
    for match in EMAIL.finditer(bare):
        if not RESERVED_DOMAIN.search(match.group(1).lower()):
            found.append(("text:email", match.group(), "write no e-mail addresses in texts"))
    if (match := CARD.search(bare)) and _is_card(match.group()):
        found.append(("text:card", match.group(), "write no card numbers in texts"))
    if (match := PHONE.search(bare)) and "555" not in match.group():
        found.append(("text:phone", match.group(), "write no phone numbers in texts"))
    return [Violation(rule, "cell", where, value, mend, case) for rule, value, mend in found]


def _is_card(text: str) -> bool:
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [
        digit if place % 2 else (digit * 2 - 9 if digit > 4 else digit * 2)
        for place, digit in enumerate(reversed(digits), 1)
    ]
    return sum(doubled) % 10 == 0 and "".join(map(str, digits)) not in TEST_CARDS


def placeholder_faults(schema: Schema, rows: Sequence[CaseRow], case: int) -> list[Violation]:
    """Placeholders of a case's texts that name no dated column, or no row of the case, or more than one."""
    faults = []
    for row in rows:
        for name, value in row.values.items():
            for match in PLACEHOLDER.finditer(value) if isinstance(value, str) else ():
                if fault := _placeholder_fault(schema, rows, row, match):
                    faults.append(
                        Violation("text:placeholder", "cell", f"{row.where}.{name}", match.group(), fault, case)
                    )
    return faults


def _placeholder_fault(schema: Schema, rows: Sequence[CaseRow], row: CaseRow, match: re.Match[str]) -> str:
    table, column = match.group(1), match.group(2)
    if table not in schema.by_name or column not in schema.table(table).by_name:
        return f"there is no column {table}.{column}"
    if schema.table(table).column(column).type.kind not in DATED:
        return f"{table}.{column} is not a date; placeholders name dates only"
    targets = _targets(rows, row, table)
    if len(targets) != 1:
        return f"the case has {len(targets)} rows of {table} that it could mean; name one that this row is nested under"
    if targets[0].values.get(column) is None:
        return f"{table}.{column} is null in this case"
    return ""


def _targets(rows: Sequence[CaseRow], row: CaseRow, table: str) -> list[CaseRow]:
    """The rows a placeholder may mean: the row itself or one it is nested under, else all of that table in the case."""
    above = [other for other in rows if other.table == table and f"{row.path}/".startswith(f"{other.path}/")]
    return above or [other for other in rows if other.table == table]


def fill_placeholders(schema: Schema, rows: Sequence[CaseRow]) -> list[CaseRow]:
    """The rows with every placeholder replaced by its moment: `2026-03-12 22:00 UTC`, or `2026-03-12` with `:date`."""

    return [_filled(schema, rows, row) for row in rows]


def _filled(schema: Schema, rows: Sequence[CaseRow], row: CaseRow) -> CaseRow:
    def moment(match: re.Match[str]) -> str:
        table, name, date_only = match.groups()
        value = _targets(rows, row, table)[0].values[name]
        shown = str(encode(schema.table(table).column(name).type, value))
        return shown[:10] if date_only or len(shown) <= 10 else f"{shown[:10]} {shown[11:16]} UTC"

    texts = {name: value for name, value in row.values.items() if isinstance(value, str) and PLACEHOLDER.search(value)}
    filled = {name: PLACEHOLDER.sub(moment, value) for name, value in texts.items()}
    return CaseRow(row.table, row.path, {**row.values, **filled}) if filled else row


def near_duplicates(
    schema: Schema, rows: Iterable[tuple[int, CaseRow]], authored: dict[str, tuple[str, ...]]
) -> list[Violation]:
    """Long prose that a later case repeats from an earlier one, letters and digits aside compared."""
    seen: dict[tuple[str, str, str], int] = {}
    faults = []
    for case, row in rows:
        for name in authored.get(row.table, ()):
            value = row.values.get(name)
            if (
                not isinstance(value, str)
                or len(value) < NEAR_LENGTH
                or not is_prose(schema.table(row.table).column(name))
            ):
                continue
            plain = re.sub(r"[\W\d_]+", " ", value.casefold()).strip()
            first = seen.setdefault((row.table, name, plain), case)
            if first != case:
                mend = "the same text stands in another case; write one of its own"
                faults.append(Violation("text:copy", "dataset", f"{row.where}.{name}", value[:80], mend, case))
    return faults

"""Rules about authored text: no calendar dates, known placeholders only, nobody's address, phone or card."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from llmgen.dataset import CaseRow
from llmgen.reserved import TEST_CARDS
from llmgen.schema.forms import encode
from llmgen.schema.model import Column, Schema
from llmgen.violation import Violation

PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w]*)\.([A-Za-z_]\w*)(:date)?\}")
NEAR_PLACEHOLDER = re.compile(r"\{\s*[A-Za-z_]\w*\s*\.\s*[A-Za-z_]\w*[^{}]*\}")
"""What was meant as a placeholder: one that is written otherwise would stay in the text as it is."""

MONEY = r"[$€£¥₩]|(?:USD|EUR|GBP|JPY|KRW|CNY|BRL|PLN|CHF|R\$|zł)\b|[円元원%]"
YEAR = re.compile(
    rf"(?<![\d.,$€£¥₩])(?<![$€£¥₩]\s)(?:19|20)\d\d(?![.,]?\d|[x×]\d|\s?(?:{MONEY}|[kMG]?B\b|px\b))", re.ASCII
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
NUMERIC_DATE = re.compile(
    rf"(?<![\d.])(?:19|20)\d\d([-./])\s?{_DAY}\1\s?{_DAY}(?![\d]|\.\d)|"
    rf"(?<![\d.])(?<!\d[-/]){_DAY}([-./])\s?{_DAY}\2\s?(?:19|20)\d\d(?![\d]|\.\d)|"
    rf"{_DAY}\s?[月월]\s?{_DAY}\s?[日号일]|\d{{4}}\s?[年년]|(?:令和|平成)\s?\d{{1,2}}年",
    re.ASCII,
)
SHORT_DATE = re.compile(rf"(?<![\d./]){_DAY}([./]){_DAY}\1\d\d(?![\d]|[./]\d)", re.ASCII)
"""A date with a year of two digits: in prose only, since versions look the same."""

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]+(?:\.[\w-]+)+)")
RESERVED_DOMAIN = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)$")
CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
PHONE = re.compile(r"(?<![\w.])\+\d[\d ()-]{8,17}\d")
FICTIONAL_PHONE = re.compile(
    r"1\d{3}555|44(?:7700900|1632960|2079460)|33(?:[1-5]9900|63998)|61(?:49157|[2378]5550)|49(?:3023125|17604069)"
)
"""Ranges that the countries' regulators keep for films and examples (NANP, Ofcom, Arcep, ACMA, BNetzA)."""

PROSE = re.compile(
    r"(?:^|_)(?:note|notes|description|comment|comments|message|body|text|reason|summary|bio|remark|memo)s?$"
)
NEAR_LENGTH = 60
"""Characters from which the same prose in two cases is a copy rather than a phrase."""

DATED = ("date", "timestamp", "timestamptz")
MISSPELT = "write a placeholder as {table.column} or {table.column:date}"


def is_prose(column: Column) -> bool:
    """Whether people read the column as text: a long or unlimited text whose name says so."""
    return column.type.kind == "text" and bool(PROSE.search(column.name))


def text_faults(column: Column, text: str, where: str, case: int) -> list[Violation]:
    """What an authored text must not hold, found in one cell as written (placeholders not yet filled)."""
    if column.type.kind != "text":
        return []
    bare = PLACEHOLDER.sub("", text)
    bare = re.sub(r"\d", lambda digit: str(unicodedata.decimal(digit.group())), bare)
    found: list[tuple[str, str, str]] = []
    if (
        match := NUMERIC_DATE.search(bare)
        or (is_prose(column) and (YEAR.search(bare) or SHORT_DATE.search(bare)))
        or None
    ):
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
    for match in CARD.finditer(bare):
        if _is_card(match.group()):
            found.append(("text:card", match.group(), "write no card numbers in texts"))
    for match in PHONE.finditer(bare):
        if not FICTIONAL_PHONE.match(re.sub(r"\D", "", match.group())):
            found.append(("text:phone", match.group(), "write no phone numbers in texts"))
    if "\ufffd" in text:
        found.append(("text:letters", text[:60], "letters were lost on the way: write the text in UTF-8"))
    return [Violation(rule, "cell", where, value, mend, case) for rule, value, mend in found]


def _is_card(text: str) -> bool:
    number = re.sub(r"\D", "", text)
    if number[0] not in "23456" or number in TEST_CARDS or number.startswith("400000"):
        return False
    digits = [int(digit) for digit in number]
    doubled = [
        digit if place % 2 else (digit * 2 - 9 if digit > 4 else digit * 2)
        for place, digit in enumerate(reversed(digits), 1)
    ]
    return sum(doubled) % 10 == 0


def placeholder_faults(schema: Schema, rows: Sequence[CaseRow], case: int) -> list[Violation]:
    """Placeholders of a case's texts that name no dated column, or no row of the case, or more than one."""
    faults = []
    for row in rows:
        for name, value in row.values.items():
            for near in NEAR_PLACEHOLDER.finditer(value) if isinstance(value, str) else ():
                match = PLACEHOLDER.fullmatch(near.group())
                fault = _placeholder_fault(schema, rows, row, match) if match else MISSPELT
                if fault:
                    faults.append(
                        Violation("text:placeholder", "cell", f"{row.where}.{name}", near.group(), fault, case)
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

    texts = {name: value for name, value in row.values.items() if isinstance(value, str) and "{" in value}
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

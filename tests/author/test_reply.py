"""Reply text to objects and rejects: what is read rightly, and what must never crash or swallow a good line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmgen.author.reply import DEEPEST, MAX_DIGITS, MAX_LINE, read_reply

OBJECTS = [{"i": 0, "note": 'a "}" and a {'}, {"i": 1, "note": "two\nlines"}, {"i": 2, "rows": [{"x": None}, {}]}]
LINES = "\n".join(json.dumps(one) for one in OBJECTS)
PRETTY = "\n".join(json.dumps(one, indent=2) for one in OBJECTS)


def values(text):
    items, _ = read_reply(text)
    return [item.value for item in items]


def kinds(text):
    _, rejects = read_reply(text)
    return [reject.kind for reject in rejects]


@pytest.mark.parametrize(
    "text",
    [
        LINES,
        PRETTY,
        "\ufeff" + LINES,
        LINES.replace("\n", "\r\n") + "\r\n",
        "\n\n" + LINES.replace("\n", "\n \n\t\n") + "\n\n",
        LINES.replace("\\n", "\n"),
        LINES.replace("\n", " "),
        json.dumps(OBJECTS),
        json.dumps(OBJECTS, indent=1),
        json.dumps({"cases": OBJECTS}),
        json.dumps({"cases": OBJECTS}, indent=2),
        ",\n".join(json.dumps(one) for one in OBJECTS),
    ],
    ids=[
        "lines", "pretty", "byte order mark", "CRLF", "blank lines", "newlines in strings", "one line", "array",
        "pretty array", "wrapper", "pretty wrapper", "commas",
    ],
)  # fmt: skip
def test_every_object_is_read_and_nothing_else_is_left(text):
    assert (values(text), kinds(text)) == (OBJECTS, [])


@pytest.mark.parametrize(
    "body", [LINES, PRETTY, json.dumps({"cases": OBJECTS}), json.dumps({"cases": OBJECTS}, indent=2)]
)
@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_fence_and_prose_around_are_rejects_and_no_more(body, fence):
    text = f"Here are the lines:\n{fence}json\n{body}\n{fence}\nI hope that {{this}} helps."
    assert (values(text), kinds(text)) == (OBJECTS, ["prose", "fence", "fence", "prose"])


def test_prose_before_an_object_on_its_line_is_cut_off():
    items, rejects = read_reply('Sure: {"i": 4} and {"i": 5}')
    assert [item.value for item in items] == [{"i": 4}, {"i": 5}]
    assert [reject.text for reject in rejects] == ["Sure:", "and"]


def test_lines_are_counted_as_a_reader_counts_them():
    items, rejects = read_reply('one\r\n\r\n{"i":\r\n 0}\r\n{bad}\r\n{"i": 1}')
    assert [item.line for item in items] == [3, 6]
    assert [(reject.line, reject.text) for reject in rejects] == [(1, "one"), (5, "{bad}")]


@pytest.mark.parametrize("body", [LINES, PRETTY])
def test_a_cut_last_object_is_one_reject_wherever_it_is_cut(body):
    start = body.rindex('{"i": 2' if body == LINES else '{\n  "i": 2')
    for end in range(start + 1, len(body)):
        items, rejects = read_reply(body[:end])
        assert [item.value for item in items] == OBJECTS[:2], body[:end]
        assert [reject.kind for reject in rejects] == ["cut"], body[:end]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("NaN", "NaN"),
        ("-Infinity", "Infinity"),
        ("1e400", "too large"),
        ("-1e400", "too large"),
        ("9" * 5_000, "5,000 digits"),
        ("9" * (MAX_DIGITS + 1), "digits"),
        ('{"x": 1, "x": 2}', "twice"),
        ("[" * 10_000 + "]" * 10_000, "deeply"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "deeply"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "deeply"),
        ('"' + "x" * MAX_LINE + '"', "characters"),
        ('{"\\ud800": 1}', "surrogate"),
        ("tru", "Expecting value"),
    ],
)  # fmt: skip
def test_what_no_row_can_hold_is_a_reject_and_its_neighbours_are_kept(value, why):
    items, rejects = read_reply(f'{{"i": 0}}\n{{"i": 1, "x": {value}}}\n{{"i": 2}}\n')
    assert [item.value["i"] for item in items] == [0, 2]
    assert [(reject.line, reject.kind) for reject in rejects] == [(2, "json")]
    assert why in rejects[0].why
    assert len(rejects[0].text) <= 200


@pytest.mark.parametrize("depth", range(2, DEEPEST, 12))
def test_ordinary_nesting_is_read(depth):
    text = '{"a":' * depth + "{}" + "}" * depth
    assert values(text) == [json.loads(text)]


def test_nul_and_surrogates_in_values_are_left_to_the_column():
    assert values('{"i": 0, "x": "\\u0000 \\ud800 \x01"}') == [{"i": 0, "x": "\x00 \ud800 \x01"}]


MEMORY = """
from pathlib import Path
from llmgen.author.reply import read_reply
unit = {unit!r}
text = '{{"i": 0}}\\n' + unit * (50_000_000 // len(unit.encode()) + 1) + '\\n{{"i": 1}}\\n'
items, rejects = read_reply(text)
assert items[0].value == {{"i": 0}} and len(items) + len(rejects) < 10_000
assert "\\n" in unit or items[-1].value == {{"i": 1}}
assert rejects
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("unit", ["{", "x", '{"a": "', "{x\n", '{"a": "x\r\n', "[1, "])
def test_fifty_megabytes_are_read_in_less_than_three_hundred(unit):
    done = subprocess.run(
        [sys.executable, "-c", MEMORY.format(unit=unit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 300


JUNK = st.one_of(
    st.text(alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["```", "```json", "Here you are:", "{", '{"i": 7, "x": "cut', "{bad}", "NaN", '{"i": NaN}', "]"]),
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.one_of(st.tuples(st.just("good"), JSON_VALUES), st.tuples(st.just("junk"), JUNK)), max_size=12))
def test_any_mixture_of_good_lines_and_junk_keeps_every_good_line(parts):
    good = [{"i": place, "x": value} for place, (kind, value) in enumerate(parts) if kind == "good"]
    written = [
        json.dumps({"i": place, "x": value}) if kind == "good" else value for place, (kind, value) in enumerate(parts)
    ]
    found = values("\n".join(written))
    assert [one for one in found if one in good] == good


@given(st.lists(JUNK, max_size=12))
def test_every_line_that_is_not_blank_is_an_item_or_a_reject(junk):
    items, rejects = read_reply("\n".join(junk))
    named = {item.line for item in items} | {reject.line for reject in rejects}
    kept = "\n".join(reject.text for reject in rejects)
    for number, line in enumerate("\n".join(junk).split("\n"), 1):
        if line.strip(" \t\r,[]}"):
            assert number in named or line.strip() in kept or any(item.line < number for item in items), (number, line)


@given(st.text(max_size=300) | st.text('{}[]"\\:,\n\r i01e`', max_size=300))
def test_no_text_makes_it_fail(text):
    items, rejects = read_reply(text)
    assert all(isinstance(item.value, dict) for item in items)
    assert all(reject.why for reject in rejects)

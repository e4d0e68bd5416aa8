"""Contracts that are broken, huge or meant to hurt: a Schema or an InputError with its place, in bounded time."""

import json
import random
import re
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from llmgen.errors import InputError
from llmgen.schema.contracts import parse_contract, read_contract, yaml_text
from llmgen.schema.contracts.json_text import read_json
from llmgen.schema.contracts.nodes import MOST_BYTES, plain
from llmgen.schema.contracts.yaml_text import read_yaml

FIXTURES = sorted((Path(__file__).parent / "contracts").glob("*.[jy]*"))
SECONDS = 10
"""Far more than any of these takes, on any machine."""

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefghijk", "bcdefghijkl", strict=True)
)


def broken(content: str, draw: random.Random) -> str:
    """The content with one thing wrong with it."""
    place, pieces = draw.randrange(len(content)), re.findall(r"\w+|\s+|[^\w\s]", content)
    lines = content.splitlines(keepends=True)
    match draw.randrange(5):
        case 0:
            return content[:place]
        case 1:
            return content[:place] + draw.choice(pieces) + content[place + draw.randrange(6) :]
        case 2:
            draw.shuffle(pieces)
            return content[:place] + "".join(pieces[:5]) + content[place:]
        case 3:
            del lines[draw.randrange(len(lines))]
        case _:
            lines.insert(draw.randrange(len(lines)), draw.choice(lines))
    return "".join(lines)


def fault(text: str, origin: str = "c.yaml") -> tuple[str, float]:
    """The message of the error that a text makes, and how long it took."""
    started = time.process_time()
    with pytest.raises(InputError) as caught:
        parse_contract(text, origin)
    assert caught.value.hint
    return caught.value.message, time.process_time() - started


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_broken_contracts_are_schemas_or_input_errors(path: Path) -> None:
    content, draw = path.read_text("utf-8"), random.Random(11)
    faults = []
    for _ in range(120):
        try:
            assert parse_contract(broken(content, draw), path.name).tables
        except InputError as error:
            faults.append(error)
    assert len(faults) > 10
    for fault in faults:
        assert re.match(rf"{re.escape(path.name)}:\d+: ", fault.message), fault.message
        assert fault.hint


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_any_value_in_the_place_of_any_other(path: Path) -> None:
    """Every value of the document once replaced by one of another kind."""
    content = path.read_text("utf-8")
    whole = plain((read_json if path.suffix == ".json" else read_yaml)(content, path.name))
    values = [None, True, -1, 2.5, "x", "9" * 400, [], {}, ["x"], {"x": [{}]}, [[1]]]
    for number, change in enumerate(_changes(whole)):
        with suppress(InputError):
            assert parse_contract(json.dumps(change(values[number % len(values)]), default=float), "c.json").tables


def _changes(whole: object):  # type: ignore[no-untyped-def]
    """For every value in the document, a function that gives the document with another in its place."""
    if isinstance(whole, dict):
        for key, item in whole.items():
            yield lambda value, key=key: {**whole, key: value}
            for inner in _changes(item):
                yield lambda value, key=key, inner=inner: {**whole, key: inner(value)}
    elif isinstance(whole, list):
        for place, item in enumerate(whole):
            for inner in _changes(item):
                yield lambda value, place=place, inner=inner: [*whole[:place], inner(value), *whole[place + 1 :]]


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    tracemalloc.start()
    message, seconds = fault(LAUGHS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert message == "c.yaml:2: an alias (*a)"
    assert seconds < SECONDS
    assert peak < 50_000_000


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("[" * 10_000, "c.yaml"),
        ("- " * 10_000, "c.yaml"),
        ("{a: " * 10_000, "c.yaml"),
        ("[" * 10_000, "c.json"),
        ('{"a":' * 10_000, "c.json"),
        ("".join(f"{' ' * depth}a:\n" for depth in range(2_000)), "c.yaml"),
    ],
    ids=["brackets", "dashes", "braces", "json brackets", "json braces", "indents"],
)
def test_deep_nesting_ends(text: str, origin: str) -> None:
    message, seconds = fault(text, origin)
    assert "nested more than 64 levels deep" in message
    assert seconds < SECONDS


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("entities:\n" + "  T: {fields: {a: string}}\n" * 800_000, "utf-8")
    assert path.stat().st_size > 20_000_000 > MOST_BYTES
    started = time.process_time()
    with pytest.raises(InputError, match="larger than 8 MB"):
        read_contract(path)
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(("text", "origin"), [("- a\n" * 400_000, "c.yaml"), (f"[{'1,' * 400_000}1]", "c.json")])
def test_too_many_values_end(text: str, origin: str) -> None:
    message, seconds = fault(text, origin)
    assert "more than 300,000 values" in message
    assert seconds < SECONDS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: !!python/object/apply:os.system [x]\n", "c.yaml:1: a tag (tag:yaml.org,2002:python/object/apply:"),
        ("a: !!str 1\n", "c.yaml:1: a tag (tag:yaml.org,2002:str)"),
        ("a: !mine x\n", "c.yaml:1: a tag (!mine)"),
        ("\na: *b\n", "c.yaml:2: an alias (*b)"),
        ("a: 1\n<<: *b\n", "c.yaml:2: an alias (*b)"),
        ("a: 1\nb: 2\na: 3\n", "c.yaml:3: the key 'a' stands twice (first in line 1)"),
        ("? [a]\n: b\n", "c.yaml:1: a key that is no plain text"),
        ("--- {a: 1}\n--- {b: 1}\n", "c.yaml:2: a second YAML document"),
        (f"a:\n  {'x' * 60_000}\n", "c.yaml:1: a text of 60,000 characters"),
        ("a: b\n\x07", "c.yaml:2: a control character"),
        ('a: "\\0"\n', "c.yaml:1: a NUL or half a surrogate pair"),
        ("a: 'b\n", "c.yaml:2: not YAML: found unexpected end of stream"),
        ("", "c.yaml:1: the file is empty"),
        ("# nothing\n", "c.yaml:1: the file is empty"),
        ("only words", "c.yaml:1: no data contract (it is 'only words')"),
        ("services: {web: {}}\n", "c.yaml:1: no data contract (its keys are services)"),
        ("dataContractSpecification: 1.1.0\n", "c.yaml:1: the Data Contract Specification is not read"),
        ('{"a": 1,\n"a": 2}', "c.yaml:2: the key 'a' stands twice (first in line 1)"),
        ('{"a": 1,}', "c.yaml:1: not JSON: a key in double quotes was expected, found '}'"),
        ('{"a": [1 2]}', "c.yaml:1: not JSON: ',' was expected, found '2]}'"),
        ('{"a": 1', "c.yaml:1: not JSON: ',' was expected, found the end"),
        ('{"a": 01}', "c.yaml:1: not JSON: a value was expected, found '01}'"),
        ('{"a": NaN}', "c.yaml:1: not JSON: a value was expected, found 'NaN}'"),
        ('{"a": "\\ud800"}', "c.yaml:1: a NUL or half a surrogate pair"),
        ('{\n"a": "b\n"}', "c.yaml:2: not JSON: invalid control character"),
        ('{"a": 1} x', "c.yaml:1: not JSON: 'x' after its end"),
    ],
)  # fmt: skip
def test_mistakes_of_form_have_their_line(text: str, message: str) -> None:
    assert fault(text)[0].startswith(message)


def test_both_loaders_of_yaml_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [path.read_text("utf-8") for path in FIXTURES if path.suffix == ".yaml"]
    fast = [read_yaml(content, "c.yaml") for content in contents]
    monkeypatch.setattr(yaml_text, "_LOADER", yaml.SafeLoader)
    assert [read_yaml(content, "c.yaml") for content in contents] == fast
    assert fault(LAUGHS)[0] == "c.yaml:2: an alias (*a)"
    assert "not YAML" in fault("a:\n\tb: c\n")[0]
    assert "a control character" in fault("a: \x07")[0]


def test_plain_values_are_those_of_json() -> None:
    text = "a: [no, on, 0o7, 1_000, 1:30, .inf, 2020-01-01, 1e3, -1.50, 0x1, ~, null, true, '1', 1.]"
    assert [item.value for item in read_yaml(text, "c.yaml").fields["a"].items] == [
        "no", "on", "0o7", "1_000", "1:30", ".inf", "2020-01-01", 1000, -1.5, "0x1", None, None, True, "1", 1,
    ]  # fmt: skip
    assert plain(read_json('{"a": [1, -2.50, 1e2, true, null, "\\u00e9\\ud83d\\ude00", {}, []]}', "c.json")) == {
        "a": [1, -2.5, 100, True, None, "é\U0001f600", {}, []]
    }


def test_lines_are_those_of_the_keys() -> None:
    text = 'a:\n  b:\n    "x"\n  c: [1,\n    2]\n'
    whole = read_yaml(text, "c.yaml")
    assert [whole.at(*path).line for path in (("a",), ("a", "b"), ("a", "c"), ("a", "c", 1))] == [1, 2, 4, 5]
    whole = read_json('{"a":\n{"b":\n"x",\n"c": [1,\n2]}}', "c.json")
    assert [whole.at(*path).line for path in (("a",), ("a", "b"), ("a", "c"), ("a", "c", 1))] == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("text_", "line", "message"),
    [
        (
            "entities:\n  T:\n    fields:\n      - a: string\n      - a: integer\n",
            5,
            "'a' stands twice (first in line 4)",
        ),
        ("entities:\n  T:\n    fields:\n      a: string\n      a: integer\n", 5, "the key 'a' stands twice"),
        ("entities:\n  T:\n    fields: {a: json}\n  T:\n    fields: {a: json}\n", 4, "the key 'T' stands twice"),
        ("entities:\n  T:\n    fields:\n      - a: string\n        b: string\n", 4, "is not one name with its value"),
        ("entities:\n  T:\n    fields:\n      - a string\n", 4, "is not one name with its value"),
        ("entities:\n  T:\n    fields: []\n", 3, "T.fields has nothing in it"),
        ("entities:\n  T:\n    - a: string\n", 2, "entity T has no fields"),
        ("entities:\n  T:\n", 2, "entity T has no fields"),
        ("entities: {}\n", 1, "entities has nothing in it"),
        ("entities:\n", 1, "entities has nothing in it"),
        ("entities:\n  T:\n    fields:\n      - '': string\n", 4, "a name is empty"),
        ("entities:\n  T:\n\tfields: {}\n", 3, "not YAML: found character"),
        ("entities:\n  T:\n    fields:\n      - a: string(/x: y/)\n", 4, "not YAML: mapping values are not allowed"),
    ],
)
def test_mistakes_in_the_frame_of_the_short_notation(text_: str, line: int, message: str) -> None:
    found, _ = fault(text_)
    assert found.startswith(f"c.yaml:{line}: ")
    assert message in found


def test_tabs_are_told_to_be_spaces() -> None:
    with pytest.raises(InputError) as caught:
        parse_contract("entities:\n\tT:\n", "c.yaml")
    assert "spaces" in caught.value.hint

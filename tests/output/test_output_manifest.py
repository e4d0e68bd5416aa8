"""The manifest says what made a dataset, in one order, and gives the rows' cases back."""

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from output_samples import DATASET, MAKING, SCHEMA

from llmgen.dataset import Dataset
from llmgen.errors import InputError
from llmgen.output.manifest import TableFile, build_manifest, manifest_text, read_manifest, row_cases

FILES = {"order": TableFile("order.jsonl", "aa"), "my shop.item": TableFile("my shop.item.jsonl", "bb")}


def test_its_content():
    manifest = build_manifest(SCHEMA, DATASET, MAKING, FILES)
    del manifest["llmgen"]
    assert manifest == {
        "format": 1,
        "values_version": 1,
        "pools": "abc",
        "schema": SCHEMA.fingerprint(),
        "scenario": {
            "words": "trial expiring tomorrow",
            "digest": "d1",
            "root": "order",
            "n": 1,
            "expects": ["b", "a"],
        },
        "seed": "0",
        "values_seed": "a commit",
        "as_of": "2026-03-12T10:00:00Z",
        "zone": "UTC",
        "prompts": {"cases/v1/ask": ["k1", "k2"], "cases/v1/retry": ["k3"]},
        "recordings": {"k1": "s1", "k2": "s2"},
        "answered_by": ["a", "b"],
        "rules": "r1",
        "rules_skipped": [],
        "partial": False,
        "tables": {
            "my shop.item": {"file": "my shop.item.jsonl", "sha256": "bb", "rows": 13, "writers": {}},
            "order": {
                "file": "order.jsonl",
                "sha256": "aa",
                "rows": 2,
                "writers": {"id": "key", 'odd "name", it\'s': "authored"},
            },
        },
        "edges": {"order.mood": {"cjk": 2, "emoji": 1}},
        "rows_per_case": {"my shop.item": [], "order": [1]},
        "shared": {"my shop.item": 13, "order": 1},
    }


def test_the_order_of_what_comes_in_does_not_show():
    turned = replace(
        MAKING,
        prompts={"cases/v1/ask": ["k1", "k2"], "cases/v1/retry": ["k3"]},
        recordings={"k1": "s1", "k2": "s2"},
        answered_by=("a", "b"),
        edges={"order.mood": {"cjk": 2, "emoji": 1}},
        as_of=MAKING.as_of.astimezone(timezone(timedelta(hours=5))),
    )
    files = dict(reversed(FILES.items()))
    assert manifest_text(build_manifest(SCHEMA, DATASET, turned, files)) == manifest_text(
        build_manifest(SCHEMA, DATASET, MAKING, FILES)
    )


def test_the_cases_of_the_rows_come_back():
    cases = {"order": [None, 0, 0, 2], "my shop.item": [0]}
    rows = {"order": DATASET.rows["order"] * 2, "my shop.item": DATASET.rows["my shop.item"][:1]}
    manifest = json.loads(manifest_text(build_manifest(SCHEMA, Dataset(rows, cases), MAKING, FILES)))
    assert manifest["rows_per_case"]["order"] == [2, 0, 1]
    assert row_cases(manifest) == cases


def test_rows_out_of_the_order_of_their_cases_are_refused():
    with pytest.raises(ValueError, match="order of their cases"):
        build_manifest(SCHEMA, Dataset(DATASET.rows, {"order": [0, None]}), MAKING, FILES)


@pytest.mark.parametrize("content", [None, b"{", b"\xff", b"[]", b'{"format": 2, "tables": {}}', b'{"format": 1}'])
def test_what_is_no_manifest_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(InputError, match=r"manifest\.json") as caught:
        read_manifest(tmp_path)
    assert caught.value.hint

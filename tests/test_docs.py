"""The documents say what is so: their commands, settings, scenario file and rules are tried."""

import re
import shlex
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from llmgen.cli.app import app
from llmgen.scenario import Scenario, faults
from llmgen.schema.sources import read_source
from llmgen.schema.sql import parse_schema, read_schema
from llmgen.settings import Settings
from llmgen.validate.rules import load_rules

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@cache
def _help(*command: str) -> str:
    return CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).output


def _commands() -> list[tuple[str, str]]:
    """Every `llmgen ...` in a code block or in backquotes, with the page it stands on."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        lines = [line for block in _blocks(page, "bash") for line in block.splitlines()]
        quoted = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        for line in (*lines, *quoted):
            found += [(page.name, part.strip()) for part in line.split("&&") if part.strip().startswith("llmgen ")]
    return found


@pytest.mark.parametrize(("page", "line"), _commands())
def test_commands_and_options_exist(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    name = words[0].split("|")[0]
    assert name in _help(), f"{page}: {line}"
    sub = words[1].split("|") if name in ("cache", "prompts") and len(words) > 1 else []
    for one in sub:
        assert _help(name, one).lstrip().startswith("Usage"), f"{page}: {line}"
    for option in [word for word in words if word.startswith("-") and word != "-"]:
        assert re.search(rf"(^|\s){re.escape(option)}\b", _help(name, *sub[:1])), f"{page}: {option}"


def test_every_option_of_scenario_that_the_documents_name_exists() -> None:
    named = {option for page in PAGES for option in re.findall(r"`(--[a-z-]+)", page.read_text("utf-8"))}
    known = "".join(_help(command) for command in ("scenario", "generate", "validate", "schema"))
    assert {option for option in named if option not in known} == set()


def test_the_settings_shown_are_settings() -> None:
    (shown,) = _blocks(ROOT / "docs" / "settings.md", "toml")
    content = tomllib.loads(shown)
    Settings.model_validate(content)
    keys = {field.alias or name for name, field in Settings.model_fields.items()} - {"root"}
    assert content.keys() == keys


def test_the_scenario_file_shown_is_one() -> None:
    (shown,) = _blocks(ROOT / "docs" / "scenarios.md", "yaml")
    scenario = Scenario.model_validate(yaml.safe_load(shown))
    assert faults(scenario, read_schema(ROOT / "fixtures" / "billing" / "schema.sql")) == []


def test_the_rules_shown_load_and_judge(tmp_path: Path) -> None:
    schema = parse_schema(
        "CREATE TABLE invoices (id text PRIMARY KEY, subscription_id text, status text, subtotal_cents int,"
        " tax_cents int, total_cents int);"
        "CREATE TABLE invoice_lines (id text PRIMARY KEY, invoice_id text REFERENCES invoices, amount_cents int);"
    )
    page = ROOT / "docs" / "rules.md"
    (tmp_path / "shown.py").write_text(_blocks(page, "python")[0], "utf-8")
    (tmp_path / "shown.sql").write_text(_blocks(page, "sql")[0], "utf-8")
    rules = load_rules(tmp_path, schema)
    assert {rule.name for rule in (*rules.rows, *rules.cases)} == {
        "rule:Invoice.total_adds_up",
        "rule:Billing.lines_add_up",
    }
    assert [query.name for query in rules.queries] == ["sql:one_open_invoice"]


@pytest.mark.parametrize(
    ("page", "language", "name", "tables"),
    [
        ("contracts.md", "yaml", "contract.yaml", {"Customer", "Order"}),
        ("contracts.md", "dbml", "shop.dbml", {"orders", "customers"}),
        ("pydantic.md", "python", "models.py", {"customer", "product", "order", "order_line"}),
    ],
)
def test_the_sources_shown_are_read(tmp_path: Path, page: str, language: str, name: str, tables: set[str]) -> None:
    (shown,) = _blocks(ROOT / "docs" / page, language)
    (tmp_path / name).write_text(shown)
    schema = read_source(str(tmp_path / name))
    assert set(schema.by_name) == tables
    assert [item for item in schema.ignored if item.constrains] == []


def test_the_readme_starts_with_the_two_commands() -> None:
    blocks = _blocks(ROOT / "README.md", "bash")
    assert blocks[0].strip() == 'pip install . && llmgen scenario "trial expiring tomorrow" --n 20'
    assert blocks[1].strip() == 'pip install -e ".[dev]" && pytest'


def test_links_between_documents_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"

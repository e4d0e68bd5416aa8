"""Whole prompts as golden text: every template at every level, rendered for the library.

A released prompt never changes, and recordings hang on every character. To renew the texts after a change that is
meant (a version that is not yet released): remove tests/author/golden/*.txt, run this file once (it writes them and
fails), and read the difference before it is committed.
"""

import json
from pathlib import Path

import pytest
from library_fakes import OVERDUE, FakeModel, bad_case, library_project, lines, made, said, wrong

from llmgen.author.exchange import LEVELS
from llmgen.author.templates import list_templates, load_template
from llmgen.errors import DataError, InputError
from llmgen.generate import ShortError, interpret
from llmgen.project import open_project

GOLDEN = Path(__file__).parent / "golden"
BRANCHES = {"i": 0, "branches": [{"code": "MAIN", "title": "Main", "daily_fine_cents": 900}]}


@pytest.fixture(scope="module")
def prompts(tmp_path_factory):
    """One prompt of every template at every level, by name."""
    project = library_project(tmp_path_factory.mktemp("library"))
    bare = library_project(tmp_path_factory.mktemp("library"), reference={})
    models = {
        "cases": FakeModel(lambda prompt: wrong(prompt)),
        "shared": FakeModel(lambda prompt: said(json.dumps(BRANCHES))),
        "interpret": FakeModel(lambda prompt: said('{"root": "lones"}')),
    }
    with pytest.raises(ShortError):
        made(project, models["cases"], 1)
    with pytest.raises(ShortError):
        made(bare, models["shared"], 1)
    with pytest.raises(DataError):
        interpret(project, OVERDUE.words, models["interpret"])
    return {f"{name}-{prompt.level}": prompt for name, model in models.items() for prompt in model.prompts[:4]}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["cases", "shared", "interpret"])
def test_the_whole_prompt_is_as_it_was(prompts, name, level):
    prompt = prompts[f"{name}-{level}"]
    text = f"{prompt.system}\n=== user ===\n\n{prompt.user}"
    if prompt.reply_schema:
        text += f"\n=== reply schema ===\n\n{json.dumps(prompt.reply_schema, indent=1)}\n"
    golden = GOLDEN / f"{name}-{prompt.version}-{level}.txt"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
        pytest.fail(f"{golden.name} was written; read it")
    assert text == golden.read_text("utf-8")


def test_every_released_template_has_its_golden_texts():
    released = {f"{template.name}-{template.version}" for template in list_templates()}
    assert {file.stem.rpartition("-")[0] for file in GOLDEN.glob("*.txt")} == released


@pytest.mark.parametrize("template", list_templates(), ids=lambda template: f"{template.name}/{template.version}")
def test_no_template_has_logic_in_it(template):
    texts = [(template.folder / f"{part}.md").read_text("utf-8") for part in ("system", *LEVELS)]
    assert not any("{%" in text or "{#" in text for text in texts)


def test_nothing_of_billing_is_said_to_a_library(prompts):
    for prompt in prompts.values():
        for word in ("subscription", "invoice", "billing", "trial", "organization"):
            assert word not in (prompt.system + prompt.user).lower()


def test_the_stable_part_is_the_same_at_every_level(prompts):
    for name in ("cases", "shared", "interpret"):
        assert len({prompts[f"{name}-{level}"].system for level in LEVELS}) == 1


def own(folder, **files):
    place = folder / "cases" / "v1"
    place.mkdir(parents=True)
    for name, text in {"prompt.toml": 'purpose = "mine"\nmax_tokens = 500', **files}.items():
        (place / name.replace("_", ".")).write_text(text)
    return folder


def test_the_users_folder_goes_before_the_packaged_one(tmp_path):
    template = load_template("cases", "v1", own(tmp_path, ask_md="{{ n }} please"))
    assert (template.purpose, template.max_tokens) == ("mine", 500)
    assert template.render("ask", {"n": 3}) == "3 please\n"
    assert load_template("interpret", "v1", tmp_path).purpose != "mine"


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        "{{ n.__class__.__mro__[1].__subclasses__() }}",
        "{{ n",
        "{% include 'x' %}",
        "{{ 1 / 0 }}",
        "{{ n + 'x' }}",
    ],
)
def test_an_undefined_variable_a_way_out_or_a_broken_template_is_an_error_that_names_the_file(tmp_path, text):
    template = load_template("cases", "v1", own(tmp_path, ask_md=text))
    with pytest.raises(InputError, match=r"ask\.md"):
        template.render("ask", {"n": 3})


def test_a_part_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"final\.md"):
        load_template("cases", "v1", own(tmp_path)).render("final", {})


@pytest.mark.parametrize("text", ["", "purpose = 1", "max_tokens = 1", "[", 'purpose = "x"\nmax_tokens = "many"'])
def test_a_template_without_its_facts_is_refused(tmp_path, text):
    with pytest.raises(InputError, match=r"prompt\.toml"):
        load_template("cases", "v1", own(tmp_path, **{"prompt.toml": text}))


def test_an_unknown_version_names_those_there_are():
    with pytest.raises(InputError, match="there is no prompt cases/v99") as caught:
        load_template("cases", "v99")
    assert "cases/v1" in caught.value.hint


def test_a_text_that_looks_like_a_template_stays_a_text(tmp_path):
    odd = OVERDUE.model_copy(update={"words": "{{ 7 * 7 }} {% raw %}"})
    model = FakeModel(lambda prompt: said(lines([bad_case(0)])))
    with pytest.raises(ShortError):
        made(library_project(tmp_path), model, 1, scenario=odd)
    assert '"{{ 7 * 7 }} {% raw %}"' in model.prompts[0].system


def test_the_billing_example_has_prompts_of_its_own(tmp_path):
    model = FakeModel(lambda prompt: said("{}"))
    with pytest.raises(DataError):
        interpret(open_project(tmp_path), "trial expiring tomorrow", model)
    assert "subscriptions" in model.prompts[0].user
    assert "loans" not in model.prompts[0].user

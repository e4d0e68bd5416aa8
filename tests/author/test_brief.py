"""Briefs dealt from the seed: a pure function, whole batches whatever n, locales by their weights."""

from collections import Counter

import pytest
from library_fakes import OVERDUE, FakeModel, library_project, made, right

from llmgen.author.brief import BATCH, LOCALES, deal
from llmgen.author.shape import case_shape
from llmgen.errors import InputError
from llmgen.values.edges import EDGE_CLASSES

GOLDEN = """\
0: locale de_DE; manner: busy; amounts and counts: small; its main moment about 15:31 UTC where the words \
leave the time of day open
1: locale pl_PL; manner: careful; amounts and counts: very large; its main moment about 17:42 UTC where the words \
leave the time of day open"""


@pytest.fixture(scope="module")
def shape(tmp_path_factory):
    return case_shape(OVERDUE, library_project(tmp_path_factory.mktemp("library")).schema, set())


def dealt(shape, batches=1, seed="0", **more):
    return [brief for batch in range(batches) for brief in deal(seed, "digest", batch, shape, **more)]


def test_a_batch_is_ten_briefs_numbered_on_and_always_the_same(shape):
    briefs = dealt(shape, 3)
    assert [brief.index for brief in briefs] == [*range(3 * BATCH)]
    assert briefs[10:20] == deal("0", "digest", 1, shape)


def test_what_is_dealt_never_changes_since_recordings_hang_on_it(shape):
    assert "\n".join(brief.words() for brief in dealt(shape, edges=0)[:2]) == GOLDEN


@pytest.mark.parametrize("other", [{"seed": "1"}, {"locales": {"de_DE": 1}}, {"edges": 1.0}])
def test_seed_locales_and_edges_matter(shape, other):
    assert dealt(shape, **other) != dealt(shape)


def test_the_scenario_matters(shape):
    assert deal("0", "digest", 0, shape) != deal("0", "another", 0, shape)


def test_every_deck_holds_each_locale_as_often_as_its_weight_says(shape):
    deck = sum(LOCALES.values())
    briefs = dealt(shape, 2 * deck // BATCH + 1)
    for start in (0, deck):
        assert Counter(brief.locale for brief in briefs[start : start + deck]) == LOCALES
    assert [brief.locale for brief in briefs[:deck]] != [brief.locale for brief in briefs[deck : 2 * deck]]


def test_twenty_cases_have_at_least_eight_locales_whatever_the_seed(shape):
    for seed in range(40):
        assert len({brief.locale for brief in dealt(shape, 2, str(seed))}) >= 8


def test_chosen_locales_are_the_only_ones(shape):
    assert {brief.locale for brief in dealt(shape, 3, locales={"ja_JP": 3, "pl_PL": 1, "fr_FR": 0})} == {
        "ja_JP",
        "pl_PL",
    }


@pytest.mark.parametrize("locales", [{"de_DE": 0}, {"de_DE": -1}])
def test_weights_that_leave_no_locale_are_refused(shape, locales):
    with pytest.raises(InputError, match="locale"):
        dealt(shape, locales=locales)


def test_an_unknown_locale_is_refused_before_anything_is_paid_for(tmp_path):
    model = FakeModel(right)
    with pytest.raises(InputError, match="xx_XX"):
        made(library_project(tmp_path), model, 1, locales={"xx_XX": 1})
    assert not model.prompts


def test_the_share_of_edges_is_kept_and_none_is_asked_for_where_a_column_has_none(shape):
    assert not any(brief.edge for brief in dealt(shape, 20, edges=0))
    assert all(brief.edge for brief in dealt(shape, 5, edges=1))
    some = [brief.edge for brief in dealt(shape, 100, edges=0.1) if brief.edge]
    assert 60 < len(some) < 140
    for table, column, name in some:
        assert column in shape.parts[table].authored
        assert name in EDGE_CLASSES
    assert {table for table, _, _ in some} <= {part.table.name for part in shape.visible}


def test_the_words_tell_the_edge_and_the_time_of_day(shape):
    brief = next(brief for brief in dealt(shape, edges=1))
    table, column, name = brief.edge
    assert brief.words().startswith(f"{brief.index}: locale {brief.locale}; manner: {brief.manner}; ")
    assert f"about {brief.hour:02}:{brief.minute:02} UTC" in brief.words()
    assert f"edge: {table}.{column} {EDGE_CLASSES[name].words}" in brief.words()


def test_times_of_day_and_manners_are_spread(shape):
    briefs = dealt(shape, 30)
    assert len({brief.hour for brief in briefs}) == 24
    assert len({brief.minute for brief in briefs}) > 55
    assert len({(brief.manner, brief.size) for brief in briefs}) > 35

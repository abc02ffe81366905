"""The contract of the candidates, over their table: each can be made where it is tried."""

from __future__ import annotations

from itertools import product

import pytest

from kosent.models.auto.portfolio import PORTFOLIO, REVIEWS, Entry, affordable, suiting
from kosent.models.auto.rows import FEW, Facts
from kosent.models.pretrained import PACKAGED
from kosent.models.settings import ClassifierSettings

# Rows, classes, mean length and share of Hangul.
KINDS = list(product((20, 500, 3000, 20_000, 200_000), (2, 3, 60), (2, 30, 2000), (0.0, 0.2, 1.0)))


def facts(rows: int, classes: int = 2, length: float = 30, korean: float = 1.0) -> Facts:
    return Facts(rows, rows, classes, max(1, rows // (10 * classes)), length, korean)


every_entry = pytest.mark.parametrize("entry", PORTFOLIO, ids=lambda entry: entry.name)


def test_names_are_unique_and_can_be_folders() -> None:
    names = [entry.name for entry in PORTFOLIO]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalnum() and name.isascii() for name in names)
    assert REVIEWS in names


@every_entry
def test_titles_are_in_both_languages(entry: Entry) -> None:
    assert entry.title.korean
    assert entry.title.english.isascii()
    assert "\n" not in entry.title.korean + entry.title.english


@every_entry
def test_settings_of_a_candidate_are_good_ones(entry: Entry) -> None:
    """Only texts that it suits need to be thought of."""
    suited = [seen for seen in (facts(*kind) for kind in KINDS) if entry.suits(seen)]
    assert suited
    for seen in suited:
        check(entry, seen)


def check(entry: Entry, seen: Facts) -> None:
    assert entry.seconds(seen) > 0
    settings = dict(entry.settings(seen))
    if entry.kind == "head":
        assert settings == {"start": settings["start"], "transfer": "head"}
        assert settings["start"] in PACKAGED
        return
    if "start" in settings:
        assert settings["start"] in PACKAGED
        given = ClassifierSettings.of({"seed": 3} | settings)
    else:
        given = ClassifierSettings.of({"seed": 3, "cleaning": "korean"} | settings)
    given.checked()
    assert not given.is_automatic
    solved = given.architecture == "ngrams"
    assert (entry.kind == "ngrams") == solved
    assert entry.kind == "ngrams" or seen.different >= FEW  # a network needs a split, not folds


def test_something_solved_is_tried_of_any_texts() -> None:
    for seen in (facts(*kind) for kind in KINDS):
        entries = suiting(seen)
        assert any(entry.kind == "ngrams" for entry in entries)
        solved = [entry for entry in entries if entry.kind != "network"]
        assert affordable(entries, seen, 0) == solved


def test_packaged_korean_models_are_not_tried_on_english() -> None:
    assert not [entry for entry in suiting(facts(500, korean=0.0)) if entry.kind == "head"]
    assert [entry for entry in suiting(facts(500, korean=1.0)) if entry.kind == "head"]


def test_what_has_to_be_asked_for_is_a_network_behind_all_others() -> None:
    """So that minutes go first to what is tried anyway, and no more is solved than before."""
    asked = [entry.asked for entry in PORTFOLIO]
    assert asked == sorted(asked)
    assert {entry.kind for entry in PORTFOLIO if entry.asked} == {"network"}


def test_networks_are_for_many_texts() -> None:
    assert not [entry for entry in suiting(facts(FEW - 1)) if entry.kind == "network"]
    assert [entry for entry in suiting(facts(100 * FEW)) if entry.kind == "network"]


def test_larger_texts_cost_more() -> None:
    for entry in suiting(facts(20_000)):
        assert entry.seconds(facts(40_000)) > entry.seconds(facts(20_000))


def test_what_does_not_fit_is_left_out_in_order() -> None:
    seen = facts(100 * FEW)
    entries = suiting(seen)
    networks = [entry for entry in entries if entry.kind == "network"]
    assert len(networks) > 1
    costs = [entry.seconds(seen) for entry in networks]
    every = affordable(entries, seen, sum(costs) + 1)
    assert every == entries
    first = [entry for entry in affordable(entries, seen, costs[0]) if entry.kind == "network"]
    assert first == [networks[0]]
    none = affordable(entries, seen, min(costs) / 2)
    assert not [entry for entry in none if entry.kind == "network"]
    assert [entry for entry in every if entry in none] == none


def test_tables_of_many_classes_stay_small() -> None:
    """All scores of a table together are bounded: 100 classes do not make it 100 times as large."""
    for entry in PORTFOLIO:
        if entry.kind != "ngrams":
            continue
        sizes = [
            classes * entry.settings(facts(200_000, classes))["architecture_options"]["buckets"]
            for classes in (3, 60, 500)
        ]
        assert max(sizes) < 4 * min(sizes)

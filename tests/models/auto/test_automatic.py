"""A search from texts to a model: what is tried, what is said of it, what is not judged by what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent import TextClassifier
from kosent.errors import DataError
from kosent.models.auto import automatic
from kosent.models.auto.automatic import Found, Limits, Search, rescaled
from kosent.models.auto.networks import Outcome
from kosent.models.auto.portfolio import PORTFOLIO, REVIEWS
from kosent.models.auto.rows import FEW, Rows
from kosent.models.ensemble import Ensemble
from kosent.models.ensemble_weights import Weighting
from kosent.models.pretrained import seen as filters
from kosent.prediction.pool import combine
from kosent.support.progress import Silent

LIMITS = Limits(None, 20.0, 1.0)
SETTINGS: dict[str, Any] = {"seed": 0, "cleaning": "korean"}


@pytest.fixture(scope="module")
def rows() -> Rows:
    train = kosent.load_corpus("sample").train
    labels = sorted(set(train.labels))
    numbers = np.array([labels.index(label) for label in train.labels[:80]], np.int32)
    return Rows(train.texts[:80], numbers, labels)


def only(patch: pytest.MonkeyPatch, *names: str) -> None:
    """Try these candidates alone."""
    entries = [entry for entry in PORTFOLIO if entry.name in names]
    patch.setattr(automatic, "suiting", lambda _: entries)


def knowing(patch: pytest.MonkeyPatch, folder: Path, texts: list[str]) -> None:
    """Let these be the texts that the packaged model of reviews has learned."""
    (folder / "some.seen").write_bytes(filters.filter_of(texts))
    patch.setattr(filters, "PATH", folder / "some.seen")


def found(rows: Rows, folder: Path, limits: Limits = LIMITS) -> Found:
    return Search(rows, limits, SETTINGS, folder, Silent()).run()


@pytest.fixture(scope="module")
def result(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Found:
    with pytest.MonkeyPatch.context() as patch:
        only(patch, "characters", "letters")
        return found(rows, tmp_path_factory.mktemp("search"))


class TestTable:
    def test_all_that_was_tried_is_told_the_best_first(self, result: Found) -> None:
        assert {each.name for each in result.tried} == {"characters", "letters"}
        losses = [each.loss for each in result.tried]
        assert losses == sorted(losses, key=float)
        for each in result.tried:
            assert each.macro_f1 is not None
            assert each.accuracy is not None
            assert each.low is not None
            assert each.high is not None
            assert 0 <= each.low <= each.accuracy <= each.high <= 1
            assert each.seconds > 0
            assert each.size > 1000
            assert each.speed > 1
            assert each.failure is None

    def test_the_model_says_so_too(self, result: Found) -> None:
        said = result.model.info_["auto"]
        assert [each["name"] for each in said["tried"]] == [each.name for each in result.tried]
        assert said["folds"] > 1
        assert said["facts"]["rows"] == 80
        assert said["limits"]["size"] == 20.0
        assert result.model.info_["rows"]["train"] == 80

    def test_figures_are_of_all_texts_that_are_held_out(self, result: Found) -> None:
        assert result.validation.rows == result.model.info_["rows"]["validation"]
        assert 70 <= result.validation.rows <= 80  # but what the packaged model may know

    def test_weights_are_those_of_the_model(self, result: Found) -> None:
        weights = [each.weight for each in result.tried if each.weight]
        assert weights
        if isinstance(result.model, Ensemble):
            assert sorted(weights) == sorted(result.model.weights_)


class TestSiblings:
    """Where each text has paraphrases beside it, texts one by one tell nothing."""

    def rows(self, *, in_order: bool) -> Rows:
        random = np.random.default_rng(0)
        numbers = random.integers(0, 2, 40).repeat(5)
        words = [f"{random.integers(10**9)}" for _ in range(40)]
        texts = [f"{word} {end}" for word in words for end in ("야", "요", "니", "냐", "죠")]
        order = np.arange(200) if in_order else random.permutation(200)
        numbers = numbers[order].astype(np.int32)
        return Rows([texts[row] for row in order], numbers, ["a", "b"])

    @pytest.mark.parametrize("in_order", [True, False])
    def test_blocks_are_held_out_where_they_tell_more(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_order: bool
    ) -> None:
        only(monkeypatch, "characters", "letters")
        result = found(self.rows(in_order=in_order), tmp_path)
        # The labels have nothing to do with the texts: half is right, unless a sibling is learned.
        assert (result.validation.accuracy < 0.75) == in_order
        assert result.model.info_["auto"]["validation"] == "blocks"
        assert {each.name for each in result.tried} == {"characters", "letters"}

    def test_texts_that_differ_are_held_out_one_by_one(self, result: Found) -> None:
        assert result.model.info_["auto"]["validation"] == "random"


def test_what_the_packaged_model_knows_does_not_judge(
    rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "characters")
    knowing(monkeypatch, tmp_path, rows.texts[:20])
    search = Search(rows, LIMITS, SETTINGS, tmp_path, Silent())
    known = filters.seen(rows.texts)
    assert not known[search.held].any()
    assert sorted(search.held) == np.flatnonzero(~known).tolist()


def test_a_model_that_knows_most_of_the_texts_is_left_out_and_why(
    rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "characters", REVIEWS)
    knowing(monkeypatch, tmp_path, rows.texts[:70])
    result = found(rows, tmp_path)
    (left,) = [each for each in result.tried if each.name == REVIEWS]
    assert left.failure is not None
    assert left.failure[1] == "it has learned most of these texts, and cannot be judged by them"
    assert (left.macro_f1, left.weight) == (None, 0.0)
    assert result.validation.rows == 80


def test_one_that_is_alone_is_rescaled(
    rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "characters")
    result = found(rows, tmp_path)
    model = result.model
    assert isinstance(model, TextClassifier)
    again = kosent.load(model.save(tmp_path / "model.kosent"))
    assert isinstance(again, TextClassifier)
    np.testing.assert_allclose(
        again.predict_proba(rows.texts), model.predict_proba(rows.texts), atol=1e-6
    )
    assert again.info_["auto"]["tried"][0]["name"] == "characters"
    assert again.info_["validation"]["rows"] == result.validation.rows


@pytest.mark.parametrize("classes", [2, 3])
def test_rescaling_is_what_an_ensemble_of_it_alone_would_answer(classes: int) -> None:
    texts = [f"{'좋다 최고' if n % classes else '별로 최악'} {n % classes} {n}" for n in range(40)]
    plain = TextClassifier(
        "ngrams", tokenizer="character", architecture_options={"buckets": 4096}, seed=0
    ).fit(texts, [n % classes for n in range(40)])
    bias = tuple(0.25 * number for number in range(classes))
    weighting = Weighting((0.7,), bias, 40, 1, 1, 1, 1)
    expected = combine([plain.predict_proba(texts)], [0.7], bias)
    found = rescaled(plain, weighting)
    np.testing.assert_allclose(found.predict_proba(texts), expected, atol=1e-4)
    assert plain.predict_proba(texts) is not expected


def test_limits_leave_members_out(
    rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "characters", "letters")
    result = found(rows, tmp_path, Limits(None, 0.001, 1.0))
    assert isinstance(result.model, TextClassifier)
    assert [bool(each.weight) for each in result.tried].count(True) == 1


def test_nothing_learned_is_an_error_that_says_why(
    rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, REVIEWS)
    knowing(monkeypatch, tmp_path, rows.texts)
    with pytest.raises(DataError, match="reviews: it has learned most of these texts"):
        found(rows, tmp_path)


def test_networks_that_fail_are_told_and_the_rest_goes_on(
    rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        def __init__(self, *_: object) -> None: ...

        def __enter__(self) -> list[Outcome]:
            return [Outcome("pieces-network", None, None, 1.5, "out of time")]

        def __exit__(self, *_: object) -> None: ...

    only(monkeypatch, "characters", "pieces-network")
    monkeypatch.setattr(automatic.networks, "Trainings", Failing)
    monkeypatch.setattr(Search, "_jobs", lambda *_: [])
    monkeypatch.setattr(automatic, "affordable", lambda entries, *_: entries)
    result = found(rows, tmp_path)
    last = result.tried[-1]
    assert (last.name, last.seconds, last.loss) == ("pieces-network", 1.5, None)
    assert last.failure == ["out of time", "out of time"]
    assert result.tried[0].name == "characters"


@pytest.mark.parametrize("minutes", [None, 500.0])
def test_larger_networks_are_tried_where_minutes_are_asked_for(
    minutes: float | None, tmp_path: Path
) -> None:
    many = FEW + 10
    texts = [f"글 {number} {'좋다' if number % 2 else '싫다'}" for number in range(many)]
    rows = Rows(texts, np.arange(many, dtype=np.int32) % 2, ["n", "p"])
    search = Search(
        rows, Limits(minutes, 20, 5000), {"seed": 1, "cleaning": "korean"}, tmp_path, Silent()
    )
    jobs = {job.name: job.settings for job in search._jobs(search.entries())}
    asked = {entry.name for entry in PORTFOLIO if entry.asked and entry.suits(search.facts)}
    assert len(asked) > 1
    assert asked & set(jobs) == (set() if minutes is None else asked)
    for settings in jobs.values():  # what starts from a model cleans as that does
        assert ("cleaning" in settings) != ("start" in settings)

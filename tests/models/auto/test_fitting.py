"""``TextClassifier()``: from texts to a model that is saved, loaded and cloned like any other."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

import kosent
from kosent import TextClassifier
from kosent.errors import BundleError, DataError, UsageError
from kosent.models import Ensemble, steps
from kosent.models.auto import automatic
from kosent.models.auto.portfolio import PORTFOLIO

ANSWER = """
import json, sys
import kosent
texts = json.loads(sys.stdin.read())
print(json.dumps(kosent.load(sys.argv[1]).predict_proba(texts).tolist()))
assert not {"keras", "tensorflow"} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def rows() -> tuple[list[str], list[str]]:
    train = kosent.load_corpus("sample").train
    return train.texts[:80], [str(label) for label in train.labels[:80]]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try two linear models alone: what is found is as any other."""
    entries = [entry for entry in PORTFOLIO if entry.name in ("characters", "letters")]
    monkeypatch.setattr(automatic, "suiting", lambda _: entries)


@pytest.fixture(scope="module")
def fitted(rows: tuple[list[str], list[str]]) -> TextClassifier:
    """Return what all solved candidates together give; tests must not fit it again."""
    return TextClassifier(speed=1).fit(*rows)


class TestWhole:
    def test_what_was_learned(
        self, fitted: TextClassifier, rows: tuple[list[str], list[str]]
    ) -> None:
        assert fitted.classes_.tolist() == sorted(set(rows[1]))
        found = fitted.predict_proba(rows[0])
        assert (found.dtype, found.shape) == (np.float32, (80, 2))
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
        assert fitted.evaluate(*rows).accuracy >= fitted.validation_.accuracy
        assert {"reviews", "encoder", "morphemes", "characters", "letters"} <= {
            each.name for each in fitted.tried_
        }
        assert fitted.history_ == []

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["folder", "file.kosent"])
    def test_another_process_answers_the_same(
        self,
        name: str,
        fitted: TextClassifier,
        rows: tuple[list[str], list[str]],
        tmp_path: Path,
    ) -> None:
        path = fitted.save(tmp_path / name)
        line = [sys.executable, "-c", ANSWER, str(path)]
        done = subprocess.run(
            line, input=json.dumps(rows[0]).encode(), capture_output=True, check=True
        )
        np.testing.assert_allclose(
            json.loads(done.stdout), fitted.predict_proba(rows[0]), atol=1e-5
        )

    def test_bytes_are_what_is_saved(self, fitted: TextClassifier, tmp_path: Path) -> None:
        (tmp_path / "model.kosent").write_bytes(fitted.to_bytes())
        again = kosent.load(tmp_path / "model.kosent")
        np.testing.assert_allclose(
            again.predict_proba(["재미있다"]), fitted.predict_proba(["재미있다"]), atol=1e-6
        )
        assert again.info_["auto"]["tried"]

    def test_a_pickle_answers_the_same(self, fitted: TextClassifier) -> None:
        again = pickle.loads(pickle.dumps(fitted))  # noqa: S301 -- our own
        np.testing.assert_array_equal(
            again.predict_proba(["재미있다"]), fitted.predict_proba(["재미있다"])
        )

    def test_any_text(self, fitted: TextClassifier) -> None:
        found = fitted.predict_proba(["", " ", "\ud800\0", "가" * 5000, "qwerty"])
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)

    def test_it_is_no_member_of_an_ensemble(self, fitted: TextClassifier) -> None:
        if hasattr(fitted, "ensemble_"):
            with pytest.raises(UsageError, match="members_"):
                Ensemble([fitted, fitted]).fit(["가", "나"], fitted.classes_.tolist())


@pytest.mark.usefixtures("small")
class TestTexts:
    def test_twenty_of_a_class(self, reviews: tuple[list[str], list[str]]) -> None:
        clf = TextClassifier(speed=1).fit(reviews[0][:40], reviews[1][:40])
        assert clf.predict(["정말 재밌다", "너무 지루하다"]).tolist() == ["positive", "negative"]

    def test_two_of_a_class_are_too_few(self, reviews: tuple[list[str], list[str]]) -> None:
        clf = TextClassifier()
        with pytest.raises(DataError, match="too few texts: 4 different ones; 10"):
            clf.fit(reviews[0][:4], reviews[1][:4])
        with pytest.raises(UsageError, match="not fitted"):
            clf.predict(["가"])

    def test_empty_texts_and_numbers_for_labels(self, reviews: tuple[list[str], list[str]]) -> None:
        texts = ["", " ", *reviews[0][:38]]
        labels = [int(label == "positive") for label in reviews[1][:40]]
        clf = TextClassifier(speed=1).fit(texts, labels)
        assert clf.classes_.tolist() == [0, 1]
        assert np.isfinite(clf.predict_proba(["", "재밌다"])).all()

    def test_a_class_of_one_text(self, reviews: tuple[list[str], list[str]]) -> None:
        labels = [*reviews[1][:39], "other"]
        clf = TextClassifier(speed=1).fit([*reviews[0][:39], "전혀 다른 글입니다"], labels)
        assert clf.classes_.tolist() == ["negative", "other", "positive"]
        assert clf.validation_.per_class["other"].support == 1

    def test_what_texts_count(self, reviews: tuple[list[str], list[str]]) -> None:
        texts, labels = reviews[0][:40], list(reviews[1][:40])
        wrong = ["positive" if label == "negative" else "negative" for label in labels]
        counts = [1.0] * 40 + [0.001] * 40
        clf = TextClassifier(speed=1).fit([*texts, *texts], [*labels, *wrong], counts)
        assert (clf.predict(texts) == np.array(labels)).mean() > 0.9
        with pytest.raises(DataError, match="sample_weight"):
            TextClassifier().fit(texts, labels, np.zeros(40))

    def test_a_seed_decides(self, reviews: tuple[list[str], list[str]]) -> None:
        one, other = (TextClassifier(seed=3, speed=1).fit(*reviews) for _ in range(2))
        np.testing.assert_array_equal(
            one.predict_proba(reviews[0]), other.predict_proba(reviews[0])
        )

    def test_another_fit_forgets_the_first(self, reviews: tuple[list[str], list[str]]) -> None:
        clf = TextClassifier(speed=1).fit(*reviews)
        clf.set_params(architecture="ngrams", tokenizer="character", speed=5000.0).fit(*reviews)
        assert not hasattr(clf, "ensemble_")
        assert not hasattr(clf, "tried_")

    def test_scikit_learn(self, reviews: tuple[list[str], list[str]]) -> None:
        clf = TextClassifier(size=15, speed=1)
        assert clone(clf).get_params() == clf.get_params()
        scores = cross_val_score(clf, *reviews, cv=2)
        assert scores.min() > 0.6


def test_english_texts() -> None:
    texts = [f"{subject} was {word}" for subject in ("the film", "it", "my day", "this", "that")
             for word in ("great", "fine", "awful", "boring")]  # fmt: skip
    labels = ["good", "good", "bad", "bad"] * 5
    clf = TextClassifier(speed=1, cleaning="english").fit(texts, labels)
    assert clf.predict(["the book was awful", "she was great"]).tolist() == ["bad", "good"]
    assert not {"reviews", "encoder", "morphemes"} & {each.name for each in clf.tried_}


class _Stop(Exception):  # noqa: N818  ends a fit once its settings were seen
    pass


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what is handed to the training of one network, which is not begun."""
    seen: list[Any] = []

    def learn(given: Any, *_: object) -> None:
        seen.append(given)
        raise _Stop

    monkeypatch.setattr(steps, "learn", learn)
    return seen


@pytest.mark.parametrize(
    ("given", "architecture"),
    [
        ({"epochs": 1}, "hybrid"),
        ({"tokenizer": "okt"}, "hybrid"),
        ({"class_weight": "balanced"}, "hybrid"),
        ({"architecture": "gru"}, "gru"),
    ],
    ids=str,
)
def test_a_setting_of_a_network_means_one(
    given: dict[str, Any],
    architecture: str,
    network: list[Any],
    reviews: tuple[list[str], list[str]],
) -> None:
    with pytest.raises(_Stop):
        TextClassifier(**given).fit(*reviews)
    assert network[0].architecture == architecture


def test_what_a_teacher_says_goes_to_one_network(
    network: list[Any], reviews: tuple[list[str], list[str]]
) -> None:
    targets = np.full((80, 2), 0.5)
    for more in ({"targets": targets}, {"extra": (reviews[0][:3], targets[:3])}):
        with pytest.raises(_Stop):
            TextClassifier().fit(*reviews, **more)  # type: ignore[arg-type]
    assert [each.architecture for each in network] == ["hybrid", "hybrid"]


@pytest.mark.parametrize("limit", [{"minutes": 3}, {"size": 5}, {"speed": 1}], ids=str)
@pytest.mark.parametrize(
    "named", [{"architecture": "gru"}, {"epochs": 1}, {"start": "pretrained"}], ids=str
)
def test_limits_beside_a_network_are_refused(
    limit: dict[str, Any], named: dict[str, Any], reviews: tuple[list[str], list[str]]
) -> None:
    clf = TextClassifier(**limit, **named)
    for call in (clf.check, lambda: clf.fit(*reviews)):
        with pytest.raises(UsageError, match=f"{next(iter(limit))} is a limit of auto"):
            call()


@pytest.mark.parametrize(
    "given", [{"minutes": -1}, {"size": 0}, {"speed": 0}, {"architecture": "auot"}], ids=str
)
def test_wrong_settings(given: dict[str, Any], reviews: tuple[list[str], list[str]]) -> None:
    with pytest.raises(UsageError):
        TextClassifier(**given).fit(*reviews)


@pytest.mark.parametrize("name", ["folder", "file.kosent"])
def test_it_loads_what_it_saved(
    name: str, rows: tuple[list[str], list[str]], fitted: TextClassifier, tmp_path: Path
) -> None:
    again = TextClassifier.load(fitted.save(tmp_path / name))
    assert again.get_params() == fitted.get_params()
    assert again.classes_.tolist() == fitted.classes_.tolist()
    np.testing.assert_array_equal(again.predict_proba(rows[0]), fitted.predict_proba(rows[0]))
    twice = TextClassifier.load(again.save(tmp_path / f"again-{name}"))
    np.testing.assert_array_equal(twice.predict_proba(rows[0]), fitted.predict_proba(rows[0]))
    assert again.evaluate(*rows).accuracy == fitted.evaluate(*rows).accuracy
    assert repr(again) == repr(fitted)


@pytest.mark.usefixtures("small")
def test_a_setting_stays_with_what_was_saved(
    reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    clf = TextClassifier(seed=5, speed=1, size=9, minutes=1, cleaning="source").fit(*reviews)
    assert hasattr(clf, "ensemble_")
    again = TextClassifier.load(clf.save(tmp_path / "model"))
    assert again.get_params() == clf.get_params()
    assert clone(again).fit(*reviews).predict(["재밌다"]) == clf.predict(["재밌다"])


def test_an_ensemble_that_a_user_made_is_none_of_it(
    reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    members = [
        TextClassifier("ngrams", tokenizer=tokenizer).fit(*reviews)
        for tokenizer in ("character", "jamo")
    ]
    path = Ensemble(members).fit(*reviews).save(tmp_path / "model")
    with pytest.raises(BundleError, match="ensemble"):
        TextClassifier.load(path)
    assert isinstance(kosent.load(path), Ensemble)


TOPICS = (("영화", "영화가"), ("음식", "국물이"), ("날씨", "바람이"))
MOODS = (("좋음", "정말 좋다"), ("나쁨", "너무 싫다"))


@pytest.fixture(scope="module")
def tagged() -> tuple[list[str], list[list[str]]]:
    """Return 96 texts of no label, of one, or of two: a subject and what is said of it."""
    texts, labels = [], []
    for number in range(16):
        for topic, subject in TOPICS:
            mood, words = MOODS[number % 2]
            texts += [f"{subject} {number}번 {words}", f"{subject} {number}번 그냥 그렇다"]
            labels += [[topic, mood], [topic]]
    texts += [f"{number}번 아무 말" for number in range(12)]
    return texts, [*labels, *([] for _ in range(12))]


@pytest.fixture(scope="module")
def several(tagged: tuple[list[str], list[list[str]]]) -> TextClassifier:
    return TextClassifier(multilabel=True, speed=1).fit(*tagged)


class TestSeveralLabels:
    def test_what_was_learned(
        self, several: TextClassifier, tagged: tuple[list[str], list[list[str]]]
    ) -> None:
        assert several.classes_.tolist() == sorted({"영화", "음식", "날씨", "좋음", "나쁨"})
        assert several.thresholds_ is not None
        assert len(several.thresholds_) == 5
        answers = several.predict(["영화가 3번 정말 좋다", "국물이 1번 그냥 그렇다"])
        named = [set(several.classes_[row == 1].tolist()) for row in answers]
        assert named == [{"영화", "좋음"}, {"음식"}]
        report = several.evaluate(*tagged)
        assert report.micro_f1 > 0.95
        assert several.validation_.micro_f1 > 0.8
        assert {"characters", "morphemes", "encoder"} <= {each.name for each in several.tried_}
        found = several.predict_proba(tagged[0])
        assert found.sum(axis=1).std() > 0.1  # each label by itself

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["folder", "file.kosent"])
    def test_another_process_answers_the_same(
        self,
        name: str,
        several: TextClassifier,
        tagged: tuple[list[str], list[list[str]]],
        tmp_path: Path,
    ) -> None:
        path = several.save(tmp_path / name)
        line = [sys.executable, "-c", ANSWER, str(path)]
        done = subprocess.run(
            line, input=json.dumps(tagged[0]).encode(), capture_output=True, check=True
        )
        found = several.predict_proba(tagged[0])
        np.testing.assert_allclose(json.loads(done.stdout), found, atol=1e-5)
        again = TextClassifier.load(path)
        assert again.thresholds_ == several.thresholds_
        assert again.predict(tagged[0]).tolist() == several.predict(tagged[0]).tolist()
        assert again.get_params() == several.get_params()

    @pytest.mark.usefixtures("small")
    def test_columns_and_two_labels(self, tagged: tuple[list[str], list[list[str]]]) -> None:
        columns = np.array([["영화" in each, "좋음" in each] for each in tagged[1]], int)
        clf = TextClassifier(multilabel=True, speed=1).fit(tagged[0], columns)
        assert clf.classes_.tolist() == [0, 1]
        assert clf.predict(["영화가 3번 정말 좋다", "아무 말"]).tolist() == [[1, 1], [0, 0]]

    @pytest.mark.parametrize("kept", ["characters", "letters", "encoder", "morphemes"])
    @pytest.mark.parametrize("labels", [2, 5])
    def test_each_candidate_alone_is_saved(
        self,
        kept: str,
        labels: int,
        tagged: tuple[list[str], list[list[str]]],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        entries = [entry for entry in PORTFOLIO if entry.name == kept]
        monkeypatch.setattr(automatic, "suiting", lambda _: entries)
        names = ["영화", "좋음", "나쁨", "음식", "날씨"][:labels]
        sets = [[label for label in each if label in names] for each in tagged[1]]
        clf = TextClassifier(multilabel=True, speed=1).fit(tagged[0], sets)
        assert not hasattr(clf, "ensemble_")
        again = TextClassifier.load(clf.save(tmp_path / "model"))
        assert again.thresholds_ == clf.thresholds_ is not None
        np.testing.assert_array_equal(again.predict_proba(tagged[0]), clf.predict_proba(tagged[0]))
        assert again.multilabel
        assert again.evaluate(tagged[0], sets).micro_f1 > 0.6

    def test_the_same_labels_everywhere_are_refused(self) -> None:
        texts = [f"글 {number}번" for number in range(30)]
        with pytest.raises(DataError, match="too few"):
            TextClassifier(multilabel=True).fit(texts, [["가", "나"]] * 30)

    @pytest.mark.usefixtures("small")
    def test_a_label_of_one_text(self, tagged: tuple[list[str], list[list[str]]]) -> None:
        sets = [[*tagged[1][0], "드묾"], *tagged[1][1:]]
        clf = TextClassifier(multilabel=True, speed=1).fit(tagged[0], sets)
        assert "드묾" in clf.classes_.tolist()
        assert clf.validation_.per_class["드묾"].support == 1

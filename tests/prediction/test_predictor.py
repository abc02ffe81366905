"""What a classifier and an ensemble have in common, on a predictor that only counts letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
import pytest

from kosent.errors import DataError, UsageError
from kosent.prediction.estimator import Estimator
from kosent.prediction.predictor import LONGEST_TRACE, Predicted


class Lengths(Estimator):
    """Takes a text for ``long`` the surer, the longer it is."""

    def __init__(self) -> None:
        self.classes_ = np.array(["long", "short"])
        self.info_ = {}

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        for part in parts:
            long = np.array([len(text) / (len(text) + 4) for text in part], np.float32)
            blank = [row for row, text in enumerate(part) if not text.strip()]
            cut = [row for row, text in enumerate(part) if len(text) > 100]
            yield Predicted(np.stack([long, 1 - long], axis=1), blank, cut)


@pytest.fixture
def lengths() -> Lengths:
    return Lengths()


def test_labels(lengths: Lengths) -> None:
    texts = ["", "짧다", "이것은 아주 긴 글입니다"]
    assert lengths.predict(texts).tolist() == ["short", "short", "long"]
    unsure = lengths.predict(texts, min_confidence=0.7)
    assert unsure.tolist() == [None, None, "long"]  # of a blank text nothing is known
    with pytest.raises(UsageError, match="min_confidence"):
        lengths.predict(texts, min_confidence=2)


def test_a_stream_comes_in_parts(lengths: Lengths) -> None:
    parts = list(lengths.predict_stream("글" * (number % 9) for number in range(9000)))
    assert [len(part) for part in parts] == [4096, 4096, 808]
    assert lengths.predict_proba([]).shape == (0, 2)


def test_labels_are_known_in_any_spelling(lengths: Lengths) -> None:
    texts = ["이것은 아주 긴 글입니다", "짧다"]
    assert lengths.score(texts, ["long\u200b ", "'short"]) == 1
    lengths.classes_ = np.array(["1.0", "다른  것"])  # of a model of before
    assert lengths.score(texts, ["1", "다른 것"]) == lengths.score(texts, ["1.0", "다른  것"]) == 1
    with pytest.raises(DataError, match="text number 2 has no label"):
        lengths.score(texts, ["1", "NaN"])


def test_scores(lengths: Lengths) -> None:
    texts, labels = ["짧다", "이것은 아주 긴 글입니다"], ["short", "short"]
    report = lengths.evaluate(texts, labels)
    assert report.accuracy == lengths.score(texts, labels) == 0.5
    assert report.confidence is not None
    with pytest.raises(DataError, match="not trained on: 'middle'"):
        lengths.evaluate(texts, ["middle", "middle"])
    assert lengths.evaluate(texts, ["short", "middle"]).unknown_labels == {"middle": 1}


def test_a_growing_sentence(lengths: Lengths) -> None:
    steps = lengths.trace("재미있을 줄  알았는데")
    assert [prefix for prefix, _ in steps] == ["재미있을", "재미있을 줄", "재미있을 줄 알았는데"]
    assert [float(row[0]) for _, row in steps] == pytest.approx([4 / 8, 6 / 10, 11 / 15])
    assert [prefix for prefix, _ in lengths.trace("")] == [""]
    with pytest.raises(UsageError, match="too long to be followed"):
        lengths.trace("가 " * int((LONGEST_TRACE / 2) ** 0.5 + 2))


def test_what_is_not_fitted_says_so(lengths: Lengths) -> None:
    del lengths.info_
    for call in (lengths.predict, lengths.predict_proba, lengths.predict_stream):
        with pytest.raises(UsageError, match="not fitted"):
            call(["글"])


TEXTS = ["짧다", "이것은 아주 긴 글입니다", ""]


def test_probabilities_as_logarithms(lengths: Lengths) -> None:
    found = lengths.predict_log_proba(TEXTS)
    np.testing.assert_allclose(np.exp(found), lengths.predict_proba(TEXTS), rtol=1e-6)
    assert found[2].tolist() == [-np.inf, 0]


def test_probabilities_as_a_frame(lengths: Lengths) -> None:
    array = lengths.predict_proba(TEXTS)
    assert lengths.set_output(transform="pandas") is lengths
    for given, index in ((TEXTS, [0, 1, 2]), (pd.Series(TEXTS, [5, 5, 1]), [5, 5, 1])):
        for found in (lengths.predict_proba(given), np.exp(lengths.predict_log_proba(given))):
            expected = pd.DataFrame(array, index=index, columns=["long", "short"])
            pd.testing.assert_frame_equal(found, expected)
    assert lengths.set_output().predict_proba([]).shape == (0, 2)
    assert lengths.score(TEXTS, ["short", "long", "short"]) == 1
    assert isinstance(lengths.set_output(transform="default").predict_proba(TEXTS), np.ndarray)
    with pytest.raises(UsageError, match="transform"):
        lengths.set_output(transform="numpy")


def test_weights_of_a_score(lengths: Lengths) -> None:
    labels = ["short", "long", "long"]
    assert lengths.score(TEXTS, labels, sample_weight=[1, 2, 5]) == 3 / 8
    assert lengths.score(TEXTS, labels, sample_weight=np.ones(3)) == lengths.score(TEXTS, labels)
    for wrong in ([1, 2], [0, 0, 0], [-1, 1, 1]):
        with pytest.raises(DataError):
            lengths.score(TEXTS, labels, sample_weight=wrong)


def test_all_that_a_list_gets(lengths: Lengths) -> None:
    texts = ["짧다", " "] * 3000 + ["글" * 101]
    found = lengths.predict_all(texts)
    assert np.array_equal(found.probabilities, lengths.predict_proba(texts))
    assert found.blank == list(range(1, 6000, 2))
    assert found.cut == [6000]


def test_mistakes(lengths: Lengths) -> None:
    texts = ["짧다", "이것은 아주 긴 글입니다", "다섯글자임", "짧다"]
    labels = ["long", "short", "short", "short"]
    found = lengths.errors(pd.Series(texts, index=["a", "b", "c", "d"]), labels)
    assert found.columns.tolist() == ["text", "label", "predicted", "confidence"]
    assert found.index.tolist() == ["b", "a", "c"]
    assert found.loc["b"].tolist()[:3] == [texts[1], "short", "long"]
    assert found["confidence"].is_monotonic_decreasing
    assert lengths.errors(texts, labels).index.tolist() == [1, 0, 2]
    assert len(lengths.errors([], [])) == 0
    assert lengths.errors(["짧다"], ["middle"])["predicted"].tolist() == ["short"]

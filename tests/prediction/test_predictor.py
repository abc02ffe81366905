"""What a classifier and an ensemble have in common, on a predictor that only counts letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from kosent.errors import DataError, UsageError
from kosent.prediction.predictor import LONGEST_TRACE, Predicted, Predictor


class Lengths(Predictor):
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


def test_scores(lengths: Lengths) -> None:
    texts, labels = ["짧다", "이것은 아주 긴 글입니다"], ["short", "short"]
    report = lengths.evaluate(texts, labels)
    assert report.accuracy == lengths.score(texts, labels) == 0.5
    assert report.confidence is not None
    with pytest.raises(DataError, match="not trained on: 'middle'"):
        lengths.evaluate(texts, ["short", "middle"])


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

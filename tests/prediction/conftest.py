"""What tests of answers share: a model of three classes that costs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from kosent.prediction.predictor import Predicted, Predictor


class Three(Predictor):
    """Gives probabilities that depend on the text alone; blanks are blank."""

    def __init__(self) -> None:
        self.classes_ = np.array(["긍정", "부정", "중립"])
        self.info_: dict[str, Any] = {}

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        for texts in parts:
            weights = [[1.0, len(text) % 5, sum(map(ord, text)) % 7] for text in texts]
            rows = np.array(weights, np.float32).reshape(-1, 3)
            blank = [number for number, text in enumerate(texts) if not text.strip()]
            yield Predicted(rows / rows.sum(axis=1, keepdims=True), blank, [])


@pytest.fixture(scope="session")
def three() -> Three:
    """Return the model."""
    return Three()

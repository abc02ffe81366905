"""The validation split of a training that is over is the one that it had."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kosent import load_corpus
from kosent.models.classifier import TextClassifier
from kosent.models.settings import ClassifierSettings
from kosent.support.inputs import class_numbers
from kosent.training.splits import Part, held_out, split


@pytest.mark.parametrize(
    "given", [{}, {"seed": 5, "validation_fraction": 0.3}, {"validation": "last"}], ids=str
)
def test_it_is_that_of_training(given: dict[str, Any]) -> None:
    rows = load_corpus("sample").train.limited(200, seed=1)
    classes = np.unique(rows.labels)
    arguments = TextClassifier(**given).get_params()
    labelled = Part(rows.texts, class_numbers(rows.labels, classes))
    _, there = split(arguments, labelled)
    texts, labels = held_out(rows, classes, ClassifierSettings.of(given).of_split())
    assert texts == there.texts
    assert class_numbers(labels, classes).tolist() == there.numbers.tolist()


def test_defaults_are_filled_in_as_plain_values() -> None:
    assert ClassifierSettings.of({"seed": np.int64(3), "epochs": 2}).of_split() == {
        "seed": 3,
        "validation_fraction": 0.1,
        "validation": "random",
    }

"""The validation split of a training that is over is the one that it had."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kosent import load_corpus
from kosent.corpora.base import Audit, Split
from kosent.models.classifier import TextClassifier
from kosent.models.settings import ClassifierSettings, split_of
from kosent.support.classes import class_numbers
from kosent.training.splits import RULE, Part, held_out, hold_out, split


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


def test_each_model_has_the_split_of_its_own_time() -> None:
    """Models from before there was a rule for copies do not name one."""
    once = load_corpus("sample").train.limited(40, seed=1)
    texts = once.texts * 3
    rows = Split(texts, once.labels * 3, Audit(len(texts), len(texts)))
    classes = np.unique(rows.labels)
    arguments = ClassifierSettings.of({"seed": 2}).of_split()
    numbers = class_numbers(rows.labels, classes)
    _, as_before = hold_out(numbers, 0.1, 2)
    old, _ = held_out(rows, classes, arguments)
    assert old == [texts[row] for row in as_before]
    new, _ = held_out(rows, classes, arguments | {"rule": RULE})
    assert new == split(arguments, Part(texts, numbers))[1].texts
    assert all(new.count(text) == 3 for text in new)
    assert any(old.count(text) < 3 for text in old)


def test_what_a_model_says_of_its_split() -> None:
    info = {"parameters": {"seed": 4, "epochs": 9}}
    before = {"seed": 4, "validation_fraction": 0.1, "validation": "random", "rule": 1}
    assert split_of(info) == before
    assert split_of(info | {"split_rule": 2}) == before | {"rule": 2}


def test_defaults_are_filled_in_as_plain_values() -> None:
    assert ClassifierSettings.of({"seed": np.int64(3), "epochs": 2}).of_split() == {
        "seed": 3,
        "validation_fraction": 0.1,
        "validation": "random",
    }

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from kosent.errors import UsageError
from kosent.training.settings import OPTIMIZERS, TrainingSettings

REFUSED: list[dict[str, Any]] = [
    {"epochs": 0},
    {"epochs": 2.5},
    {"epochs": "3"},
    {"epochs": True},
    {"batch_size": 0},
    {"batch_size": None},
    {"patience": 0},
    {"monitor": "f1"},
    {"reduce_patience": 0},
    {"learning_rate": 0},
    {"learning_rate": -0.1},
    {"learning_rate": float("nan")},
    {"learning_rate": float("inf")},
    {"learning_rate": "0.1"},
    {"reduce_factor": 0},
    {"reduce_factor": 1},
    {"reduce_factor": 1.5},
    {"label_smoothing": -0.1},
    {"label_smoothing": 1},
    {"label_smoothing": "0.1"},
    {"label_smoothing": float("nan")},
    {"seed": -1},
    {"seed": 2**32},
    {"seed": 1.0},
    {"seed": None},
    {"class_weight": "equal"},
    {"class_weight": 3},
    {"class_weight": {0: -1.0}},
    {"class_weight": {0: "1"}},
    {"class_weight": {0: float("nan")}},
]


@pytest.mark.parametrize("wrong", REFUSED, ids=str)
def test_a_wrong_value_is_refused_by_name(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(UsageError, match=f"{name} must be"):
        TrainingSettings(**wrong)


def test_limits_are_accepted() -> None:
    TrainingSettings(epochs=1, batch_size=1, patience=1, reduce_factor=0.99, seed=2**32 - 1)
    TrainingSettings(class_weight="balanced", learning_rate=1, label_smoothing=0.99)
    TrainingSettings(label_smoothing=0, schedule="linear")
    TrainingSettings(class_weight={0: 0.5, 1: 2})


def test_an_unknown_optimizer_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'adam'"):
        TrainingSettings(optimizer="adaam")


def test_an_unknown_schedule_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown schedule 'liner'\. Did you mean 'linear'"):
        TrainingSettings(schedule="liner")


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        TrainingSettings().epochs = 3  # type: ignore[misc]


@pytest.mark.slow
def test_names_are_those_of_the_optimizers() -> None:
    from kosent.training import optimizers

    assert set(optimizers._CLASSES) == set(OPTIMIZERS)

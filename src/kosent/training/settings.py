"""How a network is trained, as data. Reading and checking it loads no Keras."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kosent.errors import unknown_name
from kosent.support.checks import check_count, check_setting, is_count

OPTIMIZERS = ("adam", "sparse_adam", "adamw", "rmsprop", "sgd")
MONITORED = ("accuracy", "loss")
SCHEDULES = ("plateau", "linear")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Settings of one training run.

    Attributes:
        epochs: Epochs at most.
        batch_size: Texts a batch.
        learning_rate: Step size at the start; with ``"linear"`` the one that it rises to.
        optimizer: A name in ``OPTIMIZERS``.
        patience: Epochs without a better validation accuracy before training stops.
        monitor: ``"accuracy"`` or ``"loss"`` of the validation split: what decides on stopping
            and the best weights.
        schedule: ``"plateau"`` reduces the learning rate at a plateau of the validation loss.
            ``"linear"`` changes it at every step: ``kosent.training.rates``.
        reduce_factor: What the learning rate is multiplied by at a plateau of the validation loss;
            without effect with ``"linear"``.
        reduce_patience: Epochs without a better validation loss that are such a plateau; without
            effect with ``"linear"``.
        label_smoothing: Share of each training label that is dealt to all classes alike (Szegedy
            et al. 2016). The validation loss is of the labels as they are.
        class_weight: ``"balanced"``, weights by class number, or ``None``.
        seed: Seed of weights, order and dropout.
    """

    epochs: int = 8
    batch_size: int = 128
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    patience: int = 2
    monitor: str = "accuracy"
    schedule: str = "plateau"
    reduce_factor: float = 0.2
    reduce_patience: int = 1
    label_smoothing: float = 0.0
    class_weight: Literal["balanced"] | Mapping[int, float] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise unknown_name("옵티마이저", "optimizer", self.optimizer, OPTIMIZERS)
        if self.schedule not in SCHEDULES:
            raise unknown_name("학습률 일정", "schedule", self.schedule, SCHEDULES)
        for name in ("epochs", "batch_size", "patience", "reduce_patience"):
            check_count(name, getattr(self, name))
        rate, factor, smoothing, seed, weight = (
            self.learning_rate,
            self.reduce_factor,
            self.label_smoothing,
            self.seed,
            self.class_weight,
        )
        rules = {
            "monitor": (
                self.monitor in MONITORED,
                " 또는 ".join(MONITORED) + "여야",
                " or ".join(map(repr, MONITORED)),
            ),
            "learning_rate": (_number(rate) and rate > 0, "양수여야", "a positive number"),
            "reduce_factor": (
                _number(factor) and 0 < factor < 1,
                "0 초과 1 미만의 수여야",
                "a number over 0 and under 1",
            ),
            "label_smoothing": (
                _number(smoothing) and 0 <= smoothing < 1,
                "0 이상 1 미만의 수여야",
                "a number of at least 0 and under 1",
            ),
            "seed": (
                is_count(seed, 0) and seed < 2**32,
                "0 이상 2^32 미만의 정수여야",
                "a whole number from 0 to 2^32-1",
            ),
            "class_weight": (
                weight in (None, "balanced") or _weights(weight),
                "balanced이거나 라벨마다 0 이상의 수여야",
                "'balanced', or a number of at least 0 for each label",
            ),
        }
        for name, (valid, korean, english) in rules.items():
            check_setting(name, getattr(self, name), valid, korean, english)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _weights(value: object) -> bool:
    return isinstance(value, Mapping) and all(_number(w) and w >= 0 for w in value.values())


def default_batch_size(rows: int) -> int:
    """Return 128 texts a batch for large corpora, fewer for small ones, at least 16.

    With 128 the 900 training texts of the sample corpus would be 7 steps an epoch.
    """
    return max(16, min(128, rows // 64))

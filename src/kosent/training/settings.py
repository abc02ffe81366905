"""How a network is trained, as data. Reading and checking it loads no Keras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kosent.errors import UsageError, unknown_name

OPTIMIZERS = ("adam", "sparse_adam", "adamw", "rmsprop", "sgd")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Settings of one training run.

    Attributes:
        epochs: Epochs at most.
        batch_size: Texts a batch.
        learning_rate: Step size at the start.
        optimizer: A name in ``OPTIMIZERS``.
        patience: Epochs without a better validation accuracy before training stops.
        reduce_factor: What the learning rate is multiplied by after an epoch without a
            better validation loss.
        class_weight: ``"balanced"``, weights by class number, or ``None``.
        seed: Seed of weights, order and dropout.
    """

    epochs: int = 8
    batch_size: int = 128
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    patience: int = 2
    reduce_factor: float = 0.2
    class_weight: Literal["balanced"] | Mapping[int, float] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise unknown_name("옵티마이저", "optimizer", self.optimizer, OPTIMIZERS)
        for name in ("epochs", "batch_size", "patience"):
            _require(name, getattr(self, name), getattr(self, name) >= 1, "1 이상", "at least 1")
        _require("learning_rate", self.learning_rate, self.learning_rate > 0, "양수", "positive")
        _require(
            "reduce_factor",
            self.reduce_factor,
            0 < self.reduce_factor <= 1,
            "0 초과 1 이하",
            "over 0 and at most 1",
        )
        _require("seed", self.seed, 0 <= self.seed < 2**32, "0 이상 2^32 미만", "0 to 2^32-1")


def _require(name: str, value: object, holds: bool, korean: str, english: str) -> None:
    if not holds:
        raise UsageError(
            f"{name} 값은 {korean}이어야 합니다: {value!r}", f"{name} must be {english}: {value!r}"
        )

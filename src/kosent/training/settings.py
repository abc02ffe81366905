"""How a network is trained, as data. Reading and checking it loads no Keras."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kosent.support.checks import is_number
from kosent.support.rules import Rule, choice, count, number
from kosent.support.settings import Checked, setting

OPTIMIZERS = ("adam", "sparse_adam", "adamw", "rmsprop", "sgd")
MONITORED = ("accuracy", "loss")
SCHEDULES = ("plateau", "linear")

# Which texts are held out, and how many of them.
VALIDATION = choice("random", "blocks", "last", noun=("검증 자료", "validation"))
FRACTION = number(0, 1, above=True, below=True)
SPLIT_SETTINGS = ("seed", "validation_fraction", "validation")


def _is_weighting(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(is_number(weight) and weight >= 0 for weight in value.values())
    return value in (None, "balanced")


CLASS_WEIGHT = Rule(
    _is_weighting,
    "balanced이거나 라벨마다 0 이상의 수여야",
    "'balanced', or a number of at least 0 for each label",
    names=("none", "balanced"),
    inside=(None, "balanced", {0: 0.5, 1: 2}),
    outside=("equal", 3, {0: -1.0}, {0: "1"}, {0: float("nan")}),
)


@dataclass(kw_only=True)
class TrainingSettings(Checked):
    """Settings of one training run; their sentences say what each is.

    ``schedule="linear"`` raises the learning rate over the first 200 steps (or the first tenth of
    all steps of ``epochs`` epochs, if those are fewer) and lowers it all the while by the share of
    the steps that are done, to a hundredth (``kosent.training.rates``); ``reduce_factor`` and
    ``reduce_patience`` have no effect then. With ``label_smoothing`` of ``x`` the true one of ``C``
    classes has the target ``1 - x + x / C`` (Szegedy et al. 2016); the validation loss is of the
    labels as they are. ``class_weight`` is by class number here, by label in a classifier.
    """

    epochs: int = setting(8, count(), ko="최대 에포크", en="epochs at most")
    batch_size: int = setting(128, count(), ko="배치마다 글 수", en="texts a batch")
    learning_rate: float = setting(
        1e-3,
        number(0, above=True),
        ko="처음의, schedule이 linear이면 가장 높은 학습률",
        en="step size at the start, or the highest where schedule is linear",
    )
    optimizer: str = setting(
        "adam",
        choice(*OPTIMIZERS, noun=("옵티마이저", "optimizer")),
        ko="옵티마이저",
        en="optimizer",
    )
    patience: int = setting(
        2,
        count(),
        ko="검증 값이 나아지지 않아도 기다릴 에포크",
        en="epochs without a better validation figure before training stops",
    )
    monitor: str = setting(
        "accuracy",
        choice(*MONITORED),
        ko="멈출 때와 가장 좋은 가중치를 정할 검증 값",
        en="validation figure that decides on stopping and the best weights",
    )
    schedule: str = setting(
        "plateau",
        choice(*SCHEDULES, noun=("학습률 일정", "schedule")),
        ko="학습률 일정: 검증 손실이 멈추면 줄이거나(plateau) 걸음마다 곧게 내림(linear)",
        en="how the learning rate falls: at a plateau of the validation loss, or linearly",
    )
    reduce_factor: float = setting(
        0.2,
        number(0, 1, above=True, below=True),
        ko="검증 손실이 멈추면 학습률에 곱할 수",
        en="what the learning rate is multiplied by at a plateau",
    )
    reduce_patience: int = setting(
        1,
        count(),
        ko="학습률을 줄이기까지 검증 손실이 나아지지 않은 에포크",
        en="epochs without a better validation loss that are a plateau",
    )
    label_smoothing: float = setting(
        0.0,
        number(0, 1, below=True),
        ko="학습 라벨에서 모든 라벨에 고루 나눌 몫",
        en="share of each training label spread over all classes (Szegedy et al. 2016)",
    )
    class_weight: Any = setting(
        None,
        CLASS_WEIGHT,
        ko="라벨의 가중치: 라벨마다의 수, 또는 드문 라벨을 크게 하는 balanced",
        en="weights of the labels: a number for each, or balanced, which gives rare ones more",
    )
    seed: int = setting(
        0,
        count(0, 2**32 - 1),
        ko="검증 자료, 가중치, 순서, 드롭아웃, 증강의 난수 시드",
        en="seed of validation split, weights, order, dropout and augmentation",
    )


def default_batch_size(rows: int) -> int:
    """Return 128 texts a batch for large corpora, fewer for small ones, at least 16.

    With 128 the 900 training texts of the sample corpus would be 7 steps an epoch.
    """
    return max(16, min(128, rows // 64))


def default_learning_rate(*, continued: bool) -> float:
    """Return the step size of new weights, or of weights that were learned before."""
    return 3e-4 if continued else 1e-3

"""Checks of hyper-parameters by the kind of their default, before anything heavy is loaded.

They come from users and from saved models, so a value must neither fail deep inside Keras nor
ask for a network that no machine can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kosent.errors import UsageError

LARGEST = 10_000  # of a size; the largest recurrent networks in use have states of 2,000 or so
DEEPEST = 32  # layers, or widths of a convolution
CHOICES = {"pooling": ("last", "max"), "weighting": ("nb", "idf")}
MOST_BUCKETS = 2**26  # rows of a table of hashed n-grams
OPTIONAL = ("dense_units", "embedding_size")  # sizes of layers that 0 leaves out


LIMITS = {
    "depth": DEEPEST,
    "shortest": DEEPEST,
    "longest": DEEPEST,
    "buckets": MOST_BUCKETS,
    "folds": DEEPEST,
}
LEAST = {"folds": 2}


def check_value(option: str, received: Any, default: Any) -> None:
    """Refuse a value that is not of its default's kind or out of range.

    Args:
        option: Name of the hyper-parameter.
        received: Its value.
        default: The default of the network's function.

    Raises:
        UsageError: If the value cannot be used.
    """
    valid, korean, english = _rule(option, received, default)
    if not valid:
        raise UsageError(
            f"{option} 값은 {korean} 합니다. 받은 값: {received!r}",
            f"{option} must be {english}. Received: {received!r}",
        )


def _rule(option: str, received: Any, default: Any) -> tuple[bool, str, str]:
    if isinstance(default, bool):
        return isinstance(received, bool), "True 또는 False여야", "True or False"
    if isinstance(default, str):
        known = CHOICES[option]
        return received in known, " 또는 ".join(known) + "여야", " or ".join(known)
    if isinstance(default, float):
        return _is_share(received), "0 이상 1 미만의 수여야", "a number from 0 to below 1"
    if isinstance(default, tuple):
        return _is_widths(received), "서로 다른 자연수의 목록이어야", "a list of different sizes"
    limit = LIMITS.get(option, LARGEST)
    least = 0 if option in OPTIONAL and default == 0 else LEAST.get(option, 1)
    valid = _is_size(received, limit, least)
    return valid, f"{least} 이상 {limit} 이하의 정수여야", f"a whole number from {least} to {limit}"


def refuse_relu(option: str, received: Any) -> None:
    """Say why the recurrent layers have no ``relu``, where it is asked for.

    Raises:
        UsageError: If it is.
    """
    if option == "activation" and received == "relu":
        raise UsageError(
            "순환 층에는 relu를 쓸 수 없습니다: 값을 묶어 두지 않아 상태가 걸음마다 커지고, "
            "긴 글에서는 손실이 NaN이 됩니다. 빼면 tanh입니다",
            "a recurrent layer cannot have activation 'relu': it does not bound the state, which "
            "grows from step to step until the loss of long texts is NaN; leave it out for tanh",
        )


def _is_size(value: Any, limit: int = LARGEST, least: int = 1) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and least <= value <= limit


def _is_share(value: Any) -> bool:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return number and bool(0 <= value < 1)


def _is_widths(value: Any) -> bool:
    if not isinstance(value, Sequence) or not 1 <= len(value) <= DEEPEST:
        return False
    return all(map(_is_size, value)) and len(set(value)) == len(value)

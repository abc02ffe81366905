"""Numbers that stand in a manifest: weights and biases of an ensemble, thresholds of labels."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

_LARGEST = sys.float_info.max


def thresholds_of(manifest: Mapping[str, Any]) -> list[float] | None:
    """Return the thresholds of a model of several labels a text; ``None`` of one label.

    Raises:
        ValueError: If they are not a probability for each label.
    """
    if "thresholds" not in manifest:
        return None
    found = numbers(manifest["thresholds"], "thresholds")
    if len(found) != len(manifest["labels"]) or not all(0 <= each <= 1 for each in found):
        raise ValueError("thresholds: not a probability for each label")
    return found


def numbers(listed: Any, name: str) -> list[float]:
    """Return a list of numbers out of a manifest.

    Raises:
        ValueError: If it is something else.
    """
    if not isinstance(listed, list) or not all(map(_is_number, listed)):
        raise ValueError(f"{name}: not a list of numbers")
    return [float(each) for each in listed]


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST  # an integer may be more than a float can hold; NaN is not

"""The validation split of a training that is over: cut off again, as it was cut off then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from kosent.corpora.base import Split
from kosent.metrics.report import Label
from kosent.models.classifier import TextClassifier
from kosent.support.inputs import check_labels, class_numbers, hold_out
from kosent.support.plain import plain

SPLIT_SETTINGS = ("seed", "validation_fraction", "validation")


def split_settings(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of ``TextClassifier`` that decide the split, defaults filled in."""
    parameters = TextClassifier(**arguments).get_params()
    found: dict[str, Any] = plain({name: parameters[name] for name in SPLIT_SETTINGS})
    return found


def held_out(
    rows: Split, classes: npt.NDArray[Any], arguments: Mapping[str, Any]
) -> tuple[list[str], list[Label]]:
    """Return the texts and labels that no weight was learned from.

    Args:
        rows: The training split, cut to the run's limit.
        classes: The labels that the model learned.
        arguments: The arguments of ``TextClassifier`` that decide the split: ``SPLIT_SETTINGS``.
    """
    labels = check_labels(rows.labels, len(rows.texts))
    numbers = class_numbers(labels, classes)
    seed, fraction, which = (arguments[name] for name in SPLIT_SETTINGS)
    _, held = hold_out(numbers, fraction, seed, which)
    return [rows.texts[row] for row in held], [labels[row] for row in held]

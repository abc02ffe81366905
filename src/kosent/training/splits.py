"""What a classifier learns from, and the split of it that only decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.support.inputs import check_targets, check_texts, hold_out
from kosent.support.plain import plain
from kosent.training.examples import one_hot


class Part(NamedTuple):
    """Texts and what is known of them.

    Attributes:
        texts: ``n`` texts.
        numbers: Their class numbers, int32 ``(n,)``.
        targets: Probabilities to learn in the place of the numbers, float32 ``(n, classes)``.
    """

    texts: list[str]
    numbers: npt.NDArray[np.int32]
    targets: npt.NDArray[np.float32] | None = None

    def take(self, rows: npt.NDArray[np.int64]) -> Part:
        """Select rows by their numbers."""
        targets = None if self.targets is None else self.targets[rows]
        return Part([self.texts[row] for row in rows], self.numbers[rows], targets)

    def followed_by(self, other: Part, classes: int) -> Part:
        """Put other texts after these; all have targets then, made of labels where need be."""
        return Part(
            self.texts + other.texts,
            np.concatenate([self.numbers, other.numbers]),
            np.concatenate([self._targets(classes), other._targets(classes)]),
        )

    def _targets(self, classes: int) -> npt.NDArray[np.float32]:
        return one_hot(self.numbers, classes) if self.targets is None else self.targets


def unlabelled(extra: tuple[Sequence[str], npt.ArrayLike], classes: int) -> Part:
    """Check texts that have targets and no label, which is then taken to be the most probable.

    Raises:
        DataError: If a text is no string, or a target no probability.
    """
    texts = check_texts(extra[0])
    targets = check_targets(extra[1], len(texts), classes)
    return Part(texts, targets.argmax(axis=1).astype(np.int32), targets)


def split(arguments: Mapping[str, Any], labelled: Part) -> tuple[Part, Part]:
    """Cut the validation split off; it keeps no targets.

    Args:
        arguments: Those of the classifier.
        labelled: All texts that have a label.

    Raises:
        DataError: If there are too few rows to have every class on both sides, or the last rows
            are held out and classes are on one side only.
    """
    fraction, seed = plain(arguments["validation_fraction"]), plain(arguments["seed"])
    train, held = hold_out(labelled.numbers, fraction, seed, arguments["validation"])
    return labelled.take(train), labelled._replace(targets=None).take(held)

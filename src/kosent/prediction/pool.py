"""Several networks that answer together: their scores are added, each times its weight.

A logarithmic opinion pool (Heskes 1998, "Selecting weighting factors in logarithmic opinion
pools"); where a text may have several labels, of each label by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import tee
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.metrics.scores import logits, scores_of, sigmoid, softmax
from kosent.prediction.network import Network
from kosent.prediction.predictor import Predicted, Probabilities, predicted
from kosent.text.encoding.base import Encoder


class Member(NamedTuple):
    """One of the networks.

    Attributes:
        key: What its encoder is made of; those of one key share the ids.
        encoder: Its encoder.
        network: The network.
    """

    key: str
    encoder: Encoder
    network: Network


class Pool(NamedTuple):
    """Networks and what each counts.

    Attributes:
        members: The networks.
        weights: One a member, 0 or more; a member of weight 0 is not asked.
        bias: One a class, added to its score.
        several: Whether a text may have several labels.
    """

    members: Sequence[Member]
    weights: Sequence[float]
    bias: Sequence[float]
    several: bool

    def asked(self) -> list[int]:
        """Return the numbers of the members that count."""
        return [number for number, weight in enumerate(self.weights) if weight > 0] or [0]

    def predict(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        """Return what list after list of texts gets.

        Args:
            parts: Lists of texts.

        Yields:
            Probabilities and remarks for each list, in order: a text is blank where it is for all
            members that are asked, and cut where it is for one of them.
        """
        asked = self.asked()
        weights = [self.weights[number] for number in asked]
        together = combine_labels if self.several else combine
        for found in side_by_side([self.members[number] for number in asked], parts):
            probabilities = together([each.probabilities for each in found], weights, self.bias)
            blank = set.intersection(*(set(each.blank) for each in found))
            cut = {row for each in found for row in each.cut}
            yield Predicted(probabilities, sorted(blank), sorted(cut))


def side_by_side(
    members: Sequence[Member], parts: Iterable[list[str]]
) -> Iterator[tuple[Predicted, ...]]:
    """Predict part after part with each member, so that no more than some parts are in memory.

    Args:
        members: The networks.
        parts: Lists of texts.

    Yields:
        What each of them gives, part by part.
    """
    keys = sorted({member.key for member in members})
    streams: dict[int, Iterator[Predicted]] = {}
    for key, texts in zip(keys, tee(parts, len(keys)), strict=True):
        sharing = [number for number, member in enumerate(members) if member.key == key]
        encoder = members[sharing[0]].encoder
        encoded = tee(map(encoder.encode_noted, texts), len(sharing))
        for number, noted in zip(sharing, encoded, strict=True):
            streams[number] = predicted(members[number].network, noted)
    return zip(*(streams[number] for number in range(len(members))), strict=True)


def combine(
    members: Sequence[Probabilities], weights: Sequence[float], bias: Sequence[float]
) -> Probabilities:
    """Return the probabilities of an ensemble of one label a text.

    Args:
        members: float32 ``(n, classes)``, one a member.
        weights: One a member.
        bias: One a class.

    Returns:
        float32 ``(n, classes)``.
    """
    return softmax(_added(map(scores_of, members), weights, bias)).astype(np.float32)


def combine_labels(
    members: Sequence[Probabilities], weights: Sequence[float], bias: Sequence[float]
) -> Probabilities:
    """Return the probabilities of an ensemble where a text may have several labels.

    Args:
        members: float32 ``(n, labels)``, one a member.
        weights: One a member.
        bias: One a label.

    Returns:
        float32 ``(n, labels)``.
    """
    return sigmoid(_added(map(logits, members), weights, bias)).astype(np.float32)


def _added(
    scores: Iterable[npt.NDArray[np.float64]], weights: Sequence[float], bias: Sequence[float]
) -> npt.NDArray[np.float64]:
    """Return the sum ``(n, classes)`` of bias and weighted scores."""
    whole = np.asarray(bias, np.float64)
    for each, weight in zip(scores, weights, strict=True):
        whole = whole + weight * each
    return whole

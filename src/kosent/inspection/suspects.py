"""Labels that are likely wrong: what a model that has not seen a text says of it.

The model is the linear network on character n-grams (``kosent.training.linear``), learned once for
each of five parts of the texts from the other four. What its probabilities say of the labels is
judged by confident learning (Northcutt et al. 2021) as cleanlab has it: a class is expected where
its probability is above its own average, so that neither imbalance nor bad calibration decides.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.architectures.networks.ngrams import linear_size
from kosent.errors import RuntimeSetupError
from kosent.metrics.scores import softmax
from kosent.support.progress import Listener
from kosent.text.encoding.encoded import EncodedTexts, offsets_of
from kosent.training.examples import Examples
from kosent.training.linear import count_ngrams, learn_scores, of_classes, one_vs_rest

FOLDS = 5
LEAST_TEXTS = 50  # fewer tell nothing
PACKAGE = "cleanlab"
# Of NSMC's 200,000 reviews the recipe "fast" (n-grams of up to 5 in 2^22 rows) has 0.882 in three
# times the time, these 0.879; 512 characters are enough of a long text.
_NGRAMS = {"shortest": 1, "longest": 4, "buckets": 2**20, "weighting": "nb", "l2": 0.125}
_MOST_CHARACTERS = 10_000_000  # of all texts: four n-grams each, 8 bytes an n-gram
_LENGTHS = (512, 256, 128, 64)


class Suspects(NamedTuple):
    """What a model that has not seen the texts says of them.

    Attributes:
        wrong: Whether the label is likely wrong ``(n,)``.
        suggested: Number of the most probable class ``(n,)``.
        probability: Its probability ``(n,)``.
        accuracy: Share of the texts whose label it gives: a weak model suspects too many.
    """

    wrong: npt.NDArray[np.bool_]
    suggested: npt.NDArray[np.int64]
    probability: npt.NDArray[np.float64]
    accuracy: float


def can_judge() -> bool:
    """Tell whether cleanlab is installed."""
    return find_spec(PACKAGE) is not None


def not_installed() -> RuntimeSetupError:
    """Build the error that says how to get cleanlab."""
    return RuntimeSetupError(
        "틀린 듯한 라벨을 찾으려면 cleanlab이 있어야 합니다: pip install 'kosent[audit]'",
        "finding likely wrong labels takes the package cleanlab: pip install 'kosent[audit]'",
    )


def likely_wrong(
    texts: Sequence[str],
    numbers: npt.NDArray[np.int32],
    classes: int,
    groups: npt.NDArray[np.int64],
    listener: Listener,
) -> Suspects:
    """Find the texts whose label is likely wrong.

    Args:
        texts: ``n`` cleaned texts.
        numbers: Their class numbers ``(n,)``; each class occurs.
        classes: Number of classes, two or more.
        groups: Number of the group of duplicates of each text ``(n,)``: a group is in one part.
        listener: Receives progress events.

    Returns:
        What was found.

    Raises:
        RuntimeSetupError: If cleanlab is not installed.
    """
    if not can_judge():
        raise not_installed()
    probabilities = cross_fitted(texts, numbers, classes, _parts(groups), listener)
    wrong = issues(numbers, probabilities)
    suggested = probabilities.argmax(axis=1)
    right = suggested == numbers
    return Suspects(wrong & ~right, suggested, probabilities.max(axis=1), float(right.mean()))


def issues(
    numbers: npt.NDArray[np.int32], probabilities: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Tell which labels are likely wrong ``(n,)``.

    Args:
        numbers: Class numbers ``(n,)``.
        probabilities: Those of models that have not learned the text ``(n, classes)``.
    """
    from cleanlab.filter import find_label_issues

    with warnings.catch_warnings():
        # Of a class of one or two texts nothing can be said; the audit names such classes itself.
        warnings.filterwarnings("ignore", "May not flag all label issues", UserWarning)
        wrong: npt.NDArray[np.bool_] = find_label_issues(numbers, probabilities, n_jobs=1)
    return wrong


def cross_fitted(
    texts: Sequence[str],
    numbers: npt.NDArray[np.int32],
    classes: int,
    part: npt.NDArray[np.int64],
    listener: Listener,
) -> npt.NDArray[np.float64]:
    """Return the probabilities of each text from a model that learned from the other parts.

    Args:
        texts: ``n`` cleaned texts.
        numbers: Their class numbers ``(n,)``.
        classes: Number of classes.
        part: The part of each text ``(n,)``, below ``FOLDS``.
        listener: Receives progress events.

    Returns:
        Float64 ``(n, classes)``.
    """
    size = linear_size(classes)
    listener.stage("suspects", 1 + FOLDS * size)
    encoded = _in_characters(texts)
    counts = count_ngrams(encoded, _NGRAMS)
    listener.advance(1)
    positive = one_vs_rest(Examples(encoded, numbers), size)
    scores = np.zeros((len(texts), size), np.float32)
    for fold in range(FOLDS):
        held = part == fold
        table, bias = learn_scores(counts[~held], positive[~held], _NGRAMS, None, listener)
        scores[held] = counts[held] @ table + bias
    return softmax(of_classes(scores))


def _parts(groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Deal the groups out at random: a corpus may have its labels in turn."""
    shuffled = np.random.default_rng(0).permutation(int(groups.max()) + 1)
    return shuffled[groups] % FOLDS


def _in_characters(texts: Sequence[str]) -> EncodedTexts:
    """Give each character its code as its id; the ends of a text are marked."""
    lengths = np.array([len(text) for text in texts], np.int64)
    fitting = (most for most in _LENGTHS if np.minimum(lengths, most).sum() <= _MOST_CHARACTERS)
    most = next(fitting, _LENGTHS[-1])
    edged = [f"\x02{text[:most]}\x03" for text in texts]
    ids = np.frombuffer("".join(edged).encode("utf-32-le"), np.int32)
    return EncodedTexts(ids, offsets_of(np.array([len(text) for text in edged], np.int64)))

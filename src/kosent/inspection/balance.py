"""How even a corpus is: rows of each label, and how long their texts are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from kosent.inspection.label_names import told_as_one

RARE = 10  # rows; of a class with fewer little can be learned, and nothing measured


def label_counts(labels: Iterable[str]) -> dict[str, int]:
    """Return the rows of each label, the most frequent first."""
    return dict(Counter(labels).most_common())


def imbalance(labels: Sequence[str]) -> dict[str, Any]:
    """Return how uneven the classes are, labels told as one counted as one.

    Args:
        labels: The label of each row, at least one.

    Returns:
        The ``most`` and ``least`` frequent class, the ``ratio`` of their rows, and the classes that
        are ``rare``, with fewer than 10 rows.
    """
    usual = told_as_one(labels)
    ranked = Counter(usual[label] for label in labels).most_common()
    (most, highest), (least, lowest) = ranked[0], ranked[-1]
    rare = [name for name, count in ranked if count < RARE]
    return {"most": most, "least": least, "ratio": round(highest / lowest, 2), "rare": rare}


def characters(
    texts: Sequence[str], labels: Sequence[str] | Sequence[Sequence[str]]
) -> dict[str, Any]:
    """Return how many characters the texts have, and their mean by label.

    Args:
        texts: The texts of a split.
        labels: The label of each, or a tuple of them where a text may have several.
    """
    if not texts:
        return {}
    lengths = np.array([len(text) for text in texts])
    by_label: dict[str, list[int]] = {}
    for label, length in zip(labels, lengths.tolist(), strict=True):
        for each in (label,) if isinstance(label, str) else label:
            by_label.setdefault(each, []).append(length)
    return {
        "shortest": int(lengths.min()),
        "mean": round(float(lengths.mean()), 2),
        "median": float(np.median(lengths)),
        "up_to_99": int(np.quantile(lengths, 0.99, method="inverted_cdf")),
        "longest": int(lengths.max()),
        "mean_by_label": {
            label: round(sum(each) / len(each), 2) for label, each in sorted(by_label.items())
        },
    }

"""Names of labels that a person reads as one: they differ by a blank, by case or by width."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from kosent.text.unicode import replace_invisible


def told_as_one(labels: Iterable[str]) -> dict[str, str]:
    """Give each label the most frequent of the names that are read as it.

    Args:
        labels: The label of each row.

    Returns:
        The name by label; of names that are equally frequent the first in the order of the
        alphabet.
    """
    best: dict[str, str] = {}
    counts = Counter(labels)
    for label in sorted(counts, key=lambda label: (-counts[label], label)):
        best.setdefault(folded(label), label)
    return {label: best[folded(label)] for label in counts}


def folded(label: str) -> str:
    """Return a label without blanks and what is not seen, in small letters of one width."""
    return "".join(unicodedata.normalize("NFKC", replace_invisible(label)).split()).casefold()


def twins(labels: Iterable[str]) -> list[list[str]]:
    """Return the names that are read as one, the usual one first.

    Args:
        labels: The label of each row.
    """
    names: dict[str, list[str]] = {}
    for label, name in told_as_one(labels).items():
        others = names.setdefault(name, [name])
        if label != name:
            others.append(label)
    return [each for each in names.values() if len(each) > 1]

"""The result of an audit: rows with what was found in them, and the figures of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kosent.corpora.base import SPLITS
from kosent.inspection.balance import characters, imbalance, label_counts
from kosent.inspection.findings import FINDINGS
from kosent.inspection.label_names import twins
from kosent.text.unicode import replace_surrogates

if TYPE_CHECKING:
    import pandas as pd


class Row(NamedTuple):
    """One row of the corpus and what was found in it.

    Attributes:
        split: ``"train"`` or ``"test"``.
        line: Where it begins in its file; ``None`` where that is not known.
        text: As it was read.
        label: As it was read; of several labels a text the name of all of them
            (``kosent.corpora.base.set_name``).
        findings: Keys of ``FINDINGS``.
        suggested_label: The usual spelling of a label, or what the model takes for right where the
            label is likely wrong; ``None`` where nothing is suggested.
        probability: The model's, of the suggested label.
        group: Number that it shares with its exact and near duplicates; ``None`` where it has none.
        keep: Whether to learn from it.
    """

    split: str
    line: int | None
    text: str
    label: str
    findings: tuple[str, ...]
    suggested_label: str | None
    probability: float | None
    group: int | None
    keep: bool


COLUMNS = Row._fields


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """What was found in a corpus.

    Attributes:
        corpus: Its name.
        cleaning: Preset that the texts were cleaned with, to see what is left.
        accounts: Rows read, kept and dropped by the reader, by split.
        rows: All rows that the reader kept, train before test. ``keep`` is false of training rows
            that repeat an earlier one, stand in test, clean to nothing, or whose text has another
            label more often, or as often, in train.
        judged_by: What judged the labels, such as ``"cleanlab 2.9.0"``; ``None`` where nothing did.
        accuracy: Share of the texts whose label the model gives by which they were judged.
        sets: The labels of each row, where a text may have several or none.
    """

    corpus: str
    cleaning: str
    accounts: dict[str, dict[str, Any]]
    rows: list[Row]
    judged_by: str | None = None
    accuracy: float | None = None
    sets: list[tuple[str, ...]] | None = None

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many rows of each split have each finding, all ``FINDINGS`` in order."""
        counts = Counter((row.split, finding) for row in self.rows for finding in row.findings)
        return {
            finding: {split: counts[split, finding] for split in self.accounts}
            for finding in FINDINGS
        }

    def to_dict(self) -> dict[str, Any]:
        """Return counts and figures as plain values, ready for JSON; no texts."""
        return {
            "corpus": self.corpus,
            "cleaning": self.cleaning,
            "rows": self.accounts,
            "findings": self.counts(),
            "keep": self._by_split(lambda rows: sum(row.keep for row, _ in rows)),
            "labels": self._by_split(lambda rows: label_counts(_labels(rows))),
            "label_names": twins(_labels(self._labelled())),
            "imbalance": imbalance(_labels(self._labelled(SPLITS[0]))),
            "characters": self._by_split(
                lambda rows: characters([row.text for row, _ in rows], [each for _, each in rows])
            ),
            "judged_by": self.judged_by,
            "accuracy": self.accuracy,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return all rows as a frame of pandas, in ``COLUMNS``; findings joined by ``"; "``.

        Half a character, which Arrow cannot hold, is U+FFFD there.
        """
        import pandas as pd

        whole = (row._replace(text=replace_surrogates(row.text)) for row in self.rows)
        frame = pd.DataFrame(whole, columns=list(COLUMNS))
        frame["findings"] = frame["findings"].map("; ".join)
        return frame.astype({"line": "Int64", "group": "Int64", "probability": "Float64"})

    def _by_split(self, measure: Callable[[Labelled], Any]) -> dict[str, Any]:
        return {split: measure(self._labelled(split)) for split in self.accounts}

    def _labelled(self, split: str | None = None) -> Labelled:
        """Return the rows of a split, or all, each with its labels."""
        sets = [(row.label,) for row in self.rows] if self.sets is None else self.sets
        both = zip(self.rows, sets, strict=True)
        return [(row, each) for row, each in both if split in (None, row.split)]


Labelled = list[tuple[Row, tuple[str, ...]]]


def _labels(rows: Labelled) -> list[str]:
    """Return the label of each row, all of them where it has several."""
    return [label for _, each in rows for label in each]

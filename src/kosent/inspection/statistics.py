"""How long the texts of a corpus are, in tokens, and how its labels are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.corpora import Audit, Corpus
from kosent.errors import DataError
from kosent.text.cleaning import Cleaner, preset_for
from kosent.text.tokenizers import make

Progress = Callable[[int, int | None], None]

_CHUNK = 4096  # texts tokenized at once
_POINTS = 10  # lengths shown where none are asked for


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Figures of one split of a corpus.

    Attributes:
        corpus: Name of the corpus.
        split: ``"train"`` or ``"test"``.
        cleaning: Preset the texts were cleaned with.
        tokenizer: Name of the tokenizer.
        audit: Rows read, kept and dropped.
        labels: Rows by label, the most frequent first.
        lengths: Tokens of each text, int64 ``(n,)``; nothing is truncated.
        distinct: Number of different tokens.
    """

    corpus: str
    split: str
    cleaning: str
    tokenizer: str
    audit: Audit
    labels: dict[str, int]
    lengths: npt.NDArray[np.int64]
    distinct: int

    def up_to(self, length: int) -> int:
        """Return the number of texts of at most ``length`` tokens."""
        return int((self.lengths <= length).sum())

    def usual_lengths(self) -> range:
        """Return about ten round lengths that reach 99 % of the texts."""
        reach = int(np.quantile(self.lengths, 0.99, method="inverted_cdf"))
        step = _round_step(max(1, reach) / _POINTS)
        return range(step, reach + step, step) if reach else range(1)

    def to_dict(self, lengths: Iterable[int]) -> dict[str, Any]:
        """Return plain values, ready for JSON, with the share of texts up to each length."""
        rows = len(self.lengths)
        points = [(length, self.up_to(length)) for length in lengths]
        return {
            "corpus": self.corpus,
            "split": self.split,
            "cleaning": self.cleaning,
            "tokenizer": self.tokenizer,
            "rows": {
                "read": self.audit.read,
                "kept": self.audit.kept,
                "dropped": self.audit.by_reason(),
            },
            "labels": self.labels,
            "tokens": {
                "total": int(self.lengths.sum()),
                "distinct": self.distinct,
                "mean": float(self.lengths.mean()),
                "median": float(np.median(self.lengths)),
                "longest": int(self.lengths.max()),
                "texts_without": self.up_to(0),
            },
            "lengths": [
                {"up_to": length, "texts": texts, "share": texts / rows} for length, texts in points
            ],
        }


def corpus_statistics(
    corpus: Corpus,
    split: str = "train",
    *,
    tokenizer: str = "whitespace",
    cleaning: str | None = None,
    cleaning_options: Mapping[str, Any] | None = None,
    tokenizer_options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Statistics:
    """Clean and tokenize one split, and count.

    Args:
        corpus: The corpus.
        split: ``"train"`` or ``"test"``.
        tokenizer: A name in ``TOKENIZERS``; one that learns does so from the training split.
        cleaning: A name in ``PRESETS``; by default that of the corpus' language.
        cleaning_options: Values for single rules, instead of the preset's.
        tokenizer_options: Settings of the tokenizer.
        progress: Called with the number of texts done and their total.

    Returns:
        The figures.

    Raises:
        UsageError: If a name is not known.
        DataError: If the split does not exist or is empty.
        RuntimeSetupError: If Java is missing for ``okt``.
    """
    cleaning = cleaning or preset_for(corpus.language)
    clean = Cleaner(cleaning, cleaning_options)
    engine = make(tokenizer, **(tokenizer_options or {}))
    rows = corpus.split(split)
    if not len(rows):
        raise DataError(f"'{corpus.name}': 글이 없습니다", f"'{corpus.name}' has no texts")
    engine.fit(clean(text) for text in corpus.train.texts)
    lengths: list[int] = []
    distinct: set[str] = set()
    for chunk in _chunks(rows.texts):
        for tokens in engine([clean(text) for text in chunk]):
            lengths.append(len(tokens))
            distinct.update(tokens)
        if progress is not None:
            progress(len(lengths), len(rows))
    return Statistics(
        corpus=corpus.name,
        split=split,
        cleaning=cleaning,
        tokenizer=tokenizer,
        audit=rows.audit,
        labels=dict(Counter(rows.labels).most_common()),
        lengths=np.array(lengths, np.int64),
        distinct=len(distinct),
    )


def _chunks(texts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), _CHUNK):
        yield texts[start : start + _CHUNK]


def _round_step(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50 ... that is at least ``least``."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= least:
                return digit * power
        power *= 10

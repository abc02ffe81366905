"""The n-grams that speak most for each class, in a linear model or the linear members of one.

A table of hashed n-grams holds no names: texts are needed, whose n-grams are looked up in it. Where
several n-grams share a row, the most frequent of them names it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.hashing import hashed_rows
from kosent.architectures.networks.ngrams import TABLE
from kosent.errors import UsageError
from kosent.evaluation.evaluate import prepare
from kosent.models.classifier import TextClassifier
from kosent.models.ensemble import Ensemble
from kosent.support.checks import check_count
from kosent.support.progress import Silent
from kosent.text.encoding.encoded import EncodedTexts
from kosent.text.tokenizers.jamo import compose

Array = npt.NDArray[Any]

_NGRAMS = "ngrams"
_FEWEST = 5  # times that an n-gram is seen: what is rarer was hardly learned
_MOST_TEXTS = 50_000
_PIECES = {"character", "jamo", "sentencepiece"}  # tokens that join to the text without spaces


@dataclass(frozen=True, slots=True)
class Ngram:
    """An n-gram that speaks for a class.

    Attributes:
        ngram: Its tokens, joined.
        count: How often it was seen.
        score: What it adds to the class' score before the sum is divided by the root of the number
            of n-grams: above the mean of the other classes, of which one holds.
    """

    ngram: str
    count: int
    score: float


@dataclass(frozen=True, slots=True)
class TopNgrams:
    """Those of a linear model or member.

    Attributes:
        tokenizer: What splits texts into the n-grams' tokens.
        weight: What the member's scores count in its ensemble; 1 alone.
        labels: The n-grams of each label, the strongest first.
    """

    tokenizer: str
    weight: float
    labels: Mapping[str, list[Ngram]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


def top_ngrams(path: str | Path, number: int, corpus: str | None = None) -> list[TopNgrams]:
    """Return the n-grams that speak most for each class.

    Args:
        path: A saved model.
        number: How many of each class.
        corpus: Name or path of a corpus, in whose training texts (50,000 of them, drawn with a
            fixed seed, where there are more) n-grams are looked for that are seen 5 times at least;
            by default the one that the model learned from.

    Returns:
        Those of each linear member.

    Raises:
        BundleError: If ``path`` is no usable model.
        UsageError: If no member is linear, or the corpus is not given and not known.
        DataError: If the corpus cannot be used.
    """
    check_count("top", number)
    ready = prepare(path, corpus, listener=Silent(), split="train")
    model = ready.classifier
    pairs: list[tuple[TextClassifier, float]] = []
    if isinstance(model, Ensemble):
        pairs = list(zip(model.members_, model.weights_, strict=True))
    elif isinstance(model, TextClassifier):
        pairs = [(model, 1.0)]
    pairs = [pair for pair in pairs if pair[0].trained_.design.name == _NGRAMS]
    if not pairs:
        raise UsageError(
            "n-gram의 점수를 더하는 모델(ngrams)에만 으뜸 n-gram이 있습니다",
            "only models that add up scores of n-grams (ngrams) have top n-grams",
        )
    texts = ready.texts
    if len(texts) > _MOST_TEXTS:
        drawn = np.random.default_rng(0).choice(len(texts), _MOST_TEXTS, replace=False)
        texts = [texts[row] for row in drawn]
    return [
        TopNgrams(member.encoder_.tokenizer.name, weight, _top(member, texts, number))
        for member, weight in pairs
    ]


def _top(member: TextClassifier, texts: Sequence[str], number: int) -> dict[str, list[Ngram]]:
    design, weights = member.trained_.design, member.trained_.weights()
    table = weights[f"{TABLE}/embeddings"]
    shortest, longest = design.options["shortest"], design.options["longest"]
    sizes = range(shortest, max(shortest, longest) + 1)
    encoded = member.encoder_.encode(texts)
    counts = np.zeros(len(table), np.int64)
    for _, _, rows in _grams(encoded, sizes, len(table)):
        counts += np.bincount(rows, minlength=len(table))
    seen = np.flatnonzero(counts >= _FEWEST)
    effects = table[seen] @ weights["probabilities/kernel"]  # (seen, classes)
    if not design.multilabel:
        classes = effects.shape[1]
        effects = (effects - effects.mean(axis=1, keepdims=True)) * classes / (classes - 1)
    best = {
        str(label): [place for place in np.argsort(-own, kind="stable")[:number] if own[place] > 0]
        for label, own in zip(member.classes_.tolist(), effects.T, strict=True)
    }
    chosen = seen[sorted({place for places in best.values() for place in places})]
    names = _names(member, encoded, sizes, len(table), chosen)
    return {
        label: [Ngram(*names[int(seen[place])], float(effects[place, column])) for place in places]
        for column, (label, places) in enumerate(best.items())
    }


def _grams(
    encoded: EncodedTexts, sizes: Sequence[int], buckets: int
) -> Iterator[tuple[int, Array, Array]]:
    """Give size by size where n-grams begin and the rows that they have in the table."""
    lengths = encoded.lengths
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(encoded.ids))
    for size in sizes:
        _, rows = hashed_rows(encoded.ids, lengths, size, size, buckets)
        yield size, np.flatnonzero(left >= size), rows


def _names(
    member: TextClassifier,
    encoded: EncodedTexts,
    sizes: Sequence[int],
    buckets: int,
    chosen: Array,
) -> dict[int, tuple[str, int]]:
    """Return the most frequent n-gram of rows of the table, and how often it was seen."""
    found: dict[int, Counter[tuple[int, ...]]] = defaultdict(Counter)
    for size, starts, rows in _grams(encoded, sizes, buckets):
        for place in np.flatnonzero(np.isin(rows, chosen)):
            start = starts[place]
            found[int(rows[place])][tuple(encoded.ids[start : start + size].tolist())] += 1
    named = {}
    for row, ngrams in found.items():
        ((ids, count),) = ngrams.most_common(1)
        named[row] = _text(member, ids), count
    return named


def _text(member: TextClassifier, ids: Sequence[int]) -> str:
    tokens = [member.encoder_.vocabulary.entries[each] for each in ids]
    if member.encoder_.tokenizer.name not in _PIECES:
        return " ".join(tokens)
    return compose("".join(tokens).replace("▁", " "))

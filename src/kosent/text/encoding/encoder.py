"""``TextEncoder``: what learns tokens and ids from the training texts."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kosent.errors import DataError, UsageError
from kosent.support.settings import check, documented, positional
from kosent.text.cleaning import Cleaner
from kosent.text.encoding.base import LONGEST_LEARNED, Encoder, Progress, encoded_of
from kosent.text.encoding.encoded import EncodedTexts
from kosent.text.encoding.files import EncoderRecord
from kosent.text.encoding.settings import EncoderSettings
from kosent.text.encoding.writing import write_files
from kosent.text.stream import chunks, count_of
from kosent.text.tokenizers import Tokenizer, find, make
from kosent.text.vocabulary import UNKNOWN_ID, Vocabulary

__all__ = ["EncodedTexts", "TextEncoder"]

COVERED_SHARE = 0.99  # of the training texts fit into the learned max_length_ whole


@documented
@dataclass(eq=False, repr=False)
class TextEncoder(EncoderSettings, Encoder):
    """Learns tokens and ids from the training texts, then turns any text into ids.

    A tokenizer that learns is copied, and learns from this encoder's training texts.

    {settings}

    Attributes:
        cleaner: The cleaning: a function of a text.
        vocabulary: The tokens and their ids, after fitting.
        max_length_: Number of tokens kept of a text, after fitting.
    """

    tokenizer: Any = positional(EncoderSettings, "tokenizer")  # once made, the tokenizer itself

    def __post_init__(self) -> None:
        """Build the cleaning and the tokenizer.

        Raises:
            UsageError: If a setting cannot be used.
        """
        check(self)
        self.cleaner = Cleaner(self.cleaning, self.cleaning_options)
        self.tokenizer = _make_tokenizer(
            self.tokenizer, self.vocabulary_size, self.tokenizer_options
        )
        self._vocabulary = None
        self._max_length = None

    def fit(self, texts: Iterable[str], progress: Progress | None = None) -> Self:
        """Learn tokenizer, vocabulary and length from the training texts.

        Args:
            texts: The training texts only: neither validation nor test.
            progress: Called with the number of texts done and their total (None if unknown).

        Raises:
            DataError: If there is no text, or one is not a string.
            UsageError: If ``texts`` is a single string.
        """
        self.fit_encode(texts, progress)
        return self

    def fit_encode(self, texts: Iterable[str], progress: Progress | None = None) -> EncodedTexts:
        """Learn from the training texts and give their ids, tokenizing each text once.

        Args and errors are those of :meth:`fit`; the result equals ``encode`` of the same texts.
        """
        cleaned = self._cleaned(texts)
        total = count_of(texts)
        rows: Iterable[list[str]] = cleaned
        if _learns(self.tokenizer):  # so it needs all texts first
            listed = [text for chunk in cleaned for text in chunk]
            _need_texts(len(listed))
            self.tokenizer.fit(listed)
            rows, total = chunks(listed), len(listed)
        pieces = self.tokenizer.pieces()
        if pieces is not None:
            self._vocabulary = Vocabulary.from_pieces(pieces)
            encoded = self._look_up(rows, total, progress).texts
        else:
            encoded = self._learn_vocabulary(rows, total, progress)
        _need_texts(len(encoded))
        self._max_length = self.max_length or covering_length(encoded.lengths)
        return encoded.trimmed(self._max_length, self.truncate)

    def sample(self, texts: Sequence[str], seed: tuple[int, ...]) -> EncodedTexts:
        """Turn texts into ids of segmentations drawn at random; only for training.

        Args:
            texts: Any strings.
            seed: (seed, epoch); with it each text decides its own draw.

        Raises:
            DataError: If a text is not a string.
            UsageError: If the encoder is not fitted, or its tokenizer does not draw.
        """
        rows: list[list[int]] = []
        for cleaned in self._cleaned(texts):
            drawn = self.tokenizer.sample(cleaned, seed)
            if drawn is None:
                raise _does_not_draw(self.tokenizer)
            rows += [row[self._kept(self.max_length_)] or [UNKNOWN_ID] for row in drawn]
        return EncodedTexts.from_rows(rows)

    def files(self) -> dict[str, bytes]:
        """Return everything learned as files: ``encoder.json`` and, as needed, ``vocab.txt`` and
        the tokenizer's own.
        """  # noqa: D205
        return write_files(
            EncoderRecord(
                cleaner=self.cleaner,
                tokenizer=self.tokenizer,
                vocabulary=self.vocabulary,
                vocabulary_size=self.vocabulary_size,
                min_count=self.min_count,
                max_length=self.max_length,
                learned_max_length=self.max_length_,
                truncate=self.truncate,
                drop_unknown=self.drop_unknown,
            )
        )

    def _learn_vocabulary(
        self, chunks: Iterable[list[str]], total: int | None, progress: Progress | None
    ) -> EncodedTexts:
        """Tokenize once: number tokens as they come, count, then translate the numbers to ids."""
        numbers: defaultdict[str, int] = defaultdict()
        numbers.default_factory = numbers.__len__
        numbers[""]  # number 0, no real token, stands for a text without tokens
        ids, lengths = array("i"), array("i")
        for chunk in chunks:
            for tokens in self.tokenizer(chunk):
                ids.extend(map(numbers.__getitem__, tokens or [""]))
                lengths.append(len(tokens) or 1)
            if progress is not None:
                progress(len(lengths), total)
        encoded = encoded_of(ids, lengths)
        counts = np.bincount(encoded.ids, minlength=len(numbers)).tolist()
        self._vocabulary = Vocabulary.from_counts(
            {token: counts[number] for token, number in numbers.items() if token},
            size=self.vocabulary_size,
            min_count=self.min_count,
        )
        final = np.array(self._vocabulary.ids(numbers), np.int32)  # (numbers,)
        found = EncodedTexts(final[encoded.ids], encoded.offsets)
        return found.without_unknown() if self.drop_unknown else found


def covering_length(lengths: NDArray[np.int64]) -> int:
    """Return the smallest length that keeps 99 % of the texts whole, at most 512."""
    learned = int(np.quantile(lengths, COVERED_SHARE, method="inverted_cdf"))
    return max(1, min(learned, LONGEST_LEARNED))


def _make_tokenizer(
    tokenizer: str | Tokenizer, vocabulary_size: int, options: Mapping[str, Any] | None
) -> Tokenizer:
    if isinstance(tokenizer, Tokenizer):
        if options:
            raise UsageError(
                "tokenizer_options는 토크나이저를 이름으로 줄 때만 쓸 수 있습니다",
                "tokenizer_options goes only with a tokenizer given by name",
            )
        return deepcopy(tokenizer) if _learns(tokenizer) else tokenizer
    settings = dict(options or {})
    if "vocabulary_size" in find(tokenizer).setting_names():
        settings.setdefault("vocabulary_size", vocabulary_size)
    return make(tokenizer, **settings)


def _learns(tokenizer: Tokenizer) -> bool:
    return type(tokenizer).fit is not Tokenizer.fit


def _need_texts(count: int) -> None:
    if count == 0:
        raise DataError("학습할 텍스트가 하나도 없습니다", "there is no text to learn from")


def _does_not_draw(tokenizer: Tokenizer) -> UsageError:
    return UsageError(
        f"'{tokenizer.name}' 토크나이저는 이 설정으로는 조각을 뽑지 않습니다",
        f"the tokenizer {tokenizer.name!r}, as it is set, does not draw segmentations",
    )

"""The one door from ``str`` to ids: clean, tokenize, look up, truncate, pad.

Truncation keeps the beginning (the end, where ``truncate`` is "pre"), in three places, so that no
text costs more than its share: the raw text at 8 times, the cleaned text at 32 times the number of
tokens that may be kept (512 when ``max_length`` is to be learned), and the tokens at
``max_length_``.
"""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kosent.errors import DataError, UsageError
from kosent.support.settings import check, documented, positional
from kosent.text.cleaning import Cleaner
from kosent.text.encoding.encoded import EncodedTexts, Noted, offsets_of
from kosent.text.encoding.files import EncoderRecord, read_files, write_files
from kosent.text.encoding.settings import EncoderSettings
from kosent.text.stream import chunks, cleaned_chunks, count_of, kept
from kosent.text.tokenizers import Tokenizer, find, make
from kosent.text.vocabulary import UNKNOWN_ID, Vocabulary

__all__ = ["EncodedTexts", "TextEncoder"]

Progress = Callable[[int, int | None], None]

LONGEST_LEARNED = 512  # tokens; the cap on a learned max_length_
COVERED_SHARE = 0.99  # of the training texts fit into the learned max_length_ whole
CHARACTERS_A_TOKEN = 32  # of cleaned text; NSMC has 2.3 a SentencePiece piece


@documented
@dataclass(eq=False, repr=False)
class TextEncoder(EncoderSettings):
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
        self._vocabulary: Vocabulary | None = None
        self._max_length: int | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The tokens and their ids.

        Raises:
            UsageError: If the encoder is not fitted.
        """
        if self._vocabulary is None:
            raise _not_fitted()
        return self._vocabulary

    @property
    def max_length_(self) -> int:
        """Number of tokens kept of a text.

        Raises:
            UsageError: If the encoder is not fitted.
        """
        if self._max_length is None:
            raise _not_fitted()
        return self._max_length

    @property
    def most_characters(self) -> int:
        """Characters of a cleaned text that are looked at."""
        return CHARACTERS_A_TOKEN * (self.max_length or LONGEST_LEARNED)

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

    def encode(self, texts: Iterable[str], progress: Progress | None = None) -> EncodedTexts:
        """Turn texts into ids, without padding.

        Args:
            texts: Any strings; one that holds no known token becomes one unknown token.
            progress: Called with the number of texts done and their total (None if unknown).

        Raises:
            DataError: If a text is not a string; the message names its row.
            UsageError: If the encoder is not fitted, or ``texts`` is a single string.
        """
        return self.encode_noted(texts, progress).texts

    def encode_noted(self, texts: Iterable[str], progress: Progress | None = None) -> Noted:
        """Turn texts into ids, and note which were blank or too long.

        Arguments and errors are those of :meth:`encode`. It takes 1 % longer for
        NSMC in characters, 16 microseconds a review.
        """
        length = self.max_length_
        return self._look_up(self._cleaned(texts), count_of(texts), progress, length)

    def sample(self, texts: Sequence[str], seed: tuple[int, ...]) -> EncodedTexts:
        """Turn texts into ids of segmentations drawn at random; only for training.

        Args:
            texts: Any strings.
            seed: (seed, epoch); it decides the draw, for SentencePiece within one process.

        Raises:
            DataError: If a text is not a string.
            UsageError: If the encoder is not fitted, or its tokenizer does not draw.
        """
        rows: list[list[int]] = []
        for part, cleaned in enumerate(self._cleaned(texts)):
            (own,) = np.random.SeedSequence((*seed, part)).generate_state(1).tolist()
            drawn = self.tokenizer.sample(cleaned, own)
            if drawn is None:
                raise _does_not_draw(self.tokenizer)
            rows += [row[self._kept(self.max_length_)] or [UNKNOWN_ID] for row in drawn]
        return EncodedTexts.from_rows(rows)

    def __call__(self, texts: Iterable[str], length: int | None = None) -> NDArray[np.int32]:
        """Turn texts into a matrix of ids, padded at the end.

        Args:
            texts: Any strings.
            length: Width of the matrix; ``max_length_`` when None.

        Returns:
            int32, shape (n, length).
        """
        width = self.max_length_ if length is None else length
        return self.encode(texts).trimmed(width, self.truncate).pad(length=width)

    def tokens(self, text: str) -> list[str]:
        """Return what the network sees of a text, before ids."""
        (chunk,) = self._cleaned([text])
        (tokens,) = self.tokenizer(chunk)
        if self.drop_unknown:
            tokens = [token for token in tokens if token in self.vocabulary]
        seen: list[str] = tokens[self._kept(self.max_length_)]
        return seen

    def files(self) -> dict[str, bytes]:
        """Return everything learned as files: ``encoder.json`` and, as needed, ``vocab.txt`` and
        the tokenizer's own.
        """  # noqa: D205
        return write_files(
            EncoderRecord(
                cleaning=self.cleaner,
                tokenizer=self.tokenizer.state(),
                vocabulary=self.vocabulary,
                vocabulary_size=self.vocabulary_size,
                min_count=self.min_count,
                max_length=self.max_length,
                learned_max_length=self.max_length_,
                truncate=self.truncate,
                drop_unknown=self.drop_unknown,
            )
        )

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> TextEncoder:
        """Rebuild a fitted encoder from its files; runs nothing that stands in them.

        Args:
            files: What :meth:`files` gave. Files of other names are not looked at.

        Raises:
            BundleError: If a file is missing, damaged or of a newer format.
        """
        record, tokenizer = read_files(files)
        encoder = cls(
            tokenizer,
            cleaning=record.cleaning.preset,
            cleaning_options=record.cleaning.options,
            vocabulary_size=record.vocabulary_size,
            min_count=record.min_count,
            max_length=record.max_length,
            truncate=record.truncate,
            drop_unknown=record.drop_unknown,
        )
        encoder.tokenizer = tokenizer  # not the copy: its model is loaded already
        encoder._vocabulary = record.vocabulary
        encoder._max_length = record.learned_max_length
        return encoder

    def _cleaned(self, texts: Iterable[str]) -> Iterator[list[str]]:
        return cleaned_chunks(texts, self.cleaner, self.most_characters, self.truncate)

    def _kept(self, length: int | None) -> slice:
        return kept(length, self.truncate)

    def _look_up(
        self,
        chunks: Iterable[list[str]],
        total: int | None,
        progress: Progress | None,
        length: int | None = None,
    ) -> Noted:
        ids, lengths = array("i"), array("i")
        blank: list[int] = []
        cut: list[int] = []
        within, longest, most = self._kept(length), length or sys.maxsize, self.most_characters
        for chunk in chunks:
            start = len(lengths)
            blank += [row for row, text in enumerate(chunk, start) if not text or text.isspace()]
            cut += [row for row, text in enumerate(chunk, start) if len(text) >= most]
            for row in self._ids(chunk):
                if len(row) > longest:
                    cut.append(len(lengths))
                numbers = row[within] or (UNKNOWN_ID,)
                ids.extend(numbers)
                lengths.append(len(numbers))
            if progress is not None:
                progress(len(lengths), total)
        return Noted(_encoded(ids, lengths), blank, sorted(set(cut)))

    def _ids(self, cleaned: list[str]) -> Iterable[list[int]]:
        own = self.tokenizer.ids(cleaned)
        rows = map(self.vocabulary.ids, self.tokenizer(cleaned)) if own is None else own
        if not self.drop_unknown:
            return rows
        return ([number for number in row if number != UNKNOWN_ID] for row in rows)

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
        encoded = _encoded(ids, lengths)
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


def _encoded(ids: array[int], lengths: array[int]) -> EncodedTexts:
    sizes = np.asarray(lengths, np.int64)
    return EncodedTexts(np.asarray(ids, np.int32), offsets_of(sizes))


def _need_texts(count: int) -> None:
    if count == 0:
        raise DataError("학습할 텍스트가 하나도 없습니다", "there is no text to learn from")


def _not_fitted() -> UsageError:
    return UsageError(
        "아직 학습하지 않은 인코더입니다. 먼저 fit을 부르세요",
        "this encoder is not fitted yet; call fit first",
    )


def _does_not_draw(tokenizer: Tokenizer) -> UsageError:
    return UsageError(
        f"'{tokenizer.name}' 토크나이저는 이 설정으로는 조각을 뽑지 않습니다",
        f"the tokenizer {tokenizer.name!r}, as it is set, does not draw segmentations",
    )

"""The one door from ``str`` to ids: clean, tokenize, look up, truncate, pad.

Truncation keeps the beginning (the end, where ``truncate`` is "pre"), in three places, so that no
text costs more than its share: the raw text at 8 times, the cleaned text at 32 times the number of
tokens that may be kept (512 when ``max_length`` is to be learned), and the tokens at
``max_length_``.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kosent.errors import UsageError
from kosent.text.cleaning import MANY, Cleaner
from kosent.text.encoding.encoded import EncodedTexts, Noted, joined, offsets_of
from kosent.text.encoding.files import read_files
from kosent.text.stream import cleaned_chunks, count_of, kept
from kosent.text.tokenizers import Tokenizer
from kosent.text.vocabulary import UNKNOWN_ID, Vocabulary

Progress = Callable[[int, int | None], None]

LONGEST_LEARNED = 512  # tokens; the cap on a learned max_length_
_MOST_AT_ONCE = 2**22  # characters that are looked up as one array
CHARACTERS_A_TOKEN = 32  # of cleaned text; NSMC has 2.3 a SentencePiece piece


class Encoder:
    """Turns texts into ids with what was learned.

    Prediction needs no more than this; :class:`kosent.text.encoding.encoder.TextEncoder` has the
    settings, and learns.

    Attributes:
        tokenizer: Splits cleaned texts into tokens.
        cleaner: The cleaning: a function of a text.
        max_length: Number of tokens kept of a text as it was asked for.
        truncate: ``"post"`` where the end of a text that is too long is cut, or ``"pre"``.
        drop_unknown: Whether unknown tokens are left out.
    """

    tokenizer: Tokenizer
    cleaner: Cleaner
    max_length: int | None
    truncate: str
    drop_unknown: bool
    _vocabulary: Vocabulary | None
    _max_length: int | None

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """Rebuild a fitted encoder from its files; runs nothing that stands in them.

        Args:
            files: What :meth:`files` gave. Files of other names are not looked at.

        Raises:
            BundleError: If a file is missing, damaged or of a newer format.
        """
        record = read_files(files)
        # Not by the constructor, which would copy the tokenizer, a loaded model and all, and build
        # the cleaning a second time.
        encoder = cls.__new__(cls)
        vars(encoder).update(
            tokenizer=record.tokenizer,
            tokenizer_options=None,
            cleaner=record.cleaner,
            cleaning=record.cleaner.preset,
            cleaning_options=record.cleaner.options,
            vocabulary_size=record.vocabulary_size,
            min_count=record.min_count,
            max_length=record.max_length,
            truncate=record.truncate,
            drop_unknown=record.drop_unknown,
            _vocabulary=record.vocabulary,
            _max_length=record.learned_max_length,
        )
        return encoder

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

        Arguments and errors are those of :meth:`encode`.
        """
        length = self.max_length_
        return self._look_up(self._cleaned(texts), count_of(texts), progress, length)

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

    def _cleaned(self, texts: Iterable[str]) -> Iterator[list[str]]:
        return cleaned_chunks(texts, self.cleaner.all, self.most_characters, self.truncate)

    def _kept(self, length: int | None) -> slice:
        return kept(length, self.truncate)

    def _look_up(
        self,
        chunks: Iterable[list[str]],
        total: int | None,
        progress: Progress | None,
        length: int | None = None,
    ) -> Noted:
        parts: list[EncodedTexts] = []
        blank: list[int] = []
        cut: list[int] = []
        most, done = self.most_characters, 0
        for chunk in chunks:
            blank += [row for row, text in enumerate(chunk, done) if not text or text.isspace()]
            cut += [row for row, text in enumerate(chunk, done) if len(text) >= most]
            encoded, too_long = self._encoded(chunk, length or sys.maxsize)
            cut += [done + row for row in too_long]
            parts.append(encoded)
            done += len(chunk)
            if progress is not None:
                progress(done, total)
        return Noted(joined(parts), blank, sorted(set(cut)))

    def _encoded(self, cleaned: list[str], longest: int) -> tuple[EncodedTexts, list[int]]:
        """Return the ids of cleaned texts, one unknown of none, and which texts had too many."""
        if len(cleaned) >= MANY:
            own = self.tokenizer.characters(cleaned)
            if own is not None and sum(map(len, own)) <= _MOST_AT_ONCE:
                from kosent.text.encoding.characters import look_up

                return look_up(own, self.vocabulary, self.drop_unknown, longest, self.truncate)
        ids, lengths, too_long = array("i"), array("i"), []
        within = self._kept(longest)
        for number, row in enumerate(self._ids(cleaned)):
            if len(row) > longest:
                too_long.append(number)
            numbers = row[within] or (UNKNOWN_ID,)
            ids.extend(numbers)
            lengths.append(len(numbers))
        return encoded_of(ids, lengths), too_long

    def _ids(self, cleaned: list[str]) -> Iterable[list[int]]:
        own = self.tokenizer.ids(cleaned)
        rows = map(self.vocabulary.ids, self.tokenizer(cleaned)) if own is None else own
        if not self.drop_unknown:
            return rows
        return ([number for number in row if number != UNKNOWN_ID] for row in rows)


def encoded_of(ids: array[int], lengths: array[int]) -> EncodedTexts:
    """Turn the ids of all rows, one after another, and the rows' lengths into arrays."""
    sizes = np.asarray(lengths, np.int64)
    return EncodedTexts(np.asarray(ids, np.int32), offsets_of(sizes))


def _not_fitted() -> UsageError:
    return UsageError(
        "아직 학습하지 않은 인코더입니다. 먼저 fit을 부르세요",
        "this encoder is not fitted yet; call fit first",
    )

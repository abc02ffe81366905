"""Tokens to ids and back: 0 is padding, 1 is unknown, the rest in a fixed order.

``vocab.txt`` holds one token a line, in UTF-8; the line's number, counted from 0, is the id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from kosent.errors import BundleError
from kosent.support.checks import check_count

PADDING_ID = 0
UNKNOWN_ID = 1
SPECIALS = ("<pad>", "<unk>")

_TO_ESCAPE = re.compile("[\\\\\n\r\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(u[0-9a-f]{4}|.?)")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_UNESCAPES = {"\\": "\\", "n": "\n", "r": "\r"}


class Vocabulary:
    """The tokens that have an id of their own.

    The texts ``<pad>`` and ``<unk>`` in somebody's review are ordinary tokens: the two special
    entries are never found by name.

    Args:
        tokens: Tokens from id 2 on, without repeats.
        specials: How the entries of ids 0 and 1 are shown.
    """

    def __init__(self, tokens: Iterable[str], specials: tuple[str, str] = SPECIALS) -> None:
        self.entries: tuple[str, ...] = (*specials, *tokens)  # in the order of ids
        self._ids = {token: number for number, token in enumerate(self.entries[2:], start=2)}
        if len(self._ids) + 2 != len(self.entries):
            raise ValueError("the tokens of a vocabulary must differ from each other")

    @classmethod
    def from_counts(
        cls, counts: Mapping[str, int], *, size: int | None = None, min_count: int = 1
    ) -> Vocabulary:
        """Keep the most frequent tokens, ties in the order of their code points.

        Args:
            counts: How often each token occurs.
            size: Largest number of entries, padding and unknown included; None for no limit.
            min_count: Tokens that occur less often become unknown.

        Raises:
            UsageError: If ``size`` is below 2 or ``min_count`` below 1.
        """
        check_limits(size, min_count)
        common = [(-count, token) for token, count in counts.items() if count >= min_count]
        common.sort()
        limit = len(common) if size is None else size - 2
        return cls(token for _, token in common[:limit])

    @classmethod
    def from_pieces(cls, pieces: Sequence[str]) -> Vocabulary:
        """Take over a tokenizer's own vocabulary, whose first two entries are the specials."""
        return cls(pieces[2:], specials=(pieces[0], pieces[1]))

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.entries == other.entries

    def __hash__(self) -> int:
        return hash(self.entries)

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Translate tokens to ids; those without an entry become ``UNKNOWN_ID``."""
        find = self._ids.get
        return [find(token, UNKNOWN_ID) for token in tokens]

    def tokens(self, ids: Iterable[int]) -> list[str]:
        """Translate ids to entries."""
        return [self.entries[number] for number in ids]

    def to_bytes(self) -> bytes:
        """Write ``vocab.txt``; line breaks, backslashes and lone surrogates are escaped."""
        return "".join(f"{_TO_ESCAPE.sub(_escape, entry)}\n" for entry in self.entries).encode()

    @classmethod
    def from_bytes(cls, data: bytes, *, size: int | None = None) -> Vocabulary:
        """Read ``vocab.txt``.

        Args:
            data: The whole file.
            size: The number of entries it must have, where it is known.

        Raises:
            BundleError: If the file is cut short, not UTF-8, or not a vocabulary.
        """
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _malformed("UTF-8이 아닙니다", "it is not UTF-8") from error
        if not text.endswith("\n"):
            raise _malformed("파일의 끝이 잘렸습니다", "its end is missing")
        # Not splitlines: it would also split at U+2028 and U+0085, which tokens may hold.
        lines = text.count("\n")
        if size is not None and lines != size:  # before they are made: 20 times what they take
            raise _malformed(
                f"{size}줄이어야 하는데 {lines}줄입니다", f"{lines} lines instead of {size}"
            )
        entries = [_ESCAPED.sub(_unescape, line) for line in text[:-1].split("\n")]
        if len(entries) < len(SPECIALS):
            raise _malformed("처음 두 줄이 없습니다", "its first two lines are missing")
        try:
            return cls(entries[2:], specials=(entries[0], entries[1]))
        except ValueError as error:
            raise _malformed("같은 토큰이 두 번 있습니다", "a token stands in it twice") from error


def check_limits(size: int | None, min_count: int) -> None:
    """Check the two limits of a vocabulary.

    Raises:
        UsageError: If ``size`` is below 2 or ``min_count`` below 1.
    """
    if size is not None:
        check_count("vocabulary_size", size, len(SPECIALS))
    check_count("min_count", min_count)


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    try:
        return _UNESCAPES[code]
    except KeyError:
        raise _malformed(
            f"모르는 표기가 있습니다: {match[0]!r}", f"an unknown escape: {match[0]!r}"
        ) from None


def _malformed(korean: str, english: str) -> BundleError:
    return BundleError(
        f"어휘 파일(vocab.txt)이 손상되었습니다: {korean}. 모델을 다시 내려받거나 다시 저장하세요",
        f"vocab.txt is damaged: {english}; fetch or save the model again",
    )

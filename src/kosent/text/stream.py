"""Texts on their way to the tokenizer: chunk by chunk, checked, cut and cleaned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from kosent.errors import DataError, UsageError

TRUNCATE = ("post", "pre")
RAW_A_CLEANED = 8  # raw characters for one cleaned: NFD needs 3, stretched ㅋㅋㅋ and tags more

CHUNK = 4096  # texts at once: enough to spare calls, little enough to spare memory

_Item = TypeVar("_Item")


def chunks(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Cut a stream into lists of at most 4,096."""
    remaining = iter(items)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def cleaned_chunks(
    texts: Iterable[str],
    clean: Callable[[list[str]], list[str]],
    characters: int,
    truncate: str = "post",
) -> Iterator[list[str]]:
    """Check, cut and clean texts.

    Args:
        texts: Any strings; all of a chunk are checked before the first of it is given.
        clean: The cleaning function, of a list of texts.
        characters: Kept of each cleaned text; of the raw text 8 times as many are looked at.
        truncate: ``"post"`` keeps the beginning of a text, ``"pre"`` its end.

    Raises:
        DataError: If a text is not a string; the message names its row.
        UsageError: If ``texts`` is a single string.
    """
    if isinstance(texts, str | bytes):
        raise UsageError(
            "텍스트 하나가 아니라 텍스트의 목록을 주세요: [텍스트]",
            "give a list of texts instead of a single one: [text]",
        )
    done = 0
    for chunk in chunks(texts):
        for row, text in enumerate(chunk, start=done + 1):
            if not isinstance(text, str):
                raise _not_a_text(row, text)
        done += len(chunk)
        raw, cleaned = kept(RAW_A_CLEANED * characters, truncate), kept(characters, truncate)
        yield [text[cleaned] for text in clean([text[raw] for text in chunk])]


def kept(length: int | None, truncate: str) -> slice:
    """Return what truncation keeps: the first ``length``, or the last where it is "pre"."""
    return slice(-length, None) if length and truncate == "pre" else slice(length)


def check_text(text: object) -> None:
    """Refuse what is not a string.

    Raises:
        DataError: If it is not.
    """
    if not isinstance(text, str):
        raise _not_a_text(1, text)


def count_of(texts: Iterable[str]) -> int | None:
    """Return the number of texts where it is known beforehand: of a list, an array, a Series."""
    try:
        return len(texts)  # type: ignore[arg-type]
    except TypeError:
        return None


def _not_a_text(row: int, received: object) -> DataError:
    shown = repr(received)[:60]
    kind = type(received).__name__
    return DataError(
        f"{row}번째 텍스트가 문자열이 아닙니다: {shown} ({kind}). 빈 값을 지우거나 str로 바꾸세요",
        f"text number {row} is not a string: {shown} ({kind}); drop empty values or convert to str",
    )

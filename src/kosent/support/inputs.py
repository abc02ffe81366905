"""Texts and columns as users hand them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kosent.errors import DataError, UsageError


def check_texts(texts: Any) -> list[str]:
    """Return the texts as a list.

    Args:
        texts: A list, a NumPy array, a Series of pandas or polars, or a column of Arrow.

    Raises:
        UsageError: If a single string, a table or something else than a list of strings arrives.
        DataError: If an element is not a string; the message names its position.
    """
    if isinstance(texts, str | bytes | Mapping) or getattr(texts, "ndim", 1) != 1:
        raise _not_a_list(texts)
    try:
        listed = values_of(texts)
    except TypeError as error:
        raise _not_a_list(texts) from error
    for position, text in enumerate(listed):
        if not isinstance(text, str):
            shown = repr(text)[:40]
            raise DataError(
                f"{position + 1}번째 글이 문자열이 아닙니다: {shown}",
                f"text number {position + 1} is not a string: {shown}",
            )
    return listed


def values_of(column: Any) -> list[Any]:
    """Return the values of a list, an array or a column of any table, as Python's own."""
    values: list[Any] = column.to_pylist() if hasattr(column, "to_pylist") else list(column)
    return values


def _not_a_list(texts: object) -> UsageError:
    shown = repr(texts)[:40]
    return UsageError(
        f"문자열의 목록을 주세요: [text]. 받은 값: {shown}",
        f"expected a list of strings, such as [text]. Received: {shown}",
    )

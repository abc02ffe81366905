"""Which column of a user's file holds the text and which the label."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from kosent.errors import DataError, UsageError, unknown_name
from kosent.support.language import Message

# In order of preference, where a file has more than one of them.
TEXT_NAMES = (
    "text", "document", "review", "sentence", "content", "comment", "body", "utterance",
    "내용", "문장", "리뷰", "텍스트", "본문", "댓글", "글", "발화",
)  # fmt: skip
LABEL_NAMES = (
    "label", "labels", "sentiment", "class", "category", "target", "emotion", "polarity",
    "라벨", "레이블", "분류", "감성", "감정", "범주", "카테고리",
)  # fmt: skip


def choose(
    columns: list[str], text_column: str | None, label_column: str | None, source: str
) -> tuple[int, int, tuple[Message, ...]]:
    """Find the text and the label column.

    Args:
        columns: Names as they stand in the file.
        text_column: The user's choice, or ``None`` to go by ``TEXT_NAMES``.
        label_column: The user's choice, or ``None`` to go by ``LABEL_NAMES``.
        source: Name of the file, for messages.

    Returns:
        Index of the text column, index of the label column, and notices.

    Raises:
        UsageError: If a column named by the user is not there, or both are the same.
        DataError: If no column is recognised, or the name stands there twice.
    """
    text, text_notice = _find(columns, text_column, TEXT_NAMES, "text", source)
    label, label_notice = _find(columns, label_column, LABEL_NAMES, "label", source)
    if text == label:
        raise UsageError(
            f"글과 라벨이 같은 열일 수 없습니다. 받은 열: {columns[text]!r}",
            f"text and label cannot be the same column. Received: {columns[text]!r}",
        )
    return text, label, text_notice + label_notice


def choose_text(columns: list[str], text_column: str | None, source: str) -> int:
    """Find the text column of a file without labels.

    Args:
        columns: Names as they stand in the file.
        text_column: The user's choice, or ``None`` to go by ``TEXT_NAMES``.
        source: Name of the file, for messages.

    Returns:
        Its index.

    Raises:
        UsageError: If the column named by the user is not there.
        DataError: If no column is recognised, or the name stands there twice.
    """
    return _find(columns, text_column, TEXT_NAMES, "text", source)[0]


def _find(
    columns: list[str], wanted: str | None, known: Sequence[str], role: str, source: str
) -> tuple[int, tuple[Message, ...]]:
    if wanted is not None and columns.count(wanted) == 1:
        return columns.index(wanted), ()
    folded = [_fold(name) for name in columns]
    if wanted is not None and _fold(wanted) not in folded:
        raise unknown_name("열", "column", wanted, (_shown(name) for name in columns))
    found = [name for name in ((_fold(wanted),) if wanted is not None else known) if name in folded]
    if not found:
        korean = {"text": "글", "label": "라벨"}[role]
        listed = _listed(columns)
        raise DataError(
            f"'{source}'에서 {korean} 열을 찾지 못했습니다. 있는 열: {listed}. "
            f"--{role}-column으로 지정하세요",
            f"no {role} column recognised in '{source}'. Columns: {listed}. "
            f"Name it with --{role}-column",
        )
    if folded.count(found[0]) > 1:
        raise DataError(
            f"'{source}'에 '{found[0]}' 열이 {folded.count(found[0])}개 있습니다. 하나만 남기세요",
            f"'{source}' has {folded.count(found[0])} columns named '{found[0]}'; keep one",
        )
    index = folded.index(found[0])
    return index, _notice(found, role, source)


def _notice(found: Sequence[str], role: str, source: str) -> tuple[Message, ...]:
    if len(found) < 2:
        return ()
    others = ", ".join(found[1:])
    return (
        Message(
            f"'{source}': 열 '{found[0]}'을(를) 골랐습니다 "
            f"(다른 후보: {others}; --{role}-column으로 바꿀 수 있습니다)",
            f"'{source}': chose column '{found[0]}' "
            f"(others: {others}; change it with --{role}-column)",
        ),
    )


def _fold(name: str) -> str:
    # macOS writes Hangul decomposed (NFD); the name is the same to its reader.
    return unicodedata.normalize("NFC", name).strip().casefold()


def _shown(name: str) -> str:
    short = unicodedata.normalize("NFC", name).strip()
    return short if len(short) <= 40 else short[:40] + "…"


def _listed(columns: list[str], most: int = 20) -> str:
    listed = ", ".join(repr(_shown(name)) for name in columns[:most])
    return listed + (f", … ({len(columns)})" if len(columns) > most else "") if columns else "-"

"""Remarks for the user about a corpus, one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from kosent.language import Message

# Every reason for which a row may be left out, and how it is said in Korean.
REASONS = {
    "empty text": "빈 글",
    "no label": "라벨 없음",
    "unknown label": "모르는 라벨",
    "several labels": "라벨이 여럿",
    "middle rating": "중간 별점",
    "in the test split": "시험 자료에 있음",
    "text of the test split": "시험 자료와 같은 글",
    "repeated id": "되풀이된 번호",
    "repeated text": "되풀이된 글",
    "broken label": "글이 아닌 라벨",
    "text is not a string": "문자열이 아닌 글",
    "wrong column count": "열 개수가 다름",
    "broken row": "깨진 줄",
    "blank line": "빈 줄",
    "not UTF-8": "UTF-8이 아님",
    "neither UTF-8 nor CP949": "UTF-8도 CP949도 아님",
    "line too long": "너무 긴 줄",
    "not a regular file": "일반 파일이 아님",
    "unexpected name": "형식과 다른 파일 이름",
    "duplicate member": "중복된 파일 이름",
    "too large": "너무 큰 파일",
    "not kept": "남기지 않음",
    "over limit": "한도를 넘음",
}


def dropped_by_reason(counts: Mapping[str, int]) -> Message:
    """List the reasons for which rows were left out, with their counts."""
    return Message(
        ", ".join(f"{REASONS[reason]} {count:,}" for reason, count in counts.items()),
        ", ".join(f"{reason} {count:,}" for reason, count in counts.items()),
    )


def dropped_notice(split: str, read: int, counts: dict[str, int], first: int) -> Message:
    """Say how many rows of a split were not used, why, and where the first one is.

    Args:
        split: ``"train"`` or ``"test"``.
        read: Rows read.
        counts: Rows left out, by reason.
        first: Line of the first one.
    """
    lost, reasons = sum(counts.values()), dropped_by_reason(counts)
    return Message(
        f"{split}: {read:,}줄 가운데 {lost:,}줄을 쓰지 않았습니다 "
        f"({reasons.korean}; 첫 번째는 {first:,}번)",
        f"{split}: {lost:,} of {read:,} rows were not used ({reasons.english}; first at {first:,})",
    )


def unseen_notice(counts: Mapping[Any, int]) -> Message:
    """Say that rows of labels which were not learned count as wrong.

    Args:
        counts: Rows by label.
    """
    rows = sum(counts.values())
    listed = some(Counter({str(label): count for label, count in counts.items()}))
    return Message(
        f"학습하지 않은 라벨의 글 {rows:,}개는 틀린 것으로 셉니다: {listed}",
        f"{rows:,} rows with labels that were not trained on count as wrong: {listed}",
    )


def is_test(name: str) -> Message:
    """Say what takes the place of a test split."""
    return Message(f"'{name}'을(를) 시험 자료로 씁니다", f"'{name}' is the test split")


def not_used(names: Sequence[str], most: int = 10) -> Message:
    """Say which files of a folder are not used."""
    listed = ", ".join(names[:most]) + (", …" if len(names) > most else "")
    return Message(
        f"쓰지 않는 파일: {listed} (검증 자료는 학습 자료에서 떼어 냅니다)",
        f"files that are not used: {listed} (validation rows are held out of train)",
    )


def some(counts: Counter[str], most: int = 5) -> str:
    """List the most frequent names with their counts, and say how many there are in all."""
    listed = ", ".join(f"{name[:40]!r} ({count:,})" for name, count in counts.most_common(most))
    return listed + (f", … ({len(counts):,})" if len(counts) > most else "")

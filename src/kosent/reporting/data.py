"""What a model learned from or was scored on: rows, labels, lengths, what it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kosent.corpora.base import Split
from kosent.corpora.notices import dropped_by_reason
from kosent.inspection.balance import characters, imbalance
from kosent.plotting.lengths import length_coverage
from kosent.prediction.estimator import Estimator
from kosent.reporting.parts import Paragraph, Part, Pictures, Reader, Table, clipped
from kosent.text.vocabulary import UNKNOWN_ID

NAME = 60  # characters of a label or name that are shown
_MOST_LABELS = 100  # rows of a table
_ENCODED = 1000  # texts by which the share of unknown tokens is found


def rows_table(reader: Reader, accounts: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return what became of the rows of each split."""
    rows = []
    for split, account in accounts.items():
        dropped = sum(account["dropped"].values())
        reasons = dropped_by_reason(account["dropped"])
        why = reader(reasons.korean, reasons.english) or "-"
        rows.append([split, f"{account['read']:,}", f"{account['kept']:,}", f"{dropped:,}", why])
    head = ["", reader("읽음", "read"), reader("씀", "used"), reader("못 씀", "not used")]
    head.append(reader("까닭", "why"))
    return Table(reader("줄", "Rows"), head, rows, words=[4])


def copies_table(reader: Reader, copies: Mapping[str, Any]) -> Table:
    """Return what stands in the corpus more than once."""
    named = {
        "repeated": ("앞에 이미 있는 학습 글", "training texts that stand in earlier rows"),
        "contradicting": ("라벨이 서로 다른 같은 글", "texts with different labels"),
        "test_in_train": ("학습 자료에도 있는 시험 글", "test texts that stand in train too"),
    }
    rows = [[reader(*words), f"{copies[name]:,}"] for name, words in named.items()]
    unseen = sum(copies.get("unseen_labels", {}).values())
    if unseen:
        rows.append(
            [reader("배우지 않은 라벨의 시험 글", "test texts of other labels"), f"{unseen:,}"]
        )
    return Table(reader("되풀이된 글", "Duplicates"), ["", reader("줄", "rows")], rows)


def labels_table(reader: Reader, counts: Mapping[str, Mapping[Any, int]]) -> Table:
    """Return the rows of each label.

    Args:
        reader: Who reads it.
        counts: By split, rows by label.
    """
    totals = {split: max(sum(each.values()), 1) for split, each in counts.items()}
    first = next(iter(counts.values()))
    names = sorted({name for each in counts.values() for name in each}, key=str)
    names.sort(key=lambda name: -first.get(name, 0))
    rows = []
    for name in names[:_MOST_LABELS]:
        cells = [clipped(str(name), NAME)]
        for split, each in counts.items():
            count = each.get(name, 0)
            cells += [f"{count:,}", f"{count / totals[split]:.1%}"]
        rows.append(cells)
    share = reader("몫", "share")
    head = [reader("라벨", "label"), *(cell for split in counts for cell in (split, share))]
    return Table(reader("라벨마다의 줄", "Rows of each label"), head, rows)


def balance_line(reader: Reader, labels: Sequence[str]) -> Paragraph:
    """Say how uneven the labels are."""
    found = imbalance(labels)
    most, least = (clipped(found[name], NAME) for name in ("most", "least"))
    line = reader(
        f"가장 많은 '{most}'와(과) 가장 적은 '{least}'의 비는 {found['ratio']:g} : 1입니다.",
        f"The most frequent label, '{most}', and the rarest, '{least}', are {found['ratio']:g} "
        "to 1.",
    )
    if found["rare"]:
        rare = ", ".join(clipped(name, NAME) for name in found["rare"][:20])
        line += " " + reader(
            f"열 줄이 안 되는 라벨: {rare}", f"Labels of fewer than ten rows: {rare}"
        )
    return Paragraph(line, urgent=bool(found["rare"]))


def split_parts(reader: Reader, split: Split) -> list[Part]:
    """Return how even the labels of a split are, and how long its texts."""
    parts: list[Part] = []
    if split.label_sets is None:
        parts.append(balance_line(reader, split.labels))
    return [*parts, *length_parts(reader, split.texts)]


def length_parts(reader: Reader, texts: Sequence[str]) -> list[Part]:
    """Return how long texts are."""
    if not texts:
        return []
    found = characters(texts, [()] * len(texts))
    named = {
        "shortest": ("가장 짧은 글", "shortest"),
        "median": ("중앙값", "median"),
        "mean": ("평균", "mean"),
        "up_to_99": ("99 %가 여기까지", "99 % have up to"),
        "longest": ("가장 긴 글", "longest"),
    }
    rows = [[reader(*words), f"{found[name]:,}"] for name, words in named.items()]
    lengths = np.array([len(text) for text in texts])
    table = Table(
        reader("글의 길이", "Lengths of the texts"), ["", reader("글자", "characters")], rows
    )
    return [table, Pictures([length_coverage(lengths, language=reader.language)])]


def reading_table(reader: Reader, model: Estimator, texts: Sequence[str], what: str) -> Table:
    """Return what a model reads of texts: unknown tokens, and texts that it cuts.

    Args:
        reader: Who reads it.
        model: The model; an ensemble has a row for each of its members.
        texts: Texts, of which the first thousand are encoded.
        what: Which texts they are.
    """
    shown = list(texts[:_ENCODED])
    rows = []
    for number, member in enumerate(_members(model)):
        encoder = member.encoder_
        encoded, blank, cut = encoder.encode_noted(shown)
        unknown = float((encoded.ids == UNKNOWN_ID).mean()) if len(encoded.ids) else 0.0
        name = f"{number} " if len(_members(model)) > 1 else ""
        rows.append(
            [
                f"{name}{encoder.tokenizer.name} ({encoder.cleaning})",
                f"{len(encoder.vocabulary):,}",
                f"{encoder.max_length_:,}",
                f"{unknown:.2%}",
                f"{len(cut) / max(len(shown), 1):.1%}",
                f"{len(blank):,}",
            ]
        )
    head = [
        reader("토크나이저", "tokenizer"),
        reader("사전의 크기", "vocabulary"),
        reader("읽는 길이 (토큰)", "tokens read"),
        reader("모르는 토큰", "unknown tokens"),
        reader("잘린 글", "texts cut"),
        reader("정리하면 빈 글", "cleaned to nothing"),
    ]
    return Table(
        reader(
            f"모델이 읽는 것 ({what}, {len(shown):,}개)",
            f"What the model reads ({what}, {len(shown):,})",
        ),
        head,
        rows,
    )


def _members(model: Any) -> list[Any]:
    """Return what has an encoder: the members of an ensemble, or the model itself."""
    whole = getattr(model, "ensemble_", model)
    members: list[Any] = getattr(whole, "members_", [whole])
    return members

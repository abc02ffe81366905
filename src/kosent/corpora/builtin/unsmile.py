"""Korean UnSmile (Smilegate AI 2022, CC BY-NC-ND 4.0): 18,742 comments, ten labels, several a text.

With ``multilabel`` all of them are read; without, the rows with exactly one, and the others are
dropped and counted: a figure on those is no published one. ``개인지칭`` tells who is meant and is
no label. The published valid split is the test split here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kosent.corpora.builtin.forms import Table, only, published
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

LABELS = (
    "여성/가족",
    "남성",
    "성소수자",
    "인종/국적",
    "연령",
    "지역",
    "종교",
    "기타 혐오",
    "악플/욕설",
    "clean",
)


def _labels(cells: Sequence[str]) -> tuple[list[str], str]:
    marks = cells[1 : 1 + len(LABELS)]
    if not {*marks} <= {"0", "1"}:
        return [], "unknown label"
    return [label for label, mark in zip(LABELS, marks, strict=True) if mark == "1"], ""


def _label(cells: Sequence[str]) -> tuple[str, str]:
    labels, fault = _labels(cells)
    return ("", fault) if fault else only(labels)


FORM = Table(("문장", *LABELS, "개인지칭"), "문장", _label)

_REPOSITORY = "smilegate-ai/korean_unsmile_dataset/main"

SPEC = CorpusSpec(
    name="unsmile",
    language="ko",
    title=Message("댓글의 혐오, 라벨이 여럿", "hate in comments, several labels"),
    task="hate speech",
    metric="macro_f1",
    labels=LABELS,
    licence="CC BY-NC-ND 4.0",
    homepage="https://github.com/smilegate-ai/korean_unsmile_dataset",
    rows={"train": 15_005, "test": 3_737},
    files=(
        github_file(
            "unsmile/unsmile_train_v1.0.tsv",
            _REPOSITORY,
            "unsmile_train_v1.0.tsv",
            "0fee78b2695af56441e7ae2960ebd4d57ca000bf",
            1_848_905,
        ),
        github_file(
            "unsmile/unsmile_valid_v1.0.tsv",
            _REPOSITORY,
            "unsmile_valid_v1.0.tsv",
            "6bba1b4de51d164a8dfb7452f84a6168d9a93048",
            455_315,
        ),
    ),
    read=published(FORM),
    read_sets=published(replace(FORM, labels=_labels)),
)

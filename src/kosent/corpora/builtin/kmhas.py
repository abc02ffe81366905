"""K-MHaS (Lee et al., COLING 2022, CC BY-SA 4.0): 109,692 comments, nine labels, several a text.

With ``multilabel`` all of them are read; without, the rows with exactly one, and the others are
dropped and counted: a figure on those is no published one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kosent.corpora.builtin.forms import Table, only, published
from kosent.corpora.spec import CorpusSpec, github_file
from kosent.language import Message

LABELS = (
    "Origin",
    "Physical",
    "Politics",
    "Profanity",
    "Age",
    "Gender",
    "Race",
    "Religion",
    "Not Hate Speech",
)
WORDS = {str(number): label for number, label in enumerate(LABELS)}


def _labels(cells: Sequence[str]) -> tuple[list[str], str]:
    numbers = cells[1].split(",")
    if not {*numbers} <= WORDS.keys():
        return [], "unknown label"
    return [WORDS[number] for number in numbers], ""


def _label(cells: Sequence[str]) -> tuple[str, str]:
    labels, fault = _labels(cells)
    return ("", fault) if fault else only(labels)


FORM = Table(("document", "label"), "document", _label, quoted=True)
_REPOSITORY = "adlnlp/K-MHaS/main"

SPEC = CorpusSpec(
    name="kmhas",
    language="ko",
    title=Message("뉴스 댓글의 혐오, 라벨이 여럿", "hate in news comments, several labels"),
    task="hate speech",
    metric="macro_f1",
    labels=LABELS,
    licence="CC BY-SA 4.0",
    homepage="https://github.com/adlnlp/K-MHaS",
    rows={"train": 78_977, "test": 21_939},
    aside={"valid": 8_776},
    files=(
        github_file(
            "kmhas/kmhas_train.txt",
            _REPOSITORY,
            "data/kmhas_train.txt",
            "c8c6bb48890422dae0fabedb9b3a0bf07e681172",
        ),
        github_file(
            "kmhas/kmhas_test.txt",
            _REPOSITORY,
            "data/kmhas_test.txt",
            "547fb47f7b721309c4cc189bfe64d0a7667bd909",
            1_902_352,
        ),
    ),
    read=published(FORM),
    read_sets=published(replace(FORM, labels=_labels)),
)

"""KODOLI (Park et al., Findings of EACL 2023, CC BY-SA 4.0): 38,525 Korean comments and reviews.

Three tasks on the same texts. It is published without a split, so that ``forms.in_test`` makes one.
"""

from __future__ import annotations

from collections.abc import Mapping

from kosent.corpora.base import NEGATIVE, POSITIVE
from kosent.corpora.builtin.forms import Table, divided, word
from kosent.corpora.spec import CorpusSpec, Task, github_file
from kosent.language import Message

COLUMNS = ("index", "sentences", "abuse", "sentiment", "offensiveness")


def _spec(
    name: str, title: Message, task: Task, column: str, words: Mapping[str, str]
) -> CorpusSpec:
    label = word(COLUMNS.index(column), words)
    return CorpusSpec(
        name=name,
        language="ko",
        title=title,
        task=task,
        metric="macro_f1",
        labels=tuple(words.values()),
        licence="CC BY-SA 4.0",
        homepage="https://github.com/cardy20/KODOLI",
        rows={"train": 30_901, "test": 7_624},
        files=(
            github_file(
                "kodoli/kodoli.csv",
                "cardy20/KODOLI/main",
                "data/kodoli.csv",
                "1c093f4eba0ef70de2174ed087531ff0e6174a58",
                4_101_739,
            ),
        ),
        read=divided(Table(COLUMNS, "sentences", label, separator=",", quoted=True)),
    )


OFFENSIVENESS = _spec(
    "kodoli",
    Message("댓글과 평의 공격성", "offensiveness of comments and reviews"),
    "offensive language",
    "offensiveness",
    {"NOT": "not offensive", "LIKELY": "likely offensive", "OFFEN": "offensive"},
)
ABUSE = _spec(
    "kodoli-abuse",
    Message("댓글과 평의 욕설", "abuse in comments and reviews"),
    "abusive language",
    "abuse",
    {"NON": "not abusive", "ABS": "abusive"},
)
SENTIMENT = _spec(
    "kodoli-sentiment",
    Message("댓글과 평의 감성", "sentiment of comments and reviews"),
    "sentiment",
    "sentiment",
    {"NEG": NEGATIVE, "NEU": "neutral", "POS": POSITIVE},
)

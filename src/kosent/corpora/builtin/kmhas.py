"""K-MHaS (Lee et al., COLING 2022, CC BY-SA 4.0): 109,692 comments, nine labels, several a text.

Training knows one label a text, so that this is the view of the rows with exactly one; the others
are dropped and counted. A figure on it is no published one.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def _label(cells: Sequence[str]) -> tuple[str, str]:
    numbers = cells[1].split(",")
    if not {*numbers} <= WORDS.keys():
        return "", "unknown label"
    return only([WORDS[number] for number in numbers])


FORM = Table(("document", "label"), "document", _label, quoted=True)
_REPOSITORY = "adlnlp/K-MHaS/main"

SPEC = CorpusSpec(
    name="kmhas",
    language="ko",
    title=Message("뉴스 댓글의 혐오, 라벨이 하나인 글만", "hate in news comments, one label only"),
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
)

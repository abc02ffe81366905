"""BEEP! (Moon et al. 2020, CC BY-SA 4.0): 8,367 comments on Korean news of entertainers.

Two tasks on the same comments. The published test split has no labels, so that dev is the test
split here, as in most published figures.
"""

from __future__ import annotations

from kosent.corpora.builtin.forms import Table, published, word
from kosent.corpora.spec import CorpusSpec, Task, github_file
from kosent.language import Message

COLUMNS = ("comments", "contain_gender_bias", "bias", "hate")
_REPOSITORY = "kocohub/korean-hate-speech/master"


def _spec(
    name: str, title: Message, task: Task, column: str, labels: tuple[str, ...]
) -> CorpusSpec:
    words = {label: label for label in labels}
    return CorpusSpec(
        name=name,
        language="ko",
        title=title,
        task=task,
        metric="macro_f1",
        labels=labels,
        licence="CC BY-SA 4.0",
        homepage="https://github.com/kocohub/korean-hate-speech",
        rows={"train": 7_896, "test": 471},
        files=(
            github_file(
                "korean-hate-speech/labeled/train.tsv",
                _REPOSITORY,
                "labeled/train.tsv",
                "a7663ec2ee2837b5e38a6c49ca47caee84eea894",
                913_546,
            ),
            github_file(
                "korean-hate-speech/labeled/dev.tsv",
                _REPOSITORY,
                "labeled/dev.tsv",
                "a2b083b74c72a4dab444ddc6b3e83fa269306b24",
                54_903,
            ),
        ),
        read=published(Table(COLUMNS, "comments", word(COLUMNS.index(column), words), quoted=True)),
    )


HATE = _spec(
    "korean-hate-speech",
    Message("연예 뉴스 댓글의 혐오", "hate in comments on entertainment news"),
    "hate speech",
    "hate",
    ("none", "offensive", "hate"),
)
BIAS = _spec(
    "korean-hate-speech-bias",
    Message("연예 뉴스 댓글의 편견", "bias in comments on entertainment news"),
    "bias",
    "bias",
    ("none", "gender", "others"),
)

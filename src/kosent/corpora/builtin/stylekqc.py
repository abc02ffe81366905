"""StyleKQC (Cho et al., LREC 2022, CC BY-SA 4.0): 30,000 Korean questions and commands.

They are 3,000 sentences, each put in ten ways, line after line. Two tasks on the same sentences,
each with files of its own. Their labels are bare numbers; the words are ours, see the card.
"""

from __future__ import annotations

from kosent.corpora.builtin.forms import Table, published, word
from kosent.corpora.spec import CorpusSpec, RemoteFile, Task, github_file
from kosent.language import Message


def _spec(
    name: str, title: Message, task: Task, column: str, labels: tuple[str, ...], *files: RemoteFile
) -> CorpusSpec:
    words = {str(number): label for number, label in enumerate(labels)}
    return CorpusSpec(
        name=name,
        language="ko",
        title=title,
        task=task,
        metric="accuracy",
        labels=labels,
        licence="CC BY-SA 4.0",
        homepage="https://github.com/cynthia/stylekqc",
        rows={"train": 24_000, "test": 4_800},
        aside={"dev": 1_200},
        files=files,
        read=published(Table((column, "sentence"), "sentence", word(0, words))),
        family=10,
    )


def _file(path: str, checksum: str, size: int) -> RemoteFile:
    return github_file(f"stylekqc/{path}", "cynthia/stylekqc/master", path, checksum, size)


TOPIC = _spec(
    "stylekqc",
    Message("질문과 명령의 주제", "topics of questions and commands"),
    "topic",
    "topic",
    ("shopping", "home", "messenger", "schedule", "entertainment", "weather and news"),
    _file("topic/train.tsv", "a5e8f8b743af3deea66627f3ff6c2ff371a55c34", 1_905_814),
    _file("topic/test.tsv", "27846d77675f45284873d45658efc31996396bbf", 377_633),
)
ACT = _spec(
    "stylekqc-act",
    Message("질문과 명령의 화행", "speech acts of questions and commands"),
    "speech act",
    "act",
    ("alternative question", "wh-question", "prohibition", "requirement"),
    _file("act/train.tsv", "ff2f907442dd4ba1544b37f93b3f7f8babb637c8", 1_905_812),
    _file("act/test.tsv", "278c1af5c9e21bf93b6f5b2c061781985cb4cdf8", 377_631),
)

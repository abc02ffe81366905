"""SIB-200, Korean (Adelani et al. 2023): 1,004 sentences of FLORES-200 by topic.

Cells are quoted as in CSV; 43 texts carry a second pair of quotes within, as published.
"""

from __future__ import annotations

from kosent.corpora.builtin.forms import Table, published, word
from kosent.corpora.spec import CorpusSpec, RemoteFile, github_file
from kosent.language import Message

LABELS = (
    "science/technology",
    "travel",
    "politics",
    "sports",
    "health",
    "entertainment",
    "geography",
)
FORM = Table(
    ("index_id", "category", "text"),
    "text",
    word(1, {label: label for label in LABELS}),
    quoted=True,
)


def _file(name: str, checksum: str, size: int) -> RemoteFile:
    path = f"kor_Hang/{name}"
    return github_file(
        f"sib200/{path}", "dadelani/sib-200/main", f"data/annotated/{path}", checksum, size
    )


SPEC = CorpusSpec(
    name="sib200-ko",
    language="ko",
    title=Message("백과·뉴스 문장의 주제 7가지", "seven topics of encyclopaedic sentences"),
    task="topic",
    metric="accuracy",
    labels=LABELS,
    licence="Apache-2.0; sentences of FLORES-200: CC BY-SA 4.0",
    homepage="https://github.com/dadelani/sib-200",
    rows={"train": 701, "test": 204},
    aside={"dev": 99},
    files=(
        _file("train.tsv", "bb3612bf392ab0c4b1a6a2a6d950221db81c64f8", 122_029),
        _file("test.tsv", "65182beaa8302c58552ba8e89f1b497672451c76", 34_888),
    ),
    read=published(FORM),
)

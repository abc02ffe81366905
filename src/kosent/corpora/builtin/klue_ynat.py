"""KLUE-TC, YNAT v1.1 (Park et al. 2021, CC BY-SA 4.0): 54,785 headlines of Yonhap by topic.

No test split with labels is published, so that dev is the test split here.
"""

from __future__ import annotations

from kosent.corpora.builtin.forms import Objects, published
from kosent.corpora.spec import CorpusSpec, RemoteFile, github_file
from kosent.language import Message

LABELS = ("IT과학", "경제", "사회", "생활문화", "세계", "스포츠", "정치")
FORM = Objects("title", "label", {label: label for label in LABELS})


def _file(name: str, checksum: str) -> RemoteFile:
    path = f"klue_benchmark/ynat-v1.1/{name}"
    return github_file(f"klue-ynat/{name}", "KLUE-benchmark/KLUE/main", path, checksum)


SPEC = CorpusSpec(
    name="klue-ynat",
    language="ko",
    title=Message("연합뉴스 제목의 주제 7가지", "seven topics of Yonhap headlines"),
    task="topic",
    metric="macro_f1",
    labels=LABELS,
    licence="CC BY-SA 4.0",
    homepage="https://github.com/KLUE-benchmark/KLUE",
    rows={"train": 45_678, "test": 9_107},
    files=(
        _file("ynat-v1.1_train.json", "e74e912a66720294bd6fe70e69b0cd131a0a10d7"),
        _file("ynat-v1.1_dev.json", "f4fb92cc5d967b586ea5172c3da8c379ba31caf9"),
    ),
    read=published(FORM),
)

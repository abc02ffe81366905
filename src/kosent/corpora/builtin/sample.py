"""The small Korean corpus written for kosent: in the package, no network needed."""

from __future__ import annotations

from pathlib import Path

from kosent.corpora.base import NEGATIVE, POSITIVE, Corpus
from kosent.corpora.builtin.forms import read_pair
from kosent.corpora.builtin.nsmc import FORM
from kosent.corpora.spec import CorpusSpec
from kosent.language import Message


def _read(spec: CorpusSpec, folder: Path) -> Corpus:
    train, test = (folder / "sample" / name for name in ("train.tsv", "test.tsv"))
    return read_pair(spec, (train, FORM), (test, FORM))


SPEC = CorpusSpec(
    name="sample",
    language="ko",
    title=Message(
        "kosent를 위해 직접 쓴 한국어 감상문", "Korean review sentences written for kosent"
    ),
    task="sentiment",
    metric="accuracy",
    labels=(NEGATIVE, POSITIVE),
    licence="Apache-2.0",
    homepage="",
    rows={"train": 1_000, "test": 220},
    files=(),
    read=_read,
)

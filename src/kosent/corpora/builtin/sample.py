"""The small Korean corpus written for kosent: in the package, no network needed."""

from __future__ import annotations

from pathlib import Path

from kosent.corpora.base import Corpus, CorpusSpec
from kosent.corpora.builtin.nsmc import read_pair


def _read(folder: Path) -> Corpus:
    return read_pair("sample", folder / "sample" / "train.tsv", folder / "sample" / "test.tsv")


SPEC = CorpusSpec(
    name="sample",
    language="ko",
    title="kosent를 위해 직접 쓴 한국어 감상문 / Korean review sentences written for kosent",
    licence="Apache-2.0",
    homepage="",
    rows={"train": 1_000, "test": 220},
    files=(),
    read=_read,
)

"""A column ``keep``, and the two splits of an audited file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kosent.corpora.base import Dropped
from kosent.corpora.readers.files import read_path
from kosent.corpora.readers.marks import Marks
from kosent.errors import DataError

KEPT = ("1", "1.0", "true", "TRUE", "예", "네", "yes", "Y", "", " ", "o", "１", True, 1, 1.0, None)
LEFT_OUT = ("0", "0.0", "false", "FALSE", "아니오", "아니요", "no", "N", "x", "０", False, 0, 0.0)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        *((value, "") for value in (*KEPT, float("nan"))),
        *((value, "not kept") for value in LEFT_OUT),
    ],
)
@pytest.mark.parametrize("name", ["keep", "Keep", " KEEP "])
def test_values(value: object, reason: str, name: str) -> None:
    assert Marks(["text", name], "mine.csv").reason(2, ["글", value]) == reason


@pytest.mark.parametrize("value", ["maybe", "2", "-1", "10", "01", "글", 7, 0.5])
def test_other_values_are_refused_with_their_line(value: object) -> None:
    with pytest.raises(DataError, match=r"line 5 of 'mine\.csv'.*rename"):
        Marks(["keep", "text"], "mine.csv").reason(5, [value, "글"])


def test_without_the_column_nothing_is_marked() -> None:
    marks = Marks(["text", "split", "findings"], "mine.csv")
    assert marks.reason(2, ["글", "test", "0"]) == ""
    assert not marks.is_test(["글", "test", "0"])
    assert marks.original("'=1") == "'=1"


def test_rows_that_are_not_kept_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,label,keep\n하나,a,1\n둘,b,0\n셋,b,\n,b,0\n넷,a,아니오\n'=1,a,예\n")
    corpus = read_path(path)
    assert corpus.train.texts == ["하나", "셋", "'=1"]  # not written by an audit: nothing to undo
    assert corpus.train.lines == [2, 4, 7]
    assert corpus.train.audit.dropped == (
        Dropped(3, "not kept", "mine.csv"),
        Dropped(5, "empty text", "mine.csv"),
        Dropped(6, "not kept", "mine.csv"),
    )
    assert corpus.test is None
    assert any("not kept 2" in notice for notice in corpus.notices)


AUDITED = """\
split,line,text,label,findings,keep
train,2,하나,a,,1
test,2,다섯,a,,1
train,3,둘,b,duplicate,0
train,4,'=셋,'-1,,1
test,3,여섯,b,,0
"""


def test_an_audited_file_holds_both_splits(tmp_path: Path) -> None:
    path = tmp_path / "audited.csv"
    path.write_text(AUDITED)
    corpus = read_path(path)
    assert (corpus.train.texts, corpus.train.labels) == (["하나", "=셋"], ["a", "-1"])
    assert corpus.test is not None
    assert (corpus.test.texts, corpus.test.labels) == (["다섯"], ["a"])
    assert corpus.train.audit.read + corpus.test.audit.read == 5
    assert corpus.test.audit.by_reason() == {"not kept": 1}


def test_parquet(tmp_path: Path) -> None:
    columns = {"text": ["하나", "둘", "셋"], "other": [1, 2, 3], "label": ["a", "b", "b"]}
    marks = {"keep": [True, False, None], "split": ["train", "test", "test"], "findings": [""] * 3}
    pq.write_table(pa.table(columns | marks), tmp_path / "mine.parquet")
    corpus = read_path(tmp_path / "mine.parquet")
    assert corpus.train.texts == ["하나"]
    assert corpus.test is not None
    assert corpus.test.texts == ["셋"]


def test_in_a_folder_the_marked_rows_are_the_test_split(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(AUDITED)
    corpus = read_path(tmp_path)
    assert corpus.test is not None
    assert corpus.test.texts == ["다섯"]
    (tmp_path / "test.csv").write_text("text,label\n일곱,a\n")
    corpus = read_path(tmp_path)
    assert corpus.test is not None
    assert corpus.test.texts == ["일곱"]
    assert any("1 rows marked as test are not used" in notice for notice in corpus.notices)


def test_an_audited_file_that_is_the_test_split_loses_no_row(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("text,label\n일곱,a\n")
    (tmp_path / "test.csv").write_text(AUDITED)
    corpus = read_path(tmp_path)
    assert corpus.test is not None
    assert corpus.test.texts == ["하나", "다섯", "=셋"]
    assert corpus.test.audit.by_reason() == {"not kept": 2}

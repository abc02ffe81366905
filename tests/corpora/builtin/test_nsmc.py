from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora import load_corpus
from kosent.corpora.base import Audit, Dropped
from kosent.corpora.builtin.forms import read_pair
from kosent.corpora.builtin.nsmc import FORM, HEADER, SPEC, read_rows
from kosent.errors import DataError


def rows(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


def test_texts_are_kept_exactly_quotes_and_duplicates_too() -> None:
    lines = [
        '1\t"닫히지 않는 따옴표\t1',
        "2\t두\u2028줄 \u0085\t0",
        "3\t 좋아요 \t1",
        "4\t 좋아요 \t1",
    ]
    split = read_rows(rows(*lines), "f")
    assert split.texts == ['"닫히지 않는 따옴표', "두\u2028줄 \u0085", " 좋아요 ", " 좋아요 "]
    assert split.labels == ["positive", "negative", "positive", "positive"]
    assert split.audit == Audit(4, 4)


def test_every_fault_is_dropped_with_line_and_reason() -> None:
    lines = ["1\t\t1", "2\t  \t0", "3\t좋다\t2", "4\t좋다", "5\t가\t나\t1", "", "7\t좋다\t1"]
    split = read_rows(rows(*lines), "f")
    reasons = ["empty text"] * 2 + ["unknown label"] + ["wrong column count"] * 2 + ["blank line"]
    assert split.audit.dropped == tuple(
        Dropped(line, reason, "f") for line, reason in enumerate(reasons, start=2)
    )
    assert (split.audit.read, split.texts) == (7, ["좋다"])


def test_line_ends_of_windows_are_taken() -> None:
    split = read_rows(rows("1\t좋다\t1", "2\t싫다\t0").replace("\n", "\r\n"), "f")
    assert (split.texts, split.labels) == (["좋다", "싫다"], ["positive", "negative"])


def test_a_last_line_without_end_counts() -> None:
    assert read_rows(rows("1\t좋다\t1").rstrip("\n"), "f").texts == ["좋다"]


@pytest.mark.parametrize("text", ["", "\n", "1\t좋다\t1\n", "id,document,label\n"])
def test_a_file_without_the_header_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="Expected: 'id"):
        read_rows(text, "f")


def test_a_file_without_a_usable_row_is_refused() -> None:
    with pytest.raises(DataError, match=r"no usable row in 'f' \(rows read: 1\)"):
        read_rows(rows("1\t\t1"), "f")


def test_a_cp949_copy_is_read_with_a_remark(tmp_path: Path) -> None:
    for name in ("train", "test"):
        (tmp_path / name).write_bytes(rows("1\t좋다\t1").encode("cp949"))
    corpus = read_pair(SPEC, (tmp_path / "train", FORM), (tmp_path / "test", FORM))
    assert corpus.train.texts == ["좋다"]
    assert [notice.count("CP949") for notice in corpus.notices] == [2, 2]


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_read_is_kept_and_dropped_for_any_text(text: str) -> None:
    split = read_rows(f"{HEADER}\n0\t좋다\t1\n{text}", "f")
    lines = f"0\t좋다\t1\n{text}".removesuffix("\n").count("\n") + 1
    assert split.audit.read == lines == len(split) + len(split.audit.dropped)
    assert all(review.strip() in text + "좋다" for review in split.texts)


def test_the_real_corpus_is_read_to_the_last_row(real_data: Path) -> None:
    corpus = load_corpus("nsmc", data_folder=real_data, download=False)
    assert corpus.test is not None
    assert (corpus.train.audit.read, corpus.test.audit.read) == (150_000, 50_000)
    for split in (corpus.train, corpus.test):
        assert set(split.audit.by_reason()) == {"empty text"}
        assert len(split.audit.dropped) < 10
    assert corpus.test.audit.by_reason() == {"empty text": 3}
    assert corpus.test.labels.count("positive") == 25_171
    assert corpus.label_names == ("negative", "positive")

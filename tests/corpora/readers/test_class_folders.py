"""A folder for each label and a file for each text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kosent import load_corpus
from kosent.corpora.readers.class_folders import are_in
from kosent.corpora.readers.files import read_path
from kosent.errors import DataError, UsageError


def write(folder: Path, **texts: str | bytes) -> Path:
    """Write files of texts, named ``label_number``."""
    for name, text in texts.items():
        label, number = name.split("_")
        path = folder / label / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def test_labels_are_the_names_of_folders(tmp_path: Path) -> None:
    write(tmp_path, 부정_10="열째", 부정_9="아홉째\n둘째 줄\n", 긍정_1="하나")
    (tmp_path / "README.txt").write_text("about")
    corpus = read_path(tmp_path)
    assert corpus.train.texts == ["하나", "아홉째\n둘째 줄\n", "열째"]
    assert corpus.train.labels == ["긍정", "부정", "부정"]
    assert (corpus.name, corpus.language, corpus.test) == (tmp_path.name, "ko", None)


@pytest.mark.parametrize("train", ["train", "Training"])
@pytest.mark.parametrize("test", ["test", "dev", "valid"])
def test_splits_are_folders_above_the_labels(train: str, test: str, tmp_path: Path) -> None:
    write(tmp_path / train, pos_1="good", neg_1="bad", unsup_1="neither")
    write(tmp_path / test, pos_1="fine")
    corpus = read_path(tmp_path)
    assert (corpus.train.texts, corpus.train.labels) == (["bad", "good"], ["neg", "pos"])
    assert corpus.test is not None
    assert corpus.test.texts == ["fine"]
    assert corpus.language == "en"
    assert any(f"not used: {train}/unsup/" in each for each in corpus.notices)
    assert any(f"'{test}' is the test split" in each for each in corpus.notices) == (test != "test")
    if test != "test":
        write(tmp_path / "test", neg_1="poor")
        corpus = read_path(tmp_path)
        assert corpus.test is not None
        assert corpus.test.texts == ["poor"]
        assert any(f"not used: {test}" in each for each in corpus.notices)


def test_every_file_is_accounted_for(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_1="글",
        a_2=" \n",
        a_3="가나".encode("cp949") * 10,
        a_4="가나".encode("utf-16"),
        a_5=b"\xff\xfe\xfd\x81\x00\x00\x00",
        a_6="\ufeff글",
        b_1="b",
        nan_1="글",
    )
    (tmp_path / "a" / "notes.md").write_text("about")
    (tmp_path / "a" / ".hidden.txt").write_text("none")
    os.mkfifo(tmp_path / "a" / "pipe.txt")
    (tmp_path / "a" / "deeper" / "more").mkdir(parents=True)
    corpus = read_path(tmp_path)
    assert corpus.train.texts == ["글", "가나" * 10, "가나", "글", "b"]
    audit = corpus.train.audit
    assert audit.read == 5 + 6
    assert audit.by_reason() == {
        "unexpected name": 2,
        "empty text": 1,
        "neither UTF-8 nor CP949": 1,
        "not a regular file": 1,
        "no label": 1,
    }
    assert {row.source for row in audit.dropped} >= {"a/2.txt", "a/pipe.txt", "nan/1.txt"}
    assert [row.line for row in audit.dropped] == sorted({row.line for row in audit.dropped})


def test_a_train_file_is_meant_before_folders(tmp_path: Path) -> None:
    write(tmp_path, a_1="하나", b_1="둘")
    (tmp_path / "train.csv").write_text("text,label\n셋,c\n넷,d\n", "utf-8")
    assert not are_in(tmp_path)
    assert read_path(tmp_path).train.labels == ["c", "d"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "in", a_1="하나", b_1="둘")
    write(tmp_path / "out", c_1="셋")
    (tmp_path / "in" / "c").symlink_to(tmp_path / "out" / "c")
    assert read_path(tmp_path / "in").train.labels == ["a", "b"]


def test_columns_and_several_labels_are_refused(tmp_path: Path) -> None:
    write(tmp_path, a_1="하나", b_1="둘")
    for given in ({"text": "글"}, {"label": "뜻"}, {"multilabel": True}):
        with pytest.raises(UsageError, match="no columns, and one label a text"):
            load_corpus(tmp_path, **given)


def test_folders_without_a_usable_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot tell one train file"):
        read_path(write(tmp_path, a_1="하나"))
    with pytest.raises(DataError, match="hold no usable text"):
        read_path(write(tmp_path, a_1=" ", b_1=""))
